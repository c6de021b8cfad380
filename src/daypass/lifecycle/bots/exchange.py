"""
Exchange a workload's token for a short-lived one of ours (RFC 8693).

    1  who says to have issued it? only an issuer that some robot names is asked for its keys
    2  the signature, the times and the issuer are proved                          (Workloads)
    3  of the robots with that issuer: whose audience is meant, whose claims all match?
    4  exactly one may be left

A token with a `jti` that lives a quarter of an hour or less is taken once; one that lives longer is a file that a
program reads again and again (Kubernetes), and good until it ends.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from daypass.lifecycle.bots.claims import hold
from daypass.lifecycle.bots.narrow import FOR_PEOPLE
from daypass.lifecycle.bots.tokens import draw_for_workload, robot_id
from daypass.model.bot import Bot
from daypass.model.errors import BadInput, Conflict, NotYours
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.login import Login, LoginScope
from daypass.model.record import Validity
from daypass.model.secret import digest
from daypass.ports import Ledger

LIVES = timedelta(minutes=15)
_ONE_USE = timedelta(minutes=15)
_LONGEST = 200
_STRANGER = "No robot here comes with this token; ask the owners of the rules for one that names its claims."


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a workload's token says, proved."""

    issuer: str
    audiences: frozenset[str]
    issued_at: datetime
    ends: datetime
    claims: Mapping[str, object]


class Workloads(Protocol):
    """The issuers whose tokens may stand for a robot."""

    def trusts(self, issuer: str) -> bool:
        """Whether the operator lets this issuer speak for robots."""
        ...

    def issuer(self, token: str) -> str:
        """Read, unproved, who says to have issued a token. Raises BadInput for what is no token."""
        ...

    def prove(self, token: str, *, issuer: str, now: datetime) -> Proof:
        """Check a token against its issuer's keys and the time. Raises NotYours, or Unavailable without the keys."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """A token of ours in the one moment it is seen."""

    text: str = field(repr=False)
    robot: Bot
    scopes: frozenset[LoginScope]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A workload's token, and what it is offered for."""

    token: str = field(repr=False)
    robot: str = ""
    """Which is meant, where several would do."""
    scopes: Collection[LoginScope] = ()
    """All that the robot has, where none are named."""


def exchange(offered: Offered, *, workloads: Workloads, ledger: Ledger, now: datetime) -> Exchanged:
    """
    Turn a workload's token into one of ours.

    Raises NotYours when it is no robot's, was used or is not proved; BadInput for a wrong word; Unavailable.
    """
    token = offered.token
    issuer = workloads.issuer(token)
    candidates = [one for one in ledger.all(Bot, states=(Validity.OPEN,)) if one.issuer == issuer]
    if not candidates or not workloads.trusts(issuer):
        raise NotYours(_STRANGER)
    proof = workloads.prove(token, issuer=issuer, now=now)
    found = _only([one for one in candidates if _is(one, proof)], offered.robot)
    lets = _narrowed(found, offered.scopes)
    text = draw_for_workload()
    login = _login(found, proof, lets, token=text, now=now)
    try:
        ledger.record(_fact(found, proof, login, now))
    except Conflict:
        raise NotYours("This token was used already; ask its issuer for another.") from None
    return Exchanged(text=text, robot=found, scopes=lets, expires_at=login.expires_at)


def _is(robot: Bot, proof: Proof) -> bool:
    return (
        robot.issuer == proof.issuer
        and bool(robot.audience)
        and robot.audience in proof.audiences
        and hold(robot.claims, proof.claims)
    )


def _only(found: Sequence[Bot], wanted: str) -> Bot:
    named = [one for one in found if not wanted or one.id == robot_id(wanted)]
    match named:
        case []:
            raise NotYours(_STRANGER)
        case [robot]:
            return robot
        case _:
            names = ", ".join(sorted(one.id for one in named))
            raise BadInput(f"This token fits {names}; say in client_id which is meant.", field="client_id")


def _narrowed(robot: Bot, scopes: Collection[LoginScope]) -> frozenset[LoginScope]:
    lets = robot.scopes - FOR_PEOPLE
    wanted = frozenset(scopes) or lets
    if not wanted <= lets:
        lacking = ", ".join(sorted(wanted - lets))
        raise BadInput(f"{robot.id} may not {lacking}.", field="scope")
    return wanted


def _login(robot: Bot, proof: Proof, scopes: frozenset[LoginScope], *, token: str, now: datetime) -> Login:
    return Login(
        device_hash=digest(_use(proof) or token),
        user_code="",
        client=f"{_said(proof, 'sub')} of {proof.issuer}",
        asked_at=now,
        expires_at=now + LIVES,
        scopes=scopes,
        principal=robot.id,
        token_hash=digest(token),
    )


def _use(proof: Proof) -> str:
    """Name the one use of a token; nothing for one that may be used again."""
    jti = proof.claims.get("jti")
    once = isinstance(jti, str) and jti and proof.ends - proof.issued_at <= _ONE_USE
    return f"workload {proof.issuer} {jti}" if once else ""


def _said(proof: Proof, name: str) -> str:
    said = str(proof.claims.get(name, ""))
    return said[:_LONGEST] if said.isprintable() else "(not printable)"


def _fact(robot: Bot, proof: Proof, login: Login, now: datetime) -> Fact:
    details: dict[str, Detail] = {
        "client": login.client,
        "login": login.device_hash,
        "scopes": tuple(sorted(login.scopes)),
        "issuer": proof.issuer,
        "sub": _said(proof, "sub"),
        "jti": _said(proof, "jti"),
    }
    return Fact(
        event=Event(kind=EntryKind.LOGIN_ISSUED, at=now, actor=robot.id, details=details), changes=(login,), told=False
    )
