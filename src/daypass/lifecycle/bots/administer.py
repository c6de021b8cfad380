"""
Bots as their owners administer them: added, taken over, given a new token, removed.

Whoever answered before may decide on its requests from now on, so they must not be able to speak for it: a robot with
a token of ours gets another, and what it asked for before and still waits is cancelled. Whoever named the claims of a
robot that comes with its issuer's tokens stays on its side, as those claims still count.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from daypass.lifecycle.bots import claims as claims_page
from daypass.lifecycle.bots import tokens
from daypass.lifecycle.bots.find import find, must_own_rules, standing
from daypass.lifecycle.cancel import cancel
from daypass.lifecycle.end.end_early import finish
from daypass.lifecycle.end.permissions import Enders
from daypass.lifecycle.judge import Judge
from daypass.model.bot import Bot
from daypass.model.errors import BadInput, Conflict, NotFound, NotYours, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Ending, GrantState, Why
from daypass.model.login import LoginScope
from daypass.model.principal import PrincipalId
from daypass.model.record import Validity
from daypass.model.request import RequestState
from daypass.model.secret import digest
from daypass.ports import Ledger

LONGEST_DAYS = 366
SCOPES = frozenset({LoginScope.READ, LoginScope.ASK, LoginScope.USE})
"""What a robot can be let do; `decide` is a person's."""

_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A robot as somebody would have it: with a token of ours for some days, or with one of an issuer."""

    name: str
    about: str = ""
    scopes: frozenset[LoginScope] = SCOPES
    days: int | None = None
    issuer: str = ""
    audience: str = ""
    claims: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A robot, and its token in the one moment it is seen; None for one that comes with its own."""

    robot: Bot
    token: str | None = field(repr=False)


def add(wanted: Wanted, *, by: PrincipalId, trusts: Callable[[str], bool], judge: Judge, now: datetime) -> Added:
    """
    Add a robot; `trusts` says of an issuer whether the operator lets it speak for robots.

    Raises NotYours for who does not own the rules, BadInput for what a robot cannot be or for a name that is taken.
    """
    must_own_rules(by, judge=judge)
    robot, token = _checked(wanted, by, trusts, now), None
    _must_be_free(robot, judge.ledger)
    if not robot.issuer:
        robot, token = with_token(robot, wanted.days, to=by, now=now)
    try:
        judge.ledger.record(robot_fact(EntryKind.ROBOT_ADDED, robot, by=by, now=now))
    except Conflict:
        raise _taken(robot) from None
    return Added(robot=robot, token=token)


def with_token(robot: Bot, days: int | None, *, to: PrincipalId, now: datetime) -> tuple[Bot, str]:
    """Give a robot a fresh token, which lives for so many days and is shown to somebody. Raises BadInput."""
    if days is None or not 1 <= days <= LONGEST_DAYS:
        raise BadInput(f"Say for how many days the token is good, from 1 to {LONGEST_DAYS}.", field="days")
    token = tokens.draw(robot.id)
    return replace(robot, token_hash=digest(token), token_ends=now + timedelta(days=days), handed_to=to), token


def robot_fact(kind: EntryKind, robot: Bot, *, by: PrincipalId, now: datetime) -> Fact:
    """What the journal is told of a robot: everything but its token."""
    details: dict[str, Detail] = {
        "robot": robot.id,
        "owner": robot.owner,
        "description": robot.about,
        "scopes": tuple(sorted(robot.scopes)),
        "token_ends": robot.token_ends.isoformat() if robot.token_ends else None,
        "handed_to": robot.handed_to,
        "issuer": robot.issuer,
        "named_by": robot.named_by,
        "audience": robot.audience,
        "claims": tuple(f"{name}={pattern}" for name, pattern in robot.claims),
    }
    return Fact(event=Event(kind=kind, at=now, actor=by, details=details), changes=(robot,), told=False)


def _checked(wanted: Wanted, by: PrincipalId, trusts: Callable[[str], bool], now: datetime) -> Bot:
    if not tokens.is_name(wanted.name):
        raise BadInput(
            "A robot's name is 2 to 40 small letters, digits and hyphens, such as nightly-deploy.", field="name"
        )
    if len(wanted.about) > _LONGEST_TEXT or not wanted.about.isprintable():
        raise BadInput(f"Say in one line of {_LONGEST_TEXT} characters at most what it is for.", field="about")
    _must_only_ask(wanted.scopes)
    robot = Bot(id=tokens.robot_id(wanted.name), owner=by, at=now, about=wanted.about.strip(), scopes=wanted.scopes)
    if not wanted.issuer:
        if wanted.audience or wanted.claims:
            raise BadInput("An audience and claims belong to an issuer; name the issuer too.", field="issuer")
        return robot
    _must_be_trusted(wanted, trusts)
    patterns = claims_page.check(wanted.claims, issuer=wanted.issuer)
    return replace(robot, issuer=wanted.issuer, audience=wanted.audience, claims=patterns, named_by=by)


def _must_only_ask(scopes: frozenset[LoginScope]) -> None:
    if LoginScope.DECIDE in scopes:
        raise BadInput("A robot asks and never decides; leave out the scope decide.", field="scopes")
    if LoginScope.END in scopes:
        raise BadInput("A robot ends what it has by the scopes ask and use; leave out the scope end.", field="scopes")
    if not scopes:
        raise BadInput("Name what the robot may: read, ask, use.", field="scopes")


def _must_be_trusted(wanted: Wanted, trusts: Callable[[str], bool]) -> None:
    if wanted.days is not None:
        raise BadInput("A robot has a token for some days or comes with its issuer's, not both.", field="days")
    if not urlsplit(wanted.issuer).scheme or not trusts(wanted.issuer):
        raise BadInput(
            "This Daypass does not trust that issuer; its operator names issuers, exactly as they name themselves, "
            "in DAYPASS_ROBOTS_ISSUERS.",
            field="issuer",
        )
    if not 0 < len(wanted.audience) <= _LONGEST_TEXT or "*" in wanted.audience or not wanted.audience.isprintable():
        raise BadInput("Name the audience that the token is made for, in full, such as daypass.", field="audience")


def _must_be_free(robot: Bot, ledger: Ledger) -> None:
    try:
        ledger.find(Bot, robot.key)
    except NotFound:
        return
    raise _taken(robot)


def _taken(robot: Bot) -> BadInput:
    return BadInput(f"{robot.id} is, or was, another robot; a name is given once.", field="name")


def adopt(name: str, *, by: PrincipalId, days: int | None, judge: Judge, now: datetime) -> Added:
    """
    Answer for a robot from now on; `days` is how long its new token is good, None for one that comes with its own.

    Raises NotYours for who does not own the rules, NotFound, TooLate, and BadInput.
    """
    ledger = judge.ledger
    must_own_rules(by, judge=judge)
    robot = replace(standing(name, ledger=ledger), owner=by)
    token = None
    if not robot.issuer:
        robot, token = with_token(robot, days, to=by, now=now)
    elif days is not None:
        raise BadInput(f"{robot.id} comes with the tokens of {robot.issuer}; leave out the days.", field="days")
    ledger.record(robot_fact(EntryKind.ROBOT_CHANGED, robot, by=by, now=now))
    cancel_asks(robot, ledger, now)
    return Added(robot=robot, token=token)


def rotate(name: str, *, by: PrincipalId, days: int, judge: Judge, now: datetime) -> Added:
    """
    Draw a new token. Raises NotYours for who does not own the rules, NotFound, TooLate, and BadInput.

    Who answers for the robot stays the same. Whoever was handed the token before may decide on its requests from now
    on; so what it asked for before and still waits is cancelled when the token goes to somebody else.
    """
    ledger = judge.ledger
    must_own_rules(by, judge=judge)
    robot = standing(name, ledger=ledger)
    if robot.issuer:
        raise BadInput(f"{robot.id} comes with the tokens of {robot.issuer}; there is none of ours to change.")
    changed, token = with_token(robot, days, to=by, now=now)
    ledger.record(robot_fact(EntryKind.ROBOT_CHANGED, changed, by=by, now=now))
    if robot.handed_to != by:
        cancel_asks(robot, ledger, now)
    return Added(robot=changed, token=token)


_LIVE = (GrantState.APPROVED, GrantState.ACTIVE)


def remove(name: str, *, by: PrincipalId, enders: Enders, now: datetime) -> Bot:
    """
    Remove a robot, by an owner of the rules or by who answers for it; it needs the ledger alone.

    Repeated, it takes away what a first time that was cut off had left. Raises NotYours or NotFound.
    """
    ledger = enders.ledger
    robot = find(name, ledger=ledger)
    if robot.owner != by and not enders.owns(by):
        raise NotYours("Only the owners of the rules, and who answers for a robot, may remove it.")
    removed = replace(robot, state=Validity.CLOSED, token_hash=None)
    if robot.state is Validity.OPEN:
        ledger.record(robot_fact(EntryKind.ROBOT_REMOVED, removed, by=by, now=now))
    _take_away(robot, by, ledger, now)
    return removed


def cancel_asks(robot: Bot, ledger: Ledger, now: datetime) -> None:
    """Cancel what a robot has asked for and nobody has decided on yet."""
    for request in ledger.requests(requestor=robot.id, states=(RequestState.PENDING,)):
        with suppress(TooLate):
            cancel(request.id, by=robot.id, ledger=ledger, now=now)


def _take_away(robot: Bot, by: PrincipalId, ledger: Ledger, now: datetime) -> None:
    cancel_asks(robot, ledger, now)
    ending = Ending(why=Why.REVOKED, by=by, at=now, note="The robot was removed.")
    for grant in ledger.grants(principal=robot.id, states=_LIVE):
        with suppress(TooLate):
            finish(grant.id, ending, ledger=ledger)
