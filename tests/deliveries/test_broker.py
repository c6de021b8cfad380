"""Sessions of the broker role: how long, how large, and marked with whose they are."""

import json
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from daypass.aws.clients import AwsCredentials, Clients
from daypass.aws.role_sessions import CHAINED, LONGEST, SHORTEST, RoleSessions
from daypass.model.errors import AwsForbids, BadInput, Misconfigured
from daypass.model.grant import Delivery, Presence
from daypass.resources.s3_statements import Level
from tests.deliveries.world import Hands, World, minified
from tests.servers.keys import REGION

HOUR = timedelta(hours=1)
WORTHLESS = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'


@pytest.fixture
def world(ministack_world: World) -> World:
    """Return the world on MiniStack."""
    return ministack_world


def spied(hands: Hands, refuse_labels: bool = False) -> list[dict[str, Any]]:
    """Keep what every AssumeRole asks for; refuse, if told so, labelled policies as too large when packed."""
    asked: list[dict[str, Any]] = []

    def keep(params: dict[str, Any], **_: Any) -> None:
        asked.append(dict(params))
        if refuse_labels and '"Sid"' in params["Policy"]:
            said: Any = {"Error": {"Code": "PackedPolicyTooLarge"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
            raise ClientError(said, "AssumeRole")

    hands.clients.sts.meta.events.register("provide-client-params.sts.AssumeRole", keep)
    return asked


def test_a_session_carries_the_grants_name_and_policy(world: World):
    """Session name and source identity are the grant's, for CloudTrail; the policy is what was rehearsed."""
    hands, grant = world.make_hands(), world.grant(Delivery.SESSION)
    asked = spied(hands)
    rehearsed = hands.deliveries[Delivery.SESSION].rehearse(grant).papers[0].text
    hands.broker.open(grant, world.now())

    assert (asked[0]["RoleSessionName"], asked[0]["SourceIdentity"]) == (f"daypass-{grant.id}",) * 2
    assert json.loads(asked[0]["Policy"]) == json.loads(rehearsed)


@pytest.mark.parametrize(
    ("left", "asked_for", "renewable"),
    [
        (timedelta(minutes=1), SHORTEST, False),
        (timedelta(minutes=40), timedelta(minutes=40), False),
        (9 * HOUR, HOUR, True),
    ],
)
def test_a_session_lasts_to_the_end_of_the_grant_within_what_aws_takes(
    world: World, left: timedelta, asked_for: timedelta, renewable: bool
):
    """A quarter of an hour at least, the role's own limit (here an hour) at most; only then is there more to be had."""
    hands, grant = world.make_hands(), world.grant(Delivery.SESSION, length=left)
    asked = spied(hands)
    assert grant.lease is not None
    opened = hands.broker.open(grant, grant.lease.starts)

    assert asked[0]["DurationSeconds"] == asked_for.total_seconds()
    assert (opened.renewable, opened.region) == (renewable, "us-east-1")


def test_a_policy_too_large_when_packed_is_tried_without_labels(world: World):
    """AWS packs the policy and says only then that it is too large; without Sids it is smaller."""
    hands, grant = world.make_hands(), world.grant(Delivery.SESSION)
    asked = spied(hands, refuse_labels=True)
    hands.deliveries[Delivery.SESSION].provision(grant)

    assert ['"Sid"' in one["Policy"] for one in asked] == [True, False]


def test_a_policy_longer_than_a_session_takes_is_refused_before_approval(world: World):
    """A thousand characters of prefix, twice in the policy, are too many; a policy on the person takes them."""
    long = world.grant(Delivery.SESSION, key="x" * 950 + "/")
    with pytest.raises(BadInput, match="longer than AWS takes for a session") as refused:
        world.hands.deliveries[Delivery.SESSION].rehearse(long)

    assert refused.value.field == "resource"


def test_a_link_needs_a_level_that_a_link_can_carry(world: World):
    """There is no URL for listing or deleting: said before anybody approves."""
    with pytest.raises(BadInput, match="A link can read or write") as refused:
        world.hands.deliveries[Delivery.LINK].rehearse(world.grant(Delivery.LINK, Level.DELETE))

    assert refused.value.field == "level"
    assert world.hands.deliveries[Delivery.LINK].rehearse(world.grant(Delivery.LINK, Level.WRITE)).papers


def test_a_role_that_does_not_trust_us_is_named_with_what_to_do(world: World):
    """The operator reads what the role needs; the grant is simply not there."""
    _, closed = world.person_in_role()
    sessions = RoleSessions(clients=world.hands.clients, role_arn=closed.arn)
    with pytest.raises(AwsForbids, match="its trust policy must name") as refused:
        sessions.open("daypass-x", WORTHLESS, CHAINED)

    assert refused.value.action == "sts:AssumeRole"


def test_a_broker_role_that_is_not_there_is_the_operators_to_mend(world: World):
    """Not “not found”, which would read as if the person had asked for something wrong."""
    sessions = RoleSessions(clients=world.hands.clients, role_arn=f"{world.setup.broker_arn}-gone")
    with pytest.raises(Misconfigured, match="There is no role"):
        sessions.open("daypass-x", WORTHLESS, CHAINED)


def test_an_approved_grant_is_there_when_a_session_can_be_had(world: World):
    """Before its lease and after it nothing can be done with one, so nothing is there."""
    session, grant = world.hands.deliveries[Delivery.SESSION], world.grant(Delivery.SESSION)
    ahead = world.grant(Delivery.SESSION, starts=HOUR)
    assert grant.lease is not None

    assert session.observe(grant, world.now()) is Presence.PRESENT
    assert session.observe(ahead, world.now()) is Presence.ABSENT
    assert session.observe(grant, grant.lease.ends) is Presence.ABSENT


@pytest.mark.parametrize(("chained", "longest", "ever"), [(False, 12 * HOUR, LONGEST), (True, CHAINED, CHAINED)])
def test_daypass_on_a_role_of_its_own_is_held_to_an_hour(
    world: World, chained: bool, longest: timedelta, ever: timedelta
):
    """Role chaining: asking AWS for more than an hour would fail, whatever the broker role allows."""
    iam = world.root.client("iam")
    role = f"long-{'c' if chained else 'u'}-{world.tag}"
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    made = iam.create_role(
        RoleName=role,
        AssumeRolePolicyDocument=minified({"Version": "2012-10-17", "Statement": [trust]}),
        MaxSessionDuration=43_200,
    )["Role"]["Arn"]
    keys = AwsCredentials(access_key_id=world.root.access_key, secret_access_key="root")
    if chained:
        given = world.root.client("sts").assume_role(RoleArn=made, RoleSessionName="me")["Credentials"]
        keys = AwsCredentials(
            access_key_id=given["AccessKeyId"],
            secret_access_key=given["SecretAccessKey"],
            session_token=given["SessionToken"],
        )
    clients = Clients(region=REGION, endpoint=world.server.endpoint, keys=keys)
    sessions = RoleSessions(clients=clients, role_arn=made)

    assert (sessions.longest(), sessions.longest_ever()) == (longest, ever)
