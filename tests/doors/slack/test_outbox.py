"""
Failure-modes row 11: Slack is down, slow or says no.

Nothing but messages waits for Slack, and none is lost, made twice or tried for ever in vain.
"""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from daypass.doors.slack.acknowledge import Arrivals
from daypass.doors.slack.notify import Notifier, back_off
from daypass.doors.slack.workspace import web_client
from daypass.lifecycle.approval.decide import approve
from daypass.lifecycle.cancel import cancel
from daypass.lifecycle.submit import submit
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId, GrantState
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.model.request import Ask, Request, Wish
from daypass.rules.load.read import RuleBook
from localslack import BlockingActor, BlockingSlack, TokenState
from tests.doors.slack import closed as closed_door
from tests.doors.slack.conftest import ASK, Office, office, review
from tests.makers import ANN, READ_REPORTS


def filed(daypass: Office) -> Request:
    """Ann asks through another door."""
    ask = Ask(requestor=ANN, wish=Wish(entitlement=READ_REPORTS, reason="INC-42"))
    services = daypass.services
    return submit(ask, judge=services.judge, now=services.clock())


def tell(daypass: Office) -> int:
    """Let a notifier of its own look once, as another process would."""
    notifier = Notifier(daypass.services, web_client(daypass.settings), daypass.settings, Arrivals())
    return asyncio.run(notifier.run_once())


def test_slack_being_down_loses_nothing(daypass: Office, slack: BlockingSlack, ann: BlockingActor, bob: BlockingActor):
    """A grant lives and ends while Slack is away; back again, everybody reads what became of it."""
    request = daypass.ask()
    card = review(bob)
    bob.click(card, "review.approve")
    ann.wait_for_message("Approved")
    slack.go_down()
    daypass.work()
    daypass.clock.forward(timedelta(hours=3))
    daypass.work()
    assert daypass.grant(request.id).state is GrantState.ENDED
    slack.come_back()
    daypass.clock.forward(timedelta(minutes=6))

    ann.wait_for_message("Ended", within=10)
    assert "Ended" in ann.messages()[0].visible_text


def test_a_request_filed_while_slack_is_away_reaches_the_approvers_later(
    daypass: Office, slack: BlockingSlack, bob: BlockingActor
):
    """503 for a while delays the question and asks it once."""
    slack.faults.unavailable = True
    filed(daypass)
    time.sleep(0.5)
    assert bob.messages() == []
    slack.faults.unavailable = False
    daypass.clock.forward(timedelta(minutes=6))

    review(bob)
    assert len(bob.messages()) == 1


def test_retry_after_is_obeyed(slack: BlockingSlack, tmp_path: Path):
    """Slack asks for five minutes: nothing at all is sent before, everything after."""
    closed = office(slack, tmp_path)
    slack.faults.rate_limit(1, retry_after=300)
    filed(closed)
    notifier = Notifier(closed.services, web_client(closed.settings), closed.settings, Arrivals())
    asyncio.run(notifier.run_once())
    filed(closed)
    closed.clock.forward(timedelta(seconds=280))
    asyncio.run(notifier.run_once())
    assert len(slack.calls) == 1
    closed.clock.forward(timedelta(seconds=21))

    assert asyncio.run(notifier.run_once()) == 2
    assert len(closed.posts()) == 6


def test_a_failing_person_does_not_keep_the_others_waiting(slack: BlockingSlack, tmp_path: Path, bob: BlockingActor):
    """Carol has left Slack: Bob is asked, the requestor is told, and nobody tries Carol for ever."""
    closed = office(slack, tmp_path)
    slack.change_person("U0CAROL", deleted=True)
    filed(closed)

    assert tell(closed) == 1
    assert tell(closed) == 0
    assert len(bob.messages()) == 1
    assert len(closed.posts()) == 2


def test_a_channel_that_is_gone_is_passed_over_for_the_approvers_themselves(
    slack: BlockingSlack, tmp_path: Path, bob: BlockingActor
):
    """A request is never asked of nobody because somebody archived a channel."""
    closed = office(slack, tmp_path, approvals_channel="C0GONE")
    filed(closed)
    tell(closed)

    assert "asks to" in bob.messages()[0].visible_text


@pytest.mark.parametrize(
    "reason",
    [
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_non_threadable_channel",
        "team_access_not_granted",
        "is_inactive",
    ],
)
def test_whatever_keeps_us_out_of_a_channel_the_approvers_are_asked(slack: BlockingSlack, tmp_path: Path, reason: str):
    """Archived, gone, frozen, closed to apps, or the app was removed: at once, and nothing is tried for ever."""
    closed = office(slack, tmp_path, approvals_channel="C0ACCESS")
    slack.faults.refuse(reason, method="chat.postMessage")
    filed(closed)
    tell(closed)

    assert next(post["channel"] for post in closed.posts() if "asks to" in post["text"]) == "U0BOB"
    assert tell(closed) == 0


def test_a_refusal_in_unknown_words_does_not_hold_up_what_comes_after_for_ever(slack: BlockingSlack, tmp_path: Path):
    """It is tried for most of an hour; then it is given up, the log says so, and the next message is sent."""
    closed = office(slack, tmp_path)
    notifier = Notifier(closed.services, web_client(closed.settings), closed.settings, Arrivals())
    slack.faults.refuse("a_word_of_next_year", calls=20, method="chat.postMessage")
    filed(closed)
    with capture_logs() as logs:
        for _ in range(40):
            asyncio.run(notifier.run_once())
            closed.clock.forward(timedelta(minutes=6))

    given_up = [one for one in logs if one["event"] == "slack.refused_for_good"]
    assert given_up[0]["reason"] == "a_word_of_next_year"
    assert closed.posts() != []
    assert asyncio.run(notifier.run_once()) == 0


@pytest.mark.parametrize("reason", ["invalid_auth", "token_revoked", "missing_scope", "fatal_error", "ratelimited"])
def test_what_passes_is_tried_for_as_long_as_it_takes(slack: BlockingSlack, tmp_path: Path, reason: str):
    """Four hours of it lose nothing."""
    closed = office(slack, tmp_path)
    notifier = Notifier(closed.services, web_client(closed.settings), closed.settings, Arrivals())
    slack.faults.refuse(reason, calls=40, method="chat.postMessage")
    filed(closed)
    for _ in range(45):
        asyncio.run(notifier.run_once())
        closed.clock.forward(timedelta(minutes=6))

    assert {post["channel"] for post in closed.posts()} == {"U0ANN", "U0BOB", "U0CAROL"}


def test_when_nobody_can_be_reached_the_requestor_is_told(slack: BlockingSlack, tmp_path: Path, ann: BlockingActor):
    """Everybody who may decide has left Slack: Ann does not wait in the dark."""
    closed = office(slack, tmp_path)
    slack.change_person("U0BOB", deleted=True)
    slack.change_person("U0CAROL", deleted=True)
    filed(closed)
    tell(closed)

    assert "I could reach nobody" in ann.messages()[-1].visible_text


def test_a_rule_with_a_crowd_of_approvers_pings_no_crowd(slack: BlockingSlack, tmp_path: Path):
    """The first few are asked, each once, and the message says that there are more."""
    closed = office(slack, tmp_path, most_asked=1)
    filed(closed)
    tell(closed)

    asked = [post for post in closed.posts() if "asks to" in post["text"]]
    assert [post["channel"] for post in asked] == ["U0BOB"]
    assert "Sent to 1 of the 2 who may decide" in str(asked[0]["blocks"])


def test_a_requestor_in_the_deciding_group_is_not_asked(slack: BlockingSlack, tmp_path: Path, ann: BlockingActor):
    """Ann is a lead herself: the buttons do not go to her, and she is not counted among those who may decide."""
    closed = office(slack, tmp_path, most_asked=2)
    closed.directory.change(ANN, slack_groups=frozenset({SlackGroupId("S0LEADS")}))
    filed(closed)
    tell(closed)

    asked = [post["channel"] for post in closed.posts() if "asks to" in post["text"]]
    assert asked == ["U0BOB", "U0CAROL"]


def test_what_is_told_late_is_told_as_it_is_now(slack: BlockingSlack, tmp_path: Path, ann: BlockingActor):
    """After an outage nobody is told that something is live, or about to end, when it has ended."""
    closed = office(slack, tmp_path)
    request = filed(closed)
    services = closed.services
    approve(request.id, by=PrincipalId("U0BOB"), length=None, judge=services.judge, now=services.clock())
    for _ in range(3):
        closed.work()
        closed.clock.forward(timedelta(minutes=55))
    while tell(closed):
        pass

    told = [message.visible_text.split("*")[1] for message in ann.messages()[1:]]
    assert told == ["Approved", "Ended"]


def test_a_cold_command_is_acknowledged_before_anything_is_looked_up(
    daypass: Office, slack: BlockingSlack, ann: BlockingActor
):
    """The first thing ever sent to this process is acknowledged at once, though Slack's API and AWS are slow."""
    slack.faults.slow_by = 2.8
    daypass.aws.slow = 3.0
    answer = ann.command("/daypass", ASK)

    assert answer.failure is None
    assert slack.deliveries[0].seconds < 1.5


def test_an_unforeseen_failure_is_logged_without_its_words(daypass: Office, ann: BlockingActor):
    """An exception may quote a reason or a secret: the log has its class and place, the person our sentence."""

    def broken() -> RuleBook:
        raise RuntimeError("INC-42 and a secret")

    daypass.under(broken)
    with capture_logs() as lines:
        ann.command("/daypass", ASK)
        ann.wait_for_ephemeral("Something went wrong inside Daypass")

    assert [line["event"] for line in lines if line["log_level"] == "error"] == ["slack.turn_failed"]
    assert "RuntimeError" in str(lines)
    assert "INC-42" not in str(lines)


def test_a_crash_between_a_post_and_its_crossing_out_repeats_nothing(slack: BlockingSlack, tmp_path: Path):
    """The line is told again by the next process: messages that are remembered are changed, not posted."""
    closed = office(slack, tmp_path)
    filed(closed)
    crossed_out = closed.services.outbox.sent
    object.__setattr__(closed.services.outbox, "sent", lambda _: None)
    tell(closed)
    object.__setattr__(closed.services.outbox, "sent", crossed_out)
    posted = len(closed.posts())
    closed.clock.forward(timedelta(minutes=2))

    assert tell(closed) == 1
    assert len(closed.posts()) == posted == 3


def test_an_answer_that_is_lost_repeats_one_message_at_most(slack: BlockingSlack, tmp_path: Path, bob: BlockingActor):
    """Slack took the post but the connection broke: one message is there twice, and no more."""
    closed = office(slack, tmp_path)
    filed(closed)
    slack.faults.lose_answers = 1
    tell(closed)
    closed.clock.forward(timedelta(minutes=6))
    tell(closed)

    assert len(closed.posts()) == 4
    assert len(bob.messages()) == 2


def test_an_expired_token_delays_and_loses_nothing(slack: BlockingSlack, tmp_path: Path, bob: BlockingActor):
    """The operator renews the token, and what waited is told."""
    closed = office(slack, tmp_path)
    slack.set_token(TokenState.EXPIRED)
    filed(closed)
    tell(closed)
    slack.set_token(TokenState.GOOD)
    closed.clock.forward(timedelta(minutes=6))
    tell(closed)

    assert len(bob.messages()) == 1


def test_a_line_nobody_is_told_of_is_crossed_out(slack: BlockingSlack, tmp_path: Path):
    """The outbox does not fill up with events that concern no conversation."""
    closed = office(slack, tmp_path)
    request = filed(closed)
    tell(closed)
    for kind in (EntryKind.DRIFT_FOUND, EntryKind.GRANT_PROVISIONING):
        closed.services.ledger.record(
            Fact(event=Event(kind=kind, at=closed.clock(), actor=request.requestor, subject=request.id))
        )
    posted = len(slack.calls)

    assert tell(closed) == 1
    assert tell(closed) == 1
    assert tell(closed) == 0
    assert len(slack.calls) == posted


def test_a_line_about_a_request_that_is_not_there_does_not_stop_the_others(
    slack: BlockingSlack, tmp_path: Path, bob: BlockingActor
):
    """One bad line is crossed out with a word in the log; the next is told."""
    closed = office(slack, tmp_path)
    ghost = Event(kind=EntryKind.GRANT_ENDED, at=closed.clock(), actor=ANN, subject=GrantId("zzzzzzzzzzzz"))
    closed.services.ledger.record(Fact(event=ghost))
    filed(closed)
    tell(closed)

    assert len(bob.messages()) == 1
    assert tell(closed) == 0


def test_back_off_doubles_up_to_five_minutes_and_never_ends():
    """A second at first, five minutes at most, after any number of tries."""
    longest = [max(back_off(attempts) for _ in range(200)) for attempts in (0, 4, 10, 10_000)]

    assert longest[0] <= timedelta(seconds=1)
    assert timedelta(seconds=8) < longest[1] <= timedelta(seconds=16)
    assert timedelta(minutes=2.5) < longest[2] <= timedelta(minutes=5)
    assert longest[3] <= timedelta(minutes=5)


def test_what_was_taken_back_before_slack_showed_it_is_posted_nowhere(slack: BlockingSlack, tmp_path: Path):
    """Its requestor knows, and nobody else has to; what was shown is changed, and what others ended is told."""
    closed = office(slack, tmp_path)
    unseen = closed_door.filed(closed)
    cancel(unseen.id, by=ANN, ledger=closed.services.ledger, now=closed.clock())
    closed_door.tell(closed)
    assert closed.posts() == []

    seen = closed_door.filed(closed)
    closed_door.tell(closed)
    cancel(seen.id, by=ANN, ledger=closed.services.ledger, now=closed.clock())
    closed_door.tell(closed)
    assert "Cancelled" in closed.person(ANN).messages()[0].text
