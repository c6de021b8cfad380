"""Daypass's own permissions: enough for its work (every other test here runs with them), and no way up."""

from collections.abc import Callable
from typing import Any

import pytest

from daypass.aws.own_permissions import Setup, ceiling, for_plain_server, service, trust
from daypass.aws.policy import MANAGED, USER_INLINE, size
from daypass.model.errors import AwsForbids
from daypass.model.grant import Delivery
from tests.deliveries.world import World, allowed, minified

WIDE = minified({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


@pytest.fixture
def world(ministack_world: World) -> World:
    """Return the world whose Daypass has exactly its own permissions; Ceph knows none for IAM calls."""
    return ministack_world


def own_name(world: World) -> str:
    """Daypass's own IAM user."""
    return str(world.daypass.user_name)


def broker_name(world: World) -> str:
    """The broker role."""
    return world.setup.broker_arn.rpartition("/")[2]


WAYS_UP: dict[str, Callable[[World, Any], bool]] = {
    "a policy on itself": lambda world, iam: allowed(
        iam.put_user_policy, UserName=own_name(world), PolicyName="up", PolicyDocument=WIDE
    ),
    "no deny on itself": lambda world, iam: allowed(
        iam.delete_user_policy, UserName=own_name(world), PolicyName="what-its-operator-put-there"
    ),
    "an attached policy on itself": lambda world, iam: allowed(
        iam.attach_user_policy, UserName=own_name(world), PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    ),
    "an attached policy on the broker role": lambda world, iam: allowed(
        iam.attach_role_policy, RoleName=broker_name(world), PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    ),
    "another trust of the broker role": lambda world, iam: allowed(
        iam.update_assume_role_policy, RoleName=broker_name(world), PolicyDocument=minified(trust(world.setup))
    ),
    "no boundary of the broker role": lambda world, iam: allowed(
        iam.delete_role_permissions_boundary, RoleName=broker_name(world)
    ),
    "another boundary of the broker role": lambda world, iam: allowed(
        iam.put_role_permissions_boundary,
        RoleName=broker_name(world),
        PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess",
    ),
    "a new version of the ceiling": lambda world, iam: allowed(
        iam.create_policy_version, PolicyArn=world.setup.ceiling_arn, PolicyDocument=WIDE, SetAsDefault=True
    ),
    "a new user": lambda world, iam: allowed(iam.create_user, UserName=f"up-{world.tag}"),
    "a new key for somebody": lambda world, iam: allowed(iam.create_access_key, UserName=own_name(world)),
    "a role of its own": lambda world, iam: allowed(
        iam.create_role, RoleName=f"up-{world.tag}", AssumeRolePolicyDocument=minified(trust(world.setup))
    ),
}


@pytest.mark.parametrize("way", WAYS_UP)
def test_there_is_no_way_up(world: World, way: str):
    """AWS refuses Daypass everything that would widen what Daypass may do."""
    assert not WAYS_UP[way](world, world.daypass.client("iam"))


def test_a_widened_broker_role_reaches_no_further_than_its_ceiling(world: World):
    """Daypass may write denies on the role, hence anything; the boundary makes an Allow there worth nothing."""
    iam = world.daypass.client("iam")
    iam.put_role_policy(RoleName=broker_name(world), PolicyName="wide", PolicyDocument=WIDE)
    opened = world.hands.sessions.open("daypass-x", WIDE, world.hands.sessions.longest())
    iam.delete_role_policy(RoleName=broker_name(world), PolicyName="wide")
    session = world.vended(opened)

    assert not allowed(session.client("iam").create_user, UserName=f"up-{world.tag}")
    assert not allowed(session.client("s3").delete_bucket, Bucket=world.other_bucket)


def test_daypass_itself_reads_no_object(world: World):
    """Its own principal sees names of buckets and objects, never what is in them."""
    s3 = world.daypass.client("s3")

    assert allowed(s3.list_objects_v2, Bucket=world.bucket)
    assert not allowed(s3.get_object, Bucket=world.bucket, Key="2025/q4.csv")


def test_nobody_else_may_assume_the_broker_role(world: World):
    """Not even a person whose own policy allows it; and Daypass itself only under the name of a grant."""
    keys, aws = world.person("eve")
    text = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": world.setup.broker_arn}
    document = minified({"Version": "2012-10-17", "Statement": [text]})
    world.root.client("iam").put_user_policy(UserName=aws.name, PolicyName="may", PolicyDocument=document)
    role = {"RoleArn": world.setup.broker_arn}

    assert not allowed(keys.client("sts").assume_role, RoleSessionName="daypass-x", **role)
    assert not allowed(world.daypass.client("sts").assume_role, RoleSessionName="admin", **role)
    assert allowed(world.daypass.client("sts").assume_role, RoleSessionName="daypass-x", **role)


def test_without_people_daypass_writes_on_nobody(world: World):
    """An operator who does not want the delivery `policy` leaves the people out, and no such right is there."""
    setup = Setup(principal_arn=world.setup.principal_arn, broker_arn=world.setup.broker_arn)
    actions = {action for one in service(setup)["Statement"] if one["Effect"] == "Allow" for action in one["Action"]}

    assert not actions & {"iam:PutUserPolicy", "iam:AttachUserPolicy", "iam:CreatePolicy"}


def test_daypass_may_read_the_tags_of_every_bucket(world: World):
    """Rules may ask for them, and they say who owns a bucket; Daypass may not write them."""
    world.root.client("s3").put_bucket_tagging(
        Bucket=world.bucket, Tagging={"TagSet": [{"Key": "team", "Value": "analytics"}]}
    )
    s3 = world.daypass.client("s3")

    assert allowed(s3.get_bucket_tagging, Bucket=world.bucket)
    assert not allowed(s3.put_bucket_tagging, Bucket=world.bucket, Tagging={"TagSet": []})


def test_the_documents_fit_where_they_are_put(world: World):
    """The ceiling is a managed policy, and so is the service's own; neither is too long."""
    assert size(minified(ceiling(world.setup))) <= MANAGED
    assert size(minified(service(world.setup))) <= MANAGED
    assert size(minified(trust(world.setup))) <= USER_INLINE


def test_the_plain_rewriting_keeps_every_deny(world: World):
    """For a server without IAM's conditions only Allows get weaker."""
    full, plain = service(world.setup), for_plain_server(service(world.setup))
    denied = [[one["Action"] for one in document["Statement"] if one["Effect"] == "Deny"] for document in (full, plain)]

    assert denied[0] == denied[1] != []


def test_a_missing_permission_is_named(world: World):
    """With a policy that lacks iam:PutUserPolicy the sentence says so."""
    _, aws = world.person()
    text = service(world.setup)
    text["Statement"][:] = [one for one in text["Statement"] if one["Sid"] != "PoliciesOfPeople"]
    iam = world.root.client("iam")
    iam.put_user_policy(UserName=own_name(world), PolicyName="own", PolicyDocument=minified(for_plain_server(text)))
    try:
        with pytest.raises(AwsForbids) as refused:
            world.hands.deliveries[Delivery.POLICY].provision(world.grant(Delivery.POLICY, aws=aws))
    finally:
        whole = minified(for_plain_server(service(world.setup)))
        iam.put_user_policy(UserName=own_name(world), PolicyName="own", PolicyDocument=whole)

    assert refused.value.action == "iam:GetUser"
    assert "iam:GetUser" in refused.value.sentence
