"""
What Slack's own client checks before a form is sent, and the sentences it shows beside the field.

The app never sees a submission that fails here.
"""

import re
from collections.abc import Iterator
from typing import Any

from localslack.form_state import is_empty, value_of
from localslack.surfaces import View
from localslack.wire import Json

REQUIRED = "Please complete this required field."


def field_errors(view: View) -> dict[str, str]:
    """Give what keeps a form from being sent, by block id."""
    return dict(_errors(view))


def _errors(view: View) -> Iterator[tuple[str, str]]:
    for block in view.blocks:
        if block["type"] != "input":
            continue
        value = value_of(block["element"], block["block_id"], view.choices)
        if is_empty(value):
            if not block.get("optional"):
                yield block["block_id"], REQUIRED
        elif sentence := _complaint(block["element"], value):
            yield block["block_id"], sentence


def _complaint(element: Json, value: Any) -> str:
    match element["type"]:
        case "plain_text_input":
            return _length(element, value)
        case "number_input":
            return _number(element, value)
        case "url_text_input" if not re.fullmatch(r"https?://[^\s/]+\.\S+|https?://localhost\S*", value):
            return "Enter a valid URL."
        case "email_text_input" if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
            return "Enter a valid email address."
        case _:
            return ""


def _length(element: Json, value: str) -> str:
    if len(value) > (most := element.get("max_length", 3000)):
        return f"Use {most} characters or fewer."
    if len(value) < (least := element.get("min_length", 0)):
        return f"Use at least {least} characters."
    return ""


def _number(element: Json, value: str) -> str:
    decimals = element.get("is_decimal_allowed", False)
    if not re.fullmatch(r"-?\d+(\.\d+)?" if decimals else r"-?\d+", value):
        return "Enter a number." if decimals else "Enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Enter a number that is {element['min_value']} or more."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Enter a number that is {element['max_value']} or less."
    return ""
