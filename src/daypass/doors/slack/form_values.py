"""
What a person filled in, read out of the `state.values` that Slack sends: block id, action id, value.

Slack sends every input of a form and of a message, also those that were left empty. So a block that is missing from
what arrives was not left empty by its person: somebody, or something on the way, took it out. Read as "empty" it would
mean the widest there is ("as requested", "not paused"), so it is refused: `typed`, `chosen`, `picked` raise BadInput.
What only takes access away never needs a field; it uses `typed_if_any`.
"""

from collections.abc import Mapping
from typing import Any

from daypass.doors.slack.texts import refusals as sorry
from daypass.model.errors import BadInput

Values = Mapping[str, Any]


def typed(values: Values, block_id: str) -> str:
    """What was typed into a field; empty when it was left empty. Raises BadInput when Slack did not send the field."""
    return str(_element(values, block_id).get("value") or "")


def typed_if_any(values: Values, block_id: str) -> str:
    """What was typed into a field; empty also when Slack did not send it."""
    return typed(values, block_id) if has(values, block_id) else ""


def chosen(values: Values, block_id: str) -> list[str]:
    """The options picked or ticked in a field. Raises BadInput when Slack did not send the field."""
    element = _element(values, block_id)
    one = element.get("selected_option")
    return [str(each["value"]) for each in element.get("selected_options") or ([one] if one else [])]


def picked(values: Values, block_id: str) -> tuple[str, ...]:
    """The people picked in a field, as Slack user ids. Raises BadInput when Slack did not send the field."""
    element = _element(values, block_id)
    one = element.get("selected_user")
    return tuple(element.get("selected_users") or ([one] if one else []))


def has(values: Values, block_id: str) -> bool:
    """Whether Slack sent this field, filled in or empty: some fields are drawn only in some forms."""
    return bool(values.get(block_id))


def _element(values: Values, block_id: str) -> Mapping[str, Any]:
    if not has(values, block_id):
        raise BadInput(sorry.field_lost(block_id))
    elements: Mapping[str, Mapping[str, Any]] = values[block_id]
    return next(iter(elements.values()))
