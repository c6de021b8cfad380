"""Ask for access. The answer is a request that waits for a colleague, one approved at once, or a refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from daypass.lifecycle.ceilings import glass_to_break, room_to_file, room_to_have, room_to_wait
from daypass.lifecycle.chain import must_go_on
from daypass.lifecycle.click import still_open
from daypass.lifecycle.inventory import Inventory
from daypass.lifecycle.parties import Parties, under_one_id
from daypass.lifecycle.permits import use_permits
from daypass.lifecycle.recurring import series_of
from daypass.lifecycle.repeated import must_be_new
from daypass.lifecycle.ruling.shadow import compare
from daypass.lifecycle.tries import tries
from daypass.lifecycle.weighing import Weighed, bound, weigh
from daypass.model.decision import Allowed, Circumstances
from daypass.model.errors import BadInput, Conflict, NotFound, NotYours, Refusal, Unavailable
from daypass.model.event import Detail, Event, Kind
from daypass.model.fact import Change, Fact
from daypass.model.grant import GrantId, grant_id_for, new_grant_id
from daypass.model.kept import GlassReview, Series
from daypass.model.lease import whole_second
from daypass.model.length import words_for_length
from daypass.model.principal import DAYPASS, ROBOT
from daypass.model.request import Approval, Ask, Request, RequestState
from daypass.ports import Directory, Ledger, Provisioner, Rehearsal
from daypass.rules.document import RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What asking would do: who decides, under which rule, and what AWS would be given."""

    decision: Allowed
    request: Request
    rehearsal: Rehearsal
    around: Circumstances
    """What the rules looked at besides."""


def submit(  # noqa: PLR0913 - an ask, its collaborators, and the moment
    ask: Ask,
    *,
    rules: RuleBook,
    directory: Directory,
    provisioner: Provisioner,
    ledger: Ledger,
    now: datetime,
    inventory: Inventory | None = None,
    brake: bool = True,
) -> Request:
    """
    File a request: judged by the rules, known to fit into AWS, written down before anybody is asked.

    An approval that somebody gave in advance is used at once. An ask whose key was filed before is that request, as it
    stands now: a replayed or repeated delivery changes nothing. Raises NotAllowed, BadInput or NotFound; NotYours, also
    for a window of a series that has been ended; TooLate for prolonging what has; Unavailable when too much is given to
    one person at this moment; AskedAlready, for an ask that is to be made `once`, where the same was asked a moment
    ago. The refusal of a well-formed ask is journalled. Without an inventory it is not asked whether what is asked for
    is there; without the brake not how often this person broke glass.
    """
    if ask.beneficiary is not None:
        ask = replace(ask, beneficiary=under_one_id(ask.beneficiary, directory))
    grant_id = grant_id_for(f"{ask.requestor} {ask.key}") if ask.key else new_grant_id()
    if ask.key and (filed := _filed(grant_id, ask, ledger)) is not None:
        return filed
    with _refusals_journalled(ask, grant_id, ledger, now):
        _must_be_own(ask)
        if inventory is not None:
            inventory.must_have(ask, Parties.of(ask, directory), rules)
    compare(grant_id, ask, rules=rules, directory=directory, ledger=ledger, now=now)
    for _ in tries():
        must_be_new(ask, ledger, now, besides=grant_id)
        with _refusals_journalled(ask, grant_id, ledger, now):
            beside, parties = _standing(ask, ledger), Parties.of(ask, directory)
            weighed = weigh(
                ask,
                parties,
                grant_id=grant_id,
                rules=rules,
                directory=directory,
                provisioner=provisioner,
                ledger=ledger,
                now=now,
                reader=ask.requestor,
            )
            _must_outlast(weighed, ledger, now)
            room = room_to_have if weighed.decision.at_once else room_to_wait
            most = rules.limits_under(weighed.decision.rule)
            for counted in (room, room_to_file, glass_to_break) if brake else (room, room_to_file):
                weighed = weighed.with_tallies(counted(ask, parties, most=most, ledger=ledger, now=now))
        must_be_new(
            ask, ledger, now, besides=grant_id
        )  # once more, behind the tallies: what is filed from here on moves them
        request = _request(ask, weighed, now)
        try:
            ledger.record(*_facts(request, weighed, beside, now))
        except Conflict:  # it was filed in this very moment, or what was counted for it has moved
            if (filed := _filed(grant_id, ask, ledger)) is not None:
                return filed
            continue
        if request.state is not RequestState.PENDING:
            return request
        return use_permits(
            request.id, rules=rules, directory=directory, provisioner=provisioner, ledger=ledger, now=now
        )
    raise Unavailable("Too much is given to the same person at this moment; ask again.")


def preview(  # noqa: PLR0913 - as `submit`
    ask: Ask,
    *,
    rules: RuleBook,
    directory: Directory,
    provisioner: Provisioner,
    ledger: Ledger,
    now: datetime,
    inventory: Inventory | None = None,
) -> Preview:
    """Say what `submit` would do, and do nothing. Raises what `submit` would raise."""
    _must_be_own(ask)
    parties = Parties.of(ask, directory)
    if inventory is not None:
        inventory.must_have(ask, parties, rules)
    weighed = weigh(
        ask,
        parties,
        grant_id=new_grant_id(),
        rules=rules,
        directory=directory,
        provisioner=provisioner,
        ledger=ledger,
        now=now,
        reader=ask.requestor,
    )
    return Preview(
        decision=weighed.decision,
        request=_request(ask, weighed, now),
        rehearsal=weighed.rehearsal,
        around=weighed.matter.around,
    )


@contextmanager
def _refusals_journalled(ask: Ask, grant_id: GrantId, ledger: Ledger, now: datetime) -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        ledger.record(_refused(ask, grant_id, refusal, now))
        raise


def _must_be_own(ask: Ask) -> None:
    """Glass is broken by a person for themselves: who it is for must be the one who is heard of it."""
    if ask.urgent and ask.requestor.startswith(ROBOT):
        raise NotYours("A robot breaks no glass; a person has to.")
    if ask.urgent and ask.beneficiary not in {None, ask.requestor}:
        raise BadInput("Break glass is for oneself alone; nobody breaks it for somebody else.", field="person")


def _must_outlast(weighed: Weighed, ledger: Ledger, now: datetime) -> None:
    """More time has to be more: what would end before the access that it prolongs is refused."""
    if weighed.draft.extends is None:
        return
    stands = ledger.grant(weighed.draft.extends).lease
    if stands is not None and weighed.term.lease(now).ends < stands.ends:
        left = words_for_length(stands.ends - whole_second(now))
        raise BadInput(f"This access lasts for another {left} anyway; ask for longer than that.", field="length")


def _filed(grant_id: GrantId, ask: Ask, ledger: Ledger) -> Request | None:
    """The request that this very ask became before. Raises BadInput when the key was used for something else."""
    try:
        filed = ledger.request(grant_id)
    except NotFound:
        return None
    before = (filed.requestor, filed.principal, filed.entitlement, filed.delivery, filed.extends)
    if before != (ask.requestor, ask.beneficiary or ask.requestor, ask.entitlement, ask.delivery, ask.extends):
        raise BadInput("This key was used for another request already; use a new one.", field="key")
    return filed


def _request(ask: Ask, weighed: Weighed, now: datetime) -> Request:
    decision = weighed.decision
    request = Request(
        id=weighed.draft.id,
        requestor=ask.requestor,
        entitlement=ask.entitlement,
        term=weighed.term,
        delivery=ask.delivery,
        reason=ask.reason.strip(),
        filed_at=now,
        rule=decision.rule,
        longest=decision.longest,
        approvers=decision.approvers,
        stages=decision.stages,
        waits_in=decision.stages[0].name if decision.stages else "",
        extends=ask.extends,
        root=weighed.draft.root,
        beneficiary=ask.beneficiary if ask.beneficiary != ask.requestor else None,
        second_factor=decision.second_factor,
        channel=decision.channel,
        ticket=decision.ticket,
        aftermath=decision.aftermath,
        recurs=ask.recurs,
        series=ask.series,
    )
    if not decision.at_once:
        return request
    return request.decided(RequestState.APPROVED, Approval(by=DAYPASS, at=now, rule=decision.rule))


def _standing(ask: Ask, ledger: Ledger) -> tuple[Change, ...]:
    """What must stand at the moment it is filed: the series that it is a window of, and what it prolongs."""
    series = (still_open(Series, ask.series, ledger),) if ask.series else ()
    return (*series, must_go_on(ask.extends, ledger)) if ask.extends else series


def _facts(request: Request, weighed: Weighed, beside: tuple[Change, ...], now: datetime) -> list[Fact]:
    stands = (weighed.freezes,)
    filed = Event(kind=Kind.REQUEST_FILED, at=now, actor=request.requestor, subject=request.id, details=_told(request))
    if not weighed.decision.at_once:
        return [Fact(event=filed, changes=(request, *weighed.matter.tallies, *beside), stands=stands)]
    approved = Event(
        kind=Kind.REQUEST_APPROVED, at=now, actor=DAYPASS, subject=request.id, details={"rule": weighed.decision.rule}
    )
    return [
        Fact(
            event=filed,
            changes=(request, bound(weighed.draft, now), *weighed.matter.tallies, *beside),
            stands=stands,
            told=False,
        ),
        Fact(event=approved),
        *_glass(request, now),
        *series_of(request, weighed.draft, now),
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
        kind=Kind.GLASS_BROKEN,
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
        "ticket": request.ticket,
        "series": request.series,
        "urgent": request.urgent or None,
        "recurs": str(request.recurs) if request.recurs else None,
        "starts": request.term.starts.isoformat() if request.term.starts else None,
    }
    return told | {name: value for name, value in seldom.items() if value is not None}


def _refused(ask: Ask, grant_id: GrantId, refusal: Refusal, now: datetime) -> Fact:
    details: dict[str, Detail] = {
        "entitlement": str(ask.entitlement),
        "delivery": ask.delivery.value,
        "reason": ask.reason,
        "because": refusal.sentence,
    }
    if ask.beneficiary:
        details["beneficiary"] = ask.beneficiary
    event = Event(kind=Kind.REQUEST_REFUSED, at=now, actor=ask.requestor, subject=grant_id, details=details)
    return Fact(event=event, told=False)
