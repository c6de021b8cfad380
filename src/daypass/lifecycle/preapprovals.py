"""
Approval in advance: what somebody would approve, for whom, within a window.

A permit is its giver's click, made earlier. When the ask comes everything is asked as at any other click: the rules,
whether the giver may still decide, whether more people must; and whether it was taken back meanwhile.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from daypass.lifecycle.approval.decide import approve_with
from daypass.lifecycle.approval.stages import Click
from daypass.lifecycle.counts import guard
from daypass.lifecycle.freezes.gate import must_not_be_frozen
from daypass.lifecycle.idempotency import given_before
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.parties import Parties, under_one_id
from daypass.lifecycle.retries import overtaken
from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput, NotFound, NotYours, Refusal, RulesUnreadable, TooLate, Unavailable
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, GrantId, grant_id_for, new_grant_id
from daypass.model.length import words_for_length
from daypass.model.preapproval import Preapproval
from daypass.model.principal import DAYPASS, Principal, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Ask, Request, RequestState, Wish
from daypass.ports import Ledger
from daypass.rules.decide import preapproval_check

MOST_OPEN = 10
"""So many from one person for another: each is a click that is tried at every ask."""
LONGEST_WINDOW = timedelta(days=92)
"""Nobody remembers for longer what they approved in advance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InAdvance:
    """What somebody approves before it is asked: for whom, what, for how long at a time, and within which window."""

    to: PrincipalId
    by: PrincipalId
    entitlement: Entitlement
    length: timedelta
    starts: datetime
    ends: datetime
    delivery: Delivery | None = None
    """A session where none is named: nobody finds that they approved a link without having said so."""
    reason: str = ""
    key: str = ""


def allow(said: InAdvance, *, judge: Judge, now: datetime) -> Preapproval:
    """
    Approve in advance what `to` asks for and begins within [starts, ends): this or less, and `by` has approved it.

    Said again with the same `key`, to whichever process, or without one word for word within two minutes, it is the
    same approval in advance, as it stands by then.
    Whether `by` may decide is asked when it is used. Raises BadInput for a window that is over or longer than 92 days
    and for more than 10 of them, NotYours for oneself (in any account), NotFound for somebody whom nobody knows.
    """
    permit_id = grant_id_for(f"{said.by} permit {said.key}") if said.key else new_grant_id()
    if (known := _given(permit_id, judge.ledger)) is not None:
        return known
    _must_be_a_window(said.starts, said.ends, now)
    to, people = under_one_id(said.to, judge.people), judge.people
    ask = Ask(requestor=to, wish=Wish(entitlement=said.entitlement))
    giver = people.principal(said.by)
    Parties.of(ask, people).refuse(giver)
    if giver.robot:
        raise NotYours("A robot may ask, and never approves.")
    permit = Preapproval(
        id=permit_id,
        by=said.by,
        principal=to,
        entitlement=said.entitlement,
        length=said.length,
        starts=max(said.starts, now),
        ends=said.ends,
        at=now,
        delivery=said.delivery or Delivery.SESSION,  # what is asked for where nobody says how
        reason=said.reason.strip(),
    )
    return overtaken(lambda: _give(permit, giver, judge.ledger, now, keyed=bool(said.key)))


def _give(permit: Preapproval, giver: Principal, ledger: Ledger, now: datetime, *, keyed: bool) -> Preapproval:
    """Write it, unless the same was said to another process meanwhile. Raises Conflict when one more was given."""
    freezes = must_not_be_frozen([giver, permit.principal], permit.entitlement.resource, ledger, reader=permit.by)
    tally = guard(permit.by, ledger=ledger, now=now)
    if (known := _given(permit.id, ledger)) is not None:
        return known
    theirs = ledger.all(Preapproval, owner=permit.principal, states=[Validity.OPEN])
    before = [one for one in theirs if one.by == permit.by and now < one.ends]
    if not keyed and (known := given_before(before, permit)) is not None:
        return known
    if len(before) >= MOST_OPEN:
        raise BadInput(f"You have {MOST_OPEN} approvals in advance for them already; withdraw one.", field="person")
    event = _event(EntryKind.PERMIT_GIVEN, permit, permit.by, now)
    ledger.record(Fact(event=event, changes=(permit, tally), stands=(freezes,)))
    return permit


def _given(permit_id: GrantId, ledger: Ledger) -> Preapproval | None:
    try:
        return ledger.find(Preapproval, permit_id)
    except NotFound:
        return None


def standing(of: PrincipalId, *, ledger: Ledger, now: datetime) -> list[Preapproval]:
    """Those that somebody gave or was given and that still count, the newest first."""
    return [one for one in of_somebody(of, ledger=ledger, states=[Validity.OPEN]) if now < one.ends]


def of_somebody(who: PrincipalId, *, ledger: Ledger, states: Sequence[Validity] = tuple(Validity)) -> list[Preapproval]:
    """Those that somebody gave or was given, the newest first."""
    every = (*ledger.all(Preapproval, owner=who, states=states), *ledger.given(Preapproval, by=who, states=states))
    return sorted(every, key=lambda permit: (permit.at, permit.id), reverse=True)


def close_over(*, ledger: Ledger, now: datetime) -> int:
    """Close those whose window is over, so that nobody looks at them again; returns how many they were."""
    over = ledger.over(Preapproval, state=Validity.OPEN, now=now)
    facts = [
        Fact(
            event=_event(EntryKind.PERMIT_LAPSED, one, DAYPASS, now),
            changes=(replace(one, state=Validity.CLOSED),),
            told=False,
        )
        for one in over
    ]
    return len(facts) - len(ledger.record_each(facts))


def doubt(permit: Preapproval, *, judge: Judge) -> str:
    """Say why a permit would count for nothing, or not by itself, as the rules are; nothing where it would do."""
    try:
        rules = judge.rules()
    except RulesUnreadable:
        return ""
    to, giver = judge.people.principal(permit.principal), judge.people.principal(permit.by)
    return preapproval_check.doubt(rules, permit.entitlement, delivery=permit.delivery, to=to, giver=giver)


def withdraw(permit_id: GrantId, *, by: PrincipalId, ledger: Ledger, now: datetime) -> Preapproval:
    """
    Take back an approval in advance; what it led to already stays. Either side may.

    Raises NotFound, also for anybody else; TooLate when it was taken back before.
    """

    def once() -> Preapproval:
        permit = _given(permit_id, ledger)
        if permit is None or by not in {permit.by, permit.principal}:
            raise NotFound(f"There is no preapproval {permit_id} that you gave or were given; `ls` shows yours.")
        if permit.state is not Validity.OPEN:
            raise TooLate("This approval in advance was taken back before.")
        closed = replace(permit, state=Validity.CLOSED)
        ledger.record(Fact(event=_event(EntryKind.PERMIT_WITHDRAWN, permit, by, now), changes=(closed,)))
        return closed

    return overtaken(once)  # it may be used at this very moment


def use_permits(request_id: GrantId, *, judge: Judge, now: datetime) -> Request:
    """
    Let every approval in advance that covers a fresh request count as the click that it is.

    One that may not be given any more is journalled like any click that changes nothing. Returns the request as it
    stands then.
    """
    ledger = judge.ledger
    request = ledger.request(request_id)
    for permit in ledger.all(Preapproval, owner=request.principal, states=[Validity.OPEN]):
        if request.state is RequestState.PENDING and covers(permit, request, now):
            with suppress(Refusal, Unavailable):  # it is filed, and waits for a click then
                approve_with(request_id, Click(by=permit.by, ahead=permit), judge=judge, now=now)
            request = ledger.request(request_id)
    return request


def covers(permit: Preapproval, request: Request, now: datetime) -> bool:
    """Whether a permit approves all of this request at this moment: the place, the levels, the length, the way."""
    return (
        permit.state is Validity.OPEN
        and permit.starts <= now < permit.ends
        and request.term.lease(now).starts < permit.ends
        and permit.principal == request.principal
        and permit.delivery is request.delivery
        and permit.entitlement.covers(request.entitlement)
        and request.term.lease(now).length <= permit.length
        and request.extends is None
        and request.recurs is None
    )


def _must_be_a_window(starts: datetime, ends: datetime, now: datetime) -> None:
    if ends <= now or ends <= starts:
        raise BadInput("That window is over before it begins; choose a later end.", field="length")
    if ends - max(starts, now) > LONGEST_WINDOW:
        longest = words_for_length(LONGEST_WINDOW)
        raise BadInput(f"That window is longer than {longest}; give it anew when it is over.", field="length")


def _event(kind: EntryKind, permit: Preapproval, by: PrincipalId, now: datetime) -> Event:
    told: dict[str, Detail] = {
        "to": permit.principal,
        "by": permit.by,
        "entitlement": str(permit.entitlement),
        "length_s": int(permit.length.total_seconds()),
        "delivery": permit.delivery,
        "starts": permit.starts.isoformat(),
        "ends": permit.ends.isoformat(),
        "reason": permit.reason,
    }
    return Event(kind=kind, at=now, actor=by, subject=permit.id, details=told)
