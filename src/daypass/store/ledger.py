"""State and its journal, written together and read back: ports.Ledger."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import nlargest

from sqlalchemy import Column, ColumnElement, select
from sqlalchemy.exc import IntegrityError

from daypass.model.errors import Conflict, NotFound
from daypass.model.event import Event, Link
from daypass.model.fact import Fact
from daypass.model.grant import Grant, GrantId, GrantState
from daypass.model.principal import PrincipalId
from daypass.model.request import Request, RequestState
from daypass.store import tables
from daypass.store.cabinet import SqlCabinet
from daypass.store.codec import GRANTS, REQUESTS, AnyRow, read_event
from daypass.store.commit import commit
from daypass.store.reading import AnySelect, readable


class SqlLedger(SqlCabinet):
    """The ledger in a database, and the cabinet with it."""

    def record(self, *facts: Fact) -> None:
        """Write the facts in one commit. Raises Conflict, and writes nothing, when any row has moved."""
        try:
            with self._database.writing() as connection:
                if commit(connection, facts):
                    raise _moved(facts)
        except IntegrityError as error:  # a row that was new a moment ago
            raise _moved(facts) from error

    def record_each(self, facts: Sequence[Fact]) -> list[Fact]:
        """Write the facts in one commit, leaving out and returning those of which a row has moved."""
        try:
            return self._record_each(facts)
        except IntegrityError:  # somebody inserted one of the rows meanwhile: this time it is seen
            return self._record_each(facts)

    def _record_each(self, facts: Sequence[Fact]) -> list[Fact]:
        with self._database.writing() as connection:
            return commit(connection, facts)

    def request(self, request_id: GrantId) -> Request:
        """Read one request. Raises NotFound."""
        return REQUESTS.read(self._one(_REQUEST.where(tables.requests.c.id == request_id), f"request {request_id}"))

    def grant(self, grant_id: GrantId) -> Grant:
        """Read one grant. Raises NotFound."""
        return GRANTS.read(self._one(_GRANT.where(tables.grants.c.id == grant_id), f"grant {grant_id}"))

    def requests(
        self, *, requestor: PrincipalId | None = None, states: Iterable[RequestState] | None = None, limit: int = 100
    ) -> list[Request]:
        """Read requests, newest first. A row that cannot be read is logged and left out."""
        mine = [] if requestor is None else [tables.requests.c.requestor == requestor]
        wanted = RequestState if states is None else states
        with self._database.reading() as connection:
            found = [
                request
                for query in _newest_of_each(_REQUEST, tables.requests.c.filed_at, wanted, mine, limit)
                for request in readable(connection, query, REQUESTS)
            ]
        return nlargest(limit, found, key=lambda request: (request.filed_at, request.id))

    def grants(
        self,
        *,
        principal: PrincipalId | None = None,
        states: Iterable[GrantState] | None = None,
        ids: Iterable[GrantId] | None = None,
        limit: int = 100,
    ) -> list[Grant]:
        """Read grants, newest first. A row that cannot be read is logged and left out."""
        mine = [] if principal is None else [tables.grants.c.principal == principal]
        if ids is not None:
            mine.append(tables.grants.c.id.in_(list(ids)))
        wanted = GrantState if states is None else states
        with self._database.reading() as connection:
            found = [
                grant
                for query in _newest_of_each(_GRANT, tables.grants.c.approved_at, wanted, mine, limit)
                for grant in readable(connection, query, GRANTS)
            ]
        return nlargest(limit, found, key=lambda grant: (grant.approved_at, grant.id))

    def lapsed(self, *, filed_before: datetime, limit: int = 100) -> list[Request]:
        """Read pending requests that were filed before a moment, oldest first."""
        columns = tables.requests.c
        pending = _REQUEST.where(columns.state == RequestState.PENDING, columns.filed_at < filed_before)
        with self._database.reading() as connection:
            return readable(connection, pending.order_by(columns.filed_at).limit(limit), REQUESTS)

    def story(self, subject: GrantId) -> list[Event]:
        """Read every journal entry about a request and its grant, oldest first."""
        columns = tables.journal.c
        entries = select(columns.id, columns.entry).where(columns.subject == subject).order_by(columns.id)
        with self._database.reading() as connection:
            return [read_event(f"journal/{row.id}", row.entry) for row in connection.execute(entries)]

    def link(self, token_hash: str) -> Link:
        """Read a Daypass link by the SHA-256 (hex) of its token. Raises NotFound."""
        row = self._one(select(tables.links).where(tables.links.c.token_hash == token_hash), "link")
        return Link(token_hash=row.token_hash, grant=GrantId(row.grant_id), key=row.key, made_at=row.made_at)

    def _one(self, query: AnySelect, what: str) -> AnyRow:
        with self._database.reading() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(f"There is no {what} here.")
        return row


def _newest_of_each(
    query: AnySelect,
    made_at: Column[datetime],
    states: Iterable[str],
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
) -> list[AnySelect]:
    """Ask state by state: an index gives the newest of one state at once, those of several only by sorting them all."""
    newest = query.order_by(made_at.desc()).limit(limit)
    return [newest.where(made_at.table.c.state == each, *conditions) for each in states]


def _moved(facts: Sequence[Fact]) -> Conflict:
    subject = next((fact.event.subject for fact in facts if fact.event.subject), None)
    about = f" about {subject}" if subject else ""
    return Conflict(f"Somebody else changed what this is{about} first. Look again.")


_REQUEST = select(*(tables.requests.c[name] for name in ("id", "revision", "requestor", "state", "filed_at", "body")))
_GRANT = select(*(tables.grants.c[name] for name in ("id", "revision", "principal", "state", "approved_at", "body")))
