"""
Hold a payload against Block Kit, as Slack does before it shows anything.

Every complaint is worded as Slack words it and ends in the JSON pointer of the culprit, e.g.
`must be less than 3001 characters [json-pointer:/blocks/0/text/text]`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from localslack.block_kit.shapes import BLOCKS, ELEMENTS, PARTS, SURFACES
from localslack.block_kit.specs import (
    AnyBlock,
    Anything,
    Bool,
    Int,
    ListOf,
    Obj,
    OneOf,
    Shape,
    Spec,
    Str,
    Text,
    Typed,
)
from localslack.form_state import SLOTS, options_of
from localslack.wire import Json


def complaints_about_message(blocks: Any) -> list[str]:
    """List what is wrong with the blocks of a message; empty when all is well."""
    found = list(_shape({"blocks": blocks}, SURFACES["message"], "", untyped=True))
    return found or list(_house_rules(blocks, "/blocks"))


def complaints_about_view(view: Any, *, allowed: Sequence[str] = ("modal",)) -> list[str]:
    """List what is wrong with a view of one of the allowed types; empty when all is well."""
    if not isinstance(view, dict):
        return [_at("/view", "must provide an object")]
    if view.get("type") not in allowed:
        return [_at("/view/type", f"must be a valid enum value: {', '.join(allowed)}")]
    found = list(_shape(view, SURFACES[view["type"]], "/view", untyped=True))
    return found or [*_modal_rules(view), *_house_rules(view["blocks"], "/view/blocks")]


def complaints_about_options(answer: Any) -> list[str]:
    """List what is wrong with an answer to a typeahead; empty when all is well."""
    if not isinstance(answer, dict) or not ("options" in answer or "option_groups" in answer):
        return [_at("", "must define either `options` or `option_groups`")]
    return list(_shape(answer, SURFACES["suggestions"], "", untyped=True))


def _at(pointer: str, sentence: str) -> str:
    return f"{sentence} [json-pointer:{pointer}]"


def _value(value: Any, spec: Spec, at: str) -> Iterator[str]:
    match spec:
        case Text():
            yield from _text(value, spec, at)
        case Obj(shape=name):
            yield from _shape(value, PARTS[name], at, untyped=True)
        case Typed():
            yield from _typed(value, spec, at)
        case AnyBlock():
            yield from _block(value, at)
        case ListOf():
            yield from _list(value, spec, at)
        case _:
            yield from _scalar(value, spec, at)


def _scalar(value: Any, spec: Str | Bool | Int | OneOf | Anything, at: str) -> Iterator[str]:
    match spec:
        case Str():
            yield from _string(value, spec, at)
        case Int():
            yield from _integer(value, spec, at)
        case Bool() if not isinstance(value, bool):
            yield _at(at, "must provide a boolean")
        case OneOf(words=words) if value not in words:
            yield _at(at, f"must be a valid enum value: {', '.join(words)}")
        case Anything() | Bool() | OneOf():
            return


def _string(value: Any, spec: Str, at: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield _at(at, "must provide a string")
    elif len(value) > spec.most:
        yield _at(at, f"must be less than {spec.most + 1} characters")
    elif len(value) < spec.least:
        yield _at(at, f"must be more than {spec.least - 1} characters")
    elif spec.like and not re.fullmatch(spec.like, value):
        yield _at(at, f"invalid {spec.called}")


def _integer(value: Any, spec: Int, at: str) -> Iterator[str]:
    if not isinstance(value, int) or isinstance(value, bool):
        yield _at(at, "must provide an integer")
    elif not spec.least <= value <= spec.most:
        yield _at(at, f"must be between {spec.least} and {spec.most}")


def _text(value: Any, spec: Text, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _at(at, "must provide an object")
    elif value.get("type") not in spec.kinds:
        yield _at(f"{at}/type", f"unsupported type: {value.get('type')}")
    else:
        narrowed = {**PARTS[value["type"]].fields, "text": Str(spec.most, least=spec.least)}
        yield from _shape(value, Shape(fields=narrowed, required=("text",)), at)


def _typed(value: Any, spec: Typed, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _at(at, "must provide an object")
    elif value.get("type") not in spec.types:
        yield _at(at, f"unsupported type: {value.get('type')}")
    else:
        yield from _shape(value, ELEMENTS.get(value["type"]) or PARTS[value["type"]], at)


def _block(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _at(at, "must provide an object")
    elif value.get("type") not in BLOCKS:
        yield _at(at, f"unsupported type: {value.get('type')}")
    else:
        shape = BLOCKS[value["type"]]
        yield from _shape(value, replace(shape, fields={**shape.fields, "block_id": Str(255)}), at)


def _shape(value: Any, shape: Shape, at: str, *, untyped: bool = False) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _at(at, "must provide an object")
        return
    for name in shape.required:
        if value.get(name) is None:
            yield _at(at, f"missing required field: {name}")
    for group in shape.one_of:
        if not any(value.get(name) for name in group):
            yield _at(at, f"must define either {' or '.join(f'`{name}`' for name in group)}")
    for name, inner in value.items():
        if name == "type" and not untyped:
            continue
        if name not in shape.fields:
            yield _at(at, f"invalid additional property: {name}")
        elif inner is not None:
            yield from _value(inner, shape.fields[name], f"{at}/{name}")


def _list(value: Any, spec: ListOf, at: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _at(at, "must provide an array")
        return
    if len(value) > spec.most:
        yield _at(at, f"no more than {spec.most} items allowed")
    if len(value) < spec.least:
        yield _at(at, f"no fewer than {spec.least} items allowed")
    for index, inner in enumerate(value):
        yield from _value(inner, spec.of, f"{at}/{index}")


def _modal_rules(view: Json) -> Iterator[str]:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and not view.get("submit"):
        yield _at("/view", "must define `submit` to use an `input` block in modals")


def _house_rules(blocks: Any, at: str) -> Iterator[str]:
    """Check what no single shape can tell: ids used twice, focus, initial values not on offer."""
    yield from _twice([block.get("block_id") for block in blocks], "block_id", at)
    focused = 0
    for index, block in enumerate(blocks):
        inside = [block.get("accessory"), block.get("element"), *block.get("elements", [])]
        elements = [each for each in inside if isinstance(each, dict) and each["type"] in ELEMENTS]
        yield from _twice([each.get("action_id") for each in elements], "action_id", f"{at}/{index}")
        focused += sum(bool(each.get("focus_on_load")) for each in elements)
        for element in elements:
            yield from _initial(element, f"{at}/{index}")
    if focused > 1:
        yield _at(at, "only one element can have `focus_on_load` set to true")


def _twice(ids: list[str | None], name: str, at: str) -> Iterator[str]:
    for value, count in Counter(each for each in ids if each).items():
        if count > 1:
            yield _at(at, f"`{name}` {value!r} already exists")


def _initial(element: Json, at: str) -> Iterator[str]:
    offered = options_of(element)
    slot = SLOTS.get(element["type"])
    if slot is None or not offered or not element.get(slot.initial):
        return
    initial = element[slot.initial]
    for one in initial if slot.many else [initial]:
        if not any(_same_option(one, option) for option in offered):
            yield _at(f"{at}/{slot.initial}", "must match an option or option_groups value")


def _same_option(one: Json, other: Json) -> bool:
    return bool(one["value"] == other["value"] and one["text"]["text"] == other["text"]["text"])
