"""
When nobody decides: a stage that has waited long enough is opened to more people, and they are asked.

Who may click follows from the time alone (Stage.open_to); this writes down, once for each hand-over, that it is so, and
that commit is what tells people. Two workers that see it at once change the same row, so that one of them comes second.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from daypass.model.decision import Approvers, HandOver, Stage
from daypass.model.errors import Conflict
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.principal import DAYPASS, Principal
from daypass.model.request import Request
from daypass.ports import Ledger


def hand_over(*, ledger: Ledger, now: datetime) -> int:
    """Hand over every stage that has waited long enough; returns how many were. One step of a request each time."""
    count = 0
    for request in ledger.lapsed(filed_before=now):
        stage = waiting_stage(request)
        step = _next(request, stage, ledger.story(request.id), now) if stage and stage.later else None
        if stage is None or step is None:
            continue
        with suppress(Conflict):  # somebody decided, or another worker was first
            ledger.record(Fact(event=_event(request, stage, step, now), changes=(request,)))
            count += 1
    return count


def waiting_stage(request: Request) -> Stage | None:
    """The stage that waits; None of a request that knows no stage."""
    return next((stage for stage in request.stages if stage.name == request.waits_in), None)


def open_now(request: Request, now: datetime) -> Approvers:
    """Who may decide at this moment, as far as the request itself says."""
    stage = waiting_stage(request)
    return stage.open_to(now - request.waiting_since) if stage else request.approvers


def waits_for(person: Principal, request: Request, now: datetime) -> bool:
    """
    Whether it is this person's turn: in the stage that waits, no party of it, and not one who has agreed already.

    It goes by what is written down of the request, which follows the rules (reconsider), and asks nobody. It shows what
    waits and decides nothing: the click asks the rules again.
    """
    left_out = {request.requestor, request.principal, *(approval.by for approval in request.approvals)}
    return person.id not in left_out and open_now(request, now).include(person)


def opened(request: Request, now: datetime) -> Request:
    """The request with the stage that waits as it stands open now, for showing to people."""
    stages = tuple(
        replace(stage, approvers=open_now(request, now)) if stage.name == request.waits_in else stage
        for stage in request.stages
    )
    return replace(request, stages=stages)


def _next(request: Request, stage: Stage, story: Sequence[Event], now: datetime) -> HandOver | None:
    """The first hand-over that is due and not journalled since the stage began to wait."""
    since = request.waiting_since
    done = {
        event.details.get("after_s")
        for event in story
        if event.kind is EntryKind.REQUEST_HANDED_OVER
        and event.at >= since
        and event.details.get("stage") == stage.name
    }
    due = (step for step in stage.later if now - since >= step.after and _seconds(step) not in done)
    return next(due, None)


def _event(request: Request, stage: Stage, step: HandOver, now: datetime) -> Event:
    return Event(
        kind=EntryKind.REQUEST_HANDED_OVER,
        at=now,
        actor=DAYPASS,
        subject=request.id,
        details={
            "stage": stage.name,
            "after_s": _seconds(step),
            "people": tuple(sorted(step.approvers.people)),
            "slack_groups": tuple(sorted(step.approvers.slack_groups)),
            "groups": tuple(sorted(step.approvers.groups)),
        },
    )


def _seconds(step: HandOver) -> int:
    return int(step.after.total_seconds())
