"""
The journal's entries, bound as they are committed: a chain for each connection that writes.

A connection has one transaction at a time, so its chain grows without a lock that anybody waits for: what a transaction
appends is staged, counts once it was committed, and is dropped when it was rolled back. A connection that is lost in
the middle of a commit takes its chain with it; the next one begins another.
"""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Connection, insert

from daypass.journal.chain import BEGINNING, Bound, ChainEnd, bind
from daypass.model.errors import Misconfigured
from daypass.store.prepared import Prepared, Row
from daypass.store.tables import journal

_INSERT = Prepared(insert(journal))
_NAME = "chain"
"""Where a connection has its chain: in SQLAlchemy's `info`, which lives and dies with the connection."""


@dataclass(slots=True, kw_only=True)
class _Chain:
    """The chain of one connection."""

    key: bytes
    writer: int
    process: int
    end: ChainEnd = BEGINNING
    staged: ChainEnd | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The last entry that a writer of this process has committed."""

    writer: int
    end: ChainEnd


class Writers:
    """The writers of this process into one database, and what each has written last. Safe in threads."""

    def __init__(self, key: bytes) -> None:
        """Bind with a key that is derived for nothing else."""
        self._key = key
        self._last: dict[int, Written] = {}
        self._lock = Lock()

    @contextmanager
    def transaction(self, connection: Connection) -> Iterator[None]:
        """Run a transaction of a connection, with its chain at hand for `append`."""
        chain, committing = self._chain(connection), False
        try:
            with connection.begin():
                yield
                committing = True
        except BaseException:
            chain.staged = None
            if committing:  # nobody knows whether it was committed
                connection.info.pop(_NAME, None)
            raise
        if chain.staged is not None:
            self._remember(chain, chain.staged)

    def committed(self, entry: Bound) -> bool:
        """Whether a process with our key has committed exactly this entry."""
        return entry.holds(self._key)

    def last(self) -> Sequence[Written]:
        """What each writer has written last, as far as nobody has seen it signed."""
        with self._lock:
            return tuple(self._last.values())

    def seen(self, written: Written) -> None:
        """Stop remembering what is in the tree, unless its writer has written more."""
        with self._lock:
            if self._last.get(written.writer) == written:
                del self._last[written.writer]

    def _chain(self, connection: Connection) -> _Chain:
        chain = connection.info.get(_NAME)
        if not isinstance(chain, _Chain) or chain.process != os.getpid() or chain.staged is not None:
            chain = _Chain(key=self._key, writer=secrets.randbits(63), process=os.getpid())
            connection.info[_NAME] = chain
        return chain

    def _remember(self, chain: _Chain, end: ChainEnd) -> None:
        chain.end, chain.staged = end, None
        with self._lock:
            self._last[chain.writer] = Written(writer=chain.writer, end=end)


def append(connection: Connection, lines: Sequence[tuple[str | None, bytes]]) -> None:
    """Add entries, each with its subject, to the journal within the transaction of a writer."""
    chain = connection.info.get(_NAME)
    if not isinstance(chain, _Chain):
        raise Misconfigured("The journal is written with the journal's key, and this database was opened without it.")
    end, rows = chain.staged or chain.end, list[Row]()
    for subject, entry in lines:
        last, end = end, bind(end, chain.key, writer=chain.writer, subject=subject, entry=entry)
        rows.append(
            {
                "subject": subject,
                "entry": entry,
                "writer": chain.writer,
                "counter": end.counter,
                "previous": last.mac,
                "mac": end.mac,
            }
        )
    if rows:
        _INSERT.run(connection, rows)
        chain.staged = end
