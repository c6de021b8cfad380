"""
Failure-modes row 1, the hard way: a worker is killed (SIGKILL) before every single statement of its step.

Every statement that a worker executes in reconcile/apply, in the deliveries of provision/ and in the modules of aws/
that write for them is once the place where one dies, with a fresh grant each time, a real AWS server and the real
ledger. (A statement that is executed again later in the same step, such as a second listing, is not killed a second
time; a cut inside a call to AWS is in tests/deliveries/test_interrupted.) Right after the kill AWS is compared with the
ledger. Then another worker goes on, every other time after the person has ended it, and at last nothing stands.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from daypass.journal.verify import verify
from daypass.lifecycle.end.end import drop
from daypass.lifecycle.handout.first import about_to_hand_out
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, GrantId, GrantState
from daypass.model.lease import AWS_TIME, Lease
from daypass.model.principal import PrincipalId
from daypass.reconcile.loop import Loop
from daypass.resources.s3_statements import Level
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.store.queue import SqlQueue
from tests.deliveries.test_interrupted import fill_inline
from tests.deliveries.world import ALICE, INSIDE, World
from tests.e2e.doomed import Where
from tests.e2e.holds import Credentials
from tests.heads import HandHead
from tests.keys import SIGNER
from tests.tables import with_tables

WAYS = ["inline", "managed", "session"]
LATER = timedelta(hours=2)
SOME = 4
"""Every fourth statement; `make soak` takes each."""
LONG = pytest.mark.long
"""After the end of every lease here."""
_ROOT = Path(__file__).parents[2]
_NOW = "aws:CurrentTime"


class Doomed:
    """The program of doomed workers."""

    def __init__(self, where: Where) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.doomed"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
        )
        self._say(json.dumps(asdict(where)))

    def killed_before(self, statement: int) -> str | None:
        """Let a worker take one step and die before its n-th statement; None when it had no so many."""
        self._say(str(statement))
        assert self._process.stdout is not None
        where: str | None = json.loads(self._process.stdout.readline())
        return where

    def end(self) -> None:
        """End it."""
        self._process.communicate(timeout=10)

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()


class Case:
    """A ledger, a person, and AWS as it really is."""

    def __init__(self, world: World, directory: Path, way: str) -> None:
        """Choose where the access goes: an inline policy, a managed one, or a session."""
        self._world = world
        self._delivery = Delivery.SESSION if way == "session" else Delivery.POLICY
        self._keys, self._aws = world.person()
        if way == "managed":
            fill_inline(world, self._keys)
        self._store_url = f"sqlite:///{directory / 'daypass.db'}"
        self._store = with_tables(self._store_url)
        self._book = SqlBook(self._store, HandHead())
        self._book.fold()
        self._iam = world.root.client("iam")
        self._made: list[GrantId] = []
        self.ledger = SqlLedger(self._store)

    def deaths(
        self, begin: Callable[[], GrantId], every: int, ahead: timedelta = timedelta()
    ) -> Iterator[tuple[GrantId, str]]:
        """
        Begin anew for `every` so many statements, and let a worker die there; yields the grant and where it died.

        The workers' clock runs `ahead`. The last worker runs through, and is not told of.
        """
        doomed = Doomed(self._where(ahead))
        begin()
        assert doomed.killed_before(0) is None
        try:
            for statement in count(1, every):
                grant_id = begin()
                where = doomed.killed_before(statement)
                if where is None:
                    return
                yield grant_id, where
        finally:
            doomed.end()

    def approved(self) -> GrantId:
        """A fresh grant for an hour, approved this moment."""
        made = self._world.grant(self._delivery, Level.READ, aws=self._aws)
        somebody = PrincipalId(f"{ALICE}{len(self._made)}")  # of one person's early ends only 20 can be open at once
        grant = replace(made, principal=somebody, lease=None, approved_at=datetime.now(UTC))
        approved = Event(kind=EntryKind.REQUEST_APPROVED, at=grant.approved_at, actor=ALICE, subject=grant.id)
        self.ledger.record(Fact(event=approved, changes=(grant,)))
        self._made.append(grant.id)
        return grant.id

    def active(self) -> GrantId:
        """A fresh grant that is in AWS."""
        grant_id = self.approved()
        self.work()
        assert self.state(grant_id) is GrantState.ACTIVE
        return grant_id

    def work(self, ahead: timedelta = timedelta()) -> None:
        """Let a worker that nobody kills do what is due."""
        Loop(
            ledger=self.ledger,
            queue=SqlQueue(self._store),
            provisioners=self._world.hands.deliveries,
            clock=lambda: datetime.now(UTC) + ahead,
        ).run_until_idle()

    def drop(self, grant_id: GrantId) -> None:
        """Its person ends it."""
        has = self.ledger.grant(grant_id).principal
        drop(grant_id, by=has, ledger=self.ledger, now=datetime.now(UTC))

    def dropped(self) -> GrantId:
        """A grant that is in AWS, and that its person has just ended."""
        grant_id = self.active()
        self.drop(grant_id)
        return grant_id

    def state(self, grant_id: GrantId) -> GrantState:
        """Where the ledger has it."""
        return self.ledger.grant(grant_id).state

    def session(self, grant_id: GrantId) -> Credentials:
        """Credentials that its person has in hand."""
        grant = about_to_hand_out(
            lambda: self.ledger.grant(grant_id),
            by=self.ledger.grant(grant_id).principal,
            ledger=self.ledger,
            now=datetime.now(UTC),
        )
        return Credentials(self._world.vended(self._world.hands.broker.open(grant, self._now())))

    def reads(self, hold: Credentials) -> bool:
        """Whether AWS lets these credentials read."""
        return hold.reads(self._world.bucket, INSIDE)

    def must_account_for(self, grant_id: GrantId, where: str) -> int:
        """Hold what stands in AWS against the ledger; returns how many policies stand."""
        grant, leases = self.ledger.grant(grant_id), self._standing(grant_id)
        assert set(leases) <= {grant.lease}, where
        assert not leases or grant.state is not GrantState.ENDED, where
        return len(leases)

    def must_leave_nothing(self) -> None:
        """Every grant has ended, once; nothing of any stands; the journal verifies."""
        for grant_id in self._made:
            if self.state(grant_id) is GrantState.ACTIVE:
                self.drop(grant_id)
        self.work()
        kinds = [[event.kind for event in self.ledger.story(one)] for one in self._made]
        assert [one.count(EntryKind.GRANT_ENDED) for one in kinds] == [1] * len(self._made)
        assert max(one.count(EntryKind.GRANT_ACTIVATED) for one in kinds) == 1
        assert {self.state(one) for one in self._made} == {GrantState.ENDED}
        assert {one.grant for one in self._world.standing()}.isdisjoint(self._made)
        assert "verified" in self._verdict()

    def close(self) -> None:
        """Close the ledger."""
        self._store.close()

    def _standing(self, grant_id: GrantId) -> list[Lease]:
        """The dates in every document in AWS that carries the grant's mark, asked of AWS by its root."""
        name, arn = (
            f"daypass-0a1b2c3d-{grant_id}",
            f"arn:aws:iam::{self._aws.account}:policy/daypass/daypass-0a1b2c3d-{grant_id}",
        )
        inline = _unless_missing(lambda: self._iam.get_user_policy(UserName=self._aws.name, PolicyName=name))
        managed = _unless_missing(lambda: self._iam.get_policy(PolicyArn=arn))
        found = [inline["PolicyDocument"]] if inline else []
        if managed:
            version = managed["Policy"]["DefaultVersionId"]
            found.append(self._iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
        return [_dates(document) for document in found]

    def _verdict(self) -> str:
        while self._book.fold():
            pass
        return verify(BytesIO(b"".join(self._book.export())), SIGNER.public).sentence

    def _where(self, ahead: timedelta) -> Where:
        return Where(
            endpoint=self._world.server.endpoint,
            access_key=self._world.daypass.access_key,
            secret_key=self._world.daypass.secret_key,
            principal_arn=self._world.setup.principal_arn,
            broker_arn=self._world.setup.broker_arn,
            store_url=self._store_url,
            ahead_s=ahead.total_seconds(),
        )

    def _now(self) -> datetime:
        return datetime.now(UTC)


@pytest.fixture
def case(ministack_world: World, tmp_path: Path, way: str) -> Iterator[Case]:
    """Yield a case for the way that the test names."""
    made = Case(ministack_world, tmp_path, way)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("way", "every"), [("inline", SOME), ("session", SOME), *(pytest.param(way, 1, marks=LONG) for way in WAYS)]
)
def test_01_a_provisioning_killed_anywhere_is_finished_or_ended(case: Case, way: str, every: int):
    """Whatever stands after the kill has a row that will end it; the next worker makes it whole, or takes it out."""
    died = []
    for grant_id, where in case.deaths(case.approved, every):
        died.append(where)
        case.must_account_for(grant_id, where)
        if len(died) % 2:
            case.work()
            assert case.state(grant_id) is GrantState.ACTIVE, where
            assert case.must_account_for(grant_id, where) == (0 if way == "session" else 1)
        case.drop(grant_id)
        case.work()
        assert case.state(grant_id) is GrantState.ENDED, where

    case.must_leave_nothing()
    assert {"apply.py"} < {where.partition(":")[0] for where in died}


@pytest.mark.parametrize(
    ("way", "ahead", "every"),
    [
        pytest.param("inline", timedelta(), SOME, id="inline early, some"),
        pytest.param("inline", timedelta(), 1, id="inline early", marks=LONG),
        pytest.param("inline", LATER, 1, id="inline at its end", marks=LONG),
        pytest.param("managed", timedelta(), 1, id="managed early", marks=LONG),
    ],
)
def test_01_a_removal_killed_anywhere_is_finished(case: Case, ahead: timedelta, every: int):
    """While anything stands the ledger does not call it ended; the next worker removes what is left."""
    for grant_id, where in case.deaths(case.active if ahead else case.dropped, every, ahead):
        case.must_account_for(grant_id, where)
        case.work(ahead)
        assert case.state(grant_id) is GrantState.ENDED, where
        assert case.must_account_for(grant_id, where) == 0

    case.must_leave_nothing()


@pytest.mark.parametrize(("way", "every"), [("session", SOME), pytest.param("session", 1, marks=LONG)])
def test_01_an_early_end_of_a_session_killed_anywhere_is_finished(case: Case, every: int):
    """A session in hand is denied at the latest by the next worker, and before the ledger calls the grant ended."""
    hands: list[Credentials] = []

    def dropped_in_use() -> GrantId:
        grant_id = case.active()
        hands.append(case.session(grant_id))
        case.drop(grant_id)
        return grant_id

    for grant_id, where in case.deaths(dropped_in_use, every):
        assert case.state(grant_id) is GrantState.ENDING or not case.reads(hands[-1]), where
        case.work()
        assert case.state(grant_id) is GrantState.ENDED, where
        assert not case.reads(hands[-1]), where

    case.must_leave_nothing()


def _dates(document: dict[str, Any]) -> Lease:
    """The dates of a policy whose every statement allows something in the same stretch of time."""
    found = {
        (one["Condition"]["DateGreaterThanEquals"][_NOW], one["Condition"]["DateLessThan"][_NOW])
        for one in document["Statement"]
    }
    [(starts, ends)] = found
    return Lease(starts=_moment(starts), ends=_moment(ends))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, AWS_TIME).replace(tzinfo=UTC)


def _unless_missing(ask: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    try:
        return ask()
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        return None
