"""A busy channel: the first ten requests one by one, the rest counted at once and listed soon, nothing lost."""

from datetime import timedelta
from pathlib import Path

import pytest

from daypass.doors.slack.flood_control import MOST_CARDS, SOON, WINDOW
from daypass.doors.slack.notify import Notifier
from daypass.lifecycle.approval.decide import deny
from daypass.lifecycle.cancel import cancel
from daypass.model.decision import Aftermath, Approvers
from daypass.model.request import Request, RequestState
from localslack import BlockingSlack
from tests.doors.slack.closed import MINUTE, filed, notifier, tell
from tests.doors.slack.conftest import Office, office
from tests.makers import ANN, BOB


@pytest.fixture
def busy(slack: BlockingSlack, tmp_path: Path) -> Office:
    """Daypass, closed, asking in a channel."""
    return office(slack, tmp_path, approvals_channel="C0ACCESS")


def filled(closed: Office) -> Notifier:
    """Let so many wait that the channel takes no further card; who told of them."""
    teller = notifier(closed)
    for _ in range(MOST_CARDS):
        filed(closed)
    tell(closed, teller)
    return teller


def in_channel(closed: Office) -> list[str]:
    """What was posted in the channel, in order."""
    return [post["text"] for post in closed.posts() if post["channel"] == "C0ACCESS"]


def digests(closed: Office) -> list[str]:
    """The digests that were posted, whole."""
    return [str(post["blocks"]) for post in closed.posts() if " more request" in post["text"]]


def counted(closed: Office) -> list[str]:
    """What the lines that count say now."""
    shown = [one.visible_text for one in closed.person("U0BOB").messages("access")]
    return [one for one in shown if one.startswith("+")]


def test_what_is_held_is_counted_from_the_first_one_on_in_one_line(busy: Office):
    """Thirteen in a moment: ten messages and one line, which is changed in place as more come."""
    teller = notifier(busy)
    for _ in range(MOST_CARDS + 1):
        filed(busy)
    tell(busy, teller)
    assert [one.split(" They")[0] for one in counted(busy)] == ["+1 more is waiting."]
    for _ in range(4):
        filed(busy)
    tell(busy, teller)

    assert [one.split(" They")[0] for one in counted(busy)] == ["+5 more are waiting."]
    assert len(in_channel(busy)) == MOST_CARDS + 1
    assert digests(busy) == []


def test_half_a_minute_later_they_are_listed_with_people_and_reasons(busy: Office):
    """Once, with who asks, for what, why, and a mention of those who decide; the line says where they are."""
    teller = notifier(busy)
    asked = [filed(busy, reason=f"INC-{number}") for number in range(MOST_CARDS + 3)]
    tell(busy, teller)
    busy.clock.forward(SOON - timedelta(seconds=1))
    tell(busy, teller)
    assert digests(busy) == []
    busy.clock.forward(timedelta(seconds=1))
    tell(busy, teller)
    tell(busy, teller)

    (digest,) = digests(busy)
    shown = str([post["blocks"] for post in busy.posts() if post["text"].startswith("<@U0ANN> asks")])
    held = [one for one in asked if one.id not in shown]
    assert len(held) == 3
    assert all(one.id in digest and f"Why: {one.reason}" in digest for one in held)
    assert "*3 more requests wait for a decision.* <@U0BOB>" in digest
    assert "3 more requests wait for a decision. <@U0ANN>" in in_channel(busy)
    assert counted(busy) == ["+3 more were waiting; they are listed below."]


def test_the_requestor_reads_that_it_waits_in_a_list(busy: Office):
    """Once, under their own message; whoever has a message of their own in the channel reads nothing of it."""
    teller = notifier(busy)
    for _ in range(MOST_CARDS + 1):
        filed(busy)
    tell(busy, teller)
    busy.clock.forward(SOON)
    tell(busy, teller)

    told = [post["text"] for post in busy.posts() if "yours is in a list there" in post["text"]]
    assert len(told) == 1
    assert "<#C0ACCESS>" in told[0]


def test_a_decision_from_a_list_leaves_its_trace_there(busy: Office, slack: BlockingSlack):
    """Whichever process it comes to: the line says what became of it, and its button goes; the others stay."""
    teller = filled(busy)
    gone, stays = filed(busy), filed(busy)
    tell(busy, teller)
    busy.clock.forward(SOON)
    tell(busy, teller)
    cancel(gone.id, by=ANN, ledger=busy.services.ledger, now=busy.clock())
    tell(busy, notifier(busy))

    (now,) = (one for one in slack.person("U0BOB").messages("access") if stays.id in one.visible_text)
    lines = {one: next(str(block) for block in now.blocks if one in str(block)) for one in (gone.id, stays.id)}
    assert "*Cancelled* by <@U0ANN>" in lines[gone.id]
    assert "digest.show" not in lines[gone.id]
    assert "digest.show" in lines[stays.id]
    assert "1 more request waits" in now.visible_text


def test_what_somebody_decided_takes_no_room_any_more(busy: Office):
    """Ten were denied: the next one is shown by itself at once. Ten that were taken back leave the channel as it is."""
    for end, held in ((denied, []), (cancelled, ["+1 more is waiting."])):
        teller = notifier(busy)
        before = [filed(busy) for _ in range(MOST_CARDS)]
        tell(busy, teller)
        for one in before:
            end(busy, one)
        tell(busy, teller)
        filed(busy)
        tell(busy, teller)
        assert [one.split(" They")[0] for one in counted(busy)] == held


def denied(busy: Office, one: Request) -> None:
    """Bob turns it down."""
    deny(one.id, by=BOB, reason="", enders=busy.services.enders, now=busy.clock())


def cancelled(busy: Office, one: Request) -> None:
    """Ann takes it back."""
    cancel(one.id, by=ANN, ledger=busy.ledger, now=busy.clock())


def test_a_list_of_which_nothing_waits_says_so_in_words_of_its_own(busy: Office, slack: BlockingSlack):
    """And not once more what the line above it says."""
    teller = notifier(busy)
    asked = [filed(busy) for _ in range(MOST_CARDS + 2)]
    tell(busy, teller)
    busy.clock.forward(SOON)
    tell(busy, teller)
    for one in asked:
        denied(busy, one)
    tell(busy, teller)

    shown = [one.visible_text for one in slack.person("U0BOB").messages("access")]
    assert len([one for one in shown if "listed below" in one]) == 1
    assert [one for one in shown if one.startswith("*None of the 2 requests listed here waits any more.*")]


def test_how_many_are_shown_one_by_one_is_a_setting(slack: BlockingSlack, tmp_path: Path):
    """Two, and the third is counted."""
    few = office(slack, tmp_path, approvals_channel="C0ACCESS", most_cards=2)
    teller = notifier(few)
    for _ in range(3):
        filed(few)
    tell(few, teller)

    assert [one.split(" They")[0] for one in counted(few)] == ["+1 more is waiting."]


def test_an_urgent_one_never_waits(busy: Office):
    """It is shown by itself, however busy the channel is."""
    teller = notifier(busy)
    for _ in range(MOST_CARDS + 1):
        filed(busy)
    tell(busy, teller)
    glass = Aftermath(reviewers=Approvers(people=frozenset({BOB})), within=timedelta(days=1))
    filed(busy, aftermath=glass)
    tell(busy, teller)

    assert in_channel(busy)[-1].startswith("URGENT")


def test_a_calm_channel_shows_them_one_by_one_again(busy: Office):
    """Ten minutes after the rush nothing is held back."""
    teller = filled(busy)
    busy.clock.forward(WINDOW + MINUTE)
    filed(busy)
    tell(busy, teller)

    assert len(in_channel(busy)) == MOST_CARDS + 1


def test_what_was_decided_meanwhile_is_not_in_the_digest(busy: Office):
    """A digest says what waits, as it is then."""
    teller = filled(busy)
    gone, stays = filed(busy), filed(busy)
    tell(busy, teller)
    cancel(gone.id, by=ANN, ledger=busy.services.ledger, now=busy.clock())
    tell(busy, teller)
    busy.clock.forward(SOON)
    tell(busy, teller)

    assert gone.id not in digests(busy)[0]
    assert stays.id in digests(busy)[0]


def test_a_digest_that_slack_does_not_take_is_said_later_once(busy: Office, slack: BlockingSlack):
    """Retry-After is obeyed, and nothing of it is lost or said twice."""
    teller = notifier(busy)
    for _ in range(MOST_CARDS + 1):
        filed(busy)
    tell(busy, teller)
    busy.clock.forward(WINDOW)
    slack.faults.rate_limit(1, retry_after=30, method="chat.postMessage")
    tell(busy, teller)
    assert digests(busy) == []
    busy.clock.forward(timedelta(seconds=31))
    tell(busy, teller)
    tell(busy, teller)

    assert len(digests(busy)) == 1


def test_when_the_channel_is_gone_by_then_people_are_asked_directly(busy: Office, slack: BlockingSlack):
    """What was collected is asked somewhere else, one by one."""
    teller = notifier(busy)
    for _ in range(MOST_CARDS + 2):
        filed(busy)
    tell(busy, teller)
    slack.inner.world.workspace.channels["C0ACCESS"].archived = True
    busy.clock.forward(WINDOW)
    tell(busy, teller)

    directly = [post for post in busy.posts() if post["channel"] == "U0BOB" and "asks to" in post["text"]]
    assert len(directly) == 2


def test_what_cannot_be_asked_anywhere_at_that_moment_stays_collected(busy: Office, slack: BlockingSlack):
    """The channel says no, and then Slack asks us to be slower: the next digest has them."""
    teller = filled(busy)
    late = [filed(busy), filed(busy)]
    tell(busy, teller)
    slack.faults.refuse("is_archived", method="chat.postMessage")
    slack.faults.rate_limit(1, retry_after=60, method="chat.postMessage")
    busy.clock.forward(WINDOW)
    tell(busy, teller)
    assert digests(busy) == []
    busy.clock.forward(WINDOW)
    tell(busy, teller)

    assert all(one.id in digests(busy)[0] for one in late)


def test_a_line_of_a_digest_is_decided_on_from_its_button(channelled: Office):
    """The button shows Bob the message with its buttons, and they work as in any other."""
    for _ in range(MOST_CARDS):
        filed(channelled)
    bob = channelled.person("U0BOB")
    bob.wait_until(lambda: len(in_channel(channelled)) >= MOST_CARDS or None)
    last = filed(channelled)
    rush = channelled.door.notifier.asking.rush
    bob.wait_until(lambda: rush.ripe(channelled.clock() + 2 * WINDOW) or None)
    channelled.clock.forward(WINDOW)
    digest = bob.wait_for_message("more request", channel="access")
    bob.click(digest, "digest.show")
    bob.click(bob.wait_for_ephemeral(last.id), "review.approve")

    request = bob.wait_until(
        lambda: next((one for one in channelled.services.ledger.requests(states=[RequestState.APPROVED])), None)
    )
    assert request.id == last.id
