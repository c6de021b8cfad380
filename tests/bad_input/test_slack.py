"""A Slack token that Slack does not take any more: nothing is lost, and somebody is told what to do."""

import pytest

from localslack import TokenState
from tests.bad_input.firm import ALICE, BOB, REPORTS, Firm
from tests.bad_input.page import says

WRONG = "the Slack token has expired"
ASK = ("request", "s3", "read", "acme-reports/2026/", "--for", "2h", "--reason", "INC-42")


@pytest.mark.long
def test_a_token_that_expires_delays_messages_and_loses_none(firm: Firm) -> None:
    """Doctor, the command line, Slack and the log all name the token; with a good one the message arrives."""
    firm.logs_in(ALICE)
    firm.types(ALICE, REPORTS.replace("INC-42", "before"))
    firm.slack.set_token(TokenState.EXPIRED)
    says(WRONG, "doctor", firm.finding())
    assert "Asked" in firm.types(ALICE, REPORTS.replace("INC-42", "during"))  # it knows who she is; Slack hears later
    firm.restart()  # Daypass has forgotten who is who, and which workspace it is
    says(WRONG, "Slack, after a restart", firm.types(ALICE, REPORTS))
    says(WRONG, "command line", firm.runs(ALICE, *ASK).err)
    says(WRONG, "log", firm.logged("slack.turn_failed"))
    firm.slack.set_token(TokenState.GOOD)

    for asked in ("before", "during"):
        assert asked in firm.question(asked).visible_text
    firm.restart()  # that Slack did not answer is remembered for a moment


def test_messages_that_could_not_be_sent_wait(firm: Firm) -> None:
    """Access ends while the token is bad. It ends all the same, and the person reads of it once there is a good one."""
    firm.types(ALICE, REPORTS.replace("2h", "5s").replace("INC-42", "short"))
    firm.person(BOB).click(firm.question("short"), "review.approve")
    firm.told(ALICE, "*Live*")
    firm.slack.set_token(TokenState.EXPIRED)
    firm.logs("grant.ended")
    says("a message that Slack does not take", "log", firm.logged("slack.told_later", reason="token_expired"))
    firm.slack.set_token(TokenState.GOOD)

    assert "its time is over" in firm.told(ALICE, "*Ended*", within_s=60)
