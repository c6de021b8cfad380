"""What the house remembers: requests and grants, whom to look at, what to tell, and who is logged in."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from daypass.model.decision import Approvers
from daypass.model.event import Event
from daypass.model.fact import Fact, Record
from daypass.model.grant import Grant, GrantId, GrantState
from daypass.model.link import Link
from daypass.model.login import Login
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Request, RequestState

Recorded = TypeVar("Recorded", bound=Record)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """A part of a list, for people who turn pages, with how long the whole list is."""

    items: tuple[Item, ...]
    total: int


class Records(Protocol):
    """Small values of many kinds, kept beside requests and grants. Written by Ledger.record alone."""

    def find(self, kind: type[Recorded], key: str) -> Recorded:
        """Read the one of a kind that has this key. Raises NotFound."""
        ...

    def all(
        self,
        kind: type[Recorded],
        *,
        owner: str | None = None,
        states: Iterable[str] | None = None,
        since: datetime | None = None,
    ) -> list[Recorded]:
        """
        Read all of a kind, newest first by `at`: of one owner, in some states, after a moment (None: whatever it is).

        Whoever asks for what may be over names what keeps the answer short: an owner, a state that ends, a moment.
        """
        ...

    def given(self, kind: type[Recorded], *, by: str, states: Iterable[str]) -> list[Recorded]:
        """Read all of a kind that somebody gave to others, newest first by `at`."""
        ...

    def running(self, kind: type[Recorded], *, state: str, now: datetime) -> list[Recorded]:
        """Read those of a kind in a state that have an end, and not reached it, newest first by `at`."""
        ...

    def over(self, kind: type[Recorded], *, state: str, now: datetime) -> list[Recorded]:
        """Read those of a kind in a state that have reached their end, newest first by `at`."""
        ...

    def some(self, kind: type[Recorded], keys: Iterable[str]) -> list[Recorded]:
        """Read those of a kind that have these keys, newest first by `at`; what is not there is left out."""
        ...

    def newest(self, kind: type[Recorded], *, owner: str | None = None) -> Recorded | None:
        """Read the newest one of a kind by `at`."""
        ...

    def page(
        self,
        kind: type[Recorded],
        *,
        states: Iterable[str] | None = None,
        skip: int,
        size: int,
    ) -> Page[Recorded]:
        """Read a page of a kind, newest first by `at`, for people who turn pages. Nothing is decided by it."""
        ...


class Ledger(Records, Protocol):
    """
    State and its journal, written together; records are read here too.

    Whatever gives a list here gives all of it: what decides, ends, reminds or escalates by it misses nobody. Only
    `page_of_...` gives a part, to people who turn pages, and says how long the whole is.
    """

    def record(self, *facts: Fact) -> None:
        """
        Write the facts in one commit: rows, journal entries, outbox lines.

        A changed row carries the revision it was read with; the row stored gets the next one. A row of revision 0
        that is not stored yet is inserted. Raises Conflict, and writes nothing at all, when any row has moved since.
        """
        ...

    def record_each(self, facts: Sequence[Fact]) -> list[Fact]:
        """Like `record`, many in one commit, but a fact whose row has moved is left out; returns those left out."""
        ...

    def must_be_allowed_to_give(self) -> None:
        """Raise JournalDamaged while the journal is damaged, Unavailable while this process may give nothing."""
        ...

    def request(self, request_id: GrantId) -> Request:
        """Read one request. Raises NotFound."""
        ...

    def grant(self, grant_id: GrantId) -> Grant:
        """Read one grant. Raises NotFound."""
        ...

    def requests(
        self,
        *,
        requestor: PrincipalId | None = None,
        states: Iterable[RequestState] | None = None,
        ids: Iterable[GrantId] | None = None,
    ) -> list[Request]:
        """Read all requests of a person, in some states or with these ids (None: not asked), newest first."""
        ...

    def each_request(
        self, *, requestor: PrincipalId | None = None, states: Iterable[RequestState] | None = None
    ) -> Iterator[Request]:
        """Read the same one after the other, so that millions fit; each page of it is as new as when it is read."""
        ...

    def grants(
        self,
        *,
        principal: PrincipalId | None = None,
        states: Iterable[GrantState] | None = None,
        ids: Iterable[GrantId] | None = None,
        approved_after: datetime | None = None,
    ) -> list[Grant]:
        """Read all grants of a person, in some states, with these ids, as new (None: not asked), newest first."""
        ...

    def each_grant(self, *, states: Iterable[GrantState]) -> Iterator[Grant]:
        """Read all grants in some states one after the other, newest first, so that millions fit."""
        ...

    def pending_for(self, person: Principal) -> list[Request]:
        """
        Read the pending requests in which somebody is named, or a group of theirs, newest first.

        Whatever may wait for them is among these, and little else: who does not decide on much need not read all.
        """
        ...

    def held_by_others(self, person: PrincipalId, *, states: Iterable[GrantState]) -> list[tuple[GrantId, Approvers]]:
        """
        Read which grants others have, newest first, and who was asked about each.

        It is a hint that was not checked, to choose by which of them to show; what is shown is read as always.
        """
        ...

    def told_of(self, ids: Iterable[GrantId]) -> frozenset[GrantId]:
        """Pick the ids of grants that there ever were, whatever became of their rows."""
        ...

    def drop_errands(self, *, before: datetime) -> int:
        """Delete the errands that were begun before then; they are over. Returns how many there were."""
        ...

    def chain(self, root: GrantId) -> list[Grant]:
        """Read a grant and all that prolong it, however many, oldest first; see Grant.chain."""
        ...

    def page_of_requests(
        self, *, requestor: PrincipalId, states: Iterable[RequestState], skip: int, size: int
    ) -> Page[Request]:
        """Read a page of a person's requests, newest first."""
        ...

    def page_of_grants(
        self, *, principal: PrincipalId, states: Iterable[GrantState], skip: int, size: int
    ) -> Page[Grant]:
        """Read a page of a person's grants, newest first."""
        ...

    def lapsed(self, *, filed_before: datetime) -> Iterator[Request]:
        """Read all pending requests that were filed before a moment, oldest first."""
        ...

    def story(self, subject: GrantId) -> list[Event]:
        """Read every journal entry about a request and its grant, oldest first."""
        ...

    def link(self, token_hash: str) -> Link:
        """Read a Daypass link by the SHA-256 (hex) of its token. Raises NotFound."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Where in Slack something was said: so that it can be changed in place."""

    channel: str
    ts: str


class Postings(Protocol):
    """Which Slack messages belong to a request."""

    def remember(self, subject: GrantId, purpose: str, message: Message) -> None:
        """Keep a message under its subject and purpose (`review`, `status`, ...)."""
        ...

    def recall(self, subject: GrantId, purpose: str) -> list[Message]:
        """Read the messages kept, oldest first."""
        ...

    def subject_of(self, channel: str, ts: str) -> GrantId | None:
        """The request that a message belongs to; None for a message that is nobody's, or that several share."""
        ...


class Logins(Protocol):
    """Command lines that speak for somebody. Once somebody's, they change through Ledger.record alone."""

    def await_confirmation(self, login: Login, *, now: datetime) -> None:
        """
        Keep a login that nobody has confirmed. It is no one's yet, so the journal is not told of it.

        Drops those that lapsed unconfirmed, and where many wait one of whoever has most; raises TooOften where all of
        these began just now (anybody may ask).
        """
        ...

    def by_device(self, device_hash: str) -> Login:
        """Read a login by its device code's hash. Raises NotFound."""
        ...

    def by_user_code(self, user_code: str, *, now: datetime) -> Login:
        """Read the login that waits, unexpired, with this code. Raises NotFound."""
        ...

    def by_token(self, token_hash: str) -> Login:
        """Read a login by its token's hash. Raises NotFound."""
        ...

    def live(self, *, now: datetime) -> list[Login]:
        """Read every login that is somebody's, and neither ended nor over."""
        ...

    def over(self, *, now: datetime, principal: PrincipalId | None) -> Iterator[Login]:
        """Read every login that was somebody's, or a person's, and was ended or is over."""
        ...

    def of(self, principal: PrincipalId) -> list[Login]:
        """Read the logins of a person, newest first."""
        ...
