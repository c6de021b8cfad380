"""
Every way out of the house, on one page.

The movers (lifecycle, reconcile) get these as arguments; adapters further out answer to them. Each docstring is
the contract that the contract tests check. Every method may raise Unavailable.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from daypass.model.entitlement import S3Place
from daypass.model.event import Event, Fact, Link, Login
from daypass.model.grant import Grant, GrantId, GrantState, Presence
from daypass.model.principal import Principal, PrincipalId, SlackGroupId
from daypass.model.request import Request, RequestState


class Ledger(Protocol):
    """State and its journal, written together."""

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

    def request(self, request_id: GrantId) -> Request:
        """Read one request. Raises NotFound."""
        ...

    def grant(self, grant_id: GrantId) -> Grant:
        """Read one grant. Raises NotFound."""
        ...

    def requests(
        self, *, requestor: PrincipalId | None = None, states: Iterable[RequestState] | None = None, limit: int = 100
    ) -> list[Request]:
        """Read requests, newest first."""
        ...

    def grants(
        self,
        *,
        principal: PrincipalId | None = None,
        states: Iterable[GrantState] | None = None,
        ids: Iterable[GrantId] | None = None,
        limit: int = 100,
    ) -> list[Grant]:
        """Read grants, newest first."""
        ...

    def lapsed(self, *, filed_before: datetime, limit: int = 100) -> list[Request]:
        """Read pending requests that were filed before a moment, oldest first."""
        ...

    def story(self, subject: GrantId) -> list[Event]:
        """Read every journal entry about a request and its grant, oldest first."""
        ...

    def link(self, token_hash: str) -> Link:
        """Read a Daypass link by the SHA-256 (hex) of its token. Raises NotFound."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A grant whose step did not succeed: how often, since when it is overdue, and what was said last."""

    grant: Grant
    attempts: int
    overdue_since: datetime
    error: str
    reported: bool
    """Whether the journal has been told that it is stuck."""


class Queue(Protocol):
    """Grants that somebody must look at, each held by one worker at a time."""

    def claim(self, *, now: datetime, hold: timedelta, limit: int) -> list[Grant]:
        """
        Take up to `limit` due grants that nobody holds, longest overdue first, and hold them until now + hold.

        Two callers never hold the same grant. A hold ends when the grant is moved on (recorded in another state, or to
        be looked at at another moment), given back, or when its time is over, so that a dead worker's grants are
        taken by another. Recording a new lease for a grant that is still approved does not end it.
        """
        ...

    def postpone(self, grant_id: GrantId, *, until: datetime, error: str, state: GrantState | None = None) -> int:
        """
        Give a grant back to be looked at again later; returns how often it has failed in a row.

        Whoever moved the grant on meanwhile said when it is to be looked at, and that stands: nothing changes when it
        is not held any more, or no longer in the `state` that the caller claimed it in (None: not asked).
        """
        ...

    def wait(self, grant_id: GrantId, *, until: datetime, state: GrantState | None = None) -> None:
        """Give a grant back, untroubled, to be looked at again at a moment; if moved meanwhile, as for `postpone`."""
        ...

    def attempts(self, grant_id: GrantId) -> int:
        """How often this grant's step has failed in a row; 0 once it was moved on."""
        ...

    def troubled(self, *, overdue_before: datetime, limit: int = 100) -> list[Trouble]:
        """Read grants that have been overdue since before a moment, longest first."""
        ...

    def reported(self, grant_ids: Iterable[GrantId]) -> None:
        """Remember that the journal has been told of these troubles."""
        ...

    def depth(self, *, now: datetime) -> int:
        """How many grants are due now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An outbox line: an event that people are to be told of."""

    id: int
    event: Event
    attempts: int


class Outbox(Protocol):
    """What people are still to be told. Written by Ledger.record alone, in the commit of the state it tells of."""

    def claim(self, *, now: datetime, hold: timedelta, limit: int) -> list[Notice]:
        """Take the oldest line of each subject that nobody holds: lines of one subject are told in their order."""
        ...

    def sent(self, notice_id: int) -> None:
        """Cross a line out."""
        ...

    def delay(self, notice_id: int, *, until: datetime, error: str) -> None:
        """Try a line again later."""
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


class Logins(Protocol):
    """Command lines that speak for somebody. Once somebody's, they change through Ledger.record alone."""

    def await_confirmation(self, login: Login, *, now: datetime) -> None:
        """
        Keep a login that nobody has confirmed. It is no one's yet, so the journal is not told of it.

        Drops those that lapsed unconfirmed; raises Unavailable when 1,000 wait already (anybody may ask).
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

    def of(self, principal: PrincipalId) -> list[Login]:
        """Read the logins of a person, newest first."""
        ...


class Directory(Protocol):
    """Who is who. Never guesses: what is ambiguous is refused."""

    def principal(self, principal_id: PrincipalId) -> Principal:
        """
        Read one person, with their Slack groups and AWS identity as they are now.

        Raises NotFound for nobody, Misconfigured when more than one AWS identity claims this person.
        """
        ...

    def members(self, group: SlackGroupId) -> frozenset[PrincipalId]:
        """Read who is in a Slack user group. Raises NotFound."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document that AWS would be, or was, given: where it goes and its exact text."""

    place: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a provisioning would do, without doing it."""

    papers: tuple[Paper, ...]
    notes: tuple[str, ...] = ()
    """Sentences for the person, such as that the policy will be a managed one."""


class Provisioner(Protocol):
    """
    How one delivery enters AWS and leaves it again.

    Every method may be repeated and may be cut off half-way: the next call finishes the work. Besides Unavailable
    and Throttled they raise AwsForbids when Daypass's own permissions are too small, and BadInput when what is
    asked can never be put into AWS as it is.
    """

    promise: str
    """The sentence a requestor is shown: what ending early can and cannot promise."""

    def rehearse(self, draft: Grant) -> Rehearsal:
        """Say what would be written for a leased grant. Raises BadInput when it would not fit or has nowhere to go."""
        ...

    def provision(self, grant: Grant) -> None:
        """Put the access of a leased grant into AWS, its dates inside."""
        ...

    def revoke(self, grant: Grant, now: datetime) -> Presence:
        """Take it out again; returns ABSENT when AWS's own answer proves that nothing is left."""
        ...

    def observe(self, grant: Grant, now: datetime) -> Presence:
        """Look at AWS, never at us."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Something in AWS that carries Daypass's mark."""

    grant: GrantId
    what: str
    """For people: `inline policy daypass-x of user ann`."""
    handle: str
    """For the sweep: enough to remove it."""


class Sweep(Protocol):
    """What stands in AWS under our mark, whoever remembers it."""

    def standing(self) -> Iterator[Standing]:
        """Go through everything that carries our mark."""
        ...

    def remove(self, standing: Standing) -> None:
        """Remove one of them; removing what is gone is no error."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """AWS credentials of one grant's session. They are handed over and forgotten."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expires_at: datetime
    """The sooner of the session's and the grant's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostForm:
    """A presigned POST: the address and every field that must be sent with the file."""

    url: str = field(repr=False)
    fields: tuple[tuple[str, str], ...] = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedUrl:
    """A presigned URL of one object, good until `expires_at` or until the grant is ended."""

    key: str
    url: str = field(repr=False)
    expires_at: datetime


class Vendor(Protocol):
    """Hands out what a live grant entitles to; changes nothing in AWS."""

    def credentials(self, grant: Grant, now: datetime) -> Credentials:
        """Open a session of this grant: 15 minutes at least for STS, never past the grant by its policy."""
        ...

    def console(self, grant: Grant, now: datetime) -> str:
        """Make a console sign-in address; good for 15 minutes, a secret."""
        ...

    def get(self, grant: Grant, key: str, now: datetime, *, lives: timedelta | None = None) -> SignedUrl:
        """Presign a GET. `lives` shortens it; at most 7 days, never past the grant."""
        ...

    def put(self, grant: Grant, key: str, now: datetime, *, lives: timedelta | None = None) -> SignedUrl:
        """Presign a PUT of one object."""
        ...

    def post(self, grant: Grant, now: datetime, *, least: int, most: int) -> PostForm:
        """Presign a POST under the grant's prefix for files of `least` to `most` bytes."""
        ...

    def manifest(self, grant: Grant, now: datetime) -> Iterator[SignedUrl]:
        """Presign a GET for every object under the grant's prefix."""
        ...


class Catalogue(Protocol):
    """What there is to ask for."""

    def buckets(self) -> list[str]:
        """Names of the buckets there are, sorted."""
        ...

    def prefixes(self, bucket: str, start: str) -> list[str]:
        """Prefixes and objects of a bucket that begin with `start`, one level deep, at most 100. Raises NotFound."""
        ...

    def check(self, place: S3Place) -> None:
        """Raise BadInput (field `resource`) when there is no such bucket."""
        ...


class Book(Protocol):
    """The journal as it is read and carried out of the house."""

    def size(self) -> int:
        """How many entries are in the tree."""
        ...

    def checkpoint(self) -> str:
        """The newest signed checkpoint, in C2SP text form; empty before the first."""
        ...

    def public_key(self) -> str:
        """The verifier key (C2SP vkey) that checks our checkpoints."""
        ...

    def export(self) -> Iterator[bytes]:
        """The whole journal as the lines of an export file; see journal/export."""
        ...

    def inclusion(self, index: int) -> Sequence[bytes]:
        """The proof that entry `index` is under the newest checkpoint. Raises NotFound."""
        ...

    def consistency(self, first: int, second: int) -> Sequence[bytes]:
        """The proof that the tree of `second` entries extends the tree of `first`. Raises NotFound."""
        ...
