"""A clock that is an hour off, ours or AWS's: nothing enters AWS, and everybody learns why."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from daypass.demo.observe import held
from tests.bad_input.firm import ALICE, BOB, REPORTS, Firm
from tests.bad_input.page import says
from tests.servers.clock import Clock

HOUR, TEN_MINUTES, SOON = timedelta(hours=1), timedelta(minutes=10), timedelta(minutes=2)
FAR_OFF = "this machine's clock is an hour behind AWS's"
OFF = "this machine's clock is ten minutes behind AWS's"


@pytest.mark.long
def test_nothing_is_asked_while_aws_refuses_our_signatures(clocked_firm: Firm, clocks: tuple[Clock, Clock]) -> None:
    """AWS takes no signature that is a quarter of an hour off, so not even the bucket can be looked at."""
    with clocks[1].ahead(HOUR):
        clocked_firm.restart()

        says(FAR_OFF, "doctor", _rounded(clocked_firm.doctor()[0]))
        says(FAR_OFF, "Slack", clocked_firm.types(ALICE, REPORTS))


@pytest.mark.long
def test_nothing_is_put_into_aws_while_the_clocks_disagree(clocked_firm: Firm, clocks: tuple[Clock, Clock]) -> None:
    """AWS takes our calls and would judge our dates ten minutes early: what is approved waits until they agree."""
    firm, (ours, aws) = clocked_firm, clocks
    with aws.ahead(TEN_MINUTES):
        firm.restart()
        says(OFF, "doctor", _rounded(firm.finding()))
        firm.types(ALICE, REPORTS)
        firm.person(BOB).click(firm.question("INC-42"), "review.approve")
        says(OFF, "log", _rounded(firm.logged("clocks compared")))
        with _moved(ours, SOON), aws.ahead(TEN_MINUTES + SOON):
            told = firm.told(ALICE, "not live yet", within_s=60)
        says(OFF, "Slack, a minute after the approval", _rounded(told))

        assert held(firm.aws) == []
    with _moved(ours, TEN_MINUTES + 2 * SOON), aws.ahead(TEN_MINUTES + 2 * SOON):  # our clock is set right
        assert "until" in firm.told(ALICE, "*Live*", within_s=60)


def test_access_is_ended_in_slack_though_our_clock_is_off(clocked_firm: Firm, clocks: tuple[Clock, Clock]) -> None:
    """Slack's signatures are good for five minutes, by the time that AWS and the database agree on, and not by ours."""
    firm = clocked_firm
    firm.restart()  # an AWS whose clock goes back is remembered for seconds
    asked = re.search(r"Id `(\w+)`", firm.types(ALICE, REPORTS.replace("INC-42", "INC-47")))
    assert asked is not None
    with _moved(clocks[0], -HOUR):
        assert "ancelled" in firm.types(ALICE, f"cancel {asked.group(1)}")


def test_a_login_code_lapses_after_ten_minutes(clocked_firm: Firm, clocks: tuple[Clock, Clock]) -> None:
    """Eleven minutes later, by the service's clock, the waiting command line is told to begin anew."""
    later, (ours, aws) = timedelta(minutes=11), clocks
    clocked_firm.restart()  # an AWS whose clock goes back is remembered for seconds
    with clocked_firm.waiting_login(ALICE) as waiting, _moved(ours, later), aws.ahead(later):
        out, _ = waiting.communicate(timeout=60)

    assert waiting.returncode == 1
    says("a login code that nobody confirmed for ten minutes", "command line", out.splitlines()[-1])


@contextmanager
def _moved(clock: Clock, offset: timedelta) -> Iterator[None]:
    """Move a clock without moving the dates that this process signs with."""
    clock._set(offset)
    try:
        yield
    finally:
        clock._set(timedelta())


def _rounded(sentence: str) -> str:
    """The clocks are compared to the second; the page says whole minutes."""
    return re.sub(
        r"(9 minutes 59 seconds|10 minutes 1 second)",
        "10 minutes",
        re.sub(r"(59 minutes 59 seconds|1 hour 1 second)", "1 hour", sentence),
    )
