"""Doing things every now and then, whatever became of the last time; and one such thing: to report what is stuck."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from daypass.model.errors import DaypassError
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantState
from daypass.model.principal import DAYPASS
from daypass.ports import FailedStep, Ledger, Queue

log = structlog.get_logger()

_LONGEST_S = 60.0
"""Between two rounds, also where nothing is due for a day: a thread that does not come round is dead."""

STUCK_AFTER = timedelta(minutes=10)
LATE_AFTER = timedelta(minutes=1)
"""Of a grant that is not in AWS yet: a person waits for it, who was told that it takes seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """Something to do every so often. It may fail; it is done again."""

    name: str
    every: timedelta
    run: Callable[[], object]


def run_chores(
    chores: Sequence[Chore],
    stop: threading.Event,
    monotonic: Callable[[], float],
    *,
    ready: Callable[[], bool] = lambda: True,
    each_round: Callable[[], None] = lambda: None,
) -> None:
    """
    Do each chore at once and then at its pace, one after the other, until told to stop.

    While not `ready`, what is due waits. `each_round` is called between any two of them.
    """
    due = {chore.name: monotonic() for chore in chores}
    while not stop.is_set():
        for chore in chores:
            each_round()
            if monotonic() >= due[chore.name] and _is_ready(ready):
                _do(chore)
                due[chore.name] = monotonic() + chore.every.total_seconds()
        stop.wait(min(_LONGEST_S, max(0.05, min(due.values()) - monotonic())))


def report_stuck(*, queue: Queue, ledger: Ledger, now: datetime, held_up: str = "") -> int:
    """
    Say in the log and, once each, in the journal and to the person which grants are stuck.

    Those are the ones overdue for more than ten minutes, or for one when they are still to be put into AWS. `held_up`
    says why no worker tries the latter at the moment.
    """
    late = queue.troubled(overdue_before=now - LATE_AFTER)
    troubles = [_explained(trouble, held_up) for trouble in late if _is_stuck(trouble, now)]
    for trouble in troubles:
        since = trouble.overdue_since.isoformat()
        log.error("stuck", grant=trouble.grant.id, attempts=trouble.attempts, since=since, error=trouble.error)
    fresh = [trouble for trouble in troubles if not trouble.reported]
    for trouble in fresh:
        ledger.record(_stuck(trouble, now))
    queue.reported([trouble.grant.id for trouble in fresh])
    return len(troubles)


def _stuck(trouble: FailedStep, now: datetime) -> Fact:
    event = Event(
        kind=EntryKind.GRANT_STUCK,
        at=now,
        actor=DAYPASS,
        subject=trouble.grant.id,
        details={"attempts": trouble.attempts, "error": trouble.error, "since": trouble.overdue_since.isoformat()},
    )
    return Fact(event=event)


def _explained(trouble: FailedStep, held_up: str) -> FailedStep:
    waits = held_up and trouble.grant.state is GrantState.APPROVED
    return replace(trouble, error=held_up) if waits else trouble


def _is_stuck(trouble: FailedStep, now: datetime) -> bool:
    return trouble.grant.state is GrantState.APPROVED or trouble.overdue_since < now - STUCK_AFTER


def _is_ready(ready: Callable[[], bool]) -> bool:
    try:
        return ready()
    except DaypassError:  # a database that is away; who asks it says so
        return False


def _do(chore: Chore) -> None:
    try:
        chore.run()
    except DaypassError as error:
        log.error("chore failed", chore=chore.name, error=error.report)  # noqa: TRY400 - the sentence says it all
    except Exception:  # the top of a loop: a chore that failed is done again at its next time
        log.exception("chore failed", chore=chore.name)
