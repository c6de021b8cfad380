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

from daypass.model.errors import Conflict, DaypassError
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, Grant, GrantState, Why
from daypass.ports import Claim, Clearance, Ledger, Provisioner, Queue
from daypass.ports.fence import FLIGHT, HOLD
from daypass.reconcile.apply import LOOK_AGAIN, LookAgain, Outcome, Steps, Write, ending
from daypass.reconcile.backoff import LATENESS, STEPS, pause
from daypass.reconcile.claim import HeldClaim
from daypass.reconcile.late_writes import PutRight

log = structlog.get_logger()

IN_FLIGHT = 64
IDLE_S = 0.25
_GROUP = 512
_AHEAD = 6
"""Grants claimed for each hand, so that none waits while others are claimed and committed."""


@dataclass(frozen=True, slots=True)
class _Result:
    held: HeldClaim
    outcome: Outcome | Exception


@dataclass(kw_only=True)
class Loop:
    """One worker. Many may run on one database; the claims keep them apart."""

    ledger: Ledger
    queue: Queue
    provisioners: Mapping[Delivery, Provisioner]
    clock: Callable[[], datetime]
    gate: Callable[[], None] = lambda: None
    """Raises while nothing may be put into AWS; see `Steps`."""
    clearance: Clearance | None = None
    """Asked before what was approved a while ago begins; see `beginning`."""
    by_both: Callable[[], datetime] | None = None
    """The earlier of our time and AWS's, by which a lease begins and is over; the clock itself where none is given."""
    ready: Callable[[], bool] = lambda: True
    """Whether this worker may claim anything now; it may not while its machine's clock is off."""
    gives: Callable[[], bool] = lambda: True
    """Whether it may claim what is still to be put into AWS. While it may not, that is left for others."""
    each_round: Callable[[], None] = lambda: None
    """Called whenever the loop comes round."""
    in_flight: int = IN_FLIGHT
    hold: timedelta = HOLD
    flight: timedelta = FLIGHT
    """How long after its fence a write may still take effect."""
    draw: random.Random = field(default_factory=random.Random)
    _owed: SimpleQueue[HeldClaim] = field(default_factory=SimpleQueue)
    """What was written without a claim and is not put right yet."""

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; what is in flight then is finished and committed."""
        results: SimpleQueue[_Result] = SimpleQueue()
        with ThreadPoolExecutor(self.in_flight, thread_name_prefix="hand") as hands:
            working = 0
            while working or not stop.is_set():
                self.each_round()
                try:
                    working += 0 if stop.is_set() else self._claim(hands, results, _AHEAD * self.in_flight - working)
                    finished = _gather(results, IDLE_S)
                    working -= len(finished)
                    self._settle(finished)
                    for held in self._now_owed():
                        hands.submit(self._put_right, held)
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
            for held in self._now_owed():
                self._put_right(held)
            batch = self._take(self.in_flight) if self.ready() else []
            if not batch:
                break
            self._settle([self._advance(self._held(claim)) for claim in batch])
            steps += len(batch)
        return steps

    def _claim(self, hands: ThreadPoolExecutor, results: SimpleQueue[_Result], free: int) -> int:
        if free < 2 * self.in_flight or not self.ready():
            return 0
        batch = self._take(free)
        for claim in batch:
            hands.submit(self._work, self._held(claim), results)
        return len(batch)

    def _take(self, limit: int) -> list[Claim]:
        return self.queue.claim(now=self.clock(), hold=self.hold, limit=limit, gives=self.gives())

    def _held(self, claim: Claim) -> HeldClaim:
        return HeldClaim(claim, queue=self.queue, clock=self.clock, hold=self.hold, flight=self.flight)

    def _work(self, held: HeldClaim, results: SimpleQueue[_Result]) -> None:
        results.put(self._advance(held))

    def _advance(self, held: HeldClaim) -> _Result:
        try:
            provisioner = self.provisioners[held.grant.delivery]
            clock = self.by_both or self.clock
            steps = Steps(
                provisioner=provisioner, ledger=self.ledger, clock=clock, gate=self.gate, clearance=self.clearance
            )
            return _Result(held, steps.advance(held))
        except Exception as error:  # noqa: BLE001 - one bad grant is set aside; the rest go on
            return _Result(held, error)

    def _settle(self, finished: Sequence[_Result]) -> None:
        """Commit and give back what the hands have done; whoever was overtaken puts right what they wrote."""
        done: list[tuple[HeldClaim, Fact]] = []
        for held, outcome in ((result.held, result.outcome) for result in finished):
            match outcome:
                case Write(fact=fact):
                    done.append((held, fact))
                case LookAgain(until=until, error=error):
                    self._give_back(held, until, error)
                case Conflict():
                    self._overtaken(held)
                case Exception() as error:
                    self._failed(held, error)
        self._commit(done)

    def _give_back(self, held: HeldClaim, until: datetime, error: str) -> None:
        if until <= self.clock():  # over by our clock and not by AWS's
            until = self.clock() + LOOK_AGAIN
        if error:
            kept = self.queue.postpone(held.claim, until=until, error=error, landed=held.landed)
        else:
            kept = self.queue.wait(held.claim, until=until, landed=held.landed)
        if not kept:
            self._owe(held)

    def _commit(self, done: Sequence[tuple[HeldClaim, Fact]]) -> None:
        if not done:
            return
        lost = self.ledger.record_each([fact for _, fact in done])
        landed = []
        for held, fact in done:
            if fact in lost:
                self._overtaken(held)
            else:
                self._measure(fact)
                landed += [held.claim] if held.landed else []
        if landed:
            self.queue.landed(landed, now=self.clock())

    def _overtaken(self, held: HeldClaim) -> None:
        """Somebody else moved the grant on: let go of it, if it is ours still, and put right what was written."""
        log.info("moved by somebody else", grant=held.grant.id)
        STEPS.labels("overtaken").inc()
        self.queue.wait(held.claim, until=self.clock())
        self._owe(held)

    def _owe(self, held: HeldClaim) -> None:
        if held.wrote:
            self._owed.put(held)

    def _now_owed(self) -> list[HeldClaim]:
        return [self._owed.get() for _ in range(self._owed.qsize())]

    def _put_right(self, held: HeldClaim) -> None:
        putting = PutRight(
            ledger=self.ledger,
            queue=self.queue,
            provisioners=self.provisioners,
            clock=self.clock,
            hold=self.hold,
            flight=self.flight,
        )
        try:
            if not putting(held):
                self._owe(held)
        except Exception as error:  # noqa: BLE001 - the top of a hand: whatever it was, it is tried again
            log.warning("not put right yet", grant=held.grant.id, error=str(error))
            self._owe(held)

    def _failed(self, held: HeldClaim, error: Exception) -> None:
        """Try again later. A grant whose time is over is marked as ending first, so that its person knows."""
        sentence = error.sentence if isinstance(error, DaypassError) else f"{type(error).__name__} inside Daypass"
        grant, now = held.claim.grant, self.clock()
        attempts = self.queue.attempts(grant.id) + 1
        again = now + pause(attempts, self.draw)
        if grant.state is GrantState.ACTIVE and grant.lease is not None and now >= grant.lease.ends:
            self.ledger.record_each([ending(grant, Why.EXPIRED, now)])
        self._give_back(held, again, sentence)
        STEPS.labels("failed").inc()
        known = isinstance(error, DaypassError)
        log.warning("step failed", grant=grant.id, attempts=attempts, error=sentence, exc_info=None if known else error)

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
