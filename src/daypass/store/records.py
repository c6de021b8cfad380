"""The small values of many kinds that are kept beside requests and grants: ports.Records. The ledger writes them."""

from collections.abc import Iterable

from daypass.model.errors import NotFound
from daypass.ports import Page
from daypass.store.codec import KINDS, AnySelect, KeptValue, codec_of, record_id
from daypass.store.damaged_rows import page, readable
from daypass.store.database import Database
from daypass.store.tables import records


class SqlCabinet:
    """The cabinet in a database."""

    def __init__(self, database: Database) -> None:
        """Keep it in this database, which must have its tables."""
        self._database = database

    def find(self, kind: type[KeptValue], key: str) -> KeptValue:
        """Read the one of a kind that has this key. Raises NotFound."""
        with self._database.reading() as connection:
            found = codec_of(kind).find(connection, record_id(kind, key), self._database.sealer)
        if found is None:  # a key may be the hash of a secret: it is not said again
            raise NotFound(f"There is no such {KINDS[kind].replace('-', ' ')} here.")
        return found

    def all(
        self, kind: type[KeptValue], *, owner: str | None = None, states: Iterable[str] | None = None
    ) -> list[KeptValue]:
        """Read all of a kind, newest first by `at`. A row that cannot be read is logged and left out."""
        with self._database.reading() as connection:
            return readable(connection, _of(kind, owner, states), codec_of(kind), self._database.sealer)

    def newest(self, kind: type[KeptValue], *, owner: str | None = None) -> KeptValue | None:
        """Read the newest one of a kind by `at`; one that cannot be read is logged, and then there is none."""
        found = page(self._database, _of(kind, owner, None), codec_of(kind), skip=0, size=1)
        return next(iter(found.items), None)

    def page(
        self, kind: type[KeptValue], *, states: Iterable[str] | None = None, skip: int, size: int
    ) -> Page[KeptValue]:
        """Read a page of a kind, newest first by `at`."""
        return page(self._database, _of(kind, None, states), codec_of(kind), skip=skip, size=size)


def _of(kind: type[KeptValue], owner: str | None, states: Iterable[str] | None) -> AnySelect:
    chosen = codec_of(kind).select.where(records.c.kind == KINDS[kind])
    if owner is not None:
        chosen = chosen.where(records.c.owner == owner)
    if states is not None:
        chosen = chosen.where(records.c.state.in_(list(states)))
    return chosen.order_by(records.c.at.desc(), records.c.id.desc())
