"""People whom Slack or AWS does not know, knows twice, or knows no more."""

from collections.abc import Iterator

import pytest

from daypass.people.iam_tags import TAG
from localslack import Message
from tests.bad_input.firm import ALICE, BOB, CAROL, DAVE, REPORTS, Firm
from tests.bad_input.page import says


@pytest.fixture(scope="module")
def mixed_up(firm: Firm) -> Iterator[Firm]:
    """Take Alice's tag from her IAM user, give Bob's to Carol's as well, deactivate Dave, and let Daypass look anew."""
    iam = firm.aws.root("iam")
    iam.untag_user(UserName="alice", TagKeys=[TAG])
    iam.tag_user(UserName="carol", Tags=[{"Key": TAG, "Value": BOB}])
    firm.slack.change_person(DAVE, deleted=True)
    firm.restart()
    yield firm
    firm.slack.change_person(DAVE, deleted=False)  # the demo's people are the same ones in every firm


def test_who_is_deactivated_in_slack_gets_nothing(mixed_up: Firm) -> None:
    """A click may still arrive from somebody who has just left."""
    says("a deactivated person", "Slack", mixed_up.types(DAVE, REPORTS))


def test_a_policy_needs_an_aws_identity(mixed_up: Firm) -> None:
    """Alice is nobody to AWS, so a policy has nowhere to go; she is told what else there is."""
    says("no AWS identity, and `--as policy`", "Slack", mixed_up.types(ALICE, REPORTS))


def test_two_aws_identities_are_refused_and_both_are_named(mixed_up: Firm) -> None:
    """Nobody guesses which of them is Bob's; doctor says so before he asks."""
    wrong = "two AWS identities"

    says(wrong, "Slack", mixed_up.types(BOB, REPORTS))
    (found,) = [one for one in mixed_up.doctor() if "U0DAVE" not in one]  # who has left, and is named by a rule
    says(wrong, "doctor", found)
    says(wrong, "log", mixed_up.logged("slack.turn_failed"))


def test_somebody_slack_does_not_know_is_nobody(mixed_up: Firm) -> None:
    """A signed command that names a Slack user id which is no member's; the answer goes where the command came from."""
    mixed_up.types(CAROL, REPORTS)
    delivery = mixed_up.slack.deliveries[-1].again()
    delivery.payload = {**delivery.payload, "user_id": "U0NOBODY", "trigger_id": "1.2.3"}
    told = mixed_up.shown(CAROL, lambda: mixed_up.slack.replay(delivery))

    assert isinstance(told, Message)
    says("a person whom Slack does not know", "Slack", told.visible_text)
