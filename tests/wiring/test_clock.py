"""The one clock: the database's, held against this machine's and AWS's (F4)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from daypass.aws.clock import TimedAnswer
from daypass.model.errors import Unavailable
from daypass.model.lease import whole_second
from daypass.wiring.clock import Agreement, SharedClock
from tests.makers import NOON

SECOND = timedelta(seconds=1)


@dataclass
class Clocks:
    """Three clocks that a test sets, and a monotonic one. AWS hears of no test."""

    passed: float = 1000.0
    machine_off: timedelta = timedelta()
    database_off: timedelta = timedelta()
    aws_off: timedelta | None = timedelta()
    answer_takes_s: float = 0.0
    asked: int = 0
    last: TimedAnswer | None = field(default=None, init=False)

    def true(self) -> datetime:
        """What time it really is."""
        return NOON + timedelta(seconds=self.passed)

    def database(self) -> datetime:
        """The database's answer, which may take a while."""
        time = self.true() + self.database_off
        self.passed += self.answer_takes_s
        return time

    def ask(self) -> None:
        """AWS answers, or does not."""
        self.asked += 1
        if self.aws_off is None:
            raise Unavailable("AWS does not answer.")
        self.last = TimedAnswer(whole_second(self.true() + self.aws_off), self.passed, self.passed + 0.1)

    def shared(self) -> SharedClock:
        """The clock under test."""
        return SharedClock(
            database=self.database,
            machine=lambda: self.true() + self.machine_off,
            monotonic=lambda: self.passed,
            aws=self,  # type: ignore[arg-type]  # what it asks of AWS
        )


def test_the_time_is_the_databases_whatever_this_machines_clock_says():
    """Also when somebody sets the machine's clock between two looks at the database."""
    clocks = Clocks(machine_off=timedelta(hours=1))
    clock = clocks.shared()
    read = clock()
    clocks.machine_off = timedelta(days=-300)
    clocks.passed += 60

    assert clock() - read == 60 * SECOND
    assert clock() == clocks.true()


@pytest.mark.parametrize(
    ("machine_s", "database_s", "aws_s", "expected"),
    [
        (0, 0, 0, Agreement.AGREE),
        (1.5, 0, 3, Agreement.AGREE),
        (3, 0, 0, Agreement.MACHINE_OFF),
        (-60, 0, 0, Agreement.MACHINE_OFF),
        (3600, 0, 0, Agreement.MACHINE_OFF),
        (0, 60, 0, Agreement.DATABASE_OFF),
        (60, 60, 0, Agreement.DATABASE_OFF),
        (0, 0, 60, Agreement.DATABASE_OFF),
        (300, -300, 0, Agreement.DATABASE_OFF),
    ],
)
def test_the_clock_that_is_off_is_found_among_three(machine_s, database_s, aws_s, expected):
    """A machine that differs from the two others is wrong; a database that differs from AWS is not believed."""
    clock = Clocks(machine_off=machine_s * SECOND, database_off=database_s * SECOND, aws_off=aws_s * SECOND).shared()
    clock.compare_with_aws()

    assert clock.agreement is expected
    assert clock.may_work() is (expected is not Agreement.MACHINE_OFF)
    assert clock.may_claim() is clock.may_work()
    assert clock.agrees() is (expected is Agreement.AGREE)


def test_a_machine_whose_clock_is_off_gives_nothing_and_resumes_by_itself():
    """It is told with the number and what to do, its worker does nothing, and who ends something has the right time."""
    clocks = Clocks(machine_off=61 * SECOND)
    clock = clocks.shared()
    clock.compare_with_aws()

    with pytest.raises(Unavailable, match=r"1 minute 1 second ahead of the database's\. Set it \(NTP\)"):
        clock.must_be_right()
    with pytest.raises(Unavailable):
        clock.may_put_in()
    assert not clock.may_claim()
    assert clock() == clocks.true()
    clocks.machine_off = timedelta()
    clocks.passed += 2
    assert clock.may_claim()
    clock.must_be_right()


def test_nothing_is_put_in_before_aws_was_heard_or_while_it_differs():
    """Endings go on meanwhile: only what would be put in is refused."""
    clocks = Clocks(aws_off=None)
    clock = clocks.shared()
    with pytest.raises(Unavailable):
        clock.may_put_in()
    assert clock.may_work()
    clocks.aws_off = timedelta(hours=1)
    with pytest.raises(Unavailable, match="behind AWS's"):
        clock.may_put_in()
    assert clock.may_work()
    clocks.aws_off = timedelta()
    clock.may_put_in()


@pytest.mark.parametrize("database_s", [3600, -3600])
def test_where_database_and_aws_differ_nothing_is_over_too_early(database_s):
    """A lease is judged by the earlier of the two, so that no end is recorded while AWS still allows."""
    clocks = Clocks(database_off=database_s * SECOND)
    clock = clocks.shared()
    clock.compare_with_aws()

    assert abs(clock.by_both() - clocks.true() - min(0, database_s) * SECOND) <= 2 * SECOND


@pytest.mark.parametrize("database_s", [480, -480])
def test_where_database_and_aws_differ_the_time_is_awss(database_s):
    """So nobody's row is put off by a clock that runs ahead, and none waits for one that is behind."""
    clocks = Clocks(machine_off=database_s * SECOND, database_off=database_s * SECOND)
    clock = clocks.shared()
    clock.compare_with_aws()

    assert abs(clock() - clocks.true()) <= 2 * SECOND
    clocks.machine_off = clocks.database_off = timedelta()
    clocks.passed += 60
    clock.compare_with_aws()
    assert clock() == clocks.true()


def test_a_slow_answer_of_aws_moves_no_time_that_it_allows():
    """It may have been written at any moment of ten seconds: what was known better before stands."""
    clocks = Clocks(machine_off=-480 * SECOND, database_off=-480 * SECOND)
    clock = clocks.shared()
    clock.compare_with_aws()
    before = clock() - clocks.true()
    clocks.last = TimedAnswer(whole_second(clocks.true()), clocks.passed, clocks.passed + 10)
    clocks.passed += 10
    clock.compare()

    assert clock() - clocks.true() == before


def test_nothing_is_claimed_before_aws_was_heard():
    """Whoever may run ahead holds and puts off nothing; AWS answers nobody then, so nobody could do anything."""
    clocks = Clocks(aws_off=None)
    clock = clocks.shared()
    clock.keep_comparing()
    assert clock.may_work()
    assert not clock.may_claim()
    clocks.aws_off = timedelta()
    clocks.passed += 6
    clock.keep_comparing()
    assert clock.may_claim()


def test_a_slow_answer_of_the_database_is_no_difference_and_puts_nothing_forward():
    """It was read at some moment of the three seconds: the time is never ahead of the database's, nor called off."""
    clocks = Clocks(answer_takes_s=3.0)
    clock = clocks.shared()
    clock.compare_with_aws()

    assert clock.agreement is Agreement.AGREE
    assert clock() <= clocks.true()


def test_a_slow_answer_of_aws_is_no_difference():
    """Its Date was written at some moment of the twenty seconds."""
    answer = TimedAnswer(NOON, sent=0.0, received=20.0)
    least, most = answer.ahead(lambda at: NOON + timedelta(seconds=at))

    assert (least, most) == (-SECOND, 20 * SECOND)


def test_aws_is_asked_once_a_minute_where_it_says_nothing_by_itself():
    """And every few seconds while the clocks do not agree, so that it resumes soon."""
    clocks = Clocks()
    clock = clocks.shared()
    for _ in range(120):
        clock.keep_comparing()
        clocks.passed += 1
    assert clocks.asked == 2
    clocks.aws_off = timedelta(hours=1)
    clock.compare_with_aws()
    for _ in range(60):
        clock.keep_comparing()
        clocks.passed += 1
    assert clocks.asked >= 10
