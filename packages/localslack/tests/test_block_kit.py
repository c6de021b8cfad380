"""Blocks that Slack would refuse are refused here too, with the same words and the culprit's place."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from localslack import BlockingSlack
from localslack.block_kit.check import (
    complaints_about_message,
    complaints_about_options,
    complaints_about_view,
)

from .lending_library import FORM, ask_blocks, option, plain


def button(**fields):
    """Make a button."""
    return {"type": "button", "text": plain("Go"), **fields}


def actions(*elements, **fields):
    """Make an actions block."""
    return {"type": "actions", "elements": list(elements), **fields}


def section(**fields):
    """Make a section."""
    return {"type": "section", "text": plain("hello"), **fields}


SELECT = {"type": "static_select", "options": [option("a")]}
REFUSED = {
    "unknown block": ({"type": "nonsense"}, "unsupported type: nonsense [json-pointer:/blocks/0]"),
    "unknown element": (actions({"type": "lever"}), "unsupported type: lever [json-pointer:/blocks/0/elements/0]"),
    "element in the wrong block": (
        section(accessory={"type": "plain_text_input"}),
        "unsupported type: plain_text_input [json-pointer:/blocks/0/accessory]",
    ),
    "unknown property": (section(colour="red"), "invalid additional property: colour [json-pointer:/blocks/0]"),
    "long section": (
        section(text=plain("x" * 3001)),
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    "empty text": (section(text=plain("")), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "long header": (
        {"type": "header", "text": plain("x" * 151)},
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    "markdown in a header": (
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    "section of nothing": ({"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0]"),
    "eleven fields": (
        {"type": "section", "fields": [plain("x")] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    "no elements": (actions(), "no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"),
    "26 buttons": (
        actions(*[button(action_id=str(n)) for n in range(26)]),
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "long button": (
        actions(button(text=plain("x" * 76))),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    "long value": (
        actions(button(value="x" * 2001)),
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    "odd style": (
        actions(button(style="loud")),
        "must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    "no options": (
        actions({"type": "static_select"}),
        "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]",
    ),
    "101 options": (
        actions({"type": "static_select", "options": [option(str(n)) for n in range(101)]}),
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    "long option": (
        actions({"type": "static_select", "options": [option("x" * 76)]}),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
    ),
    "initial option not on offer": (
        actions({**SELECT, "initial_option": option("z")}),
        "must match an option or option_groups value [json-pointer:/blocks/0/initial_option]",
    ),
    "six overflow options": (
        section(accessory={"type": "overflow", "options": [option(str(n)) for n in range(6)]}),
        "no more than 5 items allowed [json-pointer:/blocks/0/accessory/options]",
    ),
    "bad date": (
        actions({"type": "datepicker", "initial_date": "tomorrow"}),
        "invalid date [json-pointer:/blocks/0/elements/0/initial_date]",
    ),
    "action id twice": (
        actions(button(action_id="go"), button(action_id="go")),
        "`action_id` 'go' already exists [json-pointer:/blocks/0]",
    ),
    "image without words": (
        {"type": "image", "image_url": "https://example.com/a.png"},
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
}


@pytest.mark.parametrize(("block", "complaint"), REFUSED.values(), ids=REFUSED)
def test_a_block_that_slack_would_refuse_is_refused(block, complaint):
    """One flaw, one complaint, at its place."""
    assert complaints_about_message([block]) == [complaint]


def test_one_message_holds_fifty_blocks():
    """Fifty are well, fifty-one are not."""
    assert complaints_about_message([{"type": "divider"}] * 50) == []
    assert complaints_about_message([{"type": "divider"}] * 51) == [
        "no more than 50 items allowed [json-pointer:/blocks]"
    ]


def test_a_block_id_serves_once():
    """Two blocks of one id would make state.values ambiguous."""
    twice = [{"type": "divider", "block_id": "x"}] * 2

    assert complaints_about_message(twice) == ["`block_id` 'x' already exists [json-pointer:/blocks]"]


def test_the_blocks_of_a_well_made_app_pass():
    """The library's own message and form are in order."""
    assert complaints_about_message(ask_blocks("acme-atlas", "3")) == []
    assert complaints_about_view(FORM) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"submit": None}, "must define `submit` to use an `input` block in modals [json-pointer:/view]"),
        ({"title": plain("x" * 25)}, "must be less than 25 characters [json-pointer:/view/title/text]"),
        ({"title": None}, "missing required field: title [json-pointer:/view]"),
        ({"private_metadata": "x" * 3001}, "must be less than 3001 characters [json-pointer:/view/private_metadata]"),
        ({"submit_disabled": True}, "invalid additional property: submit_disabled [json-pointer:/view]"),
        ({"type": "home"}, "must be a valid enum value: modal [json-pointer:/view/type]"),
        ({"blocks": [{"type": "divider"}] * 101}, "no more than 100 items allowed [json-pointer:/view/blocks]"),
    ],
)
def test_a_modal_that_slack_would_refuse_is_refused(change, complaint):
    """Every rule of a modal, broken once."""
    assert complaints_about_view({**FORM, **change}) == [complaint]


def test_a_typeahead_offers_at_most_a_hundred():
    """An answer with more options is not shown."""
    assert complaints_about_options({"options": [option(str(n)) for n in range(100)]}) == []
    assert complaints_about_options({"options": [option(str(n)) for n in range(101)]}) != []


def test_the_app_is_told_what_is_wrong_with_its_blocks():
    """chat.postMessage gives the complaint as `errors` and under response_metadata."""
    complaint = "unsupported type: nonsense [json-pointer:/blocks/0]"
    with BlockingSlack() as slack:
        client = WebClient(token=slack.bot_token, base_url=slack.api_url)
        with pytest.raises(SlackApiError) as refused:
            client.chat_postMessage(channel="C0PROJECT", text="hi", blocks=[{"type": "nonsense"}])

    assert refused.value.response["error"] == "invalid_blocks"
    assert refused.value.response["errors"] == [complaint]
    assert refused.value.response["response_metadata"]["messages"] == [f"[ERROR] {complaint}"]
