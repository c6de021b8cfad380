"""
The text of the rules with one rule changed.

Only the lines of what changes are written anew; every comment elsewhere stays as its author wrote it. What comes out is
read back: if anything but that one rule reads differently, or the rule not as it was meant, a sentence comes out.
"""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

from daypass.model.errors import BadInput, Fault, RulesUnreadable
from daypass.rules.document.yaml_source import Data, read
from daypass.rules.edit.yaml_text import lines, written

_TOO_WOVEN = (
    "The rules are written so that this cannot be changed alone here. "
    "Edit the rule as text, or change the document with `daypass rules pull` and `daypass rules apply`."
)
_NO_RULE = "A rule is written as fields and values, such as “id: reports-read”."

Rule = dict[str, Data]

ORDER = (
    "id",
    "about",
    "deny",
    "because",
    "who",
    "may",
    "extras",
    "on",
    "account",
    "when",
    "for",
    "ahead",
    "guests",
    "reason",
    "ticket",
    "delivery",
    "approve",
    "second_factor",
    "channel",
    "break_glass",
    "paused",
)
"""In which order a rule's fields stand where somebody adds one."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_NAME = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From which character to which a part of a text goes."""

    start: int
    end: int


def rules_of(text: str) -> list[Rule]:
    """Read the rules of a document as plain data, in its order. Raises RulesUnreadable."""
    data = read(text, name=_NAME).data
    given = data.get("rules") if isinstance(data, dict) else None
    return [rule for rule in given or [] if isinstance(rule, dict)] if isinstance(given, list) else []


def groups_of(text: str) -> list[str]:
    """The names of the document's own groups."""
    data = read(text, name=_NAME).data
    given = data.get("groups") if isinstance(data, dict) else None
    return list(given) if isinstance(given, dict) else []


def find(text: str, rule_id: str) -> Rule:
    """Read one rule as plain data. Raises BadInput."""
    return rules_of(text)[_position(text, rule_id)]


def with_fields(text: str, rule_id: str, changes: Mapping[str, Data]) -> str:
    """Change fields of a rule; one of None is left out. Raises BadInput when that cannot be done without harm."""
    position = _position(text, rule_id)
    wanted = {**rules_of(text)[position], **changes}
    meant: Rule = {key: value for key, value in wanted.items() if value is not None}
    try:
        made = text
        for key in sorted(changes, key=ORDER.index):
            made = _field_changed(made, position, key, changes[key])
        return _checked(text, made, position, meant)
    except _WovenError:
        return _checked(text, _replaced(text, position, _in_order(meant)), position, meant)


def with_rule(text: str, rule_id: str, typed: str) -> str:
    """Put a rule, as somebody typed it, in place of another. Raises BadInput with the field `text`."""
    position = _position(text, rule_id)
    plain = _undashed(typed)
    meant = _one_rule(plain)
    return _checked(text, _replaced(text, position, plain.splitlines()), position, meant)


def with_new_rule(text: str, rule: Rule | str) -> str:
    """Add a rule after the others. Raises BadInput."""
    plain = _undashed(rule) if isinstance(rule, str) else "\n".join(_in_order(rule))
    meant = _one_rule(plain)
    tree = _rules_node(text)
    if tree.flow_style or not tree.value:
        raise BadInput(_TOO_WOVEN)
    last = tree.value[-1]
    end = _line_end(text, _index(text, *_leaf_end(text, last)))
    indent = " " * tree.start_mark.column
    body = textwrap.indent(plain, f"{indent}  ").lstrip()
    made = f"{text[:end]}{_newline(text) * 2}{indent}- {_newline(text).join(body.splitlines())}{text[end:]}"
    return _checked(text, made, len(tree.value), meant)


def text_of(text: str, rule_id: str) -> str:
    """One rule as it stands in the document, comments included, without its indentation."""
    node = _rules_node(text).value[_position(text, rule_id)]
    span = _span(text, node)
    return textwrap.dedent(" " * node.start_mark.column + text[span.start : span.end])


def field_at(text: str, rule_id: str, line: int) -> str:
    """Which field of a rule stands on a line; empty when none of this rule does."""
    node = _rules_node(text).value[_position(text, rule_id)]
    for key, value in node.value:
        if key.start_mark.line < line <= _leaf_end(text, value)[0] + 1:
            return str(key.value)
    return ""


class _WovenError(Exception):
    """A field cannot be changed by its own lines alone."""


def _position(text: str, rule_id: str) -> int:
    for position, rule in enumerate(rules_of(text)):
        if rule.get("id") == rule_id:
            return position
    raise BadInput(f"There is no rule “{rule_id[:64]}” in the rules in force.")


def _one_rule(plain: str) -> Rule:
    try:
        source = read(plain, name=_NAME)
    except RulesUnreadable as error:
        raise BadInput(_told(error.faults), field="text") from None
    if source.faults:
        raise BadInput(_told(source.faults), field="text")
    data = source.data
    if not isinstance(data, dict):
        raise BadInput(_NO_RULE, field="text")
    return data


def _told(faults: Sequence[Fault]) -> str:
    return "\n".join(f"Line {fault.line}: {fault.sentence} {fault.suggestion}".strip() for fault in faults)


def _undashed(typed: str) -> str:
    """A rule as it is typed, with the dash before it or without."""
    plain = textwrap.dedent("\n".join(_BREAK.split(typed))).strip("\n")
    if plain.startswith("- "):
        plain = textwrap.dedent(f"  {plain[2:]}")
    return plain.strip()


def _checked(old: str, new: str, position: int, meant: Rule) -> str:
    """Read the new text back: that rule says what is meant, and all else what it said."""
    try:
        before, after = read(old, name=_NAME).data, read(new, name=_NAME).data
    except RulesUnreadable:
        raise BadInput(_TOO_WOVEN) from None
    if not isinstance(before, dict) or not isinstance(after, dict):
        raise BadInput(_TOO_WOVEN)
    rules, changed = before.get("rules"), after.get("rules")
    assert isinstance(rules, list)  # noqa: S101 - a rule was found in it
    expected = [*rules[:position], meant, *rules[position + 1 :]]
    others = {key: value for key, value in before.items() if key != "rules"}
    if changed != expected or {key: value for key, value in after.items() if key != "rules"} != others:
        raise BadInput(_TOO_WOVEN)
    return new


def _field_changed(text: str, position: int, key: str, value: Data) -> str:
    node = _rules_node(text).value[position]
    if node.flow_style:
        raise _WovenError
    there = {str(name.value): (name, what) for name, what in node.value}
    if key not in there:
        return text if value is None else _inserted(text, node, key, value)
    name, what = there[key]
    start = _index(text, name.start_mark.line, name.start_mark.column)
    if value is None:
        if name is node.value[0][0]:
            raise _WovenError
        return text[: _line_start(text, start)] + text[_next_line(text, _index(text, *_leaf_end(text, what))) :]
    end_line, end_column = _leaf_end(text, what)
    end = _index(text, end_line, end_column)
    if end_line > name.start_mark.line:
        end = _line_end(text, end)
    return f"{text[:start]}{key}: {written(value)}{text[end:]}"


def _inserted(text: str, node: yaml.MappingNode, key: str, value: Data) -> str:
    """Write a field after the one that comes before it in the usual order."""
    before = [what for name, what in node.value if _rank(str(name.value)) < _rank(key)] or [node.value[0][1]]
    end = _line_end(text, _index(text, *_leaf_end(text, before[-1])))
    indent = " " * node.start_mark.column
    return f"{text[:end]}{_newline(text)}{indent}{key}: {written(value)}{text[end:]}"


def _replaced(text: str, position: int, rule: Sequence[str]) -> str:
    """Write a whole rule anew, its lines indented as the first one was."""
    node = _rules_node(text).value[position]
    span = _span(text, node)
    indent = " " * node.start_mark.column
    first, *rest = rule
    body = [first, *(f"{indent}{line}" if line.strip() else "" for line in rest)]
    return f"{text[: span.start]}{_newline(text).join(body)}{text[span.end :]}"


def _in_order(rule: Rule) -> list[str]:
    return lines({key: rule[key] for key in sorted(rule, key=_rank)})


def _rank(key: str) -> int:
    return ORDER.index(key) if key in ORDER else len(ORDER)


def _span(text: str, node: yaml.Node) -> Span:
    """From a rule's first sign to its last; of one in several lines, with what is said at the end of the last."""
    start = _index(text, node.start_mark.line, node.start_mark.column)
    end = _index(text, *_leaf_end(text, node))
    return Span(start=start, end=end if getattr(node, "flow_style", False) else _line_end(text, end))


def _rules_node(text: str) -> yaml.SequenceNode:
    tree = yaml.compose(text.removeprefix("\ufeff"), Loader=_LOADER)
    for name, what in tree.value if isinstance(tree, yaml.MappingNode) else ():
        if name.value == "rules" and isinstance(what, yaml.SequenceNode) and not text.startswith("\ufeff"):
            return what
    raise BadInput(_TOO_WOVEN)


def _leaf_end(text: str, node: yaml.Node) -> tuple[int, int]:
    """Line and column, from 0, after the last sign that belongs to a part: its comments and empty lines do not."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _leaf_end(text, last[1] if isinstance(last, tuple) else last)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return _block_end(text, node)
    return node.end_mark.line, node.end_mark.column


def _block_end(text: str, node: yaml.ScalarNode) -> tuple[int, int]:
    rows = _BREAK.split(text)
    last = node.end_mark.line if node.end_mark.column else node.end_mark.line - 1
    while last > node.start_mark.line and not rows[last].strip():
        last -= 1
    return last, len(rows[last])


def _index(text: str, line: int, column: int) -> int:
    starts = [0, *_starts(text)]
    return starts[line] + column


def _starts(text: str) -> Iterator[int]:
    return (found.end() for found in _BREAK.finditer(text))


def _line_start(text: str, index: int) -> int:
    return max((start for start in (0, *_starts(text)) if start <= index), default=0)


def _line_end(text: str, index: int) -> int:
    found = _BREAK.search(text, index)
    return found.start() if found else len(text)


def _next_line(text: str, index: int) -> int:
    found = _BREAK.search(text, index)
    return found.end() if found else len(text)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"
