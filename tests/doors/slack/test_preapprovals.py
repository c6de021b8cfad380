"""Approving in advance, asking again, asking for others and being away, as people type it in Slack."""

import pytest

from daypass.model.absence import Absence
from daypass.model.preapproval import Preapproval
from daypass.model.record import Validity
from daypass.model.request import RequestState
from daypass.model.schedule import Schedule
from localslack import BlockingActor, Message
from tests.doors.slack.conftest import Office
from tests.makers import ANN, BOB

ASK = 's3 read acme-reports/2026/ --for 1h --reason "INC-42"'


def test_what_bob_allows_in_advance_ann_has_without_a_click(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Both are told in words; taken back, the next ask waits."""
    bob.command("/daypass", "allow s3 read acme-reports/ --to U0ANN --for 2h --window 7d")
    assert "It counts as your click" in bob.wait_for_ephemeral("may").visible_text
    assert "<@U0BOB> has approved in advance" in ann.wait_for_message("in advance").visible_text

    ann.command("/daypass", f"request {ASK}")
    assert "Approved in advance by <@U0BOB>" in ann.wait_for_ephemeral("Approved").visible_text
    (permit,) = daypass.services.ledger.all(Preapproval)
    bob.command("/daypass", "ls")
    assert f"`{permit.id}` <@U0BOB> lets <@U0ANN>" in bob.wait_for_ephemeral("Approved in advance").visible_text
    bob.command("/daypass", f"withdraw {permit.id}")
    bob.wait_for_ephemeral("Taken back")
    assert daypass.ask(f"request {ASK} --again").state is RequestState.PENDING


def test_who_allows_what_is_not_theirs_is_told_so(daypass: Office, ann: BlockingActor):
    """Eve decides on nothing: she hears that it counts for nothing, and Ann is not promised anything."""
    eve = daypass.person("U0EVE")
    eve.command("/daypass", "allow s3 read acme-reports/ --to U0ANN --for 2h --window 7d")
    assert "you are not among those who decide on this" in eve.wait_for_ephemeral("may").visible_text
    assert "no click is needed" not in ann.wait_for_message("in advance").visible_text


def test_again_asks_for_the_same(daypass: Office, ann: BlockingActor):
    """In one word."""
    first = daypass.ask()
    ann.command("/daypass", "again")
    ann.wait_until(lambda: len(daypass.services.ledger.requests()) > 1 or None)
    second = daypass.services.ledger.requests()[0]
    assert (second.entitlement, second.term, second.reason) == (first.entitlement, first.term, first.reason)


def test_again_with_dry_run_asks_nobody(daypass: Office, ann: BlockingActor):
    """It says what would be decided, as a request does; and nothing is filed."""
    daypass.ask()
    ann.command("/daypass", "again --for 1h --dry-run")

    assert "for 1 hour" in ann.wait_for_ephemeral("Nothing was asked").visible_text
    assert len(daypass.services.ledger.requests()) == 1


def test_a_colleague_is_found_however_their_name_is_written(daypass: Office, bob: BlockingActor):
    """As Slack's list does it: capital letters in a handle make no difference."""
    bob.command("/daypass", "panic --person @Ann")

    assert "<@U0ANN> ends at once" in bob.wait_for_ephemeral("*Nothing has ended yet.*").text


def test_offers_are_said_in_sentences_with_names(daypass: Office, ann: BlockingActor, carol: BlockingActor):
    """No id of a person is left in it."""
    ann.command("/daypass", "offers")
    said = ann.wait_for_ephemeral("may").visible_text
    assert "acme-reports/" in said
    assert "U0BOB" not in said
    assert daypass.services.ledger.requests() == []


def test_a_request_for_somebody_else_names_both(daypass: Office, bob: BlockingActor, ann: BlockingActor):
    """Carol's card says who asks and who would have it."""
    bob.command("/daypass", f"grant {ASK} --to U0ANN")
    bob.wait_until(lambda: daypass.services.ledger.requests() or None)
    (request,) = daypass.services.ledger.requests()
    assert (request.requestor, request.beneficiary) == (BOB, ANN)
    assert "for <@U0ANN>" in bob.wait_for_message("You asked").visible_text


def test_who_is_away_is_told_until_when(daypass: Office, bob: BlockingActor):
    """And that they are back."""
    bob.command("/daypass", 'away --until "tomorrow 09:00" --to U0CAROL')
    assert "<@U0CAROL> decides meanwhile" in bob.wait_for_ephemeral("away").visible_text
    assert daypass.services.ledger.find(Absence, BOB).state is Validity.OPEN
    bob.command("/daypass", "back")
    bob.wait_for_ephemeral("Welcome back")


@pytest.mark.parametrize(
    "said",
    ["allow s3 read acme-reports/ --to U0BOB --for 2h", "away --until yesterday", "withdraw abc", "back"],
)
def test_what_cannot_be_done_is_said(daypass: Office, ann: BlockingActor, said: str):
    """In one sentence, to her alone."""
    ann.command("/daypass", said)
    answer = ann.wait_for_ephemeral(".").visible_text
    assert answer.strip().endswith("."), answer
    assert daypass.services.ledger.all(Preapproval) == []


def test_whom_it_is_for_is_told_how_to_use_it(
    daypass: Office, ann: BlockingActor, bob: BlockingActor, carol: BlockingActor
):
    """Bob asks for Ann, Carol approves: Ann has the buttons, Bob sees where it stands, and either may look it up."""
    bob.command("/daypass", f"grant {ASK} --to U0ANN")
    carol.click(carol.wait_for_message("for <@U0ANN>"), "review.approve")
    (request,) = daypass.services.ledger.requests()
    told = ann.wait_for_message("<@U0BOB> asked for you to *read*")
    asked = bob.wait_for_message("You asked for <@U0ANN>")
    daypass.work()

    told, asked = (who.wait_for_change(card, "*Live*") for who, card in ((ann, told), (bob, asked)))
    assert "daypass exec" in told.visible_text
    assert {"mine.console", "mine.extend", "mine.done"} == set(actions(told))
    assert "<@U0ANN> has it" in asked.visible_text
    assert "daypass exec" not in asked.visible_text
    assert set(actions(asked)) == {"mine.extend", "mine.done"}

    ann.command("/daypass", f"show {request.id}")
    assert "<@U0BOB> asks for <@U0ANN>" in ann.wait_for_ephemeral(request.id).visible_text


def test_what_recurs_goes_on_until_she_wants_no_more(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Her message and her Home tab say so as long as windows are to open, and have the button that ends it."""
    ann.command("/daypass", f'request {ASK.replace("--for 1h", "--for 2w")} --every "days 09:00-10:00"')
    bob.click(bob.wait_for_message("asks"), "review.approve")
    card = ann.wait_for_message("*Goes on*: every day 09:00-10:00")
    ann.open_home()
    home = ann.wait_for_home("Goes on")
    ann.click(home, "mine.cancel")

    assert "<@U0ANN> said so" in ann.wait_for_message("No more windows open").visible_text
    (shown,) = (one for one in ann.messages() if one.ts == card.ts)
    assert "Goes on" not in shown.visible_text
    assert "mine.cancel" not in actions(shown)
    (series,) = daypass.services.ledger.all(Schedule)
    assert series.state is Validity.CLOSED


def actions(message: Message) -> list[str]:
    """The buttons under a message."""
    elements = [one for block in message.blocks if block["type"] == "actions" for one in block["elements"]]
    return [one["action_id"] for one in elements]
