"""
What people have chosen in a form or a message, in the shape of `state.values`.

One table says, per element type, under which key its value travels and which key holds the
initial value; everything else (state in payloads, required fields, rendering) reads that table.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from localslack.wire import Json

Choices = dict[tuple[str, str], Any]
"""What one person chose, by (block_id, action_id); the value in the shape that travels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where an element's value lives: in `state.values`, in the element as initial value."""

    key: str
    initial: str
    many: bool = False


SLOTS = {
    "plain_text_input": Slot(key="value", initial="initial_value"),
    "email_text_input": Slot(key="value", initial="initial_value"),
    "url_text_input": Slot(key="value", initial="initial_value"),
    "number_input": Slot(key="value", initial="initial_value"),
    "rich_text_input": Slot(key="rich_text_value", initial="initial_value"),
    "static_select": Slot(key="selected_option", initial="initial_option"),
    "external_select": Slot(key="selected_option", initial="initial_option"),
    "radio_buttons": Slot(key="selected_option", initial="initial_option"),
    "checkboxes": Slot(key="selected_options", initial="initial_options", many=True),
    "multi_static_select": Slot(key="selected_options", initial="initial_options", many=True),
    "multi_external_select": Slot(key="selected_options", initial="initial_options", many=True),
    "users_select": Slot(key="selected_user", initial="initial_user"),
    "multi_users_select": Slot(key="selected_users", initial="initial_users", many=True),
    "conversations_select": Slot(key="selected_conversation", initial="initial_conversation"),
    "multi_conversations_select": Slot(key="selected_conversations", initial="initial_conversations", many=True),
    "channels_select": Slot(key="selected_channel", initial="initial_channel"),
    "multi_channels_select": Slot(key="selected_channels", initial="initial_channels", many=True),
    "datepicker": Slot(key="selected_date", initial="initial_date"),
    "timepicker": Slot(key="selected_time", initial="initial_time"),
    "datetimepicker": Slot(key="selected_date_time", initial="initial_date_time"),
}


def elements_of(blocks: list[Json]) -> Iterator[tuple[str, Json]]:
    """Walk the interactive elements of a surface, each with its block id."""
    for block in blocks:
        for element in [block.get("accessory"), block.get("element"), *block.get("elements", [])]:
            if isinstance(element, dict) and "action_id" in element:
                yield block["block_id"], element


def value_of(element: Json, block_id: str, choices: Choices) -> Any:
    """Give the present value of an element: what was chosen, else what it starts with."""
    slot = SLOTS[element["type"]]
    empty: Any = [] if slot.many else None
    return choices.get((block_id, element["action_id"]), element.get(slot.initial, empty))


def state_values(blocks: list[Json], choices: Choices) -> Json:
    """Build `state.values` for a payload."""
    values: Json = {}
    for block_id, element in elements_of(blocks):
        if slot := SLOTS.get(element["type"]):
            state: Json = {"type": element["type"], slot.key: value_of(element, block_id, choices)}
            values.setdefault(block_id, {})[element["action_id"]] = state
    return values


def kept(blocks: list[Json], choices: Choices) -> Choices:
    """Keep the choices whose element is still there, as a client does when a view is updated."""
    there = {(block_id, element["action_id"]) for block_id, element in elements_of(blocks)}
    return {key: value for key, value in choices.items() if key in there}


def options_of(element: Json) -> list[Json]:
    """List the options of an element, groups flattened."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]


def is_empty(value: Any) -> bool:
    """Say whether a required field with this value counts as not filled in."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())
