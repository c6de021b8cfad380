"""A Slack that asks us to be slower, says so wrongly, or opens nothing: obeyed, not believed blindly, and said."""

import asyncio
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from daypass.doors.slack.rate_limits import pause_of
from daypass.model.request import RequestState
from localslack import BlockingActor, BlockingSlack
from tests.doors.slack.closed import filed, notifier, tell
from tests.doors.slack.conftest import Office, office, review


def limited(headers: dict[str, Any], status: int = 429, error: str = "ratelimited") -> SlackApiError:
    """An answer of Slack's that says no."""
    return SlackApiError("no", SimpleNamespace(status_code=status, headers=headers, data={"error": error}))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"retry-after": ["7"]}, 7),
        ({"Retry-After": " 7 "}, 7),
        ({"Retry-After": "0"}, 0),
        ({}, 30),
        ({"Retry-After": ""}, 30),
        ({"Retry-After": "-5"}, 30),
        ({"Retry-After": "soon"}, 30),
        ({"Retry-After": "1.5"}, 30),
        ({"Retry-After": "٣"}, 30),
        ({"Retry-After": "86400"}, 300),
        ({"Retry-After": "9" * 400}, 300),
    ],
)
def test_what_is_asked_is_read_and_what_cannot_be_meant_is_not(headers: dict[str, Any], seconds: int):
    """Half a minute where nothing sensible is said, five minutes at most."""
    assert pause_of(limited(headers)) == timedelta(seconds=seconds)


def test_other_refusals_ask_for_no_pause():
    """Only a limit is one."""
    assert pause_of(limited({}, status=200, error="is_archived")) is None
    assert pause_of(limited({}, status=503, error="")) is None
    assert pause_of(limited({}, status=200)) == timedelta(seconds=30)


def test_an_absurd_pause_ends_after_five_minutes(slack: BlockingSlack, tmp_path: Path):
    """A header that says thirty years delays for five minutes, not for thirty years."""
    closed = office(slack, tmp_path)
    slack.faults.rate_limit(1, retry_after=10**9, method="chat.postMessage")
    filed(closed)
    teller = notifier(closed)
    asyncio.run(teller.run_once())
    closed.clock.forward(timedelta(minutes=4))
    asyncio.run(teller.run_once())
    assert closed.posts() == []
    closed.clock.forward(timedelta(minutes=1, seconds=1))
    tell(closed, teller)

    assert len(closed.posts()) == 2


def test_a_limit_without_a_time_is_not_hammered_against(slack: BlockingSlack, tmp_path: Path):
    """Eight lines are due, and one call is made until half a minute is over."""
    closed = office(slack, tmp_path)
    teller = notifier(closed)
    slack.faults.refuse("ratelimited", calls=1, method="chat.postMessage")
    filed(closed)
    asyncio.run(teller.run_once())
    for _ in range(7):
        filed(closed)
    asyncio.run(teller.run_once())
    assert len(slack.calls) == 1
    closed.clock.forward(timedelta(seconds=31))
    tell(closed, teller)

    assert len(closed.posts()) == 2 * 8


def test_a_home_tab_that_slack_does_not_take_is_drawn_after_the_pause(
    daypass: Office, slack: BlockingSlack, ann: BlockingActor, bob: BlockingActor
):
    """Ann's and Bob's tabs both wait for it, as the pause is the method's; nobody has to open theirs again."""
    slack.faults.rate_limit(1, retry_after=1, method="views.publish")
    ann.open_home()
    ann.wait_until(lambda: any(call.status == 429 for call in slack.calls) or None)
    bob.open_home()
    ann.wait_for_home("Request access")
    bob.wait_for_home("Request access")

    refused, *drawn = [call for call in slack.calls if call.method == "views.publish"]
    assert len(drawn) == 2
    assert min(call.began for call in drawn) - refused.ended > 0.9


@pytest.mark.parametrize("error", ["expired_trigger_id", "fatal_error", "ratelimited"])
def test_a_form_that_does_not_open_is_said(daypass: Office, slack: BlockingSlack, bob: BlockingActor, error: str):
    """Bob presses Deny and nothing opens: he reads that, where he is, and the second press works."""
    daypass.ask()
    slack.faults.refuse(error, method="views.open")
    card = review(bob)
    bob.click(card, "review.deny")
    bob.wait_for_ephemeral("Slack opened nothing")
    assert bob.modal() is None
    if error != "ratelimited":
        bob.click(card, "review.deny")
        bob.wait_for_modal("Deny")


def test_a_form_that_does_not_open_from_the_home_tab_is_said_by_message(
    daypass: Office, slack: BlockingSlack, ann: BlockingActor
):
    """There is no place for a whisper there."""
    ann.open_home()
    slack.faults.refuse("expired_trigger_id", method="views.open")
    ann.click(ann.wait_for_home("Request access"), "form.open")

    ann.wait_for_message("Slack opened nothing")


def test_an_answer_that_cannot_be_whispered_comes_as_a_page(daypass: Office, slack: BlockingSlack, ann: BlockingActor):
    """The response URL answers 500: the list opens instead."""
    slack.faults.refuse("internal_error", method="response_url")
    ann.command("/daypass", "ls")

    assert "You have no access now" in str(ann.wait_for_modal("Daypass").blocks)


def test_an_answer_that_no_page_takes_either_comes_by_message(
    daypass: Office, slack: BlockingSlack, ann: BlockingActor
):
    """And one that Slack asks us to say later is said later."""
    slack.faults.refuse("internal_error", method="response_url")
    slack.faults.refuse("expired_trigger_id", method="views.open")
    slack.faults.rate_limit(1, retry_after=1, method="chat.postMessage")
    ann.command("/daypass", "ls")

    ann.wait_for_message("You have no access now")


def test_a_click_that_comes_twice_says_nothing_the_second_time(
    daypass: Office, slack: BlockingSlack, bob: BlockingActor
):
    """Bob pressed once and is not told that somebody decided already."""
    request = daypass.ask()
    slack.faults.deliver_twice = 1
    bob.click(review(bob), "review.approve")
    bob.wait_until(lambda: daypass.services.ledger.request(request.id).state is RequestState.APPROVED or None)
    bob.wait_until(lambda: len([one for one in slack.deliveries if "review.approve" in str(one.body)]) == 2 or None)
    bob.wait_for_message("*Approved* by")

    assert bob.ephemerals() == []
    assert bob.modal() is None


def test_what_is_decided_in_a_window_is_said_there(daypass: Office, bob: BlockingActor):
    """A card that Bob opened shows what became of it, and no buttons that do nothing any more."""
    daypass.ask()
    bob.open_home()
    home = bob.wait_for_home("<@U0ANN> asks")
    bob.click(home, "review.approve")
    bob.wait_for_home("Nothing waits for your decision")
    bob.choose(home, "review.length", "300s", as_seen=True)
    bob.click(home, "review.approve", as_seen=True)

    bob.wait_for_modal("Daypass")
