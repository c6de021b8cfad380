"""The small values of many kinds that are kept beside requests and grants: ports.Records. The ledger writes them."""

from collections.abc import Iterable
from datetime import datetime

from daypass.model.errors import NotFound
from daypass.model.fact import Record
from daypass.ports import Page
from daypass.store.codec import KINDS, AnySelect, KeptValue, codec_of, record_id
from daypass.store.damaged_rows import page, readable, slices
from daypass.store.database import Database
from daypass.store.tables import records


class SqlCabinet:
    """Records in a database."""

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
        self,
        kind: type[KeptValue],
        *,
        owner: str | None = None,
        states: Iterable[str] | None = None,
        since: datetime | None = None,
    ) -> list[KeptValue]:
        """Read all of a kind, newest first by `at`. A row that cannot be read is logged and left out."""
        chosen = _of(kind, owner, states)
        return self._newest_first(kind, chosen if since is None else chosen.where(records.c.at > since))

    def given(self, kind: type[KeptValue], *, by: str, states: Iterable[str]) -> list[KeptValue]:
        """Read all of a kind that somebody gave to others, newest first by `at`."""
        return self._newest_first(kind, _of(kind, None, states).where(records.c.giver == by))

    def running(self, kind: type[KeptValue], *, state: str, now: datetime) -> list[KeptValue]:
        """Read those of a kind in a state that have an end, and not reached it, newest first by `at`."""
        return self._newest_first(kind, _of(kind, None, [state]).where(records.c.ends > now))

    def over(self, kind: type[KeptValue], *, state: str, now: datetime) -> list[KeptValue]:
        """Read those of a kind in a state that have reached their end, newest first by `at`."""
        return self._newest_first(kind, _of(kind, None, [state]).where(records.c.ends <= now))

    def some(self, kind: type[KeptValue], keys: Iterable[str]) -> list[KeptValue]:
        """Read those of a kind that have these keys, newest first by `at`."""
        found = list[KeptValue]()
        for ids in slices(record_id(kind, key) for key in keys):
            found += self._newest_first(kind, codec_of(kind).select.where(records.c.id.in_(ids)))
        return sorted(found, key=_age, reverse=True)

    def newest(self, kind: type[KeptValue], *, owner: str | None = None) -> KeptValue | None:
        """Read the newest one of a kind by `at`; one that cannot be read is logged, and then there is none."""
        found = page(self._database, [_of(kind, owner, None)], codec_of(kind), skip=0, size=1)
        return next(iter(found.items), None)

    def page(
        self, kind: type[KeptValue], *, states: Iterable[str] | None = None, skip: int, size: int
    ) -> Page[KeptValue]:
        """Read a page of a kind, newest first by `at`."""
        queries = [_of(kind, None, None)] if states is None else [_of(kind, None, [state]) for state in states]
        return page(self._database, queries, codec_of(kind), skip=skip, size=size)

    def _newest_first(self, kind: type[KeptValue], chosen: AnySelect) -> list[KeptValue]:
        """Sorted here: to save itself the sorting, SQLite would go through all there are of the kind."""
        with self._database.reading() as connection:
            return sorted(readable(connection, chosen, codec_of(kind), self._database.sealer), key=_age, reverse=True)


def _age(value: Record) -> tuple[datetime, str]:
    return value.at, value.key


def _of(kind: type[KeptValue], owner: str | None, states: Iterable[str] | None) -> AnySelect:
    chosen = codec_of(kind).select.where(records.c.kind == KINDS[kind])
    if owner is not None:
        chosen = chosen.where(records.c.owner == owner)
    if states is not None:
        chosen = chosen.where(records.c.state.in_(list(states)))
    return chosen
