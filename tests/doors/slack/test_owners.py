"""What people do with their own, in messages, commands and the Home tab."""

from datetime import timedelta

import pytest

from daypass.lifecycle import login
from daypass.model.errors import TooLate
from daypass.model.grant import Delivery, Grant, GrantState
from daypass.model.request import RequestState
from localslack import BlockingActor
from tests.doors.slack.conftest import ASK, Office, review
from tests.makers import ANN


@pytest.fixture
def live(daypass: Office, ann: BlockingActor, bob: BlockingActor) -> Grant:
    """Ann's grant, active, and her message that says so."""
    return activated(daypass, ASK)


def activated(daypass: Office, said: str) -> Grant:
    """Ask, approve, provision, tell."""
    ann, bob = daypass.person("U0ANN"), daypass.person("U0BOB")
    request = daypass.ask(said)
    bob.click(review(bob), "review.approve")
    ann.wait_for_message("*Approved* by")
    daypass.work()
    ann.wait_for_message("*Live* until")
    return daypass.grant(request.id)


def test_extending_files_a_new_request_and_leaves_the_old_access(
    daypass: Office, live: Grant, ann: BlockingActor, bob: BlockingActor
):
    """The small form asks how long and why; what Ann has stays until Bob decides."""
    ann.click(ann.messages()[0], "mine.extend")
    came = ann.submit(ann.wait_for_modal("Extend"), {"length": "3h", "reason": "not finished"})
    bob.wait_for_message("more time")

    newest = daypass.services.ledger.requests()[0]
    assert came.closed
    assert newest.extends == live.id
    assert newest.state is RequestState.PENDING
    assert daypass.grant(live.id).state is GrantState.ACTIVE


def test_the_form_for_more_time_has_what_was_given_in_it(daypass: Office, live: Grant, ann: BlockingActor):
    """Sent as it stands, or emptied, it asks for that."""
    ann.click(ann.messages()[0], "mine.extend")
    form = ann.wait_for_modal("Extend")
    assert "'initial_value': '2 hours'" in str(form)
    assert ann.submit(form, {"length": "", "reason": "not finished"}).closed

    assert daypass.services.ledger.requests()[0].term.length == timedelta(hours=2)


def test_the_reminder_before_the_end_says_of_what_and_extends_it(
    daypass: Office, live: Grant, ann: BlockingActor, bob: BlockingActor
):
    """Ten minutes before the end, under her message: what ends when, and the button for more time."""
    daypass.clock.forward(timedelta(minutes=111))
    daypass.work()
    reminder = ann.wait_for_message("About to end")
    assert "acme-reports/2026/" in reminder.visible_text
    assert reminder.thread_ts
    ann.click(reminder, "mine.extend")
    assert ann.submit(ann.wait_for_modal("Extend"), {"length": "1h", "reason": "not finished"}).closed

    bob.wait_for_message("more time")
    assert daypass.services.ledger.requests()[0].extends == live.id


def test_an_extension_that_is_too_long_is_refused_in_its_form(daypass: Office, live: Grant, ann: BlockingActor):
    """The rule's eight hours bind extensions too, beside the field."""
    ann.click(ann.messages()[0], "mine.extend")
    came = ann.submit(ann.wait_for_modal("Extend"), {"length": "9h", "reason": "more"})

    assert "At most 8h" in came.errors["length"]
    assert len(daypass.services.ledger.requests()) == 1


def test_the_console_link_is_made_at_the_click_and_kept_nowhere(daypass: Office, live: Grant, ann: BlockingActor):
    """It is shown to Ann alone, and no message, call or journal entry holds it."""
    ann.click(ann.messages()[0], "mine.console")
    told = ann.wait_for_ephemeral("sign-in link")

    secret = f"https://console.invalid/{live.id}"
    assert secret in str(told.blocks)
    assert all(secret not in str(message) for message in ann.messages())
    assert all(secret not in str(call.arguments) for call in daypass.slack.calls)
    assert secret not in str(daypass.services.ledger.story(live.id))


def test_a_button_of_somebody_elses_grant_gives_nothing(daypass: Office, live: Grant, ann: BlockingActor):
    """A leaked message's button is refused by the ledger."""
    daypass.person("U0EVE").click(ann.messages()[0], "mine.console", as_seen=True)
    daypass.person("U0EVE").click(ann.messages()[0], "mine.done", as_seen=True)
    ann.wait_for_message("*Live* until")

    refused = [event.kind for event in daypass.services.ledger.story(live.id)]
    assert "console.vended" not in refused
    assert daypass.grant(live.id).state is GrantState.ACTIVE


def test_an_ended_grant_hands_out_nothing(daypass: Office, live: Grant, ann: BlockingActor):
    """The button of yesterday's message says that it is over."""
    yesterday = ann.messages()[0]
    daypass.clock.forward(timedelta(hours=3))
    daypass.work()
    ann.click(yesterday, "mine.console", as_seen=True)

    ann.wait_for_ephemeral("has ended")


def test_a_link_is_made_at_the_click(daypass: Office, ann: BlockingActor):
    """For one object the button is enough."""
    activated(daypass, "request s3 read acme-reports/readme.txt --as link --reason x")
    ann.click(ann.messages()[0], "mine.link")

    assert "https://daypass.example/l/" in ann.wait_for_ephemeral("Your link to `readme.txt`").visible_text


def test_for_a_prefix_the_link_asks_for_the_object(daypass: Office, ann: BlockingActor):
    """An object outside the grant is refused beside the field; one inside gets its link."""
    activated(daypass, "request s3 read acme-reports/2026/ --as link --reason x")
    ann.click(ann.messages()[0], "mine.link")
    form = ann.wait_for_modal("Make a link")
    outside = ann.submit(form, {"resource": "2025/q1.csv"})
    assert "not an object within" in outside.errors["resource"]
    ann.submit(form, {"resource": "2026/q1.csv"})

    assert "https://daypass.example/l/" in str(ann.wait_for_modal("Daypass").blocks)


@pytest.mark.parametrize(
    ("delivery", "words"),
    [
        (Delivery.SESSION, "credential_process = daypass credentials"),
        (Delivery.POLICY, "Your own AWS keys (`arn:aws:iam::123456789012:user/ann`) now may"),
        (Delivery.LINK, "Press the button for a link"),
    ],
)
def test_each_delivery_says_how_it_is_used_and_what_ending_early_promises(
    daypass: Office, ann: BlockingActor, delivery: Delivery, words: str
):
    """How to use it stands in the message, with the provisioner's own promise."""
    activated(daypass, f"{ASK} --as {delivery}")
    shown = ann.messages()[0].visible_text

    assert words in shown
    assert "Ending access to acme-reports/2026/ early takes effect within seconds." in shown


def test_the_home_tab_shows_what_is_mine_and_its_buttons_work(daypass: Office, live: Grant, ann: BlockingActor):
    """My grant with its end, and Done works from there; the tab is drawn again."""
    ann.open_home()
    home = ann.wait_for_home("*Live* until")
    ann.click(home, "mine.done")

    ann.wait_for_home("*Over*")
    assert daypass.grant(live.id).state is GrantState.ENDING


def test_the_home_tab_shows_what_waits_for_me_and_decides(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Bob approves for an hour from his Home tab; Ann, who may decide by the rule, does not see her own there."""
    request = daypass.ask()
    ann.open_home()
    assert "Nothing waits for your decision" in str(ann.wait_for_home("Your access").blocks)
    bob.open_home()
    home = bob.wait_for_home("<@U0ANN> asks to")
    bob.choose(home, "review.length", "3600s")
    bob.click(home, "review.approve")
    bob.wait_for_home("Nothing waits")

    assert daypass.grant(request.id).term.length == timedelta(hours=1)


def test_a_refusal_in_the_home_tab_opens_a_page(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """There is no place for a whisper in the Home tab, so the sentence comes as a page."""
    daypass.ask()
    bob.open_home()
    home = bob.wait_for_home("<@U0ANN> asks to")
    ann.click(ann.wait_for_message("Waits"), "mine.cancel")
    ann.wait_for_message("Cancelled")
    bob.click(home, "review.approve", as_seen=True)

    assert "cancelled by the one who asked" in str(bob.wait_for_modal("Daypass").blocks)


def test_cancel_takes_the_request_back_everywhere(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """The approver's buttons go away with it."""
    request = daypass.ask()
    card = review(bob)
    ann.click(ann.wait_for_message("Waits"), "mine.cancel")

    gone = bob.wait_for_change(card, "Cancelled")
    assert "actions" not in {block["type"] for block in gone.blocks}
    assert daypass.services.ledger.request(request.id).state is RequestState.CANCELLED


def test_the_commands_do_what_the_buttons_do(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Approve, ls, show, done, each by its id."""
    request = daypass.ask()
    bob.command("/daypass", f"approve {request.id} --for 30m")
    bob.wait_for_ephemeral("30 minutes")
    daypass.work()
    ann.wait_for_message("*Live* until")
    ann.command("/daypass", "ls")
    ann.wait_for_ephemeral(f"`{request.id}`")
    ann.command("/daypass", f"show {request.id}")
    assert "<@U0BOB> approved it for 30 minutes" in ann.wait_for_ephemeral("saw it live in AWS").visible_text
    ann.command("/daypass", f"done {request.id}")
    ann.wait_for_ephemeral("*Over*")

    assert daypass.grant(request.id).state is GrantState.ENDING


def test_a_request_is_shown_to_nobody_but_its_own_people(daypass: Office):
    """Eve is told of no such request, in the words for one that is not there."""
    request = daypass.ask()
    eve = daypass.person("U0EVE")
    eve.command("/daypass", f"show {request.id}")

    assert "INC-42" not in eve.wait_for_ephemeral("There is no request").visible_text


def test_who_leaves_the_id_out_is_given_the_line_to_type(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Of each command only what it can be about; to a stranger nothing of anybody's is told."""
    request = daypass.ask()
    want = "Say the id as well:\n/daypass {} " + request.id + "  (read acme-reports/2026/, {})"

    ann.command("/daypass", "cancel")
    assert want.format("cancel", "waiting") in ann.wait_for_ephemeral("Say the id as well:").visible_text
    bob.command("/daypass", "deny")
    assert want.format("deny", "waits for you") in bob.wait_for_ephemeral("Say the id as well:").visible_text
    for line in ("done", "deny"):
        ann.command("/daypass", line)
        ann.wait_for_ephemeral(f"Say the id as well: /daypass {line} ID. /daypass ls shows yours")


def test_help_lists_the_commands(daypass: Office, ann: BlockingActor):
    """`/daypass` alone, and `--help` after any word; in lines that wrap, without what a command line alone can do."""
    ann.command("/daypass", "")
    assert "`/daypass extend` Ask to keep access for longer." in ann.wait_for_ephemeral("commands of").visible_text
    ann.command("/daypass", "request --help")
    told = ann.wait_for_ephemeral("LEVEL is list, read, write or delete")

    assert "`/daypass request s3 LEVEL WHERE`" in told.visible_text
    assert "`--for LENGTH` How long: 90m, 2h" in told.visible_text
    assert "--wait" not in told.visible_text
    assert "```" not in str(told.blocks)


def test_an_unknown_command_is_named(daypass: Office, ann: BlockingActor):
    """A typing error gets a suggestion."""
    ann.command("/daypass", "aprove x")

    ann.wait_for_ephemeral("Did you mean “approve”?")


def test_a_login_is_confirmed_only_by_the_click(daypass: Office, ann: BlockingActor):
    """The command shows what asks; only the button makes it Ann's."""
    services = daypass.services
    begun = login.begin("laptop.acme", address="192.0.2.7", logins=services.logins, now=services.clock())
    ann.command("/daypass", f"login {begun.user_code.lower()}")
    asks = ann.wait_for_ephemeral("laptop.acme")
    assert login.waiting(begun.user_code, logins=services.logins, now=services.clock()).principal is None
    ann.click(asks, "login.confirm")
    answered = ann.wait_for_ephemeral("logged in as you")
    assert (answered.ts, "login.confirm" in str(answered.blocks)) == (asks.ts, False), "its buttons are gone"

    token = login.collect(begun.device_code, logins=services.logins, ledger=services.ledger, now=services.clock())
    for doing in (login.confirm, login.reject):
        with pytest.raises(TooLate, match="You confirmed this code already"):
            doing(begun.user_code, by=ANN, logins=services.logins, ledger=services.ledger, now=services.clock())
    assert token is not None
    assert token.principal == "U0ANN"


def test_a_wrong_login_code_says_what_to_do(daypass: Office, ann: BlockingActor):
    """A code nobody waits with is not confirmed into the blue."""
    ann.command("/daypass", "login BCDF-GHJK")

    ann.wait_for_ephemeral("run `daypass login` again")


FORGED = "laptop\n*Address* `10.0.0.1`\r\n\u202eevil ` x" + "y" * 200


def test_what_a_command_line_calls_itself_is_one_line_of_code(daypass: Office, ann: BlockingActor):
    """It forges no line beside ours, cuts nothing of ours away, and the address is the one that we saw."""
    begun = login.begin(FORGED, address="203.0.113.9", logins=daypass.services.logins, now=daypass.clock())
    ann.command("/daypass", f"login {begun.user_code}")
    asks = ann.wait_for_ephemeral("A command line asks to act as you")

    shown = asks.visible_text.splitlines()
    assert [line for line in shown if line.startswith("*Address*")] == ["*Address* `203.0.113.9`"]
    calls = next(line for line in shown if line.startswith("*Calls itself*"))
    assert len(calls) <= len("*Calls itself* ``") + 60
    assert calls.count("`") == 2
    ann.click(asks, "login.reject")
    ann.wait_for_ephemeral("has ended and got no access")
