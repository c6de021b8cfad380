"""What is wrong with a document, in sentences with a line and a suggestion."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from daypass.model.errors import Fault
from daypass.rules.document.shape_approval import PeopleShape
from daypass.rules.document.values import SENTENCE
from daypass.rules.document.yaml_source import DocumentSource, Path

_MEANT = {
    "members": "people",
    "users": "people",
    "usergroups": "slack_groups",
    "slack": "slack_groups",
    "levels": "may",
    "level": "may",
    "actions": "may",
    "access": "may",
    "resources": "on",
    "resource": "on",
    "where": "on",
    "places": "on",
    "duration": "for",
    "length": "for",
    "ttl": "for",
    "approvers": "approve",
    "reviewers": "approve",
    "description": "about",
    "name": "id",
    "deliveries": "delivery",
    "maximum": "max",
    "conditions": "when",
    "if": "when",
    "disabled": "paused",
    "mfa": "second_factor",
    "passkey": "second_factor",
    "emergency": "break_glass",
    "issue": "ticket",
    "timezone": "zone",
    "tz": "zone",
    "weekdays": "days",
    "schedule": "on_call",
    "labels": "tags",
    "pattern": "matching",
    "cases": "tests",
    "examples": "tests",
    "effect": "deny",
    "everyone": "anyone",
    "everybody": "anyone",
    "auto": "at-once",
    "automatic": "at-once",
    "full": "read",
}
"""What other tools call the same things."""

_LACKING = {
    "approve": "Write “approve: {anyone_of: {people: [U02ABCDEF]}}”, or “approve: at-once” when nobody is to be asked.",
    "for": "Write “for: {default: 1h, max: 8h}”.",
    "id": "Write “id: reports-read”.",
    "may": "Write “may: [list, read]”.",
    "on": 'Write “on: ["acme-reports/2026/**"]”.',
    "who": "Write “who: {people: [U02ABCDEF]}” or “who: anyone”.",
    "version": "Write “version: 1” at the top.",
    "rules": "Write “rules:” and a list under it; see examples/rules.",
    "default": "Write “for: {default: 1h, max: 8h}”.",
    "max": "Write “for: {default: 1h, max: 8h}”.",
    "under": "Write “live_grants: {under: 3}”.",
    "matching": 'Write “{matching: "INC-[0-9]+"}”.',
    "review": "Write “break_glass: {review: {people: [U02ABCDEF]}, within: 1d}”.",
    "within": "Write “break_glass: {review: {people: [U02ABCDEF]}, within: 1d}”.",
    "name": "Write “- {name: team, anyone_of: {people: [U02ABCDEF]}}”.",
    "after": "Write “- {after: 30m, to: {people: [U02ABCDEF]}}”.",
    "to": "Write “- {after: 30m, to: {people: [U02ABCDEF]}}”.",
}

_BRANCHES = ("text", "mapping")
"""Steps of a location that are ours, not the document's: which branch of a union was tried."""

_KINDS = {
    "string_type": "must be text; put it in quotes.",
    "list_type": "must be a list, such as [a, b].",
    "bool_type": "is true or false, without quotes.",
    "int_type": "must be a whole number, without quotes.",
    "model_type": "must be a mapping of fields to values.",
    "dict_type": "must be a mapping of names to people.",
    "too_short": "is empty; give at least one.",
}


def said(
    error: ValidationError, *, source: DocumentSource, at: Path, shape: type[BaseModel], name: str
) -> Iterator[Fault]:
    """Put everything that pydantic found in one part of the document into sentences."""
    details = error.errors(include_url=False)
    renamed = {_renamed(detail, shape) for detail in details if detail["type"] == "extra_forbidden"}
    for detail in details:
        if detail["type"] == "missing" and detail["loc"] in renamed:
            continue  # it is there under another name, and that is said
        path = _path(source, at, detail["loc"])
        sentence, suggestion = _sentence(detail, shape)
        yield Fault(file=name, line=source.line(path), sentence=sentence, suggestion=suggestion)


def meant(word: str, known: Iterable[str]) -> str:
    """Guess what somebody meant: `Did you mean “people”?`, or what there is to choose from."""
    options = list(dict.fromkeys(known))
    if guess := _guess(word, options):
        return f"Did you mean “{guess}”?"
    return f"Known here: {', '.join(options[:20])}." if options else ""


def _guess(word: str, options: Sequence[str]) -> str:
    close = difflib.get_close_matches(word.lower()[:64], options, n=1, cutoff=0.6)
    return next((option for option in (_MEANT.get(word.lower(), ""), *close) if option in options), "")


def _renamed(detail: ErrorDetails, shape: type[BaseModel]) -> tuple[str | int, ...]:
    """Where the field stands that an unknown field was meant to be."""
    *around, field = detail["loc"]
    return (*around, _guess(str(field), fields_at(shape, around)))


def _sentence(detail: ErrorDetails, shape: type[BaseModel]) -> tuple[str, str]:
    """Choose sentence and suggestion by the kind of error."""
    names = [step for step in detail["loc"] if isinstance(step, str) and step not in _BRANCHES]
    field = names[-1] if names else ""
    match detail["type"]:
        case kind if kind == SENTENCE:
            return detail["msg"], ""
        case "extra_forbidden":
            return f"“{field}” is not a field here.", meant(field, fields_at(shape, detail["loc"][:-1]))
        case "missing":
            return f"“{field}” is missing.", _LACKING.get(field, "")
        case "enum" | "literal_error":
            return _choice(field, detail)
        case kind:
            subject = f"“{field}”" if field else "A group" if shape is PeopleShape else "A rule"
            return f"{subject} {_KINDS.get(kind, 'cannot be read: ' + detail['msg'] + '.')}", ""


def _choice(field: str, detail: ErrorDetails) -> tuple[str, str]:
    options = detail["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
    given = detail["input"]
    if field == "deny":
        return "“deny” is true or is left out.", "Write “deny: true”, or drop the line for a rule that lends."
    if field == "version":
        return f"This Daypass reads version 1 of the form, not {given!s:.40}.", "Write “version: 1” at the top."
    return f"“{given!s:.60}” cannot stand under “{field}”.", meant(str(given), options)


def fields_at(shape: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """The names of the fields, as they are written, of the part that a location leads to."""
    here = shape
    for step in loc:
        inner = next((field for name, field in here.model_fields.items() if step in (name, field.alias)), None)
        here = next(iter(_models(inner.annotation)), here) if inner else here
    return [field.alias or name for name, field in here.model_fields.items()]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Find the models within an annotation, which may be a union of annotated types."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _models(part)


def _path(source: DocumentSource, at: Path, loc: Sequence[str | int]) -> Path:
    """Follow a location as far as the document goes; steps that name a branch of a union are no part of it."""
    path = at
    for step in loc:
        if (*path, step) in source.lines:
            path = (*path, step)
    return path
