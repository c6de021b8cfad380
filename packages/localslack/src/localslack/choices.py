"""How what a person picks or types becomes the value that travels, for every kind of element."""

from typing import Any

from localslack.form_state import SLOTS, options_of
from localslack.wire import Json


class NotThereError(Exception):
    """The person tried to use something that is not on their screen; the message says what is."""


def as_value(element: Json, given: Any, offered: list[Json] | None = None) -> Any:
    """
    Turn a pick into the element's value.

    Options may be named by their value or their text; `offered` are the options of a typeahead.
    Raises NotThereError when there is no such option.
    """
    if given is None or given == "":
        return [] if SLOTS[element["type"]].many else None
    if not SLOTS[element["type"]].key.startswith("selected_option"):
        return given
    options = offered if offered is not None else options_of(element)
    if SLOTS[element["type"]].many:
        return [_option(options, each) for each in given]
    return _option(options, given)


def _option(options: list[Json], given: Any) -> Json:
    for option in options:
        if given in (option, option["value"], option["text"]["text"]):
            return option
    names = ", ".join(repr(option["value"]) for option in options) or "none"
    raise NotThereError(f"There is no option {given!r}; on offer are: {names}.")


def action_of(element: Json, block_id: str, value: Any, action_ts: str) -> Json:
    """Give the entry of `actions` for one use of an element."""
    action: Json = {"type": element["type"], "action_id": element["action_id"], "block_id": block_id}
    if element["type"] == "button":
        action |= {key: element[key] for key in ("text", "value", "style", "url") if key in element}
    elif element["type"] == "overflow":
        action["selected_option"] = value
    else:
        action[SLOTS[element["type"]].key] = value
        action |= {key: element[key] for key in ("placeholder",) if key in element}
    if "confirm" in element:
        action["confirm"] = element["confirm"]
    return action | {"action_ts": action_ts}
