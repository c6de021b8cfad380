"""State and its journal, written together and read back: ports.Ledger."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec
from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError

from daypass.model.decision import Approvers
from daypass.model.effect import GIVES
from daypass.model.errors import Conflict, NotFound, Unavailable
from daypass.model.event import Event
from daypass.model.fact import Fact
from daypass.model.grant import Grant, GrantId, GrantState
from daypass.model.link import Link
from daypass.model.passkey import OneTimeLink
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Request, RequestState
from daypass.ports import Page
from daypass.store import tables
from daypass.store.codec import GRANTS, KINDS, LINKS, REQUESTS, AnyRow, AnySelect, Codec, Value
from daypass.store.commit import commit
from daypass.store.damaged_rows import each, page, readable, slices
from daypass.store.database import Database
from daypass.store.journal_rows import BINDING, bound
from daypass.store.records import SqlCabinet
from daypass.store.seldom import seldom
from daypass.store.words import events_of

_ERRANDS_AT_ONCE = 1_000
"""Errands that are deleted in one transaction, so that they keep nobody else waiting."""


class SqlLedger(SqlCabinet):
    """The ledger in a database, and the records with it."""

    def record(self, *facts: Fact) -> None:
        """
        Write the facts in one commit. Raises Conflict, and writes nothing, when any row has moved.

        Raises JournalDamaged for a fact that gives access while the journal is damaged, Unavailable for one while
        this process may give nothing.
        """
        if any(fact.event.kind in GIVES for fact in facts):
            self._database.must_be_allowed_to_give()
        try:
            with self._database.writing() as connection:
                if commit(connection, facts, self._database.sealer):
                    raise _moved(facts)
        except IntegrityError as error:  # a row that was new a moment ago
            raise _moved(facts) from error

    def record_each(self, facts: Sequence[Fact]) -> list[Fact]:
        """
        Write the facts in one commit, leaving out and returning those of which a row has moved.

        Left out too is what gives access while nothing may be given.
        """
        forbidden = [] if self._may_give() else [fact for fact in facts if fact.event.kind in GIVES]
        allowed = [fact for fact in facts if fact not in forbidden] if forbidden else facts
        for _ in range(2):
            with suppress(IntegrityError):  # somebody inserted one of the rows meanwhile: next time it is seen
                return self._record_each(allowed) + forbidden
        return [fact for fact in allowed if not self._recorded(fact)] + forbidden

    def must_be_allowed_to_give(self) -> None:
        """Raise JournalDamaged while the journal is damaged, Unavailable while this process may give nothing."""
        self._database.must_be_allowed_to_give()

    def _may_give(self) -> bool:
        try:
            self._database.must_be_allowed_to_give()
        except Unavailable:
            return False
        return True

    def _recorded(self, fact: Fact) -> bool:
        """Write one fact by itself; False when a row has moved, or was put back behind what the journal tells of it."""
        try:
            self.record(fact)
        except Conflict:
            return False
        return True

    def _record_each(self, facts: Sequence[Fact]) -> list[Fact]:
        with self._database.writing() as connection:
            return commit(connection, facts, self._database.sealer)

    def request(self, request_id: GrantId) -> Request:
        """Read one request. Raises NotFound."""
        return self._one(REQUESTS, request_id, f"request {request_id}")

    def grant(self, grant_id: GrantId) -> Grant:
        """Read one grant. Raises NotFound."""
        return self._one(GRANTS, grant_id, f"grant {grant_id}")

    def requests(
        self,
        *,
        requestor: PrincipalId | None = None,
        states: Iterable[RequestState] | None = None,
        ids: Iterable[GrantId] | None = None,
    ) -> list[Request]:
        """Read all requests of a kind, newest first. A row that cannot be read is logged and left out."""
        found = _those(self._database, _requests(requestor, states), REQUESTS, ids)
        return sorted(found, key=lambda request: (request.filed_at, request.id), reverse=True)

    def each_request(
        self, *, requestor: PrincipalId | None = None, states: Iterable[RequestState] | None = None
    ) -> Iterator[Request]:
        """Read the same one after the other, newest first."""
        queries = [_requests(requestor, [state]) for state in states or RequestState]
        return each(self._database, queries, REQUESTS, newest_first=True)

    def grants(
        self,
        *,
        principal: PrincipalId | None = None,
        states: Iterable[GrantState] | None = None,
        ids: Iterable[GrantId] | None = None,
        approved_after: datetime | None = None,
    ) -> list[Grant]:
        """Read all grants of a kind, newest first. A row that cannot be read is logged and left out."""
        query = _grants(principal, states)
        if approved_after is not None:
            query = query.where(tables.grants.c.approved_at > approved_after)
        found = _those(self._database, query, GRANTS, ids)
        return sorted(found, key=lambda grant: (grant.approved_at, grant.id), reverse=True)

    def each_grant(self, *, states: Iterable[GrantState]) -> Iterator[Grant]:
        """Read all grants in some states one after the other, newest first."""
        queries = [_grants(None, [state]) for state in states]
        return each(self._database, queries, GRANTS, newest_first=True)

    def pending_for(self, person: Principal) -> list[Request]:
        """Read the pending requests in which somebody is named, or a group of theirs, newest first."""
        body = tables.requests.c.body
        names = (*person.ids, *person.slack_groups, *person.groups)
        named = or_(*(body.contains(msgspec.json.encode(str(name)).decode(), autoescape=True) for name in names))
        found = _those(self._database, _requests(None, [RequestState.PENDING]).where(named), REQUESTS, None)
        return sorted(found, key=lambda request: (request.filed_at, request.id), reverse=True)

    def held_by_others(self, person: PrincipalId, *, states: Iterable[GrantState]) -> list[tuple[GrantId, Approvers]]:
        """Read which grants others have, newest first, and who was asked about each: a hint, not checked."""
        columns, asked = tables.grants.c, tables.requests.c
        held = select(columns.id, columns.approved_at, asked.body).join(tables.requests, asked.id == columns.id)
        theirs = held.where(seldom(columns.state.in_(list(states))), columns.principal != person)
        with self._database.reading() as connection:
            rows = connection.execute(theirs).all()
        newest = sorted(rows, key=lambda row: (row.approved_at, row.id), reverse=True)
        return [(GrantId(row.id), _approvers_in(row.body)) for row in newest]

    def told_of(self, ids: Iterable[GrantId]) -> frozenset[GrantId]:
        """Pick the ids of grants of which a change was ever committed."""
        told = set[GrantId]()
        with self._database.reading() as connection:
            for some in slices(sorted(ids)):
                names = {f"{tables.grants.name}/{one}": one for one in some}
                asked = select(tables.changes.c.name).where(tables.changes.c.name.in_(names)).distinct()
                told |= {names[name] for name in connection.execute(asked).scalars()}
        return frozenset(told)

    def drop_errands(self, *, before: datetime) -> int:
        """Delete the errands that were begun before then; they are over. Returns how many there were."""
        records = tables.records.c
        old = select(records.id).where(records.kind == KINDS[OneTimeLink], records.at < before).limit(_ERRANDS_AT_ONCE)
        dropped = 0
        while True:
            with self._database.writing() as connection:
                gone = connection.execute(delete(tables.records).where(records.id.in_(old))).rowcount
            dropped += gone
            if gone < _ERRANDS_AT_ONCE:
                return dropped

    def chain(self, root: GrantId) -> list[Grant]:
        """Read a grant and all that prolong it, oldest first."""
        with self._database.reading() as connection:
            found = readable(
                connection, GRANTS.select.where(tables.grants.c.chain == root), GRANTS, self._database.sealer
            )
        return sorted(found, key=lambda grant: (grant.approved_at, grant.id))

    def page_of_requests(
        self, *, requestor: PrincipalId, states: Iterable[RequestState], skip: int, size: int
    ) -> Page[Request]:
        """Read a page of a person's requests, newest first."""
        queries = [_requests(requestor, [state]) for state in states]
        return page(self._database, queries, REQUESTS, skip=skip, size=size)

    def page_of_grants(
        self, *, principal: PrincipalId, states: Iterable[GrantState], skip: int, size: int
    ) -> Page[Grant]:
        """Read a page of a person's grants, newest first."""
        queries = [_grants(principal, [state]) for state in states]
        return page(self._database, queries, GRANTS, skip=skip, size=size)

    def lapsed(self, *, filed_before: datetime) -> Iterator[Request]:
        """Read all pending requests that were filed before a moment, oldest first."""
        columns = tables.requests.c
        pending = REQUESTS.select.where(seldom(columns.state == RequestState.PENDING), columns.filed_at < filed_before)
        return each(self._database, [pending], REQUESTS)

    def story(self, subject: GrantId) -> list[Event]:
        """Read every journal entry about a request and its grant, oldest first; a forged one is left out."""
        columns = tables.journal.c
        entries = select(*BINDING).where(columns.subject == subject).order_by(columns.id)
        with self._database.reading() as connection:
            rows = connection.execute(entries).all()
            return events_of(connection, [row for row in rows if self._is_evidence(row)])

    def _is_evidence(self, row: AnyRow) -> bool:
        """Whether a binding holds, which nobody needs the signature for; one that does not is damage."""
        if self._database.writers.committed(bound(row)):
            return True
        self._database.damage.report(
            f"Row {row.id} of the journal is not what was committed: its binding does not fit."
        )
        return False

    def link(self, token_hash: str) -> Link:
        """Read a Daypass link by the SHA-256 (hex) of its token. Raises NotFound."""
        return self._one(LINKS, token_hash, "link")

    def _one(self, codec: Codec[Value], key: str, what: str) -> Value:
        with self._database.reading() as connection:
            found = codec.find(connection, key, self._database.sealer)
        if found is None:
            raise NotFound(f"There is no {what} here.")
        return found


def _requests(requestor: PrincipalId | None, states: Iterable[RequestState] | None) -> AnySelect:
    columns, query = tables.requests.c, REQUESTS.select
    if requestor is not None:
        query = query.where(columns.requestor == requestor)
    return query if states is None else query.where(seldom(columns.state.in_(list(states))))


def _grants(principal: PrincipalId | None, states: Iterable[GrantState] | None) -> AnySelect:
    columns, query = tables.grants.c, GRANTS.select
    if principal is not None:
        query = query.where(columns.principal == principal)
    return query if states is None else query.where(seldom(columns.state.in_(list(states))))


class _Asked(msgspec.Struct):
    """What is taken out of a request's body to choose by."""

    approvers: Approvers = Approvers()


_ASKED = msgspec.json.Decoder(_Asked)


def _approvers_in(body: str) -> Approvers:
    """Who was asked; nobody where it cannot be read, which whoever reads the row itself is told."""
    try:
        return _ASKED.decode(body).approvers
    except (msgspec.DecodeError, ValueError):
        return Approvers()


def _those(database: Database, query: AnySelect, codec: Codec[Value], ids: Iterable[GrantId] | None) -> Iterator[Value]:
    """Run a query, for these ids if any are given."""
    key = query.selected_columns["id"]
    queries = [query] if ids is None else (query.where(key.in_(some)) for some in slices(ids))
    with database.reading() as connection:
        for one in queries:
            yield from readable(connection, one, codec, database.sealer)


def _moved(facts: Sequence[Fact]) -> Conflict:
    subject = next((fact.event.subject for fact in facts if fact.event.subject), None)
    return Conflict(f"Somebody else changed {subject or 'this'} first. Look again.")
