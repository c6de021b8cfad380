"""What people say under a message of ours is kept with the request, whatever Slack makes of telling us."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daypass.doors.slack import listeners as turns_page
from daypass.model.errors import Unavailable
from daypass.model.event import EntryKind, Event
from daypass.model.request import Request
from localslack import BlockingActor, BlockingSlack, Message
from tests.doors.slack.conftest import ASK, Office, office, review


def sayings(daypass: Office, request: Request) -> list[Event]:
    """What is kept of the discussion."""
    return [event for event in daypass.services.ledger.story(request.id) if event.kind is EntryKind.THREAD_SAID]


def eventually(question: Callable[[], list[Event] | None]) -> list[Event]:
    """Ask until there is an answer: nothing shows in Slack when something was kept."""
    for _ in range(200):
        if (answer := question()) is not None:
            return answer
        time.sleep(0.05)
    raise AssertionError("It was not kept.")


def kept(daypass: Office, request: Request, number: int) -> list[Event]:
    """What is kept once so much is."""

    def enough() -> list[Event] | None:
        found = sayings(daypass, request)
        return found if len(found) >= number else None

    return eventually(enough)


def settled(daypass: Office, request: Request) -> list[Event]:
    """What is kept once everything Slack told was heard: something said last is the mark."""
    card = daypass.slack.inner.world.workspace.messages["C0ACCESS"][0]
    daypass.person("U0EVE").say("the mark", channel="access", thread_ts=card.ts)

    def marked() -> list[Event] | None:
        found = sayings(daypass, request)
        return found if any(one.details["text"] == "the mark" for one in found) else None

    return [one for one in eventually(marked) if one.details["text"] != "the mark"]


@pytest.fixture
def asked(channelled: Office) -> tuple[Request, Message]:
    """Ann's request, and the message in the channel, which Daypass knows by now to be its own."""
    request = channelled.ask()
    card = review(channelled.person("U0BOB"), "access")
    eventually(lambda: [] if channelled.services.postings.subject_of(card.channel, card.ts) else None)
    return request, card


def test_the_discussion_in_the_channel_is_kept(channelled: Office, asked: tuple[Request, Message]):
    """Who said what, and a secret is not in it."""
    request, card = asked
    channelled.person("U0BOB").say("Why not <b>the</b> summary & all?", channel="access", thread_ts=card.ts)
    kept(channelled, request, 1)
    channelled.person("U0ANN").say("key AKIAIOSFODNN7EXAMPLE", channel="access", thread_ts=card.ts)

    first, second = kept(channelled, request, 2)
    assert (first.actor, first.details["text"]) == ("U0BOB", "Why not <b>the</b> summary & all?")
    assert (second.actor, second.details["text"]) == ("U0ANN", "key [masked: looks like a secret]")


def test_what_is_said_in_direct_messages_under_a_card_is_kept_too(
    daypass: Office, bob: BlockingActor, ann: BlockingActor
):
    """Under the approver's message and under the requestor's."""
    request = daypass.ask()
    bob.say("Ask Carol", thread_ts=review(bob).ts)
    ann.say("I did", thread_ts=ann.wait_for_message("Waits").ts)

    assert {(one.actor, one.details["text"]) for one in kept(daypass, request, 2)} == {
        ("U0BOB", "Ask Carol"),
        ("U0ANN", "I did"),
    }


def test_an_edit_and_a_deletion_are_noted_as_such(channelled: Office, asked: tuple[Request, Message]):
    """The journal keeps what was said before, too."""
    request, card = asked
    bob = channelled.person("U0BOB")
    bob.say("yes", channel="access", thread_ts=card.ts)
    kept(channelled, request, 1)
    said = bob.wait_for_message("yes", channel="access")
    bob.edit(said, "no")
    kept(channelled, request, 2)
    bob.erase(said)

    assert [(one.details["how"], one.details["text"]) for one in kept(channelled, request, 3)] == [
        ("said", "yes"),
        ("edited", "no"),
        ("deleted", ""),
    ]


def test_what_is_delivered_twice_is_kept_once(channelled: Office, asked: tuple[Request, Message], slack: BlockingSlack):
    """Slack repeats itself; the story does not."""
    request, card = asked
    slack.faults.deliver_events_twice = 3
    for text in ("one", "two", "three"):
        channelled.person("U0BOB").say(text, channel="access", thread_ts=card.ts)
        slack.settle()

    assert [one.details["text"] for one in settled(channelled, request)] == ["one", "two", "three"]


def test_what_is_not_under_a_message_of_ours_is_not_kept(
    channelled: Office, asked: tuple[Request, Message], slack: BlockingSlack
):
    """The channel's other talk, and other threads, are none of our business."""
    request, _ = asked
    eve = channelled.person("U0EVE")
    eve.say("lunch?", channel="access")
    eve.say("yes", channel="access", thread_ts=eve.wait_for_message("lunch?", channel="access").ts)
    slack.settle()

    assert settled(channelled, request) == []


def test_a_reply_that_is_quicker_than_slacks_answer_to_our_post_is_kept(channelled: Office, slack: BlockingSlack):
    """People see the message before we know its time: the reply is looked up again."""
    slack.faults.slow_by = 1.0
    channelled.person("U0ANN").command("/daypass", ASK)
    bob = channelled.person("U0BOB")
    bob.say("quick", channel="access", thread_ts=review(bob, "access").ts)
    slack.faults.slow_by = 0.0
    (request,) = channelled.services.ledger.requests()

    assert kept(channelled, request, 1)[0].details["text"] == "quick"


def spoken(card: Message, **changes: Any) -> dict[str, Any]:
    """An event of a reply under a card, as Slack sends it."""
    return {
        "type": "message",
        "channel_type": "channel",
        "channel": card.channel,
        "user": "U0BOB",
        "team": "T0ACME",
        "ts": "1795000000.000100",
        "event_ts": "1795000000.000100",
        "thread_ts": card.ts,
        "text": "hello",
        **changes,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"bot_id": "B0DAYPASS"},
        {"subtype": "bot_message", "user": None},
        {"subtype": "channel_join"},
        {"team": "T0OTHER"},
        {"user_team": "T0OTHER", "source_team": "T0OTHER"},
    ],
    ids=["our own", "another app's", "a join", "another workspace's", "a shared channel's"],
)
def test_apps_joins_and_strangers_are_not_kept(
    channelled: Office, asked: tuple[Request, Message], slack: BlockingSlack, changes: dict[str, Any]
):
    """An id of another workspace is nobody's here."""
    request, card = asked
    slack.event(
        spoken(card, team=slack.inner.world.workspace.team_id, **({} if "team" in changes else changes)) | changes
    )
    slack.settle()

    assert settled(channelled, request) == []


def test_an_unfurled_link_is_no_edit(channelled: Office, asked: tuple[Request, Message], slack: BlockingSlack):
    """Slack tells of a change when it only adds a preview or counts a reply."""
    request, card = asked
    team = slack.inner.world.workspace.team_id
    message = {name: value for name, value in spoken(card, team=team).items() if name not in {"channel", "event_ts"}}
    change = {"subtype": "message_changed", "message": message, "previous_message": message, "thread_ts": None}
    slack.event(spoken(card, team=team) | change)
    slack.settle()

    assert settled(channelled, request) == []


def test_a_file_is_noted_with_the_words(channelled: Office, asked: tuple[Request, Message], slack: BlockingSlack):
    """What was in it is not looked at."""
    request, card = asked
    team = slack.inner.world.workspace.team_id
    slack.event(spoken(card, team=team, subtype="file_share", text="see", files=[{"id": "F1"}, {"id": "F2"}]))

    assert kept(channelled, request, 1)[0].details["text"] == "see [2 files]"


def test_show_tells_the_discussion_to_those_who_may_see_it(channelled: Office, asked: tuple[Request, Message]):
    """Bob reads what was said; a colleague who has nothing to do with it does not."""
    request, card = asked
    bob, eve = channelled.person("U0BOB"), channelled.person("U0EVE")
    bob.say("ask *Carol* <!channel>\nand all", channel="access", thread_ts=card.ts)
    kept(channelled, request, 1)
    bob.command("/daypass", f"show {request.id}")
    eve.command("/daypass", f"show {request.id}")

    shown = bob.wait_for_ephemeral("asked for").visible_text
    assert "<@U0BOB> said: `ask *Carol* &lt;!channel&gt; and all`" in shown
    assert "Carol" not in eve.wait_for_ephemeral("no request").visible_text


def test_while_the_database_is_away_nothing_that_was_said_is_lost(
    slack: BlockingSlack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Slack has its answer at once; the words are written down when they can be."""
    monkeypatch.setattr(turns_page, "_PAUSES_S", (0.1, 0.1, 0.1))
    channelled = office(slack, tmp_path, approvals_channel="C0ACCESS").open()
    try:
        request = channelled.ask()
        card = review(channelled.person("U0BOB"), "access")
        find, failures = channelled.services.postings.subject_of, [Unavailable("away"), Unavailable("away")]

        def away(channel: str, ts: str) -> Any:
            if failures:
                raise failures.pop()
            return find(channel, ts)

        object.__setattr__(channelled.services.postings, "subject_of", away)
        channelled.person("U0BOB").say("hello", channel="access", thread_ts=card.ts)

        assert kept(channelled, request, 1)[0].details["text"] == "hello"
    finally:
        channelled.close()
