"""Cut off after any call to AWS, and begun again: nothing is lost, nothing is made twice, nothing stays."""

from collections.abc import Callable
from itertools import count

import pytest

from daypass.model.grant import Delivery, Grant, Presence
from daypass.model.principal import AwsIdentity
from daypass.ports import Provisioner
from daypass.resources.s3_statements import Level
from tests.deliveries.cut import Fuse, Killed
from tests.deliveries.world import World, ending, hands_of
from tests.servers.keys import Keys

_MOST_CALLS = 40


def cut_everywhere(
    world: World, delivery: Delivery, act: Callable[[Provisioner], object], then: Callable[[], None]
) -> int:
    """Do something with hands that die after the first call, then after the second, ...; returns how many it takes."""
    doomed = world.make_hands().clients
    fuse = Fuse(doomed, _MOST_CALLS)
    for calls in count(1):
        assert calls < _MOST_CALLS
        fuse.arm(calls)
        try:
            act(hands_of(doomed, world.setup).deliveries[delivery])
        except Killed:
            then()
        if not fuse.burnt:
            return calls - 1
    raise AssertionError


def fill_inline(world: World, keys: Keys) -> None:
    """Leave the user no room for one more inline policy."""
    filler = '{"Version":"2012-10-17","Statement":[{"Sid":"%s","Effect":"Deny","Action":"iam:*","Resource":"*"}]}'
    world.root.client("iam").put_user_policy(
        UserName=keys.user_name, PolicyName="filler", PolicyDocument=filler % ("x" * 1_800)
    )


def stands(world: World, grant: Grant) -> list[str]:
    """What carries the grant's mark in AWS."""
    return [one.what for one in world.standing() if one.grant == grant.id]


@pytest.mark.parametrize("home", ["inline", "managed"])
def test_a_provisioning_cut_anywhere_is_finished_by_the_next(ministack_world: World, home: str):
    """However far the first try came, the second leaves exactly one policy, and it works."""
    world = ministack_world
    keys, aws = world.person()
    if home == "managed":
        fill_inline(world, keys)
    grants: list[Grant] = []

    def provision(hands: Provisioner) -> None:
        grants.append(world.grant(Delivery.POLICY, Level.READ, aws=aws))
        hands.provision(grants[-1])

    def finish() -> None:
        hands = world.hands.deliveries[Delivery.POLICY]
        hands.provision(grants[-1])
        assert hands.observe(grants[-1], world.now()) is Presence.PRESENT
        assert len(stands(world, grants[-1])) == 1
        hands.revoke(ending(grants[-1], world.now()), world.now())
        assert stands(world, grants[-1]) == []

    calls = cut_everywhere(world, Delivery.POLICY, provision, finish)

    assert calls >= (4 if home == "inline" else 7)
    assert home in stands(world, grants[-1])[0]


@pytest.mark.parametrize("home", ["inline", "managed", "managed and spread"])
def test_a_revocation_cut_anywhere_is_finished_by_the_next(ministack_world: World, home: str):
    """However far the first try came, the second leaves nothing, and says so only then."""
    world = ministack_world
    keys, aws = world.person()
    if home != "inline":
        fill_inline(world, keys)
    overs: list[Grant] = []

    def revoke(hands: Provisioner) -> None:
        grant = world.grant(Delivery.POLICY, Level.READ, aws=aws)
        world.hands.deliveries[Delivery.POLICY].provision(grant)
        if home == "managed and spread":
            spread(world, aws, grant)
        overs.append(ending(grant, world.now()))
        hands.revoke(overs[-1], world.now())

    def finish() -> None:
        hands = world.hands.deliveries[Delivery.POLICY]
        left = stands(world, overs[-1])
        assert bool(left) is (hands.observe(overs[-1], world.now()) is Presence.PRESENT)
        assert hands.revoke(overs[-1], world.now()) is Presence.ABSENT
        assert stands(world, overs[-1]) == []

    cut_everywhere(world, Delivery.POLICY, revoke, finish)

    assert stands(world, overs[-1]) == []


def spread(world: World, owner: AwsIdentity, grant: Grant) -> None:
    """Do what a grantee with some IAM rights could: attach our policy elsewhere and add versions to it."""
    iam = world.root.client("iam")
    _, other = world.person("eve")
    arn = f"arn:aws:iam::{owner.account}:policy/daypass/daypass-0a1b2c3d-{grant.id}"
    iam.attach_user_policy(UserName=other.name, PolicyArn=arn)
    open_wide = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=open_wide, SetAsDefault=True)


def test_an_early_end_of_a_session_cut_anywhere_is_finished_by_the_next(world: World):
    """Whether the deny was written before the cut or not, the next try has it written."""
    overs: list[Grant] = []

    def revoke(hands: Provisioner) -> None:
        grant = world.grant(Delivery.SESSION, Level.READ)
        overs.append(ending(grant, world.now()))
        hands.revoke(overs[-1], world.now())

    def finish() -> None:
        hands = world.hands.deliveries[Delivery.SESSION]
        hands.revoke(overs[-1], world.now())
        assert hands.observe(overs[-1], world.now()) is Presence.ABSENT

    assert cut_everywhere(world, Delivery.SESSION, revoke, finish) >= 1


def test_an_ordinary_end_of_an_inline_policy_costs_one_call(world: World):
    """The deletion's own answer proves the absence: ten thousand ends in a second are ten thousand calls."""
    _, aws = world.person()
    grant = world.grant(Delivery.POLICY, Level.READ, aws=aws)
    world.hands.deliveries[Delivery.POLICY].provision(grant)
    hands = world.make_hands()
    fuse = Fuse(hands.clients, 2)
    seen = hands.deliveries[Delivery.POLICY].revoke(ending(grant, world.now()), world.now())

    assert (seen, fuse.burnt) == (Presence.ABSENT, False)


def test_an_ordinary_end_of_a_session_costs_no_call(world: World):
    """The date in the session policy ended it; AWS need not be told."""
    grant = world.grant(Delivery.SESSION, Level.READ)
    assert grant.lease is not None
    hands = world.make_hands()
    fuse = Fuse(hands.clients, 1)
    delivery = hands.deliveries[Delivery.SESSION]
    over = ending(grant, grant.lease.ends)

    assert delivery.revoke(over, grant.lease.ends) is Presence.ABSENT
    assert delivery.observe(over, grant.lease.ends) is Presence.ABSENT
    assert not fuse.burnt
