"""
Erase what people wrote: of one person, or everybody's that is older than a moment.

The journal keeps its entries, in which each text is a hash; the text itself goes, and so it does from the rows of what
is over. What still waits or lives keeps its words, as people decide by them, until it is over and one erases again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from daypass.journal.words import ERASED
from daypass.lifecycle.handout.links import BEARER
from daypass.model.bot import Bot
from daypass.model.break_glass import GlassReview
from daypass.model.errors import BadInput
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Change, Fact
from daypass.model.grant import Grant, GrantId, GrantState
from daypass.model.login import Login
from daypass.model.passkey import Passkey
from daypass.model.preapproval import Preapproval
from daypass.model.principal import DAYPASS, NOBODY, OPERATOR, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Approval, Request, RequestState, Wish
from daypass.model.schedule import Schedule
from daypass.ports import Ledger, Logins, Words

_BATCH = 100
_NOBODYS = (DAYPASS, OPERATOR, BEARER, NOBODY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Whose words are erased, None for everybody's; and how old they are at least, None for any age. Never both."""

    person: PrincipalId | None
    before: datetime | None
    by: PrincipalId
    """Who erases them."""
    os_user: str = ""

    def __post_init__(self) -> None:
        if self.person is None and self.before is None:  # what is erased does not come back: it is never all there is
            raise BadInput("Say whose words: --person U02ABC; or how old they are: --older-than 400d; or both.")

    def is_of(self, *people: PrincipalId | None) -> bool:
        """Whether it is about one of these."""
        return self.person is None or self.person in people

    def is_old(self, at: datetime) -> bool:
        """Whether it is old enough."""
        return self.before is None or at < self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased."""

    texts: int
    """Beside the journal."""
    rows: int
    """Of what is over."""
    left: int
    """Requests and grants that still wait or live, and keep their words."""


def erase(which: Which, *, words: Words, ledger: Ledger, logins: Logins, now: datetime) -> Erased:
    """Erase them, and write down that it was done."""
    stories: list[GrantId] = []
    rows = left = 0
    found = _found(which, stories, ledger, logins, now)
    while batch := list(islice(found, _BATCH)):
        facts = [_fact(which, row, now) for row in batch if row is not None]
        moved = ledger.record_each(facts)
        rows += len(facts) - len(moved)
        left += len(moved) + sum(row is None for row in batch)

    def tell(count: int) -> Fact:
        details: dict[str, Detail] = {**_told(which), "count": count}
        return Fact(event=Event(kind=EntryKind.WORDS_ERASED, at=now, actor=which.by, details=details), told=False)

    texts = words.erase(by=which.person, stories=stories, nobodys=_NOBODYS, before=which.before, tell=tell)
    return Erased(texts=texts, rows=rows, left=left)


def _found(
    which: Which, stories: list[GrantId], ledger: Ledger, logins: Logins, now: datetime
) -> Iterator[Change | None]:
    """Give each row of what is over as it is without words, None for what is not over; note whose stories they are."""
    kept = _kept(ledger)
    for request in ledger.each_request():
        if not which.is_old(request.filed_at):
            continue
        if which.is_of(request.requestor, request.beneficiary):
            stories.append(request.id)
        bare = _bare_request(request, which)
        if bare != request:
            yield None if request.state is RequestState.PENDING or request.id in kept else bare
    for grant in ledger.each_grant(states=tuple(GrantState)):
        ending = grant.ending
        if ending is None or not ending.note or not which.is_old(ending.at):
            continue
        if ending.note != ERASED and which.is_of(grant.principal, ending.by):
            ended = grant.state is GrantState.ENDED
            yield replace(grant, ending=replace(ending, note=ERASED)) if ended else None
    yield from _records(which, ledger)
    yield from _logins(which, logins, now)


def _kept(ledger: Ledger) -> set[GrantId]:
    """Ids of what lives: grants that have not ended, and what still opens windows."""
    living = (state for state in GrantState if state is not GrantState.ENDED)
    live = {grant.id for grant in ledger.each_grant(states=tuple(living))}
    return live | {series.id for series in ledger.all(Schedule, states=[Validity.OPEN])}


def _bare_request(request: Request, which: Which) -> Request:
    """Leave out all words of a person's own request, and of another's what they said to it."""
    own = which.is_of(request.requestor, request.beneficiary)

    def bare(approval: Approval) -> Approval:
        return replace(approval, note=ERASED) if approval.note and (own or which.is_of(approval.by)) else approval

    return replace(
        request,
        ask=replace(request.ask, wish=_bare_wish(request.ask.wish)) if own else request.ask,
        approval=None if request.approval is None else bare(request.approval),
        approvals=tuple(map(bare, request.approvals)),
    )


def _bare_wish(wish: Wish) -> Wish:
    return replace(wish, reason=ERASED if wish.reason else "", note=ERASED if wish.note else "")


def _records(which: Which, ledger: Ledger) -> Iterator[Change]:
    over = (Validity.CLOSED,)
    for permit in ledger.all(Preapproval, states=over):
        if permit.reason not in {"", ERASED} and which.is_old(permit.at) and which.is_of(permit.by, permit.principal):
            yield replace(permit, reason=ERASED)
    for review in ledger.all(GlassReview, states=over):
        if (
            review.note not in {"", ERASED}
            and which.is_old(review.at)
            and which.is_of(review.principal, review.closed_by)
        ):
            yield replace(review, note=ERASED)
    for passkey in ledger.all(Passkey, states=over):
        if passkey.name != ERASED and which.is_old(passkey.at) and which.is_of(passkey.principal):
            yield replace(passkey, name=ERASED)
    for robot in ledger.all(Bot, states=over):
        if robot.about not in {"", ERASED} and which.is_old(robot.at) and which.is_of(robot.owner):
            yield replace(robot, about=ERASED)


def _logins(which: Which, logins: Logins, now: datetime) -> Iterator[Login]:
    for login in logins.over(now=now, principal=which.person):
        if which.is_old(login.asked_at) and {login.client, login.address} - {"", ERASED}:
            yield replace(login, client=ERASED, address=ERASED if login.address else "")


def _fact(which: Which, row: Change, now: datetime) -> Fact:
    subject = row.id if isinstance(row, Request | Grant | GlassReview) else None
    event = Event(kind=EntryKind.WORDS_ERASED, at=now, actor=which.by, subject=subject, details=_told(which))
    return Fact(event=event, changes=(row,), told=False)


def _told(which: Which) -> dict[str, Detail]:
    before = which.before.isoformat() if which.before else None
    return {"principal": which.person, "before": before, "os_user": which.os_user or None}
