"""What lies outside: people, and AWS as it is provisioned, observed, swept, handed out and browsed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from daypass.model.decision import Circumstances, Needs
from daypass.model.freeze import Freezes
from daypass.model.grant import Grant, GrantId, Presence
from daypass.model.principal import GroupName, Principal, PrincipalId, SlackGroupId
from daypass.model.resource import Resource


class Directory(Protocol):
    """Who is who. Never guesses: what is ambiguous is refused."""

    def principal(self, principal_id: PrincipalId) -> Principal:
        """
        Read one person, with their Slack groups and AWS identity as they are now.

        Raises NotFound for nobody, Misconfigured when more than one AWS identity claims this person.
        """
        ...

    def last_known(self, principal_id: PrincipalId) -> Principal | None:
        """
        Remember one person as they were last read, at most a day ago; None when they were not. Asks nobody.

        For breaking glass and using what that gave, while `principal` raises Unavailable, and for a freeze,
        which only takes away; for nothing else.
        """
        ...

    def members(self, group: SlackGroupId | GroupName) -> frozenset[PrincipalId]:
        """Read who is in a Slack user group, or in a group of another directory (`file:analysts`). Raises NotFound."""
        ...

    def group_name(self, group: SlackGroupId) -> str:
        """What people call a Slack user group: `@leads`. Raises NotFound for one that is unknown or disabled."""
        ...

    def everybody(self) -> list[Principal]:
        """
        List all people there are, perhaps as they were some minutes ago: to say what rules would do, never to decide.

        Robots are not among them. Raises Unavailable or Throttled when that cannot be found out now.
        """
        ...


class Facts(Protocol):
    """What rules look at besides who is who: on-call, tickets, tags."""

    def circumstances(
        self, needed: Needs, *, at: datetime, place: Resource | None = None, people: Sequence[Principal] = ()
    ) -> Circumstances:
        """
        Find out what is needed about a place and about the people who ask for it, for access that would begin at `at`.

        Without a place nothing is known of a bucket; without people nobody who answers for them is looked up. Never
        raises for a fact that cannot be found out: it is left out, and the rules judge without it. How many grants
        somebody has is the ledger's to know.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document that AWS would be, or was, given: where it goes and its exact text."""

    place: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What a provisioning would do, without doing it."""

    papers: tuple[Paper, ...]
    notes: tuple[str, ...] = ()
    """Sentences for the person, such as that the policy will be a managed one."""
    guarded: str = ""
    """Why only a rule that names the resource exactly grants it: `it can ...`; empty when any rule may."""


class Leavers(Protocol):
    """Says whether somebody has left."""

    def has_left(self, principal_id: PrincipalId) -> bool:
        """
        Whether `deleted: true` is said of that very id. Nobody by that id is not somebody who left.

        Raises Unavailable, Throttled, Misconfigured.
        """
        ...


class Clearance(Protocol):
    """Says again, under the rules and people of now, whether what was approved may begin."""

    def must_not_be_frozen(self, grant: Grant) -> Freezes:
        """Raise NotAllowed when it is frozen by now, asking the ledger alone; else say what must still stand then."""
        ...

    def must_not_be_leaving(self, grant: Grant) -> None:
        """Raise Unavailable while it is open whether a person of it has left, asking the ledger alone."""
        ...

    def may_begin(self, grant: Grant, now: datetime) -> None:
        """
        Return when it may.

        Raises a Refusal when it may not, Unavailable or Misconfigured when that could not be found out.
        """
        ...


class Provisioner(Protocol):
    """
    How one delivery enters AWS and leaves it again.

    Every method may be repeated and may be cut off half-way: the next call finishes the work. Besides Unavailable
    and Throttled they raise AwsForbids when Daypass's own permissions are too small, and BadInput when what is
    asked can never be put into AWS as it is.
    """

    def promise(self, resource: Resource) -> str:
        """Say what a requestor is shown: what ending access to this early can and cannot promise."""
        ...

    def rehearse(self, draft: Grant) -> DryRun:
        """Say what would be written for a leased grant. Raises BadInput when it would not fit or has nowhere to go."""
        ...

    def provision(self, grant: Grant) -> None:
        """Put the access of a leased grant into AWS, its dates inside."""
        ...

    def revoke(self, grant: Grant, now: datetime) -> Presence:
        """
        Take it out again; returns ABSENT when AWS's own answer proves that nothing is left.

        LAPSING is what can only be waited for: nothing of it is handed out any more, and what was ends by itself.
        """
        ...

    def observe(self, grant: Grant, now: datetime) -> Presence:
        """Look at AWS, never at us."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedObject:
    """Something in AWS that carries Daypass's mark."""

    grant: GrantId
    what: str
    """For people: `inline policy daypass-x of user ann`."""
    handle: str
    """For the sweep: enough to remove it."""
    spent: bool = False
    """Whether it is a deny whose date is over: an early end leaves one behind, and nothing else does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strange:
    """Something in AWS that is called as Daypass calls things, and is of another installation, or of no known form."""

    what: str
    """For people: `inline policy daypass-x of user ann`."""


class Sweep(Protocol):
    """What stands in AWS under a mark of Daypass, whoever remembers it."""

    def standing(self) -> Iterator[MarkedObject | Strange]:
        """Go through everything that carries our mark, or a strange one."""
        ...

    def remove(self, standing: MarkedObject) -> bool:
        """Remove one of them; returns whether it was still there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """AWS credentials of one grant's session. They are handed over and forgotten."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expires_at: datetime
    """The sooner of the session's and the grant's end."""
    renewable: bool = True
    """False when they end with the grant: others, asked for later, would end no later."""
    region: str = ""
    """Where the granted resource is; empty where nobody knows."""


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

    def check(self, place: Resource) -> None:
        """Raise BadInput (field `resource`) when there is no such bucket."""
        ...
