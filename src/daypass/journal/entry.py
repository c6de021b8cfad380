"""
The canonical bytes of a journal entry: one happening has one text, for ever.

Canonical JSON: UTF-8, keys sorted by code point, no blanks, no floats (their text depends on who prints them), whole
numbers within +-(2^53 - 1) (what every JSON reader keeps exactly, RFC 7493 section 2.2), and moments as RFC 3339 in
UTC with Z. What has no such text is refused, never approximated.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from daypass.model.errors import DaypassError
from daypass.model.event import Event

MAX_ENTRY = 256 * 1024
"""Bytes of the largest entry. Readers refuse longer lines, so that no file can fill their memory."""

_MAX_INTEGER = 2**53 - 1
_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_ENCODER = msgspec.json.Encoder(order="sorted")

_Json = str | int | bool | list["_Json"] | dict[str, "_Json"] | None


class NotCanonical(DaypassError):
    """An entry has no canonical text. The sentence names the field."""


def canonical(entry: Mapping[str, object]) -> bytes:
    """
    Write an entry as its canonical bytes.

    It must carry `kind` (dotted, such as "grant.provisioned"), `at` (an aware datetime) and `actor`; anything else
    is free: text, whole numbers, booleans, null, datetimes, and lists and mappings of these. Raises NotCanonical.
    """
    _check_heading(entry)
    try:
        raw = _ENCODER.encode({key: _plain(value, key) for key, value in _items(entry, "the entry")})
    except UnicodeEncodeError as error:
        raise NotCanonical("The entry holds half a surrogate pair, which has no UTF-8 form.") from error
    if len(raw) > MAX_ENTRY:
        raise NotCanonical(f"The entry is {len(raw):,} bytes long; the longest may be {MAX_ENTRY:,}.")
    return raw


def event_bytes(event: Event, rows: Mapping[str, int]) -> bytes:
    """
    Write an event as its canonical bytes, with the rows of the ledger that it changed and their revisions by then.

    So an older row that is put back later does not pass for what is so. Raises NotCanonical.
    """
    return canonical(
        {
            "kind": event.kind,
            "at": event.at,
            "actor": event.actor,
            "subject": event.subject,
            "details": event.details,
            "rows": rows,
        }
    )


def _check_heading(entry: Mapping[str, object]) -> None:
    kind, actor = entry.get("kind"), entry.get("actor")
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise NotCanonical(f"An entry's kind is words joined by dots, such as grant.provisioned, not {kind!r}.")
    if not isinstance(entry.get("at"), datetime):
        raise NotCanonical("An entry must say when it happened: `at` must be a datetime.")
    if not isinstance(actor, str) or not actor:
        raise NotCanonical("An entry must say who did it: `actor` must be a non-empty text.")


def _plain(value: object, where: str) -> _Json:
    """Reduce a value to what canonical JSON has a text for."""
    match value:
        case None | bool():
            return value
        case str():
            return str.__str__(value)
        case int():
            return _integer(value, where)
        case datetime():
            return _moment(value, where)
        case Mapping():
            return {key: _plain(item, f"{where}.{key}") for key, item in _items(value, where)}
        case list() | tuple():
            return [_plain(item, f"{where}[{at}]") for at, item in enumerate(value)]
        case _:
            raise NotCanonical(f"{where} is a {type(value).__name__}, which has no canonical form; write it as text.")


def _items(mapping: Mapping[object, object] | Mapping[str, object], where: str) -> list[tuple[str, object]]:
    items: list[tuple[str, object]] = []
    for key, value in mapping.items():
        if not isinstance(key, str):
            raise NotCanonical(f"Every key in {where} must be text, not {key!r}.")
        items.append((str.__str__(key), value))
    return items


def _integer(value: int, where: str) -> int:
    if abs(value) > _MAX_INTEGER:
        raise NotCanonical(f"{where} is beyond 2^53, where JSON readers differ; write it as text.")
    return int(value)


def _moment(value: datetime, where: str) -> str:
    if value.utcoffset() is None:
        raise NotCanonical(f"{where} is a datetime without a time zone; give it one.")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
