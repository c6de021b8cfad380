"""
What stands at the rim of the house in the flow tests: a clock moved by hand, people in a dict, an AWS in a dict.

The ledger is the real one. This AWS does what the contract in ports.py says and can be told to fail; what real servers
do is tested in tests/deliveries and tests/e2e.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from daypass.lifecycle.end.permissions import Enders
from daypass.lifecycle.judge import Judge
from daypass.model.decision import Circumstances, Needs
from daypass.model.errors import BadInput, NotFound, RulesUnreadable, Unavailable
from daypass.model.grant import Delivery, Grant, GrantId, GrantState, Presence
from daypass.model.principal import GroupName, Principal, PrincipalId, SlackGroupId
from daypass.model.resource import Resource
from daypass.ports import Credentials, DryRun, Ledger, MarkedObject, Paper, PostForm, SignedUrl
from daypass.ports.asker import asker
from daypass.ports.fence import ask_fence, tell_fence
from daypass.rules.load.read import RuleBook
from tests.makers import ANN, ANNS_USER, BOB, BOBS_USER, EVE, NOON, principal


class HandClock:
    """A clock that moves when it is told to."""

    def __init__(self, now: datetime = NOON) -> None:
        """Begin at noon."""
        self.now = now

    def __call__(self) -> datetime:
        """Read the clock."""
        return self.now

    def forward(self, by: timedelta) -> datetime:
        """Move it and read it."""
        self.now += by
        return self.now


class HandDirectory:
    """People as the test lays them out."""

    def __init__(self) -> None:
        """Know Ann, Bob and Eve."""
        self.around = Circumstances(at=NOON)
        self.away = False
        """Whether it does not answer."""
        self._last: dict[PrincipalId, Principal] = {}
        self.looked_up: list[tuple[PrincipalId, PrincipalId | None]] = []
        """Whom it was asked for, and for whom."""
        self.people: dict[PrincipalId, Principal] = {
            ANN: principal(ANN, ANNS_USER),
            BOB: principal(BOB, BOBS_USER),
            EVE: principal(EVE, None),
        }

    def principal(self, principal_id: PrincipalId) -> Principal:
        """Look somebody up."""
        self.looked_up.append((principal_id, asker()))
        if self.away:
            raise Unavailable("Slack does not answer now; it will be tried again.")
        try:
            self._last[principal_id] = self.people[principal_id]
        except KeyError:
            raise NotFound(f"Nobody here is {principal_id}.") from None
        return self._last[principal_id]

    def last_known(self, principal_id: PrincipalId) -> Principal | None:
        """Somebody as they were last looked up."""
        return self._last.get(principal_id)

    def forget(self) -> None:
        """Know nobody by heart, as a process that has just begun."""
        self._last.clear()

    def members(self, group: SlackGroupId | GroupName) -> frozenset[PrincipalId]:
        """Who of the people is in a group."""
        if self.away:
            raise Unavailable("Slack does not answer now; it will be tried again.")
        return frozenset(one.id for one in self.people.values() if group in one.slack_groups | one.groups)

    def group_name(self, group: SlackGroupId) -> str:
        """A name for each group, such as @leads for S0LEADS."""
        if self.away:
            raise Unavailable("Slack does not answer now; it will be tried again.")
        return f"@{group.removeprefix('S0').lower()}"

    def everybody(self) -> list[Principal]:
        """Everybody whom the test laid out."""
        if self.away:
            raise Unavailable("Slack does not answer now; it will be tried again.")
        return [one for one in self.people.values() if not one.robot]

    def circumstances(
        self,
        needed: Needs,
        *,
        at: datetime,
        place: Resource | None = None,  # noqa: ARG002 - the port's
        people: Sequence[Principal] = (),  # noqa: ARG002 - the port's
    ) -> Circumstances:
        """What the test laid out, at this moment; and of people and groups what is asked."""
        if self.away:
            return Circumstances(at=at)
        known = {one: self.people[one] for one in needed.people if one in self.people}
        groups = {group: self.members(group) for group in needed.slack_groups}
        return replace(self.around, at=at, people=known, slack_groups=groups)

    def change(self, principal_id: PrincipalId, **changes: object) -> None:
        """Change what the directory says of somebody."""
        self.people[principal_id] = replace(self.people[principal_id], **changes)  # type: ignore[arg-type]


def judge_by(
    rules: Callable[[], RuleBook], people: HandDirectory, ledger: Ledger, aws: "HandAws | None" = None
) -> Judge:
    """A judge with nothing but hands around it."""
    deliveries = dict.fromkeys(Delivery, aws or HandAws())
    return Judge(rules=rules, people=people, facts=people, ledger=ledger, deliveries=deliveries)


def unreadable() -> RuleBook:
    """The rules while they cannot be read."""
    raise RulesUnreadable(())


def enders(judge: Judge, *, rules: bool = True) -> Enders:
    """Who may end something; without rules as while they cannot be read."""
    return (judge if rules else replace(judge, rules=unreadable)).enders


@dataclass
class HandAws:
    """An AWS in a dict: holds dated grants, and fails as often as it is told to."""

    held: dict[GrantId, Grant] = field(default_factory=dict)
    calls: list[tuple[str, GrantId]] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    on_provision: Callable[[Grant], object] | None = None
    on_revoke: Callable[[Grant], object] | None = None

    guarded: str = ""

    def promise(self, resource: Resource) -> str:
        """The same of everything."""
        return f"Ending access to {resource} early takes effect within seconds."

    def rehearse(self, draft: Grant) -> DryRun:
        """Everything fits here."""
        paper = Paper(place="nowhere", text=str(draft.entitlement))
        return DryRun(papers=(paper,), guarded=self.guarded)

    def provision(self, grant: Grant) -> None:
        """Hold it with its dates, after what happens while the request is under way."""
        self._call("provision", grant)
        ask_fence("hand:Put")
        try:
            if self.on_provision is not None:
                self.on_provision(grant)
        except BadInput:  # a refusal is an answer, too
            tell_fence("hand:Put", settled=True)
            raise
        self.held[grant.id] = grant
        tell_fence("hand:Put", settled=True)

    def revoke(self, grant: Grant, now: datetime) -> Presence:  # noqa: ARG002 - the port's
        """Hold it no longer."""
        self._call("revoke", grant)
        ask_fence("hand:Delete")
        if self.on_revoke is not None:
            self.on_revoke(grant)
        self.held.pop(grant.id, None)
        return Presence.ABSENT

    def observe(self, grant: Grant, now: datetime) -> Presence:  # noqa: ARG002 - the port's
        """Say whether it is held; of a grant that should work, whether it is with its dates."""
        self._call("observe", grant)
        held = self.held.get(grant.id)
        over = grant.state in {GrantState.ENDING, GrantState.ENDED}
        there = held is not None and (over or held.lease == grant.lease)
        return Presence.PRESENT if there else Presence.ABSENT

    def allows(self, grant_id: GrantId, now: datetime) -> bool:
        """What AWS itself would say to the person at this moment."""
        grant = self.held.get(grant_id)
        return grant is not None and grant.lease is not None and now in grant.lease

    def standing(self) -> Iterator[MarkedObject]:
        """Everything that is held."""
        for grant_id in list(self.held):
            yield MarkedObject(grant=grant_id, what=f"policy daypass-{grant_id}", handle=grant_id)

    def remove(self, standing: MarkedObject) -> bool:
        """Drop one of them."""
        return self.held.pop(standing.grant, None) is not None

    def _call(self, name: str, grant: Grant) -> None:
        self.calls.append((name, grant.id))
        if self.failures:
            raise self.failures.pop(0)


@dataclass
class Meanwhile(HandAws):
    """An AWS that is asked what it would be given, and meanwhile something happens."""

    happening: list[Callable[[], object]] = field(default_factory=list)

    def rehearse(self, draft: Grant) -> DryRun:
        """Let it happen, once."""
        if self.happening:
            self.happening.pop()()
        return super().rehearse(draft)


class HandCatalogue:
    """Buckets, and what is in the reports and the drafts."""

    def __init__(
        self,
        *buckets: str,
        reports: tuple[str, ...] = ("2025/", "2026/", "q1.csv"),
    ) -> None:
        """Know these, or two; and what the keys in the reports begin with."""
        self._buckets = list(buckets) or ["acme-drafts", "acme-reports"]
        self._keys = {"acme-reports": reports, "acme-drafts": ("plan.txt",)}

    def buckets(self) -> list[str]:
        """Name them, whoever may ask for them."""
        return self._buckets

    def prefixes(self, bucket: str, start: str) -> list[str]:
        """What in it begins so."""
        self._known(bucket)
        return [key for key in self._keys.get(bucket, ()) if key.startswith(start)]

    def check(self, place: Resource) -> None:
        """Every other bucket is unknown."""
        self._known(place.root)

    def _known(self, bucket: str) -> None:
        if bucket not in self._buckets:
            raise BadInput(f"There is no bucket {bucket}.", field="resource")


class HandVendor:
    """Hands out things that say what they are for."""

    def __init__(self) -> None:
        """Take no time."""
        self._meanwhile: list[Callable[[], object]] = []

    def takes(self, meanwhile: Callable[[], object]) -> None:
        """Take so long the next time that this happens meanwhile."""
        self._meanwhile.append(meanwhile)

    def credentials(self, grant: Grant, now: datetime) -> Credentials:  # noqa: ARG002 - the port's
        """Make credentials that end with the grant."""
        self._pass()
        assert grant.lease is not None
        return Credentials(
            access_key_id=f"ASIA{grant.id}",
            secret_access_key="s",
            session_token="t",
            expires_at=grant.lease.ends,
            renewable=False,
            region="us-gov-west-1",
        )

    def console(self, grant: Grant, now: datetime) -> str:  # noqa: ARG002 - the port's
        """Make an address."""
        return f"https://console.invalid/{grant.id}"

    def get(self, grant: Grant, key: str, now: datetime, *, lives: timedelta | None = None) -> SignedUrl:
        """Make a URL for reading."""
        return self._signed("get", grant, key, now, lives)

    def put(self, grant: Grant, key: str, now: datetime, *, lives: timedelta | None = None) -> SignedUrl:
        """Make a URL for writing."""
        return self._signed("put", grant, key, now, lives)

    def post(self, grant: Grant, now: datetime, *, least: int, most: int) -> PostForm:  # noqa: ARG002 - the port's
        """Make a form."""
        return PostForm(url="https://s3.invalid/", fields=(("key", grant.entitlement.resource.inner),), expires_at=now)

    def manifest(self, grant: Grant, now: datetime) -> Iterator[SignedUrl]:
        """Make one URL."""
        yield self.get(grant, f"{grant.entitlement.resource.inner}one.csv", now)

    def _signed(self, verb: str, grant: Grant, key: str, now: datetime, lives: timedelta | None) -> SignedUrl:
        self._pass()
        assert grant.lease is not None
        ends = min(grant.lease.ends, now + (lives or timedelta(days=7)))
        return SignedUrl(key=key, url=f"https://s3.invalid/{key}?{verb}", expires_at=ends)

    def _pass(self) -> None:
        while self._meanwhile:
            self._meanwhile.pop()()
