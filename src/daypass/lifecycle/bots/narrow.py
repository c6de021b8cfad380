"""
Give an agent less than the person has for whom it works: a token that cannot decide, and ends with the person's login.

The login of an agent is named after the one that it hangs on (`device_hash` of the person's, a slash, its own), so that
both end at once when the person logs out.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from daypass.lifecycle import login
from daypass.lifecycle.bots.tokens import AGENT_PREFIX
from daypass.model.errors import NotFound, NotInScope, NotYours
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.login import Login, LoginScope
from daypass.model.principal import ROBOT, PrincipalId
from daypass.model.secret import Secret, digest, draw
from daypass.ports import Ledger, Logins

_BETWEEN = "/"
FOR_PEOPLE = frozenset({LoginScope.DECIDE, LoginScope.END})
"""What a program never does in anybody's name. What is its own it ends as whoever uses it, or asked for it."""
_OVER = "The login of the person this agent works for is over; they have to run `daypass login`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """An agent's token in the one moment it is seen."""

    text: str = field(repr=False)
    principal: PrincipalId
    scopes: frozenset[LoginScope]
    expires_at: datetime


def narrow(token: str, *, scopes: Collection[LoginScope], logins: Logins, ledger: Ledger, now: datetime) -> Narrowed:
    """
    Draw a token of a person's login that may do some of what that may, and decide on nothing.

    Raises NotYours when the login is over, or is itself an agent's.
    """
    person = login.identify(token, logins=logins, now=now)
    whole = logins.by_token(digest(token))
    if token.startswith(AGENT_PREFIX) or person.startswith(ROBOT):
        raise NotYours("Only a person's own login is narrowed for an agent; a robot's token is narrow as it is.")
    if whole.scopes <= {LoginScope.END}:
        raise NotYours("This session only ends things; an agent gets no part of it.")
    text = draw(Secret.AGENT)
    lets = whole.scopes & (frozenset(scopes) or whole.scopes) - FOR_PEOPLE
    narrowed = replace(
        whole,
        device_hash=f"{whole.device_hash}{_BETWEEN}{digest(text)}",
        user_code="",
        client=f"an agent, by {whole.client}",
        asked_at=now,
        scopes=lets,
        token_hash=digest(text),
        revision=0,
    )
    ledger.record(_fact(narrowed, person, now))
    return Narrowed(text=text, principal=person, scopes=lets, expires_at=narrowed.expires_at)


def identify_agent(token: str, *, logins: Logins, now: datetime, scope: LoginScope | None) -> PrincipalId:
    """Say for whom an agent speaks. Raises NotYours when its login or the person's is over, or it is not for this."""
    try:
        person = login.identify(token, logins=logins, now=now)
        own = logins.by_token(digest(token))
        whole = logins.by_device(own.device_hash.partition(_BETWEEN)[0])
    except (NotYours, NotFound):
        raise NotYours(_OVER) from None
    if whole.revoked_at is not None or whole.principal != person or person.startswith(ROBOT):
        raise NotYours(_OVER)
    if scope in FOR_PEOPLE:
        raise NotInScope("An agent asks and never decides; a person has to.")
    if scope is not None and scope not in own.scopes:
        raise NotInScope(f"This agent may not {scope}.")
    return person


def _fact(narrowed: Login, person: PrincipalId, now: datetime) -> Fact:
    details: dict[str, Detail] = {
        "client": narrowed.client,
        "login": narrowed.device_hash,
        "scopes": tuple(sorted(narrowed.scopes)),
    }
    event = Event(kind=EntryKind.LOGIN_ISSUED, at=now, actor=person, details=details)
    return Fact(event=event, changes=(narrowed,), told=False)
