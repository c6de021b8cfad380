"""
The canonical bytes of a journal entry: one happening has one text, for ever.

Canonical JSON: UTF-8, keys sorted by code point, no blanks, no floats (their text depends on who prints them), whole
numbers within +-(2^53 - 1) (what every JSON reader keeps exactly, RFC 7493 section 2.2), and moments as RFC 3339 in
UTC with Z. What has no such text is refused, never approximated.

An entry says which version of this form it has, and `read_entry` is the one function that reads it. Bytes that were
written are never written anew: a later form gets another number, and a reader for each. What people wrote stands in it
as a hash, see words.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from daypass.journal.words import ERASED, SaltedText
from daypass.model.errors import DaypassError
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId

VERSION = 1
"""Of the form of entries that are written now."""

MAX_ENTRY = 256 * 1024
"""Bytes of the largest entry. Readers refuse longer lines, so that no file can fill their memory."""

MAX_WORDS = MAX_ENTRY // 8
"""Characters of all the words of one entry: in an export they are one line, with up to 6 bytes of JSON for each."""

_MAX_INTEGER = 2**53 - 1
_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_ENCODER = msgspec.json.Encoder(order="sorted")

_AS_IT_IS = frozenset({str, bool, type(None)})
"""What JSON has a text for just so. Not what only derives from it: that may print as something else."""


_NOTHING: Mapping[str, object] = {}


class NotCanonical(DaypassError):
    """An entry has no canonical text. The sentence names the field."""


def canonical(entry: Mapping[str, object], beside: Mapping[str, object] = _NOTHING) -> bytes:
    """
    Write an entry as its canonical bytes.

    It must carry `kind` (dotted, such as "grant.provisioned"), `at` (an aware datetime) and `actor`; anything else
    is free: text, whole numbers, booleans, null, datetimes, and lists and mappings of these. Raises NotCanonical.

    What is given `beside` is added as it is, for each commit pays for what is gone through: texts, small numbers and
    mappings of these, which Daypass has made itself.
    """
    _check_heading(entry)
    try:
        raw = _ENCODER.encode({**_object(entry, ""), **beside})
    except UnicodeEncodeError as error:
        raise NotCanonical("The entry holds half a surrogate pair, which has no UTF-8 form.") from error
    if len(raw) > MAX_ENTRY:
        raise NotCanonical(f"The entry is {len(raw):,} bytes long; the longest may be {MAX_ENTRY:,}.")
    return raw


class BadEntry(DaypassError):
    """Bytes are not an entry that this Daypass can read."""


class _Hidden(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A text, as the entry has it."""

    sha256: str


class _Stored(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An entry of version 1."""

    version: int
    kind: EntryKind
    at: datetime
    actor: PrincipalId
    subject: GrantId | None
    details: dict[str, str | int | bool | tuple[str, ...] | _Hidden | None]
    rows: dict[str, int]
    stood: dict[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry that was read, and may lack its words."""

    _stored: _Stored

    @property
    def rows(self) -> Mapping[str, int]:
        """The rows of the ledger that it changed, with their revisions by then."""
        return self._stored.rows

    @property
    def stood(self) -> Mapping[str, str]:
        """How each of these rows stood by then: its state, and a grant's lease."""
        return self._stored.stood

    @property
    def hashes(self) -> Mapping[str, str]:
        """The hash of each text that stands outside the entry, by the name of its detail."""
        return {name: one.sha256 for name, one in self._stored.details.items() if isinstance(one, _Hidden)}

    def event(self, words: Mapping[str, str]) -> Event:
        """Say what happened, with these texts by their hashes; one that is not there was erased."""
        stored = self._stored
        details: dict[str, Detail] = {
            name: words.get(one.sha256, ERASED) if isinstance(one, _Hidden) else one
            for name, one in stored.details.items()
        }
        return Event(kind=stored.kind, at=stored.at, actor=stored.actor, subject=stored.subject, details=details)


def event_bytes(
    event: Event, rows: Mapping[str, int], words: Iterable[SaltedText] = (), *, stood: Mapping[str, str] | None = None
) -> bytes:
    """
    Write an event as its canonical bytes, with the revisions of the rows that it changed, and how they stood by then.

    So an older row that is put back later, or one of another course of things, does not pass for what is so. Each of
    the `words` stands in it as its hash. Raises NotCanonical.
    """
    hidden = {word.name: {"sha256": word.hash} for word in _writable(words)}
    return canonical(
        {
            "kind": event.kind,
            "at": event.at,
            "actor": event.actor,
            "subject": event.subject,
            "details": {**event.details, **hidden} if hidden else event.details,
        },
        beside={"version": VERSION, "rows": rows, "stood": stood or {}},
    )


def read_entry(raw: bytes) -> Entry:
    """Read an entry of any version. Raises BadEntry."""
    try:
        stored = _DECODER.decode(raw)
    except (msgspec.DecodeError, ValueError) as error:
        raise BadEntry(f"{error}.") from error
    if stored.version != VERSION:
        raise BadEntry(f"It is of version {stored.version}; this Daypass reads version {VERSION}.")
    return Entry(stored)


def _writable(words: Iterable[SaltedText]) -> Sequence[SaltedText]:
    """Refuse words that no line of an export could hold."""
    said = tuple(words)
    if (size := sum(len(word.text) for word in said)) > MAX_WORDS:
        raise NotCanonical(f"The entry's texts have {size:,} characters; {MAX_WORDS:,} is the most.")
    return said


def _check_heading(entry: Mapping[str, object]) -> None:
    kind, actor = entry.get("kind"), entry.get("actor")
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise NotCanonical(f"An entry's kind is words joined by dots, such as grant.provisioned, not {kind!r}.")
    if not isinstance(entry.get("at"), datetime):
        raise NotCanonical("An entry must say when it happened: `at` must be a datetime.")
    if not isinstance(actor, str) or not actor:
        raise NotCanonical("An entry must say who did it: `actor` must be a non-empty text.")


def _plain(value: object, where: str) -> object:
    """Reduce a value to what canonical JSON has a text for."""
    match value:
        case None | bool():
            return value
        case int():
            return _integer(value, where)
        case str():
            return str.__str__(value)
        case datetime():
            return _moment(value, where)
        case Mapping():
            return _object(value, where)
        case list() | tuple():
            return [_plain(item, f"{where}[{at}]") for at, item in enumerate(value)]
        case _:
            raise NotCanonical(f"{where} is a {type(value).__name__}, which has no canonical form; write it as text.")


def _object(mapping: Mapping[object, object] | Mapping[str, object], where: str) -> dict[str, object]:
    """Reduce a mapping. Most of its items need nothing, and one is made at every commit."""
    plain: dict[str, object] = {}
    for key, value in mapping.items():
        if not isinstance(key, str):
            raise NotCanonical(f"Every key in {where or 'the entry'} must be text, not {key!r}.")
        name = key if type(key) is str else str.__str__(key)
        if type(value) in _AS_IT_IS:
            plain[name] = value
        elif isinstance(value, str):
            plain[name] = str.__str__(value)
        else:
            inside = f"{where}.{name}" if where else name
            plain[name] = _object(value, inside) if isinstance(value, dict) else _plain(value, inside)
    return plain


def _integer(value: int, where: str) -> int:
    if not -_MAX_INTEGER <= value <= _MAX_INTEGER:
        raise NotCanonical(f"{where} is beyond 2^53, where JSON readers differ; write it as text.")
    return int(value)


def _moment(value: datetime, where: str) -> datetime:
    """In UTC, where msgspec writes the one text that we want of it, in a tenth of the time of `isoformat`."""
    if value.utcoffset() is None:
        raise NotCanonical(f"{where} is a datetime without a time zone; give it one.")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


_DECODER = msgspec.json.Decoder(_Stored)
