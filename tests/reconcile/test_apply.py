"""One step of one grant, written out a second time: what AWS is asked, what is committed, when it is looked at next."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast

import pytest

from daypass.model.event import EntryKind
from daypass.model.fact import Fact
from daypass.model.grant import Ending, Grant, GrantState, Presence, Why
from daypass.model.lease import Lease, Term
from daypass.model.principal import DAYPASS
from daypass.ports import Claim, Ledger, Queue
from daypass.reconcile.apply import LookAgain, Outcome, Steps, Write, ending
from daypass.reconcile.claim import HeldClaim
from tests.hands import HandAws
from tests.makers import ANN, HOUR, NOON, grant

SECOND = timedelta(seconds=1)
HALF_A_MINUTE = timedelta(seconds=30)
DURING, AFTER = NOON + HOUR / 4, NOON + HOUR
SOON = DURING + SECOND

APPROVED = grant()
LEASED = grant(lease=Lease(starts=NOON, ends=AFTER))
AHEAD = replace(grant(now=NOON - HOUR), term=Term(length=HOUR, starts=AFTER))
ACTIVE = grant(GrantState.ACTIVE)
ENDING = grant(GrantState.ENDING)
NEVER_BEGUN = grant().ending_now(Ending(why=Why.DONE, by=ANN, at=NOON))


@dataclass
class Journal:
    """A ledger that keeps what is committed, and a queue that lets every claim be renewed."""

    facts: list[Fact] = field(default_factory=list)

    def record(self, fact: Fact) -> None:
        """Keep it."""
        self.facts.append(fact)

    def renew(self, *_: object, **__: object) -> bool:
        """Go on."""
        return True


class Stubborn(HandAws):
    """An AWS that shows what was removed."""

    def revoke(self, grant: Grant, now: datetime) -> Presence:
        """Hold it on."""
        super().revoke(grant, now)
        return Presence.PRESENT


class Lapsing(HandAws):
    """An AWS that takes nothing back of what was handed out."""

    def revoke(self, grant: Grant, now: datetime) -> Presence:
        """Let it lapse."""
        super().revoke(grant, now)
        return Presence.LAPSING


class Slow(HandAws):
    """An AWS that takes what it does not show yet."""

    def observe(self, grant: Grant, now: datetime) -> Presence:
        """Show nothing."""
        super().observe(grant, now)
        return Presence.ABSENT


def step(
    one: Grant,
    now: datetime,
    *,
    aws: HandAws | None = None,
    there: bool = True,
    busy: bool = False,
    attempts: int = 0,
    journal: Journal | None = None,
) -> tuple[Outcome, list[str]]:
    """Take a step; what came of it, and what AWS was asked."""
    aws, journal = aws or HandAws(), journal or Journal()
    if there:
        aws.held[one.id] = one
    claim = Claim(
        grant=one, token="t", held_until=now + HOUR, busy_until=now + SECOND if busy else None, attempts=attempts
    )
    held = HeldClaim(claim, queue=cast("Queue", journal), clock=lambda: now)
    steps = Steps(provisioner=aws, ledger=cast("Ledger", journal), clock=lambda: now)
    return steps.advance(held), [name for name, _ in aws.calls]


COMING_OUT = [
    # the grant, now, whether a write may still land, tries before: what AWS is asked, and whether it has ended then
    (ENDING, DURING, False, 0, ["revoke", "observe"], True),
    (ENDING, AFTER, False, 0, ["revoke"], True),
    (ACTIVE, AFTER, False, 0, ["revoke"], True),
    (NEVER_BEGUN, DURING, False, 0, ["revoke"], True),
    (ENDING, DURING, True, 0, ["revoke", "observe"], False),
    (ENDING, AFTER, True, 0, ["revoke"], False),
    (ENDING, DURING, False, 1, ["observe", "revoke", "observe"], True),
    (ENDING, DURING, True, 1, ["revoke", "observe"], False),
    (ACTIVE, AFTER, False, 1, ["observe", "revoke"], True),
]


@pytest.mark.parametrize(("one", "now", "busy", "attempts", "calls", "ended"), COMING_OUT)
def test_what_aws_is_asked_on_the_way_out(
    one: Grant, now: datetime, busy: bool, attempts: int, calls: Sequence[str], ended: bool
) -> None:
    """One call once the date has ended it; a look before that; and no end while a write may still land."""
    outcome, asked = step(one, now, busy=busy, attempts=attempts)

    assert asked == calls
    if ended:
        assert isinstance(outcome, Write)
        assert (outcome.fact.event.kind, outcome.fact.event.at) == (EntryKind.GRANT_ENDED, now)
    else:
        assert outcome == LookAgain(now + SECOND)


@pytest.mark.parametrize("now", [DURING, AFTER])
def test_what_aws_still_shows_after_its_removal_has_not_ended(now: datetime) -> None:
    """It is a failed try, and the next is a second away."""
    outcome, calls = step(ENDING, now, aws=Stubborn())

    assert outcome == LookAgain(now + SECOND, error="AWS still shows it after the removal.")
    assert calls == ["revoke"]


@pytest.mark.parametrize("attempts", [0, 1])
def test_what_lapses_by_itself_is_waited_for_without_a_failure(attempts: int) -> None:
    """It has not ended, and no try has failed: nobody is told that it is stuck."""
    outcome, _ = step(ENDING, DURING, aws=Lapsing(), attempts=attempts)

    assert outcome == LookAgain(DURING + HALF_A_MINUTE)


@pytest.mark.parametrize("one", [ENDING, ACTIVE])
def test_what_an_earlier_try_removed_is_only_looked_for(one: Grant) -> None:
    """An AWS that answered too late would be too late again."""
    outcome, calls = step(one, AFTER, there=False, attempts=1)

    assert isinstance(outcome, Write)
    assert calls == ["observe"]


def test_what_goes_in_is_committed_before_aws_is_asked_and_told_once_it_is_live() -> None:
    """The intent with its dates is in the journal, of which nobody is told; then AWS shows it."""
    journal = Journal()
    outcome, calls = step(APPROVED, DURING, there=False, journal=journal)

    (intent,) = journal.facts
    (written,) = intent.changes
    assert (intent.event.kind, intent.told) == (EntryKind.GRANT_PROVISIONING, False)
    assert isinstance(written, Grant)
    assert written.lease == Lease(starts=DURING, ends=DURING + HOUR)
    assert isinstance(outcome, Write)
    assert (outcome.fact.event.kind, outcome.fact.told) == (EntryKind.GRANT_ACTIVATED, True)
    assert outcome.fact.changes == (replace(written.activated(), revision=written.revision + 1),)
    assert calls == ["observe", "provision", "observe"]


@pytest.mark.parametrize(
    ("one", "aws", "there", "busy", "calls"),
    [
        (APPROVED, HandAws(), False, True, ["observe"]),
        (APPROVED, Slow(), False, False, ["observe", "provision", "observe"]),
        (AHEAD, HandAws(), True, False, ["observe", "revoke"]),
    ],
)
def test_what_is_not_settled_is_looked_at_again_in_a_second(
    one: Grant, aws: HandAws, there: bool, busy: bool, calls: Sequence[str]
) -> None:
    """A write that may still land; what AWS took and does not show; what is there before its time, and is removed."""
    assert step(one, DURING, aws=aws, there=there, busy=busy) == (LookAgain(SOON), calls)


@pytest.mark.parametrize(
    ("one", "why", "now", "at"),
    [
        (LEASED, Why.EXPIRED, AFTER + HOUR, AFTER),
        (LEASED, Why.EXPIRED, DURING, DURING),
        (LEASED, Why.FAILED, AFTER + HOUR, AFTER + HOUR),
        (ACTIVE, Why.VANISHED, AFTER, AFTER),
        (APPROVED, Why.EXPIRED, DURING, DURING),
    ],
)
def test_what_ends_by_its_date_ended_then_and_all_else_ends_now(
    one: Grant, why: Why, now: datetime, at: datetime
) -> None:
    """Also what never got a date; and nothing ends ahead of its time."""
    fact = ending(one, why, now)

    (changed,) = fact.changes
    assert isinstance(changed, Grant)
    assert changed.ending == Ending(why=why, by=DAYPASS, at=at)
    assert fact.event.details == {"why": why, "note": ""}
