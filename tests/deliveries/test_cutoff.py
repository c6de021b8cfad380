"""Ending sessions early: single denies, and one deny of all when the role is full."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from daypass.aws.policy import ROLE_INLINE, ends, size
from daypass.aws.refusals import OverQuota
from daypass.model.grant import Delivery, Presence, Why
from tests.deliveries.cut import Fuse, Killed
from tests.deliveries.world import INSIDE, Hands, World, ending, minified, reads

HOUR = timedelta(hours=1)


@contextmanager
def quota(hands: Hands, world: World, limit: int) -> Iterator[None]:
    """Refuse, as AWS does and these servers do not, what makes a role's inline policies longer than the limit."""
    root = world.root.client("iam")

    def check(params: dict[str, Any], **_: Any) -> None:
        role, name = params["RoleName"], params["PolicyName"]
        others = [one for one in root.list_role_policies(RoleName=role)["PolicyNames"] if one != name]
        taken = [
            size(minified(root.get_role_policy(RoleName=role, PolicyName=one)["PolicyDocument"])) for one in others
        ]
        if sum(taken) + len(params["PolicyDocument"]) > limit:
            said = {"Code": "LimitExceeded", "Message": f"Maximum policy size of {limit} bytes exceeded"}
            raise ClientError({"Error": said, "ResponseMetadata": {"HTTPStatusCode": 409}}, "PutRolePolicy")  # type: ignore[typeddict-item] # as little as matters

    events = hands.clients.iam.meta.events
    events.register("provide-client-params.iam.PutRolePolicy", check)
    try:
        yield
    finally:
        events.unregister("provide-client-params.iam.PutRolePolicy", check)


def broker_name(world: World) -> str:
    """The broker role's name."""
    return world.setup.broker_arn.rpartition("/")[2]


def denies(world: World) -> list[str]:
    """The denies that stand on the broker role."""
    names = world.root.client("iam").list_role_policies(RoleName=broker_name(world))["PolicyNames"]
    return [name for name in names if name.startswith("daypass-deny-")]


@pytest.fixture
def fresh(ministack_world: World) -> Iterator[World]:
    """Yield the world with no deny on the broker role."""
    yield ministack_world
    for name in denies(ministack_world):
        ministack_world.root.client("iam").delete_role_policy(RoleName=broker_name(ministack_world), PolicyName=name)


def test_a_full_role_still_denies_and_lets_others_begin_anew(fresh: World):
    """When single denies fill the role, one deny takes their place: all that ended stay out, the others renew."""
    world, session = fresh, fresh.hands.deliveries[Delivery.SESSION]
    grants = [world.grant(Delivery.SESSION) for _ in range(5)]
    keys = [world.vended(world.hands.broker.open(grant, world.now())) for grant in grants]
    other = world.grant(Delivery.SESSION)
    overs = [ending(grant, world.now()) for grant in grants]
    with quota(world.hands, world, 750):
        for over in overs:
            session.revoke(over, world.now())
    seen = [session.observe(over, world.now()) for over in overs]
    with world.server.clock.ahead(timedelta(seconds=10)):
        anew = world.vended(world.hands.broker.open(other, world.now()))
        others_access = reads(anew, world.bucket, INSIDE)

    assert "daypass-deny-0a1b2c3d-older" in denies(world)
    assert [reads(one, world.bucket, INSIDE) for one in keys] == [False] * 5
    assert seen == [Presence.ABSENT] * 5
    assert others_access


def test_making_room_lets_nobody_in_again_wherever_it_is_cut(fresh: World):
    """Killed after any call of it, whoever was denied stays denied; and the next try finishes."""
    world = fresh
    role, root = broker_name(world), world.root.client("iam")
    first, *others = (world.grant(Delivery.SESSION) for _ in range(4))
    keys = [world.vended(world.hands.broker.open(grant, world.now())) for grant in (first, *others)]
    doomed = world.make_hands()
    fuse = Fuse(doomed.clients, 1)
    let_in, calls = [], 0
    with quota(doomed, world, 650):
        while calls == 0 or fuse.burnt:
            calls += 1
            for name in denies(world):
                root.delete_role_policy(RoleName=role, PolicyName=name)
            for grant in others:
                world.hands.cutoff.deny(grant, world.now())
            fuse.arm(calls)
            with suppress(Killed):
                doomed.cutoff.deny(first, world.now())
            let_in += [key for key in keys[1:] if reads(key, world.bucket, INSIDE)]

    assert calls > 8
    assert let_in == []
    assert not reads(keys[0], world.bucket, INSIDE)


def test_denies_that_are_over_make_room_before_anybody_is_disturbed(fresh: World):
    """A role full of denies whose date has passed takes a single one again."""
    world, session = fresh, fresh.hands.deliveries[Delivery.SESSION]
    short = [world.grant(Delivery.SESSION, length=timedelta(minutes=20)) for _ in range(3)]
    for grant in short:
        session.revoke(ending(grant, world.now()), world.now())
    with world.server.clock.ahead(HOUR), quota(world.hands, world, 750):
        late = world.grant(Delivery.SESSION)
        session.revoke(ending(late, world.now()), world.now())

    assert denies(world) == [f"daypass-deny-0a1b2c3d-{late.id}"]


def test_a_deny_is_swept_once_its_date_has_passed_and_not_before(fresh: World):
    """Until the lease is over the deny holds sessions back; after that it is rubbish."""
    world = fresh
    grant = world.grant(Delivery.SESSION, length=HOUR)
    world.hands.deliveries[Delivery.SESSION].revoke(ending(grant, world.now()), world.now())
    early = [one.grant for one in world.standing()]
    with world.server.clock.ahead(HOUR + timedelta(minutes=1)):
        late = [one for one in world.standing() if one.grant == grant.id]
        world.sweep().remove(late[0])
        world.sweep().remove(late[0])

    assert grant.id not in early
    assert late[0].what.startswith("deny ")
    assert denies(world) == []


def test_a_grant_that_never_worked_leaves_no_deny(fresh: World):
    """AWS would not take it, so nobody has a session of it."""
    world, session = fresh, fresh.hands.deliveries[Delivery.SESSION]
    failed = ending(world.grant(Delivery.SESSION), world.now(), Why.FAILED, used=False)

    assert session.revoke(failed, world.now()) is Presence.ABSENT
    assert denies(world) == []


def test_a_clock_that_is_behind_takes_no_open_session_for_one_that_has_not_begun(fresh: World):
    """By it the lease is still to come; only a deny in AWS says that the session is out."""
    world, session = fresh, fresh.hands.deliveries[Delivery.SESSION]
    grant = world.grant(Delivery.SESSION).activated()
    over, behind = ending(grant, world.now()), world.now() - HOUR
    before = (session.observe(grant, behind), session.observe(over, behind))
    world.hands.cutoff.deny(grant, world.now())

    assert before == (Presence.PRESENT, Presence.PRESENT)
    assert session.observe(over, behind) is Presence.ABSENT


def test_a_deny_that_is_written_by_a_clock_that_is_behind_outlives_the_sessions(fresh: World):
    """A quarter of an hour, which is what AWS puts up with."""
    world = fresh
    grant = world.grant(Delivery.SESSION, length=24 * HOUR)
    keys = world.vended(world.hands.broker.open(grant, world.now()))
    over = ending(grant, world.now())
    world.hands.deliveries[Delivery.SESSION].revoke(over, world.now() - timedelta(minutes=14))
    name, role = f"daypass-deny-0a1b2c3d-{grant.id}", broker_name(world)
    found = world.root.client("iam").get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    until = ends(found)

    assert until is not None
    assert until >= world.now() + world.hands.broker.sessions.longest_ever()
    assert not reads(keys, world.bucket, INSIDE)


def test_a_session_denied_by_hand_is_seen_as_gone(fresh: World):
    """Somebody wrote the deny in AWS: the active grant is absent there, and will be closed."""
    world, session = fresh, fresh.hands.deliveries[Delivery.SESSION]
    grant = world.grant(Delivery.SESSION).activated()
    before = session.observe(grant, world.now())
    world.hands.cutoff.deny(grant, world.now())

    assert (before, session.observe(grant, world.now())) == (Presence.PRESENT, Presence.ABSENT)


@pytest.mark.long
def test_b12_a_hundred_and_fifty_early_ends_fit_beside_each_other(fresh: World):
    """So many denies find room on one role before anybody else is disturbed, and each of them holds."""
    world = fresh
    grants = [world.grant(Delivery.SESSION) for _ in range(150)]
    first = world.vended(world.hands.broker.open(grants[0], world.now()))
    with quota(world.hands, world, ROLE_INLINE):
        for grant in grants:
            world.hands.cutoff.deny(grant, world.now())

    assert "daypass-deny-0a1b2c3d-older" not in denies(world)
    assert all(world.hands.cutoff.is_singled_out(grant, world.now()) for grant in grants[::25])
    assert not reads(first, world.bucket, INSIDE)


def test_b12_of_two_workers_who_gather_at_once_none_loses_a_deny(fresh: World):
    """A second one gathers, and deletes, between the first one's list and its deletions."""
    world, hands = fresh, fresh.make_hands()
    grants = [world.grant(Delivery.SESSION) for _ in range(18)]
    keys = [world.vended(world.hands.broker.open(grant, world.now())) for grant in (grants[0], grants[-1])]
    for grant in grants[:16]:
        hands.cutoff.deny(grant, world.now())

    events, deleting = hands.clients.iam.meta.events, "before-call.iam.DeleteRolePolicy"

    def meanwhile(**_: Any) -> None:
        events.unregister(deleting, meanwhile)
        world.make_hands().cutoff.deny(grants[-1], world.now())

    events.register(deleting, meanwhile)
    hands.cutoff.deny(grants[16], world.now())

    assert [hands.cutoff.is_singled_out(grant, world.now()) for grant in grants] == [True] * 18
    assert [reads(one, world.bucket, INSIDE) for one in keys] == [False, False]


def test_an_older_deny_says_nothing_of_sessions_opened_after_it(fresh: World):
    """What was denied by age yesterday does not end what is ended today."""
    world, session = fresh, fresh.hands.deliveries[Delivery.SESSION]
    with quota(world.hands, world, 0), pytest.raises(OverQuota):
        session.revoke(ending(world.grant(Delivery.SESSION), world.now()), world.now())
    with quota(world.hands, world, 450):
        for _ in range(3):
            session.revoke(ending(world.grant(Delivery.SESSION), world.now()), world.now())
    with world.server.clock.ahead(timedelta(minutes=1)):
        later = ending(world.grant(Delivery.SESSION), world.now())
        seen = session.observe(later, world.now())

    assert denies(world) == ["daypass-deny-0a1b2c3d-older"]
    assert seen is Presence.PRESENT


def test_a_deny_whose_date_has_passed_holds_nobody_back(fresh: World):
    """A session denied by hand half a day ago: new sessions of the active grant work, so it is there."""
    world, session = fresh, fresh.hands.deliveries[Delivery.SESSION]
    grant = world.grant(Delivery.SESSION, length=24 * HOUR).activated()
    world.hands.cutoff.deny(grant, world.now())
    with world.server.clock.ahead(13 * HOUR):
        anew = world.vended(world.hands.broker.open(grant, world.now()))
        lets_in = reads(anew, world.bucket, INSIDE)
        seen = session.observe(grant, world.now())

    assert (lets_in, seen) == (True, Presence.PRESENT)
