"""What goes wrong between an app and Slack goes wrong here on demand, and the person sees what they would see."""

import aiohttp
import pytest
from slack_sdk import WebClient, WebhookClient
from slack_sdk.errors import SlackApiError

from localslack import TROUBLE, BlockingSlack, Failure, LoopThread

from .lending_library import FORM, LendingLibrary


@pytest.fixture
def client(slack):
    """A second client of the app."""
    return WebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def asked(alice, bob):
    """Let Alice ask for a book; gives the message Bob sees."""
    alice.command("/app", "form")
    alice.submit(alice.wait_for_modal("Borrow"), {"book": "zoology", "days": "3"})
    return bob.wait_for_message("zoology", channel="C0PROJECT")


def outcome_of(call, **arguments):
    """Give "ok", or the error that a call is refused with."""
    try:
        call(**arguments)
    except SlackApiError as refused:
        return refused.response["error"]
    return "ok"


def test_an_app_that_does_not_answer_in_time_timed_out():
    """The person reads operation_timeout, though the app works on."""
    with BlockingSlack(ack_seconds=0.2) as slack, LendingLibrary(slack):
        alice = slack.person("U0ALICE")
        answer = alice.command("/app", "sleep")

        assert answer.failure is Failure.TIMEOUT
        assert alice.ephemerals()[-1].text == '/app failed with the error "operation_timeout"'


@pytest.mark.parametrize(("waited", "answer"), [(2.9, "ok"), (3.1, "expired_trigger_id")])
def test_a_trigger_is_worth_three_seconds(waited, answer):
    """A modal that comes later than that is refused."""
    late = 0.0
    with BlockingSlack(clock=lambda: 1_800_000_000 + late) as slack:
        slack.person("U0ALICE").command("/app", "hello")
        trigger, late = slack.deliveries[-1].payload["trigger_id"], waited
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)

        assert outcome_of(client.views_open, trigger_id=trigger, view=FORM) == answer


def test_a_trigger_opens_one_modal(slack, alice, client):
    """The second views.open with the same trigger is refused."""
    alice.command("/app", "form")
    alice.wait_for_modal()
    trigger = next(call.arguments["trigger_id"] for call in slack.calls if call.method == "views.open")

    assert outcome_of(client.views_open, trigger_id=trigger, view=FORM) == "exchanged_trigger_id"


def test_a_response_url_takes_five_answers(slack, alice):
    """The sixth is refused; five are on the screen."""
    alice.command("/app", "respond 6")

    alice.wait_for_ephemeral("answer 4")
    slack.settle()
    assert len(alice.ephemerals()) == 5


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 404)])
def test_a_response_url_lives_for_half_an_hour(minutes, status):
    """Afterwards it answers expired_url and shows nothing."""
    late = 0.0
    with BlockingSlack(clock=lambda: 1_800_000_000 + late) as slack:
        alice = slack.person("U0ALICE")
        alice.command("/app", "hello")
        url, late = slack.deliveries[-1].payload["response_url"], minutes * 60

        assert WebhookClient(url).send(text="still there?").status_code == status
        assert (alice.ephemerals()[-1].text == "still there?") is (status == 200)


def test_an_app_that_is_not_there_is_told_of(slack, alice):
    """Connection refused at the app's end reads dispatch_failed."""
    slack.connect_app("http://127.0.0.1:9/slack/events")
    alice.command("/app", "hello")

    assert alice.ephemerals()[-1].text == '/app failed with the error "dispatch_failed"'


def test_a_click_that_fails_is_marked_at_the_message(slack, alice, bob):
    """Slack shows its own sentence under the message; the next good click takes it away."""
    message = asked(alice, bob)
    listening = slack.inner.world.app.request_url
    slack.connect_app("http://127.0.0.1:9/slack/events")
    bob.click(message, "lend")
    problem = bob.messages("C0PROJECT")[-1].problem
    slack.connect_app(listening)
    bob.click(message, "lend")

    assert problem == TROUBLE
    assert bob.wait_for_change(message).problem is None


def test_what_is_not_in_the_manifest_does_not_exist(alice, slack):
    """An unknown command never leaves Slack."""
    alice.command("/teleport", "home")

    assert alice.ephemerals()[-1].text == "`/teleport` is not a valid command."
    assert slack.deliveries == []


def test_a_request_signed_with_another_secret_is_refused_by_the_app(slack, alice):
    """The app verifies our signature for real: a wrong secret fails."""
    slack.inner.world.app.signing_secret = "not the secret"

    assert alice.command("/app", "hello").status == 401


def test_a_copied_request_is_refused_when_it_is_old(slack, alice):
    """The very bytes with their old timestamp are no longer worth anything after five minutes."""
    alice.command("/app", "hello")
    copied = slack.deliveries[-1]
    copied.headers["X-Slack-Request-Timestamp"] = str(int(copied.sent_at) - 600)

    assert slack.replay(copied, as_recorded=True).status == 401
    assert slack.replay(copied).status == 200


def test_an_interaction_can_arrive_twice(slack, alice):
    """The duplicate has the same payload and a signature of its own."""
    slack.faults.deliver_twice = 1
    alice.command("/app", "hello")

    first, second = slack.deliveries
    assert first.payload == second.payload


def test_deliveries_can_arrive_in_reverse(slack, alice):
    """Two events that are held back arrive last first."""
    slack.faults.hold_back = 2
    alice.say("one")
    alice.say("two")
    slack.settle()

    order = [d.payload["event"]["text"] for d in slack.deliveries if d.payload["event"]["user"] == "U0ALICE"]
    assert order == ["two", "one"]


def test_an_event_is_tried_again_with_its_number(slack, alice):
    """Three more attempts, numbered, with the reason of the one before."""
    slack.connect_app("http://127.0.0.1:9/slack/events")
    alice.say("anyone?")
    slack.settle()

    retries = [(d.attempt, d.headers.get("X-Slack-Retry-Num"), d.retry_reason) for d in slack.deliveries]
    assert retries == [
        (0, None, ""),
        (1, "1", "connection_failed"),
        (2, "2", "connection_failed"),
        (3, "3", "connection_failed"),
    ]
    assert len({d.payload["event_id"] for d in slack.deliveries}) == 1


def test_a_rate_limit_names_the_wait(slack, client):
    """The next call alone is answered 429 with Retry-After."""
    slack.faults.rate_limit(1, retry_after=7, method="chat.postMessage")
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel="C0PROJECT", text="hi")

    assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (429, "7")
    assert client.chat_postMessage(channel="C0PROJECT", text="hi")["ok"]


def test_slack_can_be_unavailable(slack, client):
    """Every call is a 503 for as long as it lasts."""
    slack.faults.unavailable = True
    with pytest.raises(SlackApiError) as refused:
        client.auth_test()
    slack.faults.clear()

    assert refused.value.response.status_code == 503
    assert client.auth_test()["ok"]


def test_slack_can_be_gone_and_come_back(slack, client):
    """Connections are refused; afterwards the same address answers."""
    slack.go_down()
    with pytest.raises(OSError, match="refused"):
        client.auth_test()
    slack.come_back()

    assert client.auth_test()["ok"]


def test_slack_can_be_slow(slack, client):
    """An answer is held back by as many seconds as asked."""
    slack.faults.slow_by = 0.2
    client.auth_test()

    assert slack.calls[-1].ended - slack.calls[-1].began >= 0.2


def test_an_answer_can_be_lost_after_the_deed(slack, client, alice):
    """The message is posted, and the app cannot know."""
    slack.faults.lose_answers = 1
    with pytest.raises((OSError, aiohttp.ClientError)):
        client.chat_postMessage(channel="C0PROJECT", text="did you get this?")

    assert alice.messages("C0PROJECT")[-1].text == "did you get this?"


def test_a_socket_carries_the_same_conversation(socket_slack):
    """Command, modal, typeahead, submission, click and home over Socket Mode."""
    alice, bob = socket_slack.person("U0ALICE"), socket_slack.person("U0BOB")
    message = asked(alice, bob)
    bob.choose(message, "length", "7 days")
    bob.click(message, "lend")
    alice.open_home()

    assert "for 7 days" in bob.wait_for_change(message).text
    assert alice.wait_for_home("Your books").type == "home"
    assert all(not delivery.headers for delivery in socket_slack.deliveries)


@pytest.mark.parametrize("break_it", ["drop_socket", "refresh_socket"])
def test_the_app_comes_back_after_its_socket_broke(socket_slack, break_it):
    """A dropped or refreshed connection is replaced by the client, and commands work again."""
    alice = socket_slack.person("U0ALICE")
    getattr(socket_slack, break_it)()

    alice.wait_until(lambda: socket_slack.sockets == 0 or None, within=2)
    alice.wait_until(lambda: socket_slack.sockets == 1 or None, within=10)
    for _ in range(3):  # whoever types while it comes back is told so by Slack, and types again
        alice.command("/app", "hello")
        if alice.ephemerals()[-1].text == "You said: hello":
            break
    assert alice.ephemerals()[-1].text == "You said: hello"


def test_a_socket_link_works_once(socket_slack):
    """The address of a socket greets the first who comes, and refuses the second."""
    url = WebClient(base_url=socket_slack.api_url).apps_connections_open(app_token=socket_slack.app_token)["url"]

    async def greeting():
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            return (await socket.receive_json())["type"]

    thread = LoopThread()
    assert thread.run(greeting()) == "hello"
    with pytest.raises(aiohttp.WSServerHandshakeError):
        thread.run(greeting())
    thread.close()


def test_without_a_socket_the_person_is_told(socket_slack):
    """An app in Socket Mode that is not connected fails at once."""
    with LendingLibrary(socket_slack):
        pass
    socket_slack.go_down()

    socket_slack.person("U0ALICE").command("/app", "hello")
    assert "dispatch_failed" in socket_slack.person("U0ALICE").ephemerals()[-1].text
