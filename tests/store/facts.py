"""Facts to record: small, different from each other, and true to the moves a grant may make."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Change, Fact
from daypass.model.grant import Ending, Grant, GrantId, GrantState, Why, new_grant_id
from daypass.model.login import Login
from daypass.model.principal import DAYPASS
from daypass.model.request import Request
from daypass.ports import Claim
from tests import makers
from tests.makers import ANN, HOUR, NOON

HOLD = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    """A moment some minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def a_grant(state: GrantState = GrantState.APPROVED, approved_at: datetime = NOON) -> Grant:
    """Make a grant with an id of its own."""
    return replace(makers.grant(state, now=approved_at), id=new_grant_id())


def a_request(filed_at: datetime = NOON, grant_id: GrantId | None = None) -> Request:
    """Make a request with an id of its own."""
    return makers.request(id=grant_id or new_grant_id(), filed_at=filed_at)


def a_login(number: int = 1, user_code: str = "ABCD-EFGH") -> Login:
    """Make a login that nobody has confirmed, good for ten minutes."""
    return Login(
        device_hash=f"{number:064x}", user_code=user_code, client="ann's laptop", asked_at=NOON, expires_at=at(10)
    )


def fact(
    *changes: Change, kind: EntryKind = EntryKind.GRANT_PROVISIONING, told: bool = True, **details: Detail
) -> Fact:
    """Make a fact about the first row it changes."""
    subject = next((change.id for change in changes if isinstance(change, Request | Grant)), None)
    event = Event(kind=kind, at=NOON, actor=DAYPASS, subject=subject, details=details)
    return Fact(event=event, changes=changes, told=told)


def stored(grant: Grant) -> Grant:
    """The grant as it stands once this value of it was recorded."""
    return replace(grant, revision=grant.revision + 1)


def ending(grant: Grant, when: datetime = NOON) -> Grant:
    """The grant on its way out, ended by Ann."""
    return grant.ending_now(Ending(why=Why.DONE, by=ANN, at=when))


def grants_of(claims: Iterable[Claim]) -> list[Grant]:
    """What was claimed, without under which token."""
    return [claim.grant for claim in claims]


LATER = NOON + HOUR
