"""
Values to rows and back, strictly.

A `body` is the whole value as JSON; columns repeat what is asked for. A row is read only when its seal fits, when it
is not older than the journal says, and when its body is one that a value accepts, holds nothing unknown, and says the
same as the columns: whatever else stands there is reported as Unreadable with the row's name, never mended by guessing.

There is no way from a body to a value but `Codec.read`, which asks for the sealer, and no query for it but
`Codec.select`, which has what it checks.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any, Generic, NoReturn, TypeAlias, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Label, Row, Select, String, Table, bindparam, func, literal, select

from daypass.model.absence import Absence
from daypass.model.bot import Bot
from daypass.model.break_glass import GlassReview, SealedCode
from daypass.model.departure import Departure, DirectoryWatch
from daypass.model.errors import DaypassError, Misconfigured
from daypass.model.fact import Record
from daypass.model.finding import Alteration, JournalFinding
from daypass.model.freeze import Freezes
from daypass.model.grant import Grant, GrantState
from daypass.model.known import KnownGroup, KnownOwners, KnownRulesFile, KnownWorkspace
from daypass.model.link import Link
from daypass.model.login import Login
from daypass.model.passkey import OneTimeLink, Passkey
from daypass.model.preapproval import Preapproval
from daypass.model.record import Tally
from daypass.model.request import Request
from daypass.model.rule_change import RulesChange, RulesVersion
from daypass.model.schedule import Schedule
from daypass.store import tables
from daypass.store.columns import as_stored, raw
from daypass.store.prepared import Prepared
from daypass.store.seal import Sealer

_ENCODER = msgspec.json.Encoder(order="deterministic")
_LONGEST = 300

Value = TypeVar("Value", bound=Request | Grant | Link | Login | Record)
KeptValue = TypeVar("KeptValue", bound=Record)
Columns: TypeAlias = Mapping[str, Callable[[Any], object]]
"""What each column says of a value."""
AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of which the reader names the columns."""
AnySelect: TypeAlias = Select[*tuple[Any, ...]]


class Unreadable(Misconfigured):
    """A row is not one that this Daypass can read."""

    advice = "Restore it from a backup, or run the Daypass that wrote it."

    def __init__(self, row: str, because: str) -> None:
        self.row = _printable(row)
        super().__init__(f"{self._what()}: {_printable(because)[:_LONGEST]} {self.advice}")

    def _what(self) -> str:
        return f"The database row {self.row} cannot be read"


class Altered(Unreadable):
    """A row was written, changed, put back or deleted by somebody else than Daypass."""

    advice = "Nothing is given by it. Find out who can write to the database, and restore the row from a backup."

    def _what(self) -> str:
        return f"The database row {self.row} was changed outside Daypass"


def _newest(name: ColumnElement[str]) -> Label[int]:
    """The newest revision of a row that the journal tells of."""
    told = select(func.max(tables.changes.c.revision)).where(tables.changes.c.name == name)
    return told.scalar_subquery().label("newest")


class Codec(Generic[Value]):
    """How one sort of value becomes the `body` of its row, and comes back."""

    def __init__(
        self, kind: type[Value], table: Table, columns: Columns, *, fixed: Collection[str] = (), unrecorded: int = 0
    ) -> None:
        """
        Name the table, what its columns repeat of the body, and up to which revision the journal is not told.

        `fixed` columns are written once, so that no change of a row has to touch the indexes on them.
        """
        (key,) = table.primary_key
        self._decoder: msgspec.json.Decoder[Value] = msgspec.json.Decoder(kind)
        self.table = table
        self._columns = {name: columns[name] for name in (key.name, "revision")} | dict(columns)
        self._moving = {name: said for name, said in columns.items() if name not in {key.name, *fixed}}
        self._key_of = columns[key.name]
        self._say = tuple(as_stored(table.c[name], said) for name, said in self._columns.items())
        kept = [field.name for field in fields(kind) if field.name != "revision"]
        self._kept = attrgetter(*kept)
        self._keep = tuple(getattr(kind, name).__set__ for name in (*kept, "revision"))
        self._unrecorded = unrecorded
        asked = [raw(table.c[name]) for name in (*self._columns, "body", "seal")]
        self._width = len(asked) + 1
        self.select = select(*asked, _newest(literal(f"{table.name}/").concat(key)))
        """Asks for all that `read` needs, in its order. Conditions may be added, and columns behind these."""
        wanted = select(bindparam("key", type_=String).label("key")).subquery("wanted")
        self._select_one = Prepared(
            select(*asked, _newest(bindparam("name", type_=String))).select_from(
                wanted.outerjoin(table, key == wanted.c.key)
            )
        )

    def key_of(self, value: Value) -> str:
        """The key of a value's row."""
        return str(self._key_of(value))

    def write(self, value: Value, sealer: Sealer) -> dict[str, object]:
        """Make the columns of a new row, its body among them, at the revision that the value gets by being stored."""
        return self._write(value, self._columns, sealer)

    def rewrite(self, value: Value, sealer: Sealer) -> dict[str, object]:
        """Make the columns that a change of a stored value may change, as `write` does."""
        return self._write(value, self._moving, sealer)

    def _write(self, value: Value, columns: Columns, sealer: Sealer) -> dict[str, object]:
        stored = self._stored(value)
        row: dict[str, object] = {column: said(stored) for column, said in columns.items()}
        row["body"] = body = _ENCODER.encode(stored).decode()
        row["seal"] = sealer.seal(self.table.name, self.key_of(stored), stored.revision, body)
        return row

    def _stored(self, value: Value) -> Value:
        """The value at its next revision; as dataclasses.replace, but for checks that this very value has passed."""
        stored = object.__new__(type(value))
        for keep, kept in zip(self._keep, (*self._kept(value), value.revision + 1), strict=True):
            keep(stored, kept)
        return stored

    def find(self, connection: Connection, key: str, sealer: Sealer) -> Value | None:
        """Read the row of a key; None when there never was one. Raises Unreadable, also for one that was deleted."""
        name = f"{self.table.name}/{key}"
        row = self._select_one.run(connection, [{"key": key, "name": name}]).one()
        found, *_, newest = row
        if found is not None:
            return self.read(row, sealer)
        if newest is not None and not is_dropped(name):
            raise Altered(name, "it was deleted.")
        return None

    def read(self, row: AnyRow, sealer: Sealer) -> Value:
        """Take a value out of its row. Raises Unreadable."""
        # By place: a row's own look-up by name takes longer than the check of its seal.
        *repeated, body, seal, newest = row[: self._width]
        key, revision, *_ = repeated
        name = f"{self.table.name}/{key}"
        if not sealer.fits(seal, table=self.table.name, key=key, revision=revision, body=body):
            raise Altered(name, "its seal does not fit what it holds.")
        if newest is None and revision > self._unrecorded:
            raise Altered(name, "the journal tells nothing of it.")
        if newest is not None and not (isinstance(newest, int) and newest <= revision):
            raise Altered(name, f"it is of revision {revision}, and the journal tells of revision {newest}.")
        value = self._decode(name, body)
        if [said(value) for said in self._say] != repeated:
            self._refuse_different(name, value, repeated)
        return value

    def _refuse_different(self, name: str, value: Value, repeated: Iterable[object]) -> NoReturn:
        for column, said, there in zip(self._columns, self._say, repeated, strict=True):
            if said(value) != there:
                raise Altered(name, f"its {column} is {there}, but its body says {said(value)}.")
        raise AssertionError(name)

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


REQUESTS = Codec(
    Request,
    tables.requests,
    _same("id", "revision", "requestor", "chain", "state", "filed_at"),
    fixed={"requestor", "chain", "filed_at"},
)
GRANTS = Codec(
    Grant,
    tables.grants,
    _same("id", "revision", "principal", "chain", "state", "approved_at"),
    fixed={"principal", "chain", "approved_at"},
)
LINKS = Codec(Link, tables.links, {**_same("token_hash", "revision"), "grant_id": attrgetter("grant")})
LOGINS = Codec(
    Login,
    tables.logins,
    _same(
        "device_hash", "revision", "user_code", "principal", "network", "aim", "token_hash", "asked_at", "expires_at"
    ),
    unrecorded=1,  # one that nobody has confirmed is nobody's
)

KINDS: Mapping[type[object], str] = {
    RulesVersion: "rules-version",
    RulesChange: "rules-change",
    Preapproval: "permit",
    Absence: "absence",
    Bot: "robot",
    SealedCode: "sealed-code",
    Passkey: "passkey",
    OneTimeLink: "errand",
    GlassReview: "glass-review",
    Schedule: "series",
    Tally: "tally",
    KnownGroup: "known-group",
    KnownOwners: "known-owners",
    KnownWorkspace: "known-workspace",
    KnownRulesFile: "known-rules-file",
    Departure: "departure",
    DirectoryWatch: "people-watch",
    Alteration: "alteration",
    Freezes: "freezes",
    JournalFinding: "journal-finding",
}
"""What the records of each kind are called, for good: rows hold these names."""


def is_dropped(name: str) -> bool:
    """Whether a row of this name may be gone: of what is deleted when it is over, and gives nothing once it is gone."""
    return name.startswith(_DROPPED)


_DROPPED = ("logins/", *(f"records/{KINDS[kind]}/" for kind in (OneTimeLink, RulesChange)))


def record_id(kind: type[object], key: str) -> str:
    """Name the row of a record; keys are unique within their kind."""
    return f"{KINDS[kind]}/{key}"


_NOTHING: Columns = {"giver": lambda _: None, "ends": lambda _: None}
_ASKED: Mapping[type[object], Columns] = {
    Preapproval: {"giver": attrgetter("by"), "ends": attrgetter("ends")},
    RulesChange: {**_NOTHING, "ends": attrgetter("shadow_until")},
}
"""Of the kinds that are asked for by it: who gave a record, and until when it counts."""


def _record_codec(kind: type[Any]) -> Codec[Any]:
    columns: Columns = {"id": lambda value: record_id(kind, value.key), "kind": lambda _: KINDS[kind]}
    asked = _ASKED.get(kind, _NOTHING)
    return Codec(kind, tables.records, {**columns, **_same("revision", "owner", "state", "at"), **asked})


_RECORDS: Mapping[type[object], Codec[Any]] = {kind: _record_codec(kind) for kind in KINDS}


def codec_of(kind: type[KeptValue]) -> Codec[KeptValue]:
    """Find the codec of one kind of record."""
    return _RECORDS[kind]


def codec_named(kind: str) -> Codec[Any] | None:
    """Find the codec of the records of one kind by the name that rows have for it; None for no kind."""
    return next((_RECORDS[one] for one, name in KINDS.items() if name == kind), None)


def _printable(text: str) -> str:
    """What a database holds may be no text at all."""
    return text.encode(errors="backslashreplace").decode()


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
    if grant.ending is None and grant.state in {GrantState.ENDING, GrantState.ENDED}:
        raise Unreadable(name, "it ends or has ended, and does not say how.")
