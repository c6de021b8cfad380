"""
Values to rows and back, strictly.

A `body` is the whole value as JSON; columns repeat what is asked for. A row is read only when its body is one that a
value accepts, holds nothing unknown, and says the same as the columns: whatever else stands there is reported as
Unreadable with the row's name, never mended by guessing.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec
from sqlalchemy import Row

from daypass.model.errors import DaypassError, Misconfigured
from daypass.model.event import Event, Login
from daypass.model.fact import Record
from daypass.model.grant import Grant, GrantState
from daypass.model.kept import Absence, Errand, GlassReview, Passkey, Permit, Robot, SealedCode, Series, Tally
from daypass.model.request import Request
from daypass.model.ruling import RulesChange, RulesVersion

_ENCODER = msgspec.json.Encoder(order="deterministic")
_LONGEST = 300

Value = TypeVar("Value", bound=Request | Grant | Login | Record)
KeptValue = TypeVar("KeptValue", bound=Record)
Columns: TypeAlias = Mapping[str, Callable[[Any], object]]
"""What each column says of a value."""
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of which the reader names the columns."""


class Unreadable(Misconfigured):
    """A row is not one that Daypass wrote, or it was changed by somebody else."""

    def __init__(self, row: str, because: str) -> None:
        super().__init__(
            f"The database row {row} cannot be read: {because[:_LONGEST]} Restore it from a backup, or run the Daypass "
            "that wrote it."
        )
        self.row = row


class Codec(Generic[Value]):
    """How one sort of value becomes the `body` of its row, and comes back."""

    def __init__(self, kind: type[Value], table: str, columns: Columns) -> None:
        """Name the table, and what its columns repeat of the body."""
        self._decoder: msgspec.json.Decoder[Value] = msgspec.json.Decoder(kind)
        self._table = table
        self._columns = dict(columns)

    def write(self, value: Value) -> dict[str, object]:
        """Make the columns of a row, its body among them, at the revision that the value gets by being stored."""
        stored = replace(value, revision=value.revision + 1)
        row: dict[str, object] = {column: said(stored) for column, said in self._columns.items()}
        return row | {"body": _ENCODER.encode(stored).decode()}

    def read(self, row: AnyRow) -> Value:
        """Take a value out of its row. Raises Unreadable."""
        columns = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
        name = f"{self._table}/{row[0]}"
        value = self._decode(name, str(columns["body"]))
        for column, said in self._columns.items():
            if said(value) != columns[column]:
                raise Unreadable(name, f"its {column} is {columns[column]}, but its body says {said(value)}.")
        return value

    def _decode(self, name: str, body: str) -> Value:
        try:
            value: Value = self._decoder.decode(body)
        except (msgspec.DecodeError, DaypassError, ValueError, OverflowError) as error:
            raise Unreadable(name, f"{error}.") from error
        if _ENCODER.encode(value) != body.encode():
            _refuse_unknown(name, msgspec.json.decode(body), msgspec.to_builtins(value))
        if isinstance(value, Grant):
            _refuse_incoherent(name, value)
        return value


def _same(*fields: str) -> Columns:
    """Columns that repeat the fields of their names."""
    return {field: attrgetter(field) for field in fields}


REQUESTS = Codec(Request, "requests", _same("id", "revision", "requestor", "chain", "state", "filed_at"))
GRANTS = Codec(Grant, "grants", _same("id", "revision", "principal", "chain", "state", "approved_at"))
LOGINS = Codec(
    Login,
    "logins",
    _same("device_hash", "revision", "user_code", "principal", "token_hash", "asked_at", "expires_at"),
)

KINDS: Mapping[type[object], str] = {
    RulesVersion: "rules-version",
    RulesChange: "rules-change",
    Permit: "permit",
    Absence: "absence",
    Robot: "robot",
    SealedCode: "sealed-code",
    Passkey: "passkey",
    Errand: "errand",
    GlassReview: "glass-review",
    Series: "series",
    Tally: "tally",
}
"""What the records of each kind are called, for good: rows hold these names."""


def record_id(kind: type[object], key: str) -> str:
    """Name the row of a record; keys are unique within their kind."""
    return f"{KINDS[kind]}/{key}"


def _record_codec(kind: type[Any]) -> Codec[Any]:
    columns: Columns = {"id": lambda value: record_id(kind, value.key), "kind": lambda _: KINDS[kind]}
    return Codec(kind, "records", {**columns, **_same("revision", "owner", "state", "at")})


_RECORDS: Mapping[type[object], Codec[Any]] = {kind: _record_codec(kind) for kind in KINDS}


def codec_of(kind: type[KeptValue]) -> Codec[KeptValue]:
    """Find the codec of one kind of record."""
    return _RECORDS[kind]


_EVENTS = msgspec.json.Decoder(Event)


def read_event(row: str, entry: bytes) -> Event:
    """Take an event out of its canonical bytes. Raises Unreadable, naming the row."""
    try:
        return _EVENTS.decode(entry)
    except (msgspec.DecodeError, ValueError) as error:
        raise Unreadable(row, f"{error}.") from error


def _refuse_unknown(name: str, found: object, understood: object, where: str = "") -> None:
    """Refuse a body with a field in it that the value did not take up. Lacking ones have their defaults."""
    if isinstance(found, dict) and isinstance(understood, dict):
        for key, item in found.items():
            if key not in understood:
                raise Unreadable(name, f"it holds {where}{key}, which this Daypass does not know.")
            _refuse_unknown(name, item, understood[key], f"{where}{key}.")


def _refuse_incoherent(name: str, grant: Grant) -> None:
    """Refuse a grant whose state needs what it does not have."""
    if grant.state is GrantState.ACTIVE and grant.lease is None:
        raise Unreadable(name, "it is active and has no lease.")
    if grant.state in {GrantState.ENDING, GrantState.ENDED} and grant.ending is None:
        raise Unreadable(name, "it ends or has ended, and does not say how.")
