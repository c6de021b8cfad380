"""
Claim what is due, work on it with many hands, commit what came of it together.

Level-triggered: nothing here remembers a grant from one round to the next, so a kill at any moment loses nothing but
the claims, and those lapse. Hands (threads) call AWS; one thread claims and commits, in groups, because ten thousand
endings in one second are a few dozen commits and not ten thousand.
"""

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

import structlog

from daypass.model.errors import Conflict, DaypassError, NotFound
from daypass.model.event import Kind
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, Grant, GrantState, Why
from daypass.ports import Ledger, Provisioner, Queue
from daypass.reconcile.apply import Later, Outcome, Write, advance, ending
from daypass.reconcile.backoff import pause
from daypass.reconcile.meters import LATENESS, STEPS

log = structlog.get_logger()

IN_FLIGHT = 64
HOLD = timedelta(seconds=30)
"""How long a claim lasts: longer than the slowest step, short for a dead worker's grants to wait."""
IDLE_S = 0.25
_GROUP = 512
_AHEAD = 6
"""Grants claimed for each hand, so that none waits while others are claimed and committed."""


@dataclass(frozen=True, slots=True)
class _Result:
    grant: Grant
    outcome: Outcome | Exception


@dataclass(kw_only=True)
class Loop:
    """One worker. Many may run on one database; the claims keep them apart."""

    ledger: Ledger
    queue: Queue
    provisioners: Mapping[Delivery, Provisioner]
    clock: Callable[[], datetime]
    gate: Callable[[], None] = lambda: None
    """Raises while nothing may be put into AWS; see `advance`."""
    in_flight: int = IN_FLIGHT
    hold: timedelta = HOLD
    draw: random.Random = field(default_factory=random.Random)

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; what is in flight then is finished and committed."""
        results: SimpleQueue[_Result] = SimpleQueue()
        with ThreadPoolExecutor(self.in_flight, thread_name_prefix="hand") as hands:
            working = 0
            while working or not stop.is_set():
                try:
                    working += 0 if stop.is_set() else self._claim(hands, results, _AHEAD * self.in_flight - working)
                    finished = _gather(results, IDLE_S)
                    working -= len(finished)
                    self._settle(finished)
                except DaypassError as error:  # a database that is away now is back later
                    log.error("round failed", error=error.report)  # noqa: TRY400 - the sentence says it all
                    stop.wait(1)
                except Exception:  # the top of the loop
                    log.exception("round failed")
                    stop.wait(1)

    def run_until_idle(self, rounds: int = 1000) -> int:
        """Work off what is due now, in this thread; returns how many steps were taken."""
        steps = 0
        for _ in range(rounds):
            batch = self.queue.claim(now=self.clock(), hold=self.hold, limit=self.in_flight)
            if not batch:
                break
            self._settle([self._advance(grant) for grant in batch])
            steps += len(batch)
        return steps

    def _claim(self, hands: ThreadPoolExecutor, results: SimpleQueue[_Result], free: int) -> int:
        if free < 2 * self.in_flight:
            return 0
        batch = self.queue.claim(now=self.clock(), hold=self.hold, limit=free)
        for grant in batch:
            hands.submit(self._work, grant, results)
        return len(batch)

    def _work(self, grant: Grant, results: SimpleQueue[_Result]) -> None:
        results.put(self._advance(grant))

    def _advance(self, grant: Grant) -> _Result:
        try:
            provisioner = self.provisioners[grant.delivery]
            outcome = advance(grant, provisioner=provisioner, ledger=self.ledger, clock=self.clock, gate=self.gate)
            return _Result(grant, outcome)
        except Exception as error:  # noqa: BLE001 - one bad grant is set aside; the rest go on
            return _Result(grant, error)

    def _settle(self, finished: Sequence[_Result]) -> None:
        facts = []
        for result in finished:
            match result.outcome:
                case Write(fact=fact):
                    facts.append(fact)
                case Later(until=until, error=""):
                    self.queue.wait(result.grant.id, until=until, state=result.grant.state)
                case Later(until=until, error=error):
                    self.queue.postpone(result.grant.id, until=until, error=error, state=result.grant.state)
                case Conflict():
                    log.info("moved by somebody else", grant=result.grant.id)
                    self.queue.wait(result.grant.id, until=self.clock(), state=result.grant.state)
                case Exception() as error:
                    self._failed(result.grant, error)
        self._commit(facts)

    def _commit(self, facts: Sequence[Fact]) -> None:
        if not facts:
            return
        lost = self.ledger.record_each(facts)
        for fact in facts:
            if fact not in lost:
                self._measure(fact)
        for fact in lost:
            self._undo(fact)

    def _failed(self, grant: Grant, error: Exception) -> None:
        """Try again later. A grant whose time is over is marked as ending first, so that its person knows."""
        sentence = error.sentence if isinstance(error, DaypassError) else f"{type(error).__name__} inside Daypass"
        now = self.clock()
        if grant.state is GrantState.ACTIVE and grant.lease is not None and now >= grant.lease.ends:
            self.ledger.record_each([ending(grant, Why.EXPIRED, now)])
        attempts = self.queue.attempts(grant.id) + 1
        again = now + pause(attempts, self.draw)
        self.queue.postpone(grant.id, until=again, error=sentence, state=grant.state)
        STEPS.labels("failed").inc()
        known = isinstance(error, DaypassError)
        log.warning("step failed", grant=grant.id, attempts=attempts, error=sentence, exc_info=None if known else error)

    def _undo(self, fact: Fact) -> None:
        """
        Take out again what was put into AWS for a grant that was ended meanwhile.

        A worker so slow that its claim lapsed may provision after another has already closed the grant.
        """
        STEPS.labels("overtaken").inc()
        subject = fact.event.subject
        if fact.event.kind is not Kind.GRANT_ACTIVATED or subject is None:
            return
        try:
            grant = self.ledger.grant(subject)
            if grant.state is GrantState.ENDED:
                self.provisioners[grant.delivery].revoke(grant, self.clock())
                log.warning("took out what came too late", grant=subject)
        except (NotFound, DaypassError) as error:
            log.warning("left to the sweep", grant=subject, error=str(error))

    def _measure(self, fact: Fact) -> None:
        STEPS.labels(fact.event.kind.value).inc()
        for change in fact.changes:
            if isinstance(change, Grant) and change.state is GrantState.ENDED and change.ending is not None:
                LATENESS.observe(max(0.0, (fact.event.at - change.ending.at).total_seconds()))
        log.info(fact.event.kind.value, grant=fact.event.subject, **dict(fact.event.details))


def _gather(results: SimpleQueue[_Result], timeout_s: float) -> list[_Result]:
    """Wait for the first result, then take what else is there, up to a group."""
    gathered: list[_Result] = []
    try:
        gathered.append(results.get(timeout=timeout_s))
        while len(gathered) < _GROUP:
            gathered.append(results.get_nowait())
    except Empty:
        pass
    return gathered
