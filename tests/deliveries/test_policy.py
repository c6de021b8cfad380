"""The delivery `policy`: where it finds room, and what a grantee cannot do against its end."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from daypass.model.errors import BadInput
from daypass.model.grant import Delivery, Presence
from daypass.model.lease import Lease
from daypass.model.principal import AwsIdentity
from daypass.resources.s3_statements import Level
from tests.deliveries.test_interrupted import fill_inline, spread, stands
from tests.deliveries.world import INSIDE, World, ending, reads, releases


@pytest.fixture
def world(ministack_world: World) -> World:
    """Return the world on MiniStack: Ceph has neither managed policies nor iam:GetUser."""
    return ministack_world


def test_a_policy_that_fits_is_inline_and_rehearsed_word_for_word(world: World):
    """What the rehearsal shows is what AWS has afterwards."""
    keys, aws = world.person()
    hands, grant = world.hands.deliveries[Delivery.POLICY], world.grant(Delivery.POLICY, aws=aws)
    [paper] = hands.rehearse(grant).papers
    hands.provision(grant)
    iam = world.root.client("iam")
    found = iam.get_user_policy(UserName=keys.user_name, PolicyName=f"daypass-0a1b2c3d-{grant.id}")["PolicyDocument"]

    assert paper.place == f"inline policy of user {aws.name}"
    assert paper.text == json.dumps(found, indent=2, ensure_ascii=False)


def test_a_full_user_gets_a_managed_policy_that_works(world: World):
    """No inline room: a managed policy under our path, announced in the rehearsal, and it lets them in."""
    keys, aws = world.person()
    fill_inline(world, keys)
    hands, grant = world.hands.deliveries[Delivery.POLICY], world.grant(Delivery.POLICY, aws=aws)
    rehearsal = hands.rehearse(grant)
    hands.provision(grant)

    assert rehearsal.papers[0].place == f"managed policy of user {aws.name}"
    assert "managed" in rehearsal.notes[0]
    assert stands(world, grant) == [f"managed policy daypass-0a1b2c3d-{grant.id}"]
    assert reads(keys, world.bucket, INSIDE)


def test_no_room_at_all_is_said_before_anybody_approves(world: World):
    """Inline room taken and ten managed policies attached: the rehearsal refuses and says what to do."""
    keys, aws = world.person()
    fill_inline(world, keys)
    iam = world.root.client("iam")
    for number in range(10):
        arn = f"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess{number or ''}"
        if number:
            text = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}'
            arn = iam.create_policy(PolicyName=f"p{number}-{aws.name}", PolicyDocument=text)["Policy"]["Arn"]
        iam.attach_user_policy(UserName=keys.user_name, PolicyArn=arn)
    with pytest.raises(BadInput, match="Ask for a session instead") as refused:
        world.hands.deliveries[Delivery.POLICY].rehearse(world.grant(Delivery.POLICY, aws=aws))

    assert refused.value.field == "delivery"


def test_a_policy_spread_by_its_grantee_is_removed_everywhere(world: World):
    """Attached to a friend and widened by new versions: one revocation takes it from both."""
    keys, aws = world.person()
    fill_inline(world, keys)
    made = world.make_hands()
    made.clients.iam.meta.events.register("provide-client-params.iam.DeletePolicy", refuse_with_versions(world))
    hands, grant = made.deliveries[Delivery.POLICY], world.grant(Delivery.POLICY, aws=aws)
    hands.provision(grant)
    spread(world, aws, grant)

    assert hands.revoke(ending(grant, world.now()), world.now()) is Presence.ABSENT
    assert stands(world, grant) == []
    assert not reads(keys, world.bucket, INSIDE)


def refuse_with_versions(world: World) -> Callable[..., None]:
    """Refuse, as AWS does and MiniStack does not, to delete a policy that has more than its default version."""

    def check(params: dict[str, Any], **_: Any) -> None:
        versions = world.root.client("iam").list_policy_versions(PolicyArn=params["PolicyArn"])["Versions"]
        if len(versions) > 1:
            said: Any = {"Error": {"Code": "DeleteConflict"}, "ResponseMetadata": {"HTTPStatusCode": 409}}
            raise ClientError(said, "DeletePolicy")

    return check


@pytest.mark.parametrize("impostor", [True, False])
def test_a_user_who_was_renamed_loses_the_policy_all_the_same(world: World, impostor: bool):
    """The policy is found under the new name, also when somebody else has the old name by now."""
    _, aws = world.person()
    hands, grant = world.hands.deliveries[Delivery.POLICY], world.grant(Delivery.POLICY, aws=aws)
    hands.provision(grant)
    rename(world, aws)
    if impostor:
        world.root.client("iam").create_user(UserName=aws.name)
    over = ending(grant, world.now())
    before = hands.observe(over, world.now())

    assert before is Presence.PRESENT
    assert hands.revoke(over, world.now()) is Presence.ABSENT
    assert hands.observe(over, world.now()) is Presence.ABSENT
    assert stands(world, grant) == []


def rename(world: World, aws: AwsIdentity) -> None:
    """Give the user another name, with all they have; MiniStack has no UpdateUser, so the policies move by hand."""
    iam, fresh = world.root.client("iam"), f"{aws.name}-renamed"
    iam.create_user(UserName=fresh)
    for name in iam.list_user_policies(UserName=aws.name)["PolicyNames"]:
        document = iam.get_user_policy(UserName=aws.name, PolicyName=name)["PolicyDocument"]
        iam.put_user_policy(UserName=fresh, PolicyName=name, PolicyDocument=json.dumps(document))
        iam.delete_user_policy(UserName=aws.name, PolicyName=name)
    for key in iam.list_access_keys(UserName=aws.name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=aws.name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=aws.name)


def test_a_deleted_user_has_nothing_left(world: World):
    """Nobody there, nothing there: the grant can be closed."""
    _, aws = world.person()
    hands, grant = world.hands.deliveries[Delivery.POLICY], world.grant(Delivery.POLICY, aws=aws)
    hands.provision(grant)
    iam = world.root.client("iam")
    iam.delete_user_policy(UserName=aws.name, PolicyName=f"daypass-0a1b2c3d-{grant.id}")
    for key in iam.list_access_keys(UserName=aws.name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=aws.name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=aws.name)

    assert hands.revoke(ending(grant, world.now()), world.now()) is Presence.ABSENT


def test_a_policy_taken_away_or_altered_by_hand_is_seen_as_gone(world: World):
    """Active access that is not ours any more, dates and all, is absent: it will be reported and removed."""
    keys, aws = world.person()
    hands, grant = world.hands.deliveries[Delivery.POLICY], world.grant(Delivery.POLICY, aws=aws).activated()
    hands.provision(grant)
    before = hands.observe(grant, world.now())
    for_ever = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
    world.root.client("iam").put_user_policy(
        UserName=keys.user_name, PolicyName=f"daypass-0a1b2c3d-{grant.id}", PolicyDocument=for_ever
    )

    assert (before, hands.observe(grant, world.now())) == (Presence.PRESENT, Presence.ABSENT)
    assert hands.observe(ending(grant, world.now()), world.now()) is Presence.PRESENT


def test_somebody_else_under_the_same_name_gets_nothing(world: World):
    """The unique id was fixed at the approval; a name that changed hands is refused."""
    _, aws = world.person()
    stranger = replace(aws, unique_id="AIDAXXXXXXXXXXXXXXXXX")
    with pytest.raises(BadInput, match="somebody else by now") as refused:
        world.hands.deliveries[Delivery.POLICY].provision(world.grant(Delivery.POLICY, aws=stranger))

    assert refused.value.field == "person"


def test_a_person_without_an_aws_identity_is_told_before_anybody_approves(world: World):
    """There is nowhere to put a policy; the sentence says what to ask for instead."""
    with pytest.raises(BadInput, match="ask for a session instead") as refused:
        world.hands.deliveries[Delivery.POLICY].rehearse(world.grant(Delivery.POLICY))

    assert refused.value.field == "person"


def test_the_sweep_finds_what_a_lost_ledger_forgot_and_takes_it_out(world: World):
    """Inline and managed alike; taking out twice is no error."""
    people = [world.person() for _ in range(2)]
    fill_inline(world, people[1][0])
    grants = [world.grant(Delivery.POLICY, Level.READ, aws=aws, length=timedelta(days=1)) for _, aws in people]
    for grant in grants:
        world.hands.deliveries[Delivery.POLICY].provision(grant)
    found = [one for one in world.standing() if one.grant in {grant.id for grant in grants}]
    for standing in found * 2:
        world.sweep().remove(standing)

    assert sorted(one.what.split()[0] for one in found) == ["inline", "managed"]
    assert [stands(world, grant) for grant in grants] == [[], []]


def test_a_home_once_chosen_is_kept(world: World):
    """Room that fills up or comes free between two tries leads to no second policy of the same grant."""
    hands = world.hands.deliveries[Delivery.POLICY]
    (filled, aws), (freed, other) = world.person(), world.person()
    inline, managed = world.grant(Delivery.POLICY, aws=aws), world.grant(Delivery.POLICY, aws=other)
    hands.provision(inline)
    fill_inline(world, filled)
    hands.provision(inline)
    fill_inline(world, freed)
    hands.provision(managed)
    world.root.client("iam").delete_user_policy(UserName=freed.user_name, PolicyName="filler")
    hands.provision(managed)

    assert stands(world, inline) == [f"inline policy daypass-0a1b2c3d-{inline.id} of user {aws.name}"]
    assert stands(world, managed) == [f"managed policy daypass-0a1b2c3d-{managed.id}"]


def test_a_new_lease_is_written_over_the_old_one(world: World):
    """A try that was cut off leaves old dates behind; until the new ones are there, nothing is."""
    people = [world.person() for _ in range(2)]
    fill_inline(world, people[1][0])
    hands = world.hands.deliveries[Delivery.POLICY]
    seen = []
    for _, aws in people:
        old = world.grant(Delivery.POLICY, aws=aws)
        hands.provision(old)
        later = world.grant(Delivery.POLICY, aws=aws, length=timedelta(hours=2)).lease
        assert later is not None
        anew = [releases(old, Lease(starts=later.starts, ends=later.ends + timedelta(hours=n))) for n in range(6)]
        seen.append(hands.observe(anew[0], world.now()))
        for one in anew:
            hands.provision(one)
        seen.append(hands.observe(anew[-1], world.now()))

    assert seen == [Presence.ABSENT, Presence.PRESENT] * 2
