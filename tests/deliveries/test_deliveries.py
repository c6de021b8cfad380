"""For each delivery: exactly what was granted, from the first second to the last, and to nobody else."""

from datetime import timedelta

import pytest

from daypass.model.grant import Delivery, Grant, Presence
from daypass.resources.s3_statements import Level
from tests.deliveries.world import BESIDE, INSIDE, World, ending, levels_of, reads
from tests.servers.keys import Keys

SPELL = timedelta(minutes=10)
"""The length of the leases here: shorter than the shortest session, so that it is the date that ends them."""
WAYS = ["session", "policy on a user", "policy on a role"]


class Lent:
    """A grant that was provisioned, and the keys that its holder uses."""

    def __init__(self, world: World, way: str, *levels: Level, starts: timedelta = timedelta()) -> None:
        """Provision it; its holder gets credentials as that delivery gives them."""
        self.world = world
        delivery = Delivery.SESSION if way == "session" else Delivery.POLICY
        self._keys, aws = world.person_in_role() if way == "policy on a role" else world.person()
        self.grant: Grant = world.grant(delivery, *levels, aws=aws, starts=starts, length=SPELL)
        self.hands = world.hands.deliveries[delivery]
        self.hands.provision(self.grant)

    @property
    def keys(self) -> Keys:
        """What the holder uses: their own keys, or a session that Daypass opens."""
        if self.grant.delivery is Delivery.POLICY:
            return self._keys
        return self.world.vended(self.world.hands.broker.open(self.grant, self.world.now()))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("asked", "had"),
    [
        ({Level.LIST}, {Level.LIST}),
        ({Level.READ}, {Level.READ, Level.LIST}),
        ({Level.WRITE}, {Level.WRITE}),
        ({Level.DELETE}, {Level.DELETE}),
        ({Level.READ, Level.WRITE}, {Level.READ, Level.LIST, Level.WRITE}),
    ],
)
def test_a_grant_gives_its_levels_on_its_place_and_nothing_beside(
    world: World, way: str, asked: set[Level], had: set[Level]
):
    """Inside the lease: the levels on the prefix; not on another prefix, another bucket, nor to another person."""
    keys = Lent(world, way, *asked).keys
    stranger, _ = world.person("bob")

    assert levels_of(keys, world.bucket, INSIDE) == had
    assert levels_of(keys, world.bucket, BESIDE) == set()
    assert levels_of(keys, world.other_bucket, INSIDE) == set()
    assert levels_of(stranger, world.bucket, INSIDE) == set()


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_allowed_before_the_lease_begins(world: World, way: str):
    """AWS itself refuses until the first second and allows from then on."""
    lent = Lent(world, way, Level.READ, starts=SPELL)
    early = levels_of(lent.keys, world.bucket, INSIDE)
    with world.server.clock.ahead(SPELL + timedelta(minutes=1)):
        inside = levels_of(lent.keys, world.bucket, INSIDE)

    assert early == set()
    assert Level.READ in inside


@pytest.mark.parametrize("way", WAYS)
def test_aws_itself_ends_the_access_when_the_lease_is_over(world: World, way: str):
    """A minute after the end the same keys are refused, although nobody cleaned up."""
    lent = Lent(world, way, Level.READ)
    keys = lent.keys
    inside = levels_of(keys, world.bucket, INSIDE)
    with world.server.clock.ahead(SPELL + timedelta(minutes=1)):
        after = levels_of(keys, world.bucket, INSIDE)

    assert Level.READ in inside
    assert after == set()


@pytest.mark.parametrize("way", WAYS)
def test_the_access_ends_within_a_second_of_the_date(world: World, way: str):
    """Fifteen seconds before the end it is there; one second after the end it is not."""
    lent = Lent(world, way, Level.READ)
    assert lent.grant.lease is not None
    with world.server.clock.at(lent.grant.lease.ends - timedelta(seconds=15)):
        keys = lent.keys
        before = reads(keys, world.bucket, INSIDE)
    with world.server.clock.at(lent.grant.lease.ends + timedelta(seconds=1)):
        after = reads(keys, world.bucket, INSIDE)

    assert (before, after) == (True, False)


@pytest.mark.parametrize("way", WAYS)
def test_an_early_end_denies_what_is_open(world: World, way: str):
    """Revoked in the middle of its lease, the keys that worked a moment ago are refused, and AWS shows nothing."""
    lent = Lent(world, way, Level.READ)
    keys = lent.keys
    before = levels_of(keys, world.bucket, INSIDE)
    over = ending(lent.grant, world.now())
    revoked = lent.hands.revoke(over, world.now())

    assert Level.READ in before
    assert (revoked, lent.hands.observe(over, world.now())) == (Presence.ABSENT, Presence.ABSENT)
    assert levels_of(keys, world.bucket, INSIDE) == set()


@pytest.mark.parametrize("way", WAYS)
def test_one_grants_end_leaves_anothers_access_alone(world: World, way: str):
    """Two grants, the same person, the same place: ending one takes nothing from the other."""
    first, second = Lent(world, way, Level.READ), Lent(world, way, Level.READ)
    keys = second.keys
    first.hands.revoke(ending(first.grant, world.now()), world.now())

    assert Level.READ in levels_of(keys, world.bucket, INSIDE)


@pytest.mark.parametrize("way", WAYS)
def test_provision_and_revoke_may_be_repeated(world: World, way: str):
    """Each a second time changes nothing and fails nowhere."""
    lent = Lent(world, way, Level.READ)
    lent.hands.provision(lent.grant)
    there = lent.hands.observe(lent.grant, world.now())
    over = ending(lent.grant, world.now())
    twice = [lent.hands.revoke(over, world.now()) for _ in range(2)]

    assert there is Presence.PRESENT
    assert twice == [Presence.ABSENT, Presence.ABSENT]
