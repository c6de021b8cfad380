"""The Web API answers as Slack's does, its refusals included."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from localslack import BlockingSlack, TokenState, generous_manifest

from .lending_library import FORM, plain

HELLO = [{"type": "section", "text": plain("hello")}]


@pytest.fixture
def lonely() -> Iterator[BlockingSlack]:
    """A local Slack with no app listening."""
    with BlockingSlack() as slack:
        yield slack


@pytest.fixture
def client(lonely: BlockingSlack) -> WebClient:
    """The app's client."""
    return WebClient(token=lonely.bot_token, base_url=lonely.api_url)


def error_of(call: Any, **arguments: Any) -> str:
    """Give the error that a call is refused with."""
    with pytest.raises(SlackApiError) as refused:
        call(**arguments)
    return str(refused.value.response["error"])


def test_the_app_learns_who_it_is(client):
    """auth.test names the team, the bot and its user."""
    answer = client.auth_test()

    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == ("T0ACME", "U0APP", "B0APP")


@pytest.mark.parametrize(
    ("token", "error"), [("", "not_authed"), ("xoxb-someone-else", "invalid_auth")], ids=["none", "foreign"]
)
def test_a_wrong_token_is_refused(lonely, token, error):
    """Without the app's own token nothing is answered."""
    assert error_of(WebClient(token=token, base_url=lonely.api_url).auth_test) == error


@pytest.mark.parametrize("state", [TokenState.EXPIRED, TokenState.REVOKED, TokenState.INACTIVE])
def test_a_spent_token_is_refused_by_name(lonely, client, state):
    """The error says what became of the token; good again, it works again."""
    lonely.set_token(state)
    refused = error_of(client.auth_test)
    lonely.set_token(TokenState.GOOD)

    assert refused == state.value
    assert client.auth_test()["ok"]


def test_each_token_opens_its_own_doors(lonely):
    """A bot token opens no socket, an app-level token posts nothing."""
    bot = WebClient(token=lonely.bot_token, base_url=lonely.api_url)
    app = WebClient(token=lonely.app_token, base_url=lonely.api_url)

    assert error_of(bot.apps_connections_open, app_token=lonely.bot_token) == "not_allowed_token_type"
    assert error_of(app.chat_postMessage, channel="C0PROJECT", text="hi") == "not_allowed_token_type"


def test_a_manifest_without_the_scope_fails():
    """missing_scope names what is needed and what was granted."""
    manifest = generous_manifest()
    manifest["oauth_config"]["scopes"]["bot"] = ["commands", "chat:write"]
    with BlockingSlack(manifest=manifest) as slack:
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)
        with pytest.raises(SlackApiError) as refused:
            client.users_info(user="U0ALICE")

    assert refused.value.response["error"] == "missing_scope"
    assert refused.value.response["needed"] == "users:read"
    assert refused.value.response["provided"] == "chat:write,commands"


def test_an_email_is_shown_only_with_its_scope(client):
    """users.info carries tz always, and the address thanks to users:read.email."""
    user = client.users_info(user="U0BOB")["user"]

    assert (user["tz"], user["profile"]["email"]) == ("Europe/London", "bob@acme.example")


def test_without_the_email_scope_there_is_no_email():
    """The key is absent, not empty, as at Slack."""
    manifest = generous_manifest()
    manifest["oauth_config"]["scopes"]["bot"] = ["users:read"]
    with BlockingSlack(manifest=manifest) as slack:
        user = WebClient(token=slack.bot_token, base_url=slack.api_url).users_info(user="U0BOB")["user"]

    assert "email" not in user["profile"]


@pytest.mark.parametrize(
    ("call", "arguments", "error"),
    [
        ("chat_postMessage", {"channel": "C0NOWHERE", "text": "hi"}, "channel_not_found"),
        ("chat_postMessage", {"channel": "U0DAVE", "text": "hi"}, "channel_not_found"),
        ("api_call", {"api_method": "chat.postMessage", "json": {"channel": "C0PROJECT"}}, "no_text"),
        ("chat_postMessage", {"channel": "C0PROJECT", "text": "hi", "thread_ts": "1.000001"}, "thread_not_found"),
        ("chat_postMessage", {"channel": "C0PROJECT", "text": "hi", "blocks": "not json"}, "invalid_blocks_format"),
        ("chat_update", {"channel": "C0PROJECT", "ts": "1.000001", "text": "hi"}, "message_not_found"),
        ("chat_delete", {"channel": "C0PROJECT", "ts": "1.000001"}, "message_not_found"),
        ("chat_postEphemeral", {"channel": "C0LEADS", "user": "U0ALICE", "text": "hi"}, "user_not_in_channel"),
        ("chat_getPermalink", {"channel": "C0PROJECT", "message_ts": "1.000001"}, "message_not_found"),
        ("users_info", {"user": "U0NOBODY"}, "user_not_found"),
        ("users_lookupByEmail", {"email": "dave@acme.example"}, "users_not_found"),
        ("usergroups_users_list", {"usergroup": "S0NOTHING"}, "no_such_subteam"),
        ("conversations_open", {"users": "U0NOBODY"}, "user_not_found"),
        ("conversations_open", {"users": "U0DAVE"}, "user_disabled"),
        ("conversations_open", {"users": ","}, "users_list_not_supplied"),
        ("conversations_info", {"channel": "C0NOWHERE"}, "channel_not_found"),
        ("conversations_list", {"types": "nonsense"}, "invalid_types"),
        ("conversations_members", {"channel": "C0PROJECT", "cursor": "x"}, "invalid_cursor"),
        ("views_open", {"trigger_id": "1.2.3", "view": FORM}, "invalid_arguments"),
        ("views_update", {"view_id": "V0GONE", "view": FORM}, "not_found"),
        ("views_publish", {"user_id": "U0ALICE", "view": FORM}, "invalid_arguments"),
        ("api_call", {"api_method": "chat.teleport"}, "unknown_method"),
    ],
)
def test_a_call_that_cannot_be_done_is_refused_by_name(client, call, arguments, error):
    """The error is the one Slack documents."""
    assert error_of(getattr(client, call), **arguments) == error


def test_an_app_without_the_public_scope_must_be_in_the_channel():
    """not_in_channel for #general, where the app is no member."""
    manifest = generous_manifest()
    manifest["oauth_config"]["scopes"]["bot"] = ["chat:write"]
    with BlockingSlack(manifest=manifest) as slack:
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)

        assert error_of(client.chat_postMessage, channel="C0GENERAL", text="hi") == "not_in_channel"


def test_a_message_of_someone_else_cannot_be_changed(lonely, client):
    """cant_update_message, though the app can see it."""
    lonely.person("U0ALICE").say("mine", channel="C0PROJECT")
    ts = lonely.person("U0ALICE").messages("C0PROJECT")[-1].ts

    assert error_of(client.chat_update, channel="C0PROJECT", ts=ts, text="yours") == "cant_update_message"


def test_text_alone_leaves_the_blocks_of_a_message(lonely, client):
    """chat.update without blocks keeps them; an empty list removes them."""
    ts = client.chat_postMessage(channel="C0PROJECT", text="a", blocks=HELLO)["ts"]

    kept = client.chat_update(channel="C0PROJECT", ts=ts, text="b")["message"]
    removed = client.chat_update(channel="C0PROJECT", ts=ts, text="c", blocks=[])["message"]

    assert kept["blocks"][0]["text"]["text"] == "hello"
    assert "blocks" not in removed


def test_a_person_is_written_to_by_their_id(lonely, client):
    """A message to a user id lands in the direct message that conversations.open names."""
    opened = client.conversations_open(users="U0ALICE")["channel"]["id"]

    assert client.chat_postMessage(channel="U0ALICE", text="psst")["channel"] == opened
    assert lonely.person("U0ALICE").messages()[-1].text == "psst"


def test_timestamps_are_never_given_twice(client):
    """Messages posted at the same instant still have their own ts."""
    ts = [client.chat_postMessage(channel="C0PROJECT", text=str(n))["ts"] for n in range(20)]

    assert sorted(set(ts)) == ts


def test_a_private_channel_shows_itself_only_to_members(client):
    """conversations.list gives the private channel the app is in, when asked for private ones."""
    public = {c["name"] for c in client.conversations_list()["channels"]}
    private = {c["name"] for c in client.conversations_list(types="private_channel")["channels"]}

    assert (public, private) == ({"general", "project"}, {"team-leads"})


def test_a_long_list_comes_page_by_page(client):
    """next_cursor leads through everyone, once."""
    pages = client.users_list(limit=2)
    everyone = [member["id"] for page in pages for member in page["members"]]

    assert everyone == ["U0ALICE", "U0BOB", "U0CAROL", "U0DAVE", "U0APP"]


def test_a_user_group_names_its_members(client):
    """usergroups.list finds the group, usergroups.users.list its people."""
    group = client.usergroups_list()["usergroups"][0]

    assert group["handle"] == "team-leads"
    assert client.usergroups_users_list(usergroup=group["id"])["users"] == ["U0BOB", "U0CAROL"]


def test_a_form_post_works_like_a_json_post(lonely, client):
    """Blocks may come as a string of JSON in a form."""
    answer = client.api_call("chat.postMessage", data={"channel": "C0PROJECT", "blocks": json.dumps(HELLO)})

    assert answer["message"]["blocks"][0]["text"]["text"] == "hello"


def test_two_publishers_of_a_home_cannot_overwrite_each_other(client):
    """views.publish with a hash that is not the present one is a hash_conflict."""
    home = {"type": "home", "blocks": HELLO}
    first = client.views_publish(user_id="U0ALICE", view=home)["view"]["hash"]
    client.views_publish(user_id="U0ALICE", view=home, hash=first)

    assert error_of(client.views_publish, user_id="U0ALICE", view=home, hash=first) == "hash_conflict"


def test_every_call_is_on_record_without_its_token(lonely, client):
    """The record holds method, arguments, answer and times."""
    client.chat_postMessage(channel="C0PROJECT", text="hi")
    call = lonely.calls[-1]

    assert (call.method, call.error, call.arguments["text"]) == ("chat.postMessage", "", "hi")
    assert lonely.bot_token not in repr(call)
    assert call.began <= call.ended
