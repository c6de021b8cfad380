"""
The same decision or ask twice: an answer was lost on its way, and somebody clicks or posts again.

Once more the same, by the same person, is answered as it was the first time and changes nothing. Another one is told
what was decided, by whom and when. Who decided differently, or for another length, did not do the same.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import takewhile

from daypass.model.errors import AskedAlready, NotFound, TooLate
from daypass.model.event import EntryKind
from daypass.model.grant import Grant, GrantId, GrantState, Why
from daypass.model.length import words_for_length
from daypass.model.preapproval import Preapproval
from daypass.model.principal import PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Ask, Request, RequestState
from daypass.model.schedule import Schedule
from daypass.model.text import Person, Text, text_of
from daypass.ports import Ledger

_MOMENT = timedelta(minutes=1)
"""Who asks for the same within this time has most likely done so by mistake."""
SOON = timedelta(minutes=2)
"""What is asked or given word for word twice within this time, without a key that says whether it is the same."""


def approved_so(request: Request, by: PrincipalId, length: timedelta | None) -> bool:
    """Whether this person approved exactly this, and nobody has said no since."""
    given = next((one for one in reversed(request.approvals) if one.by == by), None)
    stands = request.state in {RequestState.PENDING, RequestState.APPROVED}
    return stands and given is not None and given.length == length


def denied_so(request: Request, by: PrincipalId) -> bool:
    """Whether this person denied it."""
    return request.state is RequestState.DENIED and request.approval is not None and request.approval.by == by


def must_say_no_other_reason(first: str, now: str, of: PrincipalId) -> None:
    """
    Check that a decision that is said again by the same person brings no other reason with it.

    Raises TooLate: the first stands, in the journal and before whoever read it, and the second would be lost in
    silence. Said again without one, nothing is lost.
    """
    if now in {"", first}:
        return
    how = "The reason given then stands" if first else "It was done without a reason, and that stands"
    raise TooLate(
        text_of(f"You did this already. {how}; tell ", Person(of), " yourself what there is to add."),
    )


def ended_so(grant: Grant, by: PrincipalId, why: Why) -> bool:
    """Whether this person ended it, in this very way."""
    return grant.ending is not None and (grant.ending.by, grant.ending.why) == (by, why)


def series_ended_by(request: Request, by: PrincipalId, ledger: Ledger) -> bool:
    """Whether this person said that no more windows of it are to open."""
    try:
        series = ledger.find(Schedule, request.series or request.id)
    except NotFound:
        return False
    closings = [event.actor for event in ledger.story(series.id) if event.kind is EntryKind.SERIES_CLOSED]
    return series.state is Validity.CLOSED and closings[-1:] == [by]


def extension_asked(grant: Grant, ask: Ask, ledger: Ledger, now: datetime) -> Request | None:
    """The request for more time that was filed word for word a moment ago, if any."""
    waiting = ledger.requests(requestor=ask.requestor, states=[RequestState.PENDING])
    given = ledger.requests(ids=[one.id for one in ledger.chain(grant.chain) if one.extends == grant.id])
    return next((one for one in (*waiting, *given) if _asks_the_same(one, ask, now)), None)


def must_be_new(ask: Ask, ledger: Ledger, now: datetime, *, besides: GrantId) -> None:
    """
    Check that what is to be asked once was not asked a moment ago, word for word, where that still waits or is live.

    `besides` is the request that this very ask becomes. Raises AskedAlready: two windows, a second press, an agent that
    loops; nobody is asked twice to decide one thing.
    """
    if not ask.once:
        return
    states = (RequestState.PENDING, RequestState.APPROVED)
    lately = takewhile(
        lambda one: now - one.filed_at < _MOMENT, ledger.each_request(requestor=ask.requestor, states=states)
    )
    same = (one for one in lately if one.id != besides and _is_same(one, ask))
    before = next((one for one in same if _stands(one, ledger)), None)
    if before is not None:
        ago = words_for_length(timedelta(seconds=max(1, int((now - before.filed_at).total_seconds()))))
        raise AskedAlready(
            f"You asked for this {ago} ago: it is request {before.id}. `--again` files another.", request=before.id
        )


def _is_same(request: Request, ask: Ask) -> bool:
    return request.ask == ask.filed(ask.wish.term or request.term)


def _stands(request: Request, ledger: Ledger) -> bool:
    """Whether it waits, or what came of it is there."""
    if request.state is RequestState.PENDING:
        return True
    try:
        return ledger.grant(request.id).state in {GrantState.APPROVED, GrantState.ACTIVE}
    except NotFound:
        return False


def given_before(permits: Iterable[Preapproval], new: Preapproval) -> Preapproval | None:
    """The approval in advance that was given word for word a moment ago, if any."""
    return next((one for one in permits if new.at - one.at < SOON and _allows(one) == _allows(new)), None)


def how_decided(request: Request) -> Text:
    """Say who decided what, for how long and when: `It was approved by Bob already, for 1 hour, on ...`."""
    approval = request.approval
    who = Person(approval.by) if approval and approval.by.startswith(("U", "W")) else "a rule"
    length = approval.length if approval and request.state is RequestState.APPROVED else None
    how_long = f", for {words_for_length(length)}" if length else ""
    when = f", on {moment(approval.at)}" if approval else ""
    return text_of(f"It was {request.state} by ", who, f" already{how_long}{when}.")


def moment(at: datetime) -> str:
    """A moment for a sentence that is read in any time zone."""
    return f"{at:%d %b at %H:%M} UTC"


def _asks_the_same(request: Request, ask: Ask, now: datetime) -> bool:
    return (
        now - request.filed_at < SOON
        and (request.requestor, request.extends, request.reason) == (ask.requestor, ask.extends, ask.wish.reason)
        and ask.wish.term in {None, request.term}
    )


def _allows(permit: Preapproval) -> tuple[GrantId | object, ...]:
    window = permit.ends - permit.starts
    return (permit.by, permit.principal, permit.entitlement, permit.length, permit.delivery, permit.reason, window)
