"""The small values of many kinds that are kept beside requests and grants: ports.Cabinet. The ledger writes them."""

from collections.abc import Iterable

from sqlalchemy import select

from daypass.model.errors import NotFound
from daypass.ports import Page
from daypass.store.codec import KINDS, KeptValue, codec_of, record_id
from daypass.store.database import Database
from daypass.store.reading import AnySelect, page, readable
from daypass.store.tables import records


class SqlCabinet:
    """The cabinet in a database."""

    def __init__(self, database: Database) -> None:
        """Keep it in this database, which must have its tables."""
        self._database = database

    def find(self, kind: type[KeptValue], key: str) -> KeptValue:
        """Read the one of a kind that has this key. Raises NotFound."""
        with self._database.reading() as connection:
            row = connection.execute(_RECORD.where(records.c.id == record_id(kind, key))).one_or_none()
        if row is None:  # a key may be the hash of a secret: it is not said again
            raise NotFound(f"There is no such {KINDS[kind].replace('-', ' ')} here.")
        return codec_of(kind).read(row)

    def all(
        self, kind: type[KeptValue], *, owner: str | None = None, states: Iterable[str] | None = None
    ) -> list[KeptValue]:
        """Read all of a kind, newest first by `at`. A row that cannot be read is logged and left out."""
        with self._database.reading() as connection:
            return readable(connection, _of(kind, owner, states), codec_of(kind))

    def newest(self, kind: type[KeptValue], *, owner: str | None = None) -> KeptValue | None:
        """Read the newest one of a kind by `at`; one that cannot be read is logged, and then there is none."""
        with self._database.reading() as connection:
            found = page(connection, _of(kind, owner, None), codec_of(kind), skip=0, size=1)
        return next(iter(found.items), None)

    def page(
        self, kind: type[KeptValue], *, states: Iterable[str] | None = None, skip: int, size: int
    ) -> Page[KeptValue]:
        """Read a page of a kind, newest first by `at`."""
        with self._database.reading() as connection:
            return page(connection, _of(kind, None, states), codec_of(kind), skip=skip, size=size)


def _of(kind: type[object], owner: str | None, states: Iterable[str] | None) -> AnySelect:
    chosen = _RECORD.where(records.c.kind == KINDS[kind])
    if owner is not None:
        chosen = chosen.where(records.c.owner == owner)
    if states is not None:
        chosen = chosen.where(records.c.state.in_(list(states)))
    return chosen.order_by(records.c.at.desc(), records.c.id.desc())


_RECORD = select(*records.c)
