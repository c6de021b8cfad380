"""Two installations of Daypass in one AWS account: each removes what is its own, and says what is not."""

from datetime import timedelta

from daypass.deliveries.names import Names
from daypass.model.grant import Delivery, GrantId, Presence
from daypass.ports import MarkedObject, Strange
from tests.deliveries.test_cutoff import denies
from tests.deliveries.world import INSIDE, MARKS, World, ending, hands_of, reads

OTHER = Names("ffffffff")
GRANT = GrantId("abcdefghjkmn")


def test_b11_each_installation_sweeps_its_own_and_reports_the_other_one(ministack_world: World) -> None:
    """Policies and denies of both stand in one account: none sees the other's as something to remove."""
    world = ministack_world
    keys, aws = world.person()
    ours = world.grant(Delivery.POLICY, aws=aws, length=timedelta(hours=1))
    world.hands.deliveries[Delivery.POLICY].provision(ours)
    theirs = world.grant(Delivery.POLICY, aws=aws)
    hands_of(world.hands.clients, world.setup, OTHER).deliveries[Delivery.POLICY].provision(theirs)
    ids = {ours.id, theirs.id}
    seen = {
        marks: [one for one in world.sweep(marks).standing() if any(each in one.what for each in ids)]
        for marks in (MARKS, OTHER)
    }
    for one in seen[OTHER]:
        if isinstance(one, MarkedObject):
            world.sweep(OTHER).remove(one)

    assert [(one.grant if isinstance(one, MarkedObject) else "", ours.id in one.what) for one in seen[MARKS]] == [
        (ours.id, True),
        ("", False),
    ]
    assert [type(one) for one in seen[OTHER]] == [Strange, MarkedObject]
    assert reads(keys, world.bucket, INSIDE)
    world.hands.deliveries[Delivery.POLICY].revoke(ending(ours, world.now()), world.now())


def test_b12_a_grant_of_which_nothing_was_handed_out_ends_without_a_call(ministack_world: World) -> None:
    """No deny is written for it, and AWS is not asked: its sessions are nobody's."""
    world, session = ministack_world, ministack_world.hands.deliveries[Delivery.SESSION]
    before = denies(world)
    calls: list[str] = []
    events = world.hands.clients.iam.meta.events
    note = lambda **of: calls.append(of["event_name"])  # noqa: E731 - registered and taken off by this name
    events.register("before-call.iam", note)
    grant = world.grant(Delivery.SESSION)
    over = ending(grant, world.now())
    unused = ending(grant, world.now(), used=False)
    seen = (session.revoke(unused, world.now()), session.observe(unused, world.now()))
    events.unregister("before-call.iam", note)

    assert (seen, calls, denies(world)) == ((Presence.ABSENT, Presence.ABSENT), [], before)
    assert session.observe(over, world.now()) is Presence.PRESENT


def test_b11_marks_know_what_is_ours_strange_and_nobodys() -> None:
    """Ours are told from another installation's, from old forms and from names of other things."""
    ours = [MARKS.policy(GRANT), MARKS.deny(GRANT)]
    strange = [OTHER.policy(GRANT), OTHER.deny(GRANT), OTHER.deny_older, f"daypass-{GRANT}", "daypass-of-yore"]

    assert [MARKS.grant_of(name) for name in ours] == [GRANT, GRANT]
    assert [MARKS.is_strange(name) for name in [*ours, MARKS.deny_older, "analysts"]] == [False] * 4
    assert [(MARKS.is_strange(name), MARKS.grant_of(name)) for name in strange] == [(True, None)] * 5
