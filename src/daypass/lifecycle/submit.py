"""Ask for access. The answer is a request that waits for a colleague, one approved at once, or a refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from daypass.lifecycle.approval.stages import still_open
from daypass.lifecycle.ceilings import glass_to_break, room_to_file, room_to_have, room_to_wait
from daypass.lifecycle.end.extensions import must_go_on
from daypass.lifecycle.idempotency import must_be_new
from daypass.lifecycle.judge import Judge, Judged
from daypass.lifecycle.parties import Parties, under_one_id
from daypass.lifecycle.preapprovals import use_permits
from daypass.lifecycle.retries import tries
from daypass.lifecycle.rule_changes.shadow import compare
from daypass.lifecycle.schedules.series import series_of
from daypass.model.break_glass import GlassReview
from daypass.model.decision import Allowed, Circumstances
from daypass.model.errors import BadInput, Conflict, NotFound, NotYours, Refusal, Unavailable
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Change, Fact
from daypass.model.grant import GrantId, grant_id_for, new_grant_id
from daypass.model.lease import whole_second
from daypass.model.length import words_for_length
from daypass.model.principal import DAYPASS, ROBOT
from daypass.model.request import Approval, Ask, Request, RequestState
from daypass.model.schedule import Schedule
from daypass.ports import DryRun, Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What asking would do: who decides, under which rule, and what AWS would be given."""

    decision: Allowed
    request: Request
    dry_run: DryRun
    around: Circumstances
    """What the rules looked at besides."""


def submit(ask: Ask, *, judge: Judge, now: datetime, brake: bool = True) -> Request:
    """
    File a request: judged by the rules, known to fit into AWS, written down before anybody is asked.

    An approval that somebody gave in advance is used at once. An ask whose key was filed before is that request, as it
    stands now: a replayed or repeated delivery changes nothing. Raises NotAllowed, BadInput or NotFound; NotYours, also
    for a window of a series that has been ended; TooLate for prolonging what has; Unavailable when too much is given to
    one person at this moment; AskedAlready, for an ask that is to be made `once`, where the same was asked a moment
    ago. The refusal of a well-formed ask is journalled. Without the brake it is not counted how often this person broke
    glass.
    """
    judge.delivery(ask.wish.delivery)
    judge, ledger = judge.at_once(), judge.ledger
    if ask.beneficiary is not None:
        ask = replace(ask, beneficiary=under_one_id(ask.beneficiary, judge.people))
    grant_id = grant_id_for(f"{ask.requestor} {ask.key}") if ask.key else new_grant_id()
    if ask.key and (filed := _filed(grant_id, ask, ledger)) is not None:
        return filed
    with _refusals_journalled(ask, grant_id, ledger, now):
        _must_be_sound(ask, judge)
    compare(grant_id, ask, judge=judge, now=now)
    for _ in tries():
        must_be_new(ask, ledger, now, besides=grant_id)
        with _refusals_journalled(ask, grant_id, ledger, now):
            beside = _standing(ask, ledger)
            judged = judge.judge(ask, now, becomes=grant_id, reader=ask.requestor)
            _must_outlast(judged, ledger, now)
            room = room_to_have if judged.decision.at_once else room_to_wait
            for counted in (room, room_to_file, glass_to_break) if brake else (room, room_to_file):
                judged = judged.counting(counted(judged, ledger=ledger, now=now))
        must_be_new(
            ask, ledger, now, besides=grant_id
        )  # once more, behind the tallies: what is filed from here on moves them
        request = _request(ask, judged, now)
        try:
            ledger.record(*_facts(request, judged, beside, now))
        except Conflict:  # it was filed in this very moment, or what was counted for it has moved
            if (filed := _filed(grant_id, ask, ledger)) is not None:
                return filed
            continue
        if request.state is not RequestState.PENDING:
            return request
        return use_permits(request.id, judge=judge, now=now)
    raise Unavailable("Too much is given to the same person at this moment; ask again.")


def preview(ask: Ask, *, judge: Judge, now: datetime) -> Preview:
    """Say what `submit` would do, and do nothing. Raises what `submit` would raise."""
    judge.delivery(ask.wish.delivery)
    judge = judge.at_once()
    _must_be_sound(ask, judge)
    judged = judge.judge(ask, now, reader=ask.requestor)
    return Preview(
        decision=judged.decision,
        request=_request(ask, judged, now),
        dry_run=judged.dry_run,
        around=judged.evaluation.around,
    )


@contextmanager
def _refusals_journalled(ask: Ask, grant_id: GrantId, ledger: Ledger, now: datetime) -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        ledger.record(_refused(ask, grant_id, refusal, now))
        raise


def _must_be_sound(ask: Ask, judge: Judge) -> None:
    """Glass is broken by a person for themselves; and what is asked for must be there, where that can be told."""
    if ask.urgent and ask.requestor.startswith(ROBOT):
        raise NotYours("A robot breaks no glass; a person has to.")
    if ask.urgent and ask.beneficiary not in {None, ask.requestor}:
        raise BadInput("Break glass is for oneself alone; nobody breaks it for somebody else.", field="person")
    if judge.inventory is not None:
        judge.inventory.must_have(ask, Parties.of(ask, judge.people), judge.rules())


def _must_outlast(judged: Judged, ledger: Ledger, now: datetime) -> None:
    """More time has to be more: what would end before the access that it prolongs is refused."""
    if judged.draft.extends is None:
        return
    stands = ledger.grant(judged.draft.extends).lease
    if stands is not None and judged.draft.term.lease(now).ends < stands.ends:
        left = words_for_length(stands.ends - whole_second(now))
        raise BadInput(f"This access lasts for another {left} anyway; ask for longer than that.", field="length")


def _filed(grant_id: GrantId, ask: Ask, ledger: Ledger) -> Request | None:
    """The request that this very ask became before. Raises BadInput when the key was used for something else."""
    try:
        filed = ledger.request(grant_id)
    except NotFound:
        return None
    before = (filed.requestor, filed.principal, filed.entitlement, filed.delivery, filed.extends)
    if before != (ask.requestor, ask.principal, ask.wish.entitlement, ask.wish.delivery, ask.extends):
        raise BadInput("This key was used for another request already; use a new one.", field="key")
    return filed


def _request(ask: Ask, judged: Judged, now: datetime) -> Request:
    decision = judged.decision
    request = Request(
        id=judged.draft.id,
        ask=ask.filed(judged.draft.term),
        filed_at=now,
        rule=decision.rule,
        longest=decision.longest,
        approvers=decision.approvers,
        stages=decision.stages,
        waits_in=decision.stages[0].name if decision.stages else "",
        root=judged.draft.root,
        second_factor=decision.second_factor,
        channel=decision.channel,
        ticket=decision.ticket,
        aftermath=decision.aftermath,
    )
    if not decision.at_once:
        return request
    return request.decided(RequestState.APPROVED, Approval(by=DAYPASS, at=now, rule=decision.rule))


def _standing(ask: Ask, ledger: Ledger) -> tuple[Change, ...]:
    """What must stand at the moment it is filed: the series that it is a window of, and what it prolongs."""
    series = (still_open(Schedule, ask.series, ledger),) if ask.series else ()
    return (*series, must_go_on(ask.extends, ledger)) if ask.extends else series


def _facts(request: Request, judged: Judged, beside: tuple[Change, ...], now: datetime) -> list[Fact]:
    stands = (judged.freezes,)
    filed = Event(
        kind=EntryKind.REQUEST_FILED, at=now, actor=request.requestor, subject=request.id, details=_told(request)
    )
    if not judged.decision.at_once:
        return [Fact(event=filed, changes=(request, *judged.tallies, *beside), stands=stands)]
    approved = Event(
        kind=EntryKind.REQUEST_APPROVED,
        at=now,
        actor=DAYPASS,
        subject=request.id,
        details={"rule": judged.decision.rule},
    )
    return [
        Fact(
            event=filed,
            changes=(request, judged.grant(now), *judged.tallies, *beside),
            stands=stands,
            told=False,
        ),
        Fact(event=approved),
        *_glass(request, now),
        *series_of(request, judged.draft, now),
    ]


def _glass(request: Request, now: datetime) -> list[Fact]:
    """What breaking the glass leaves behind in the same commit: a loud word, and a review that somebody must close."""
    if request.aftermath is None:
        return []
    review = GlassReview(
        id=request.id,
        principal=request.principal,
        reviewers=request.aftermath.reviewers,
        at=now,
        due=request.term.lease(now).ends + request.aftermath.within,
    )
    event = Event(
        kind=EntryKind.GLASS_BROKEN,
        at=now,
        actor=request.requestor,
        subject=request.id,
        details={"rule": request.rule, "reason": request.reason, "review_due": review.due.isoformat()},
    )
    return [Fact(event=event, changes=(review,))]


def _told(request: Request) -> dict[str, Detail]:
    told: dict[str, Detail] = {
        "entitlement": str(request.entitlement),
        "delivery": request.delivery.value,
        "reason": request.reason,
        "rule": request.rule,
        "length_s": int(request.term.length.total_seconds()) if request.term.length else None,
        "until": request.term.until.isoformat() if request.term.until else None,
        "extends": request.extends,
    }
    seldom: dict[str, Detail] = {
        "beneficiary": request.beneficiary,
        "note": request.ask.wish.note or None,
        "ticket": request.ticket,
        "series": request.series,
        "urgent": request.urgent or None,
        "recurs": str(request.recurs) if request.recurs else None,
        "starts": request.term.starts.isoformat() if request.term.starts else None,
    }
    return told | {name: value for name, value in seldom.items() if value is not None}


def _refused(ask: Ask, grant_id: GrantId, refusal: Refusal, now: datetime) -> Fact:
    details: dict[str, Detail] = {
        "entitlement": str(ask.wish.entitlement),
        "delivery": ask.wish.delivery.value,
        "reason": ask.wish.reason,
        "because": refusal.sentence,
    }
    if ask.beneficiary:
        details["beneficiary"] = ask.beneficiary
    event = Event(kind=EntryKind.REQUEST_REFUSED, at=now, actor=ask.requestor, subject=grant_id, details=details)
    return Fact(event=event, told=False)
