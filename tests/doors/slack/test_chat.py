"""Who writes to the app is answered: with the command that was meant, or with how to find it."""

from importlib.metadata import version

import pytest

from localslack import BlockingActor
from tests.doors.slack.conftest import Office


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("hello?", "/daypass help"),
        ("request s3 read acme-reports/2026/ --for 2h", "Did you mean `/daypass request`?"),
        ("daypass ls", "Did you mean `/daypass ls`?"),
        ("reqest access please", "Did you mean `/daypass request`?"),
    ],
)
def test_nobody_who_writes_to_the_app_gets_silence(daypass: Office, ann: BlockingActor, text: str, answer: str):
    """And nothing is done for it."""
    ann.say(text)

    assert answer in ann.wait_for_message("Daypass takes commands").text
    assert daypass.services.ledger.requests() == []


@pytest.mark.usefixtures("daypass")
@pytest.mark.parametrize("prose", ["Can I have read on acme-reports/ please", "how do I get in?", "should I ask Bob?"])
def test_a_sentence_is_not_taken_for_a_command(ann: BlockingActor, prose: str):
    """Its first word resembles `cancel` or `show` by chance: nobody who asks for help is sent there."""
    ann.say(prose)

    assert "Did you mean" not in ann.wait_for_message("Daypass takes commands").text


@pytest.mark.usefixtures("daypass")
def test_many_messages_at_once_are_answered_once(ann: BlockingActor):
    """Whoever pastes a page hears it once."""
    for number in range(5):
        ann.say(f"{number} hello")
    ann.wait_for_message("Daypass takes commands")
    ann.command("/daypass", "version")
    ann.wait_for_ephemeral("What you can type")

    assert len([one for one in ann.messages() if "Daypass takes commands" in one.text]) == 1


@pytest.mark.usefixtures("daypass")
def test_whoever_writes_again_at_once_is_answered_again(ann: BlockingActor):
    """What is said first does not keep the next thing from being understood: `help` gets the commands themselves."""
    ann.say("hello?")
    ann.say("help")
    ann.say("reqest s3 read acme-reports/")

    ann.wait_for_message("Daypass takes commands. Type")
    assert "`/daypass request` Ask for access." in ann.wait_for_message("What you can type").visible_text
    ann.wait_for_message("Did you mean `/daypass request`?")


def test_the_list_of_commands_says_which_daypass_it_is(daypass: Office, ann: BlockingActor):
    """`version`, `-h`, `hello`: whoever looks around is shown the same page."""
    ann.command("/daypass", "version")

    assert f"Daypass {version('daypass')}" in ann.wait_for_ephemeral("What you can type").visible_text
    assert daypass.services.ledger.requests() == []
