"""The app manifest in the repository: what the app uses, and no more."""

import re
from pathlib import Path

import pytest

from daypass.doors.slack.app import COMMAND, SHORTCUT
from localslack import BlockingActor, BlockingSlack, TokenState
from localslack.web_api import gate  # noqa: F401  # it registers the methods
from localslack.web_api.call import METHODS
from tests.doors.slack.conftest import MANIFEST, Office, review

SCOPES = set(MANIFEST["oauth_config"]["scopes"]["bot"])
HEARD = MANIFEST["settings"]["event_subscriptions"]["bot_events"]
SOURCES = [*Path("src/daypass/doors/slack").rglob("*.py"), *Path("src/daypass/people").rglob("*.py")]
CALLED = re.compile(r"client\.([a-z]+_[a-zA-Z_]+)\(|\"([a-z]+\.[a-zA-Z.]+)\"")


def methods_called() -> set[str]:
    """Every Web API method that the source names, as Slack calls it."""
    named = [groups for path in SOURCES for groups in CALLED.findall(path.read_text(encoding="utf-8"))]
    camel = {re.sub(r"[._]", "", name).lower(): name for name in METHODS}
    found = {camel.get(re.sub(r"[._]", "", one or other).lower()) for one, other in named}
    return {name for name in found if name}


def test_every_scope_is_used_and_none_is_missing():
    """The scopes are exactly those that the methods in the source and the events need, and the one for commands."""
    needed = {scope for name in methods_called() for scope in METHODS[name].scopes}
    heard = {f"{event.partition('.')[2]}:history" for event in HEARD if event.startswith("message.")}

    assert needed | heard | {"commands"} == SCOPES


def test_what_the_manifest_offers_is_what_the_app_listens_to():
    """One command, one shortcut, the Home tab, what is said where we are, and who left."""
    features, settings = MANIFEST["features"], MANIFEST["settings"]

    assert [each["command"] for each in features["slash_commands"]] == [COMMAND]
    assert [each["callback_id"] for each in features["shortcuts"]] == [SHORTCUT]
    assert settings["event_subscriptions"]["bot_events"] == HEARD
    assert {event.partition(".")[0] for event in HEARD} == {"app_home_opened", "message", "user_change"}
    assert features["app_home"]["home_tab_enabled"]
    assert settings["interactivity"]["is_enabled"]


def test_the_whole_flow_is_allowed_by_the_manifest(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Slack refuses not one call of it: no scope lacks, and every block is as Slack wants it."""
    ann.open_home()
    daypass.ask()
    bob.open_home()
    bob.click(review(bob), "review.approve")
    ann.wait_for_message("*Approved* by")
    daypass.work()
    ann.wait_for_message("*Live* until")
    ann.click(ann.messages()[0], "mine.extend")
    ann.wait_for_modal("Extend")

    refused = [(call.method, call.error) for call in daypass.slack.calls if call.error]
    assert refused == []
    assert not any(delivery.failed for delivery in daypass.slack.deliveries)


@pytest.mark.parametrize("state", [TokenState.REVOKED, TokenState.INACTIVE])
def test_a_token_that_is_no_longer_good_stops_nothing_but_messages(
    daypass: Office, slack: BlockingSlack, ann: BlockingActor, state: TokenState
):
    """Commands are still acknowledged and filed."""
    ann.command("/daypass", "help")
    ann.wait_for_ephemeral("What you can type")
    slack.set_token(state)
    request = daypass.ask()

    assert daypass.services.ledger.request(request.id).requestor == "U0ANN"
