"""A role that is granted: what it can do and no further role, to the second; cut off where its tag lets us."""

from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.aws.own_permissions import for_plain_server, service
from daypass.aws.role_sessions import SHORTEST
from daypass.deliveries.session import WITHIN
from daypass.model.entitlement import Entitlement
from daypass.model.errors import AwsForbids, BadInput
from daypass.model.grant import Delivery, Presence
from daypass.resources.role import Role
from tests.deliveries.roles import HOUR, Roles
from tests.deliveries.test_cutoff import quota
from tests.deliveries.world import BESIDE, allowed, ending, minified, reads
from tests.servers.ministack import MiniStack

MINUTE = timedelta(minutes=1)
SPELL = timedelta(minutes=10)


@pytest.fixture(scope="module")
def world(ministack: MiniStack) -> Roles:
    """Return a world on MiniStack; Ceph grants no role here."""
    return Roles(ministack)


def test_a_session_can_do_what_the_role_can_and_assume_no_further_role(world: Roles):
    """A further role's session would outlive the grant; and a stranger has nothing of it."""
    name = world.role()
    further = world.role(trusts=world.arn(name))
    grant, own = world.granted(name)
    keys = world.session(grant)
    chained = {"RoleArn": world.arn(further), "RoleSessionName": "further"}

    assert reads(keys, world.bucket, BESIDE)
    assert not allowed(keys.client("iam").list_users)
    assert not allowed(keys.client("sts").assume_role, **chained)
    assert not reads(own, world.bucket, BESIDE)


def test_a_session_of_a_role_lasts_15_minutes_and_is_called_by_the_grant(world: Roles):
    """However long the grant is: what cannot be cut off must be short."""
    grant, _ = world.granted(world.role(), length=3 * HOUR)
    vended = world.hands.broker.open(grant, world.now())
    me = world.vended(vended).client("sts").get_caller_identity()["Arn"]

    assert vended.expires_at - world.now() <= SHORTEST
    assert vended.renewable
    assert me.endswith(f"assumed-role/{grant.entitlement.resource.path}/daypass-{grant.id}")


@pytest.mark.parametrize("delivery", [Delivery.SESSION, Delivery.POLICY])
def test_aws_itself_ends_it_at_its_date(world: Roles, delivery: Delivery):
    """A session is refused, and by a policy none can be opened, although nobody cleaned up."""
    keys, aws = world.person()
    name = world.role(trusts=str(aws.arn) if delivery is Delivery.POLICY else "")
    role = Entitlement(resource=Role().at(name), levels=frozenset({"assume"}))
    grant = replace(world.grant(delivery, aws=aws, length=SPELL), entitlement=role)
    world.hands.deliveries[delivery].provision(grant)
    mine = world.session(grant) if delivery is Delivery.SESSION else keys

    def works() -> bool:
        if delivery is Delivery.SESSION:
            return reads(mine, world.bucket, BESIDE)
        return allowed(mine.client("sts").assume_role, RoleArn=world.arn(name), RoleSessionName="me")

    before = works()
    with world.server.clock.ahead(SPELL + MINUTE):
        after = works()

    assert (before, after) == (True, False)


def test_ended_early_on_a_tagged_role_what_is_open_is_denied_and_nobody_elses(world: Roles):
    """By the name of the session; what stands then is swept away once its date is over."""
    name = world.role(tagged=True)
    (ended, _), (other, _) = world.granted(name), world.granted(name)
    mine, theirs = world.session(ended), world.session(other)
    over = ending(ended, world.now())
    session = world.hands.deliveries[Delivery.SESSION]

    assert session.revoke(over, world.now()) is Presence.ABSENT
    assert session.observe(over, world.now()) is Presence.ABSENT
    assert not reads(mine, world.bucket, BESIDE)
    assert reads(theirs, world.bucket, BESIDE)
    with world.server.clock.ahead(2 * HOUR):
        [spent] = [one for one in world.standing() if one.grant == ended.id]
        assert spent.spent
        assert world.sweep().remove(spent)


def test_ended_early_on_another_role_it_lapses_within_15_minutes_and_nothing_is_written(world: Roles):
    """Daypass may write on no role that is not tagged; it waits for the last session, and has ended then."""
    name = world.role()
    grant, _ = world.granted(name)
    session, over = world.hands.deliveries[Delivery.SESSION], ending(grant, world.now())

    assert session.revoke(over, world.now()) is Presence.LAPSING
    assert session.observe(over, world.now()) is Presence.LAPSING
    assert session.revoke(over, world.now() + SHORTEST + 2 * MINUTE) is Presence.ABSENT
    assert world.iam.list_role_policies(RoleName=name)["PolicyNames"] == ["own"]
    assert not allowed(
        world.daypass.client("iam").put_role_policy,
        RoleName=name,
        PolicyName="deny",
        PolicyDocument=minified({"Version": "2012-10-17", "Statement": []}),
    )


def test_a_tagged_role_without_room_interrupts_nobody(world: Roles):
    """Others assume it too, so all older sessions are never denied: it lapses."""
    name = world.role(tagged=True)
    grant, _ = world.granted(name)
    over = ending(grant, world.now())
    session, later = world.hands.deliveries[Delivery.SESSION], world.now() + SHORTEST + 2 * MINUTE
    with quota(world.hands, world, 10):
        seen = [session.revoke(over, world.now()), session.observe(over, world.now())]
        then = [session.revoke(over, later), session.observe(over, later)]

    assert seen == [Presence.LAPSING] * 2
    assert then == [Presence.ABSENT] * 2
    assert world.iam.list_role_policies(RoleName=name)["PolicyNames"] == ["own"]


def test_a_role_that_daypass_may_look_at_no_more_lapses_too(world: Roles):
    """The operator took it off the list while it was granted: nothing is left after 15 minutes, whatever it is."""
    grant, _ = world.granted(world.role(tagged=True))
    session, over = world.hands.deliveries[Delivery.SESSION], ending(grant, world.now())
    text = minified(for_plain_server(service(replace(world.setup, roles=()))))
    world.iam.put_user_policy(UserName=world.daypass.user_name, PolicyName="own", PolicyDocument=text)
    try:
        seen = [session.observe(grant, world.now()), session.revoke(over, world.now())]
        then = session.revoke(over, world.now() + SHORTEST + 2 * MINUTE)
    finally:
        text = minified(for_plain_server(service(world.setup)))
        world.iam.put_user_policy(UserName=world.daypass.user_name, PolicyName="own", PolicyDocument=text)

    assert seen == [Presence.PRESENT, Presence.LAPSING]
    assert then is Presence.ABSENT


def test_a_role_that_is_deleted_while_it_is_granted_has_vanished(world: Roles):
    """Its sessions died with it; the next look says so."""
    name = world.role()
    grant, _ = world.granted(name)
    session = world.hands.deliveries[Delivery.SESSION]
    before = session.observe(grant, world.now())
    world.iam.delete_role_policy(RoleName=name, PolicyName="own")
    world.iam.delete_role(RoleName=name)
    after = session.observe(grant, world.now())

    assert (before, after) == (Presence.PRESENT, Presence.ABSENT)
    assert session.revoke(ending(grant, world.now()), world.now()) is Presence.ABSENT


def test_the_rehearsal_says_what_the_tag_allows_and_what_is_guarded(world: Roles):
    """One sentence more where an early end takes up to 15 minutes; and why a wildcard does not reach a role."""
    plain, tagged, strong = world.role(), world.role(tagged=True), world.role(allows="iam:*")
    session = world.hands.deliveries[Delivery.SESSION]
    notes, guarded = {}, {}
    for name in (plain, tagged, strong):
        role = Entitlement(resource=Role().at(name), levels=frozenset({"assume"}))
        dry_run = session.rehearse(replace(world.grant(Delivery.SESSION), entitlement=role))
        notes[name], guarded[name] = dry_run.notes, dry_run.guarded

    assert WITHIN in notes[plain]
    assert WITHIN not in notes[tagged]
    assert guarded == {plain: "", tagged: "", strong: "it can change who may do what (iam:*)"}


@pytest.mark.parametrize(
    ("name", "refused"), [("deploy-missing", BadInput), ("other", AwsForbids)], ids=["missing", "not set up for"]
)
def test_what_is_not_there_or_not_named_by_the_operator_is_refused_before_anybody_is_asked(
    world: Roles, name: str, refused: type[Exception]
):
    """Whatever the rules say."""
    role = Role().at(name if refused is BadInput else world.role(name))
    entitlement = Entitlement(resource=role, levels=frozenset({"assume"}))
    with pytest.raises(refused):
        world.hands.deliveries[Delivery.SESSION].rehearse(
            replace(world.grant(Delivery.SESSION), entitlement=entitlement)
        )


def test_a_role_that_does_not_trust_daypass_is_not_begun(world: Roles):
    """The sentence says what its trust policy must name."""
    with pytest.raises(AwsForbids, match="trust policy must name Daypass's own principal"):
        world.granted(world.role(trusts=f"arn:aws:iam::{world.server.account}:user/somebody"))


def test_the_console_opens_at_its_home(world: Roles):
    """What the role is for, only its owners know."""
    resource = Role().at(world.role())

    assert world.hands.broker.kinds.of(resource).page(resource, "eu-central-1") == ("/console/home?region=eu-central-1")
