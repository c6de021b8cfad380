"""
While a request waits, those who may decide on it change: somebody leaves or goes on holiday, the next one is on call.

    the rules of now                          what is done
    name somebody who was not asked yet       they are asked, as at a hand-over
    let nobody decide on it any more          the requestor is told why, once for each reason, and it goes on waiting
    want no more than was given already       the requestor is told that a click of one who approved completes it
    could not be told all they look at        nothing; it is looked at again

It decides nothing: every click asks the rules again by itself.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from daypass.lifecycle.approval.escalation import open_now
from daypass.lifecycle.approval.stages import progress, term_of, those_who_approved
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.parties import Parties
from daypass.model.decision import Allowed, Approvers, Denied, Stage
from daypass.model.errors import BadInput, Conflict, DaypassError, NotAllowed
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.principal import DAYPASS
from daypass.model.request import Request
from daypass.ports import Ledger

ENOUGH = "approvals"
"""What a stalled request wants when all who are left have approved: one click more."""
_AT_ONCE = "The rules lend this at once by now, so nobody is asked any more: cancel it, and ask again."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stalled:
    """Why nobody can decide on a request as things are."""

    sentence: str
    field: str


def reconsider(*, judge: Judge, now: datetime) -> int:
    """Look at every request that waits; returns of how many something was told. Raises nothing of a single one."""
    judge, ledger, count = judge.at_once(), judge.ledger, 0
    for request in ledger.lapsed(filed_before=now):
        with suppress(Conflict):  # somebody decided, or another worker was first
            fact = _looked_at(request, judge, now)
            if fact is not None:
                ledger.record(fact)
                count += 1
    return count


def _looked_at(request: Request, judge: Judge, now: datetime) -> Fact | None:
    ledger = judge.ledger
    try:
        ask = request.ask.lasting(term_of(request, None, now))
        parties = Parties.of(ask, judge.people)
        seen = judge.evaluate(ask, now, parties=parties)
    except (NotAllowed, BadInput) as error:
        return _told(request, _Stalled(sentence=error.sentence, field=error.field), ledger, now)
    except DaypassError:  # who it is could not be found out this time
        return None
    decision = seen.decide()
    if isinstance(decision, Denied):
        stalled = _Stalled(sentence=decision.sentence, field=decision.field)
        return _told(request, stalled, ledger, now) if seen.complete else None
    if decision.at_once:
        return _told(request, _Stalled(sentence=_AT_ONCE, field="command"), ledger, now)
    people = those_who_approved(request.approvals, judge.people, now)
    stage = progress(decision, request.approvals, people=people, parties=parties.all, since=request.filed_at).stage
    if stage is None:  # nothing is given because somebody left: that takes a click
        return _told(request, _Stalled(sentence=_enough(request), field=ENOUGH), ledger, now)
    return _asked_besides(request, decision, stage, now)


def _asked_besides(request: Request, decision: Allowed, stage: Stage, now: datetime) -> Fact | None:
    """Ask those who may decide now and were not asked; nothing when there is nobody new."""
    before = open_now(request, now)
    after = stage.open_to(now - request.waiting_since)
    new = Approvers(
        people=after.people - before.people - {one.by for one in request.approvals},
        slack_groups=after.slack_groups - before.slack_groups,
        groups=after.groups - before.groups,
    )
    if not new or not request.stages:
        return None
    changed = request.under(decision, stage)
    told: dict[str, Detail] = {
        "stage": stage.name,
        "after_s": None,
        "people": tuple(sorted(new.people)),
        "slack_groups": tuple(sorted(new.slack_groups)),
        "groups": tuple(sorted(new.groups)),
        "why": (*stage.why, *(f"{one.principal} {one.why}" for one in stage.skipped)),
    }
    return Fact(event=_event(EntryKind.REQUEST_HANDED_OVER, request, told, now), changes=(changed,))


def _told(request: Request, stalled: _Stalled, ledger: Ledger, now: datetime) -> Fact | None:
    """Tell the requestor, unless they know of this kind of reason since the stage began to wait."""
    if stalled.field in _known(request, ledger.story(request.id)):
        return None
    told: dict[str, Detail] = {"sentence": stalled.sentence, "field": stalled.field}
    return Fact(event=_event(EntryKind.REQUEST_STALLED, request, told, now), changes=(request,))


def _enough(request: Request) -> str:
    names = ", ".join(dict.fromkeys(one.by for one in request.approvals))
    return f"All who are left to decide have approved by now ({names}). One more click of one of them completes it."


def _known(request: Request, story: Sequence[Event]) -> set[Detail]:
    since = request.waiting_since
    return {one.details.get("field") for one in story if one.kind is EntryKind.REQUEST_STALLED and one.at >= since}


def _event(kind: EntryKind, request: Request, details: dict[str, Detail], now: datetime) -> Event:
    return Event(kind=kind, at=now, actor=DAYPASS, subject=request.id, details=details)
