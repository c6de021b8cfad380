"""
The main job, played once on a server with all three deliveries side by side, and everything written down.

Ann has a policy on her own AWS identity, Sue a session, Lin links. Daypass is killed while they use what they have and
is dead at the end of their leases; then it is started again.
"""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import urllib3

from daypass.model.grant import Delivery
from daypass.model.lease import Lease
from daypass.resources.s3_statements import Level
from tests.deliveries.world import BESIDE, INSIDE
from tests.e2e.holds import Credentials, Hold
from tests.e2e.house import ANN, BOB, CLAIMS_LAPSE_S, EVE, LIN, SUE, House

A = TypeVar("A")
B = TypeVar("B")

LENGTH = "20s"
WHOSE = {Delivery.POLICY: ANN, Delivery.SESSION: SUE, Delivery.LINK: LIN}
_POLL_S = 0.05
_PATIENCE_S = 30.0
_browser = urllib3.PoolManager(retries=urllib3.Retry(total=2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What something in hand was good for at one time, tried out everywhere."""

    inside: set[Level]
    beside: set[Level]
    """Under another prefix of the same bucket."""
    elsewhere: set[Level]
    """In another bucket."""


NOTHING = Tried(inside=set(), beside=set(), elsewhere=set())


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """Asked for, and not approved."""

    own_keys: Tried
    handed_out: bool
    """Whether the command line handed anything out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """Live."""

    tried: Tried
    others: list[set[Level]]
    """What the other people's own keys were good for inside, meanwhile."""
    handed_to_others: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """The last seconds, asked of AWS every 50 ms with Daypass dead."""

    lease: Lease
    killed_at: datetime
    last_let_in: datetime
    """When the last request that AWS allowed was sent."""
    first_refused: datetime
    """When the first refusal came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """Over, and Daypass started again."""

    tried: Tried
    handed_out: bool
    told: str
    standing: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """What became of one delivery."""

    before: Before
    within: Within
    end: End
    after: After


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """What became of all three."""

    lent: dict[Delivery, Lent]
    link_within: bytes
    """What a Daypass link opened while the grant was live."""
    link_after: tuple[int, str]
    """How the same link was answered afterwards."""
    verdict: str
    """What the journal's file proves."""


class _Part:
    """One person with one delivery."""

    def __init__(self, house: House, delivery: Delivery) -> None:
        self._house, self.delivery, self.who = house, delivery, WHOSE[delivery]
        self._other = SUE if self.who == LIN else LIN

    def ask(self) -> None:
        """Type the command in Slack."""
        self.id = self._house.ask(self.who, for_=LENGTH, delivery=self.delivery)

    def before(self) -> Before:
        """Try before anybody has approved."""
        return Before(own_keys=self._tried(self._own(self.who)), handed_out=self._is_handed_out(self.who))

    def take(self) -> None:
        """Be approved, be told, and take in hand what is given."""
        self._house.approve(self.id)
        self._house.told(self.who, self.id, "*Live*")
        self.hold: Hold = self._given()

    def within(self) -> Within:
        """Try what is live, as oneself and as the others."""
        strangers = sorted({SUE, LIN, BOB, EVE} - {self.who})
        return Within(
            tried=self._tried(self.hold),
            others=[self._own(one).levels(self._house.world.bucket, INSIDE) for one in strangers],
            handed_to_others=self._is_handed_out(self._other),
        )

    def watch(self, killed_at: datetime) -> End:
        """Ask AWS until it refuses."""
        lease, bucket = self._house.lease(self.id), self._house.world.bucket
        last_let_in = killed_at
        while self.hold.reads(bucket, INSIDE):
            last_let_in = sent = datetime.now(UTC)
            assert (sent - lease.ends).total_seconds() < _PATIENCE_S
            time.sleep(_POLL_S)
        return End(lease=lease, killed_at=killed_at, last_let_in=last_let_in, first_refused=datetime.now(UTC))

    def after(self) -> After:
        """Try what is still in hand, and look at what is left."""
        told = self._house.told(self.who, self.id, "*Ended*", within_s=CLAIMS_LAPSE_S).visible_text
        return After(
            tried=self._tried(self.hold),
            handed_out=self._is_handed_out(self.who),
            told=told,
            standing=self._house.standing(self.id),
        )

    def _own(self, who: str) -> Hold:
        return Credentials(self._house.keys[who])

    def _given(self) -> Hold:
        match self.delivery:
            case Delivery.POLICY:
                return self._own(self.who)
            case Delivery.SESSION:
                return self._house.credentials(self.who, self.id)
            case Delivery.LINK:
                return self._house.presigned(self.who, self.id)

    def _is_handed_out(self, who: str) -> bool:
        """Whether the command line gives this person anything of the grant; a policy has nothing to be handed out."""
        if who == ANN:
            return False
        words = ["credentials", self.id] if self.delivery is Delivery.SESSION else ["link", self.id, INSIDE, "--get"]
        return self._house.run(who, *words)[0] == 0

    def _tried(self, hold: Hold) -> Tried:
        world = self._house.world
        return Tried(
            inside=hold.levels(world.bucket, INSIDE),
            beside=hold.levels(world.bucket, BESIDE),
            elsewhere=hold.levels(world.other_bucket, INSIDE),
        )


def spend(house: House) -> Evening:
    """Ask, approve, use, be killed, end, begin again; some 35 seconds."""
    parts = [_Part(house, one) for one in WHOSE]
    _at_once(house.log_in, [SUE, LIN])
    _at_once(_Part.ask, parts)
    before = _at_once(_Part.before, parts)
    _at_once(_Part.take, parts)
    address = house.link(LIN, parts[-1].id)
    opened = _browser.request("GET", address).data
    within = _at_once(_Part.within, parts)
    house.service.kill()
    killed_at = datetime.now(UTC)
    end = _at_once(lambda part: part.watch(killed_at), parts)
    house.service.start()
    after = _at_once(_Part.after, parts)
    gone = _browser.request("GET", address)
    lent = {
        part.delivery: Lent(before=before[n], within=within[n], end=end[n], after=after[n])
        for n, part in enumerate(parts)
    }
    return Evening(
        lent=lent,
        link_within=opened,
        link_after=(gone.status, gone.data.decode()),
        verdict=house.verdict(),
    )


def _at_once(act: Callable[[A], B], whom: Iterable[A]) -> list[B]:
    with ThreadPoolExecutor(3) as hands:
        return list(hands.map(act, whom))
