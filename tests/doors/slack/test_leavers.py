"""People who leave and what begins later, as Slack tells of them and people read of it."""

import time
from datetime import timedelta

import pytest

from daypass.lifecycle.leavers.notice import GRACE, held, settle
from daypass.model.departure import Departure
from daypass.model.errors import NotFound
from daypass.model.grant import GrantState, Why
from daypass.model.principal import PrincipalId
from daypass.rules.load.read import parse
from localslack import BlockingActor
from tests.doors.slack.conftest import Office, review
from tests.makers import ANN, HOUR, RULES

PARTNER = {"team_id": "T0PARTNER", "is_stranger": False}
OWNED = RULES.replace("version: 1\n", "version: 1\nowners: {people: [U0CAROL]}\n")


def settled(daypass: Office) -> None:
    """Let the first seconds pass, and settle."""
    daypass.clock.forward(GRACE)
    settle(ledger=daypass.ledger, logins=daypass.logins, now=daypass.clock())
    daypass.work()


def heard(daypass: Office, who: PrincipalId) -> Departure:
    """Wait until a departure is written down."""
    deadline = time.monotonic() + 5
    while True:
        try:
            return daypass.ledger.find(Departure, who)
        except NotFound:
            assert time.monotonic() < deadline, "Slack's event was not heard"
            time.sleep(0.02)


def test_slack_says_that_somebody_left_and_what_they_have_ends(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Within seconds, and those who approved it read so."""
    request = daypass.ask()
    card = review(bob)
    bob.click(card, "review.approve")
    bob.wait_for_change(card, "Approved")
    daypass.work()
    daypass.slack.tell_of_person("U0ANN", deleted=True)
    heard(daypass, ANN)
    settled(daypass)

    ended = daypass.grant(request.id)
    assert ended.ending is not None
    assert (ended.state, ended.ending.why) == (GrantState.ENDED, Why.LEFT)
    bob.wait_for_message("left", after=card.ts)


@pytest.mark.parametrize("changes", [{"real_name": "Ann Poe"}, {"deleted": True, **PARTNER}])
def test_another_change_of_somebody_ends_nothing(daypass: Office, bob: BlockingActor, changes: dict[str, object]):
    """A new name; and somebody of another company, in a shared channel, whose id means nothing here."""
    request = daypass.ask()
    bob.click(review(bob), "review.approve")
    bob.wait_for_change(review(bob), "Approved")
    daypass.work()
    daypass.slack.tell_of_person("U0ANN", **changes)
    daypass.slack.tell_of_person("U0EVE", deleted=True)  # what is heard after it shows that it was heard
    heard(daypass, PrincipalId("U0EVE"))
    settled(daypass)
    assert daypass.grant(request.id).state is GrantState.ACTIVE


def test_the_owners_read_that_many_are_said_to_have_left(daypass: Office, carol: BlockingActor):
    """With what to do; nothing ends meanwhile."""
    daypass.rules.append(parse(OWNED, name="rules.yaml"))
    for number in range(21):
        daypass.slack.event({"type": "user_change", "user": {"id": f"U0P{number:02d}", "deleted": True}})
    deadline = time.monotonic() + 10
    while len(daypass.ledger.all(Departure)) < 21:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    settled(daypass)
    assert len(held(daypass.ledger)) == 21
    carol.wait_for_message("daypass leavers confirm")


def test_both_sides_read_why_what_was_approved_did_not_begin(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """A rule denies it by the time that it is to begin."""
    request = daypass.ask('request s3 read acme-reports/2026/ --start "in 1h" --for 1h --reason "INC-42"')
    card = review(bob)
    bob.click(card, "review.approve")
    bob.wait_for_change(card, "Approved")
    denying = '  - {id: never, deny: true, who: anyone, on: ["acme-reports/**"], because: Audit week.}\n'
    daypass.rules.append(parse(RULES + denying, name="rules.yaml"))
    daypass.clock.forward(HOUR + timedelta(seconds=2))
    daypass.work()

    ended = daypass.grant(request.id)
    assert ended.ending is not None
    assert ended.ending.why is Why.REFUSED
    assert ("provision", request.id) not in daypass.aws.calls
    for side in (ann, bob):
        side.wait_for_message("Audit week")


def test_nothing_of_a_request_is_sent_to_a_guest_or_to_somebody_of_elsewhere(
    daypass: Office, ann: BlockingActor, bob: BlockingActor, carol: BlockingActor
):
    """Carol is a guest in the group that decides; Bob is asked, and she is not."""
    daypass.directory.change(PrincipalId("U0CAROL"), guest=True)
    daypass.ask()
    review(bob)
    ann.wait_for_message("Waits")
    assert carol.messages() == []
