"""A real ledger with a request in it that waits, and a second worker that comes at the worst moment."""

from collections.abc import Callable
from pathlib import Path

from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.request import Request
from daypass.store.ledger import SqlLedger
from tests.tables import with_tables


def ledger(folder: Path) -> SqlLedger:
    """A ledger of its own."""
    database = with_tables(f"sqlite:///{folder / 'daypass.db'}")
    return SqlLedger(database)


def file(book: SqlLedger, request: Request) -> Request:
    """Write a request down as it is; gives it as it was stored."""
    event = Event(kind=EntryKind.REQUEST_FILED, at=request.filed_at, actor=request.requestor, subject=request.id)
    book.record(Fact(event=event, changes=(request,)))
    return book.request(request.id)


def told(book: SqlLedger, request_id: GrantId, kind: EntryKind) -> list[Event]:
    """The journal entries of one kind about a request."""
    return [event for event in book.story(request_id) if event.kind is kind]


class OvertakenLedger:
    """A ledger whose story is read just before somebody else acts on it."""

    def __init__(self, book: SqlLedger, other: Callable[[], object]) -> None:
        self._book, self._other = book, other

    def story(self, subject: GrantId) -> list[Event]:
        """Read the story, and then let the other one act."""
        read = self._book.story(subject)
        self._other()
        return read

    def __getattr__(self, name: str) -> object:
        """Everything else is the real one's."""
        return getattr(self._book, name)
