"""
The process that signs the journal is killed (SIGKILL) before statements of the fold and of the head that it remembers.

Each life gets two entries to sign, and one more comes after its death. tests/soak takes every single statement, on both
databases; the suite takes one in seven.
"""

import io
import json
from itertools import count
from pathlib import Path

from sqlalchemy import text

from daypass.journal import fold as folding
from daypass.journal import head as heads
from daypass.journal.checkpoint import open_checkpoint
from daypass.journal.head import RememberedHead
from daypass.journal.verdict import Verified
from daypass.journal.verify import verify
from daypass.store import database as databases
from daypass.store import head_file, head_memory, journal_rows, sequencer
from daypass.store import journal as books
from daypass.store.head_file import HeadFile
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from tests.doom import killed_before
from tests.keys import SIGNER
from tests.store.facts import a_grant, fact

_STATEMENTS_OF = {
    str(module.__file__) for module in (sequencer, head_memory, head_file, journal_rows, folding, heads, books)
}


class Case:
    """A journal that is signed by processes that die, and its head in a file."""

    def __init__(self, url: str, head: Path) -> None:
        self._url, self._head = url, head
        self._store = databases.open(url, SIGNER)
        self._store.migrate()
        self.recorded = 0
        self.book.fold()

    @property
    def book(self) -> SqlBook:
        """The journal, as a process sees it that has just started."""
        return SqlBook(self._store, HeadFile(self._head))

    def record(self, many: int) -> None:
        """Commit entries."""
        SqlLedger(self._store).record(*(fact(a_grant(), number=self.recorded + one) for one in range(many)))
        self.recorded += many

    def killed_before(self, statement: int) -> str | None:
        """Let a process fold and die there; returns where, or None when it ran through."""
        self._store.close()

        def act() -> None:
            SqlBook(databases.open(self._url, SIGNER), HeadFile(self._head)).fold()

        return killed_before(statement, act, of=_STATEMENTS_OF)

    def must_go_on(self, where: str) -> bool:
        """Sign what waits, the batch that was begun by itself and first; returns whether one had to be done again."""
        pending = RememberedHead.parse(self._head.read_text(), SIGNER.public).pending
        book = self.book
        again = pending is not None and book.checkpoint().size < pending.frontier.size
        if pending is not None and again:
            assert (book.fold(), book.checkpoint().size) == (len(pending.rows), pending.frontier.size), where
        while book.fold():
            pass
        if pending is not None:
            assert pending.frontier.root().hex() == self._root_at(pending.frontier.size), where
        assert (book.waiting(), book.checkpoint().size) == (0, self.recorded), where
        assert self._store.damage.found == (), where
        return again

    def must_verify(self) -> None:
        """Every entry stands there once, and was signed in its place."""
        lines = list(self.book.export())
        numbers = [json.loads(line)["entry"]["details"]["number"] for line in lines if b'"entry"' in line]
        assert sorted(numbers) == list(range(self.recorded))
        assert isinstance(verify(io.BytesIO(b"".join(lines)), SIGNER.public), Verified)

    def close(self) -> None:
        """Close the database."""
        self._store.close()

    def _root_at(self, size: int) -> str:
        with self._store.reading() as connection:
            note = connection.execute(text("SELECT note FROM checkpoints WHERE size = :size"), {"size": size})
            return open_checkpoint(note.scalar_one(), SIGNER.public).root.hex()


def kill_at_statements(url: str, head: Path, *, step: int) -> tuple[set[str], int, int]:
    """
    Kill a fold before each `step`-th statement, a fresh one each time, and go on after it.

    Returns in which files it died, how often, and how often a batch had to be done again.
    """
    case, died, again = Case(url, head), list[str](), 0
    for statement in count(1, step):
        case.record(2)
        where = case.killed_before(statement)
        case.record(1)
        again += case.must_go_on(where or "ran through")
        if where is None:
            break
        died.append(where.partition(":")[0])
    case.must_verify()
    case.close()
    return set(died), len(died), again
