"""A Bolt app cannot tell the local Slack from the real one: the whole conversation over HTTP."""

import pytest

from localslack import BlockingActor, BlockingSlack, NotThereError


def asked(alice: BlockingActor, note: str = "", days: str = "3"):
    """Let Alice fill the form and press Ask."""
    alice.command("/app", "form")
    form = alice.wait_for_modal("Borrow")
    alice.submit(form, {"book": "acme-atlas", "days": days, "note": note or None})


def test_a_command_is_answered_to_the_person_alone(alice: BlockingActor, bob: BlockingActor):
    """The text of an acknowledgement is an ephemeral message."""
    alice.command("/app", "hello", channel="C0GENERAL")

    assert alice.wait_for_ephemeral(channel="C0GENERAL").text == "You said: hello"
    assert bob.ephemerals("C0GENERAL") == []


def test_a_form_opens_and_its_submission_posts_a_message(alice: BlockingActor, bob: BlockingActor):
    """Command, modal, typeahead, submission, message: every step over the wire."""
    asked(alice)

    assert "acme-atlas" in bob.wait_for_message("acme-atlas", channel="C0PROJECT").visible_text
    assert alice.modal() is None


def test_a_shortcut_opens_the_form(alice: BlockingActor):
    """A global shortcut carries a trigger id that opens a modal."""
    alice.shortcut("open_form")

    assert alice.wait_for_modal("Borrow").private_metadata == "shelf-7"


def test_a_typeahead_offers_what_the_app_finds(alice: BlockingActor):
    """The letters typed travel to the app, and its options come back."""
    alice.shortcut("open_form")
    form = alice.wait_for_modal()

    options = alice.type_ahead(form, "find_book", "acme")

    assert [option["value"] for option in options] == ["acme-almanac", "acme-atlas"]


def test_the_app_is_not_asked_below_the_least_letters(alice: BlockingActor, slack: BlockingSlack):
    """A typeahead with min_query_length 1 stays silent for an empty box."""
    alice.shortcut("open_form")
    form = alice.wait_for_modal()

    assert alice.type_ahead(form, "find_book", "") == []
    assert all(delivery.kind != "block_suggestion" for delivery in slack.deliveries)


def test_an_error_of_the_app_stands_beside_its_field(alice: BlockingActor):
    """response_action errors keeps the modal open, with the sentence at the block."""
    asked(alice, days="99")

    modal = alice.modal()
    assert modal is not None
    assert modal.errors == {"days": "At most 30 days."}


def test_a_required_field_left_empty_never_reaches_the_app(alice: BlockingActor, slack: BlockingSlack):
    """The client itself holds a form back."""
    alice.shortcut("open_form")

    submitted = alice.submit(alice.wait_for_modal(), {"days": "3"})

    assert submitted.errors == {"book": "Please complete this required field."}
    assert all(delivery.kind != "view_submission" for delivery in slack.deliveries)


@pytest.mark.parametrize("typed", ["0", "1.5", "soon"])
def test_a_number_out_of_its_bounds_is_held_back(alice: BlockingActor, typed: str):
    """number_input keeps to min_value and to whole numbers."""
    alice.shortcut("open_form")

    submitted = alice.submit(alice.wait_for_modal(), {"book": "zoology", "days": typed})

    assert list(submitted.errors) == ["days"]


def test_errors_for_a_block_that_is_not_there_show_as_trouble(alice: BlockingActor):
    """Slack cannot place such an error and says so instead."""
    asked(alice, note="nonsense")

    modal = alice.modal()
    assert modal is not None
    assert modal.problem == "We had some trouble connecting. Try again?"


def test_an_update_keeps_what_was_typed(alice: BlockingActor):
    """Fields whose ids stay keep their values when the app changes the view."""
    asked(alice, note="update")

    changed = alice.wait_for_modal("Changed")
    assert changed.choices["days", "days"] == "3"


def test_a_pushed_modal_lies_on_top_and_closing_it_shows_the_first(alice: BlockingActor):
    """A stack of modals is left one by one, and the app hears of the closing."""
    asked(alice, note="push")
    on_top = alice.wait_for_modal("On top")

    alice.close(on_top)

    assert on_top.previous_view_id == on_top.root_view_id
    assert alice.wait_for_modal("Borrow").id == on_top.root_view_id
    assert alice.wait_for_message().text == "Perhaps another time."


def test_clear_closes_every_modal(alice: BlockingActor):
    """response_action clear leaves nothing open."""
    asked(alice, note="clear")

    assert alice.modal() is None


def test_a_click_updates_the_message_in_place(alice: BlockingActor, bob: BlockingActor):
    """The state of a select travels with the click of a button beside it."""
    asked(alice)
    message = bob.wait_for_message("acme-atlas", channel="C0PROJECT")

    bob.choose(message, "length", "7 days")
    bob.click(message, "lend")

    changed = bob.wait_for_change(message)
    assert changed.text == "Lent acme-atlas for 7 days by <@U0BOB>"
    assert changed.ts == message.ts


def test_a_select_that_was_not_touched_counts_as_its_initial_option(alice: BlockingActor, bob: BlockingActor):
    """state.values holds the initial option."""
    asked(alice)
    message = bob.wait_for_message("acme-atlas", channel="C0PROJECT")

    bob.click(message, "lend")

    assert "for 1 day by" in bob.wait_for_change(message).text


def test_a_button_that_is_gone_cannot_be_clicked(alice: BlockingActor, bob: BlockingActor):
    """People click what is on the screen; an old copy counts only when asked for."""
    asked(alice)
    message = bob.wait_for_message("acme-atlas", channel="C0PROJECT")
    bob.click(message, "lend")
    bob.wait_for_change(message)

    with pytest.raises(NotThereError, match="lend"):
        bob.click(message, "lend")


def test_a_response_url_can_replace_the_message(alice: BlockingActor, bob: BlockingActor):
    """replace_original changes the very message that was clicked."""
    asked(alice)
    message = bob.wait_for_message("acme-atlas", channel="C0PROJECT")

    bob.click(message, "refuse")

    assert bob.wait_for_change(message, "Refused.").ts == message.ts


def test_opening_the_home_lets_the_app_fill_it(alice: BlockingActor):
    """app_home_opened reaches the app as a signed event, and views.publish comes back."""
    alice.open_home()

    assert alice.wait_for_home("Your books").type == "home"


def test_a_message_to_the_app_is_an_event_and_is_answered(alice: BlockingActor):
    """message.im carries what a person wrote; the app's own messages start no endless talk."""
    alice.say("hello there")

    alice.wait_for_message("You wrote hello there")
    assert len(alice.messages()) == 2
