"""An AWS permission that Daypass lacks: who reads what, and what is not done."""

from datetime import timedelta

import pytest

from tests.bad_input.firm import ALICE, BOB, REPORTS, Firm
from tests.bad_input.page import says
from tests.servers.clock import Clock

SOON = timedelta(minutes=2)

ASK = REPORTS.replace(" --as policy", "")


@pytest.mark.long
def test_without_the_right_to_put_policies_nothing_is_live(clocked_firm: Firm, clocks: tuple[Clock, Clock]) -> None:
    """Doctor sees it beforehand. Later it is tried again and again, the log says why, and so does a message."""
    firm, wrong = clocked_firm, "Daypass may not `iam:PutUserPolicy`"
    with firm.forbidding("iam:PutUserPolicy"):
        says(wrong, "doctor", firm.finding())
        firm.types(ALICE, REPORTS)
        firm.person(BOB).click(firm.question("INC-42"), "review.approve")
        says(wrong, "log", firm.logged("step failed"))
        with clocks[0].ahead(SOON), clocks[1].ahead(SOON):
            told = firm.told(ALICE, "This is not live yet.", within_s=60)

    says(wrong, "Slack, a minute after the approval", told)


@pytest.mark.long
def test_without_the_broker_role_no_session_is_opened(firm: Firm) -> None:
    """The session is tried before it is called live, so nobody is told to use what they cannot have."""
    wrong = "Daypass may not `sts:AssumeRole`"
    with firm.forbidding("sts:AssumeRole"):
        found = firm.finding()
        says(wrong, "doctor", found)
        firm.types(ALICE, ASK.replace("INC-42", "INC-43"))
        firm.person(BOB).click(firm.question("INC-43"), "review.approve")

        says(wrong, "log", firm.logged("step failed", error=found))


@pytest.mark.long
def test_without_the_list_of_buckets_one_types_the_place(firm: Firm) -> None:
    """The form offers what was typed, and filing works."""
    wrong = "Daypass may not `s3:ListAllMyBuckets`"
    with firm.forbidding("s3:ListAllMyBuckets"):
        found = firm.finding()
        says(wrong, "doctor", found)
        alice = firm.person(ALICE)
        alice.shortcut("request_access")
        form = alice.wait_for_modal()
        offered = alice.type_ahead(form, "resource", "acme-reports")
        alice.close(form)

        assert [one["value"] for one in offered] == ["acme-reports"]
        says(wrong, "log", firm.logged("slack.nothing_suggested"))


def test_without_a_look_at_the_bucket_it_is_not_lent(firm: Firm) -> None:
    """Its region and its key are needed for the policy, so the ask is refused before anybody is bothered."""
    with firm.forbidding("s3:ListBucket"):
        says("Daypass may not `s3:ListBucket`", "Slack", firm.types(ALICE, ASK))


def test_keys_that_aws_does_not_know_are_named_once(firm: Firm) -> None:
    """Every check meets them; the doctor says it once for each of AWS's codes."""
    found = firm.doctor(AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE")

    assert len(found) <= 2
    says("AWS keys that are wrong", "doctor", found[0])


def test_no_keys_at_all_are_named_once(firm: Firm) -> None:
    """With the ways there are to give them."""
    found = firm.doctor(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")

    assert len(found) == 1
    says("no AWS keys", "doctor", found[0])
