"""The stack of deploy/cloudformation, made on a real server, and Daypass at work with nothing but what it gives."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from daypass.aws.clients import AwsCredentials as AwsKeys
from daypass.aws.clients import Clients
from daypass.aws.own_permissions import Setup, service
from daypass.model.entitlement import Entitlement
from daypass.model.errors import AwsForbids, Misconfigured
from daypass.model.grant import Delivery, Grant, new_grant_id
from daypass.model.lease import Lease, Term, whole_second
from daypass.model.principal import AwsIdentity, PrincipalId
from daypass.ports import Credentials
from daypass.ports.fence import Free, writing_under
from daypass.resources.s3 import in_bucket
from daypass.resources.s3_statements import Level
from daypass.wiring.installation_tag import whose_role
from tests.deliveries.world import Hands, allowed, ending, hands_of
from tests.servers.keys import REGION, Keys
from tests.servers.ministack import ACCOUNT, MiniStack

TEMPLATE = Path(__file__).resolve().parents[2] / "deploy/cloudformation/daypass.yaml"
IAM = f"arn:aws:iam::{ACCOUNT}"
SETUP = Setup(
    principal_arn=f"{IAM}:user/daypass",
    broker_arn=f"{IAM}:role/daypass-broker",
    buckets=("acme-lent",),
    people=(f"{IAM}:user/lent-*",),
    roles=(f"{IAM}:role/deploy-*",),
)
HOUR = timedelta(hours=1)
MINE = "1a2b3c4d"


@pytest.fixture(autouse=True)
def _worker() -> Iterator[None]:
    """Let the tests write to AWS as a worker would who has the grant's claim."""
    with writing_under(Free("a test of the stack")):
        yield


@dataclass(frozen=True)
class Stack:
    """A server on which the stack stands, and Daypass with the keys of the stack's user."""

    server: MiniStack
    hands: Hands

    def grant(self, bucket: str, delivery: Delivery, aws: AwsIdentity | None = None) -> Grant:
        """Read access to a bucket, from now on for an hour."""
        now = whole_second(self.server.clock.now())
        return Grant(
            id=new_grant_id(),
            principal=PrincipalId("U0ANN"),
            entitlement=Entitlement(resource=in_bucket(bucket, ""), levels=frozenset({Level.READ})),
            delivery=delivery,
            term=Term(length=HOUR),
            approved_at=now,
            aws=aws,
            lease=Lease(starts=now, ends=now + HOUR),
        )

    def may_read(self, grant: Grant, bucket: str) -> bool:
        """Whether a session of the grant reads there."""
        opened = self.hands.broker.open(grant, self.server.clock.now())
        return allowed(self._s3(opened).get_object, Bucket=bucket, Key="k")

    def session(self, name: str, policy: str) -> Any:
        """S3 as a session that Daypass opens with a policy of one's choice."""
        return self._s3(self.hands.sessions.open(name, policy, HOUR))

    def _s3(self, opened: Credentials) -> Any:
        keys = Keys(
            endpoint=self.server.endpoint,
            access_key=opened.access_key_id,
            secret_key=opened.secret_access_key,
            token=opened.session_token,
        )
        return keys.client("s3")

    def person(self, name: str) -> AwsIdentity:
        """Make an IAM user."""
        user = self.server.root().client("iam").create_user(UserName=name)["User"]
        return AwsIdentity(arn=user["Arn"], unique_id=user["UserId"])


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Make the stack on a server of its own, which is gone afterwards."""
    server = MiniStack(tmp_path_factory.mktemp("stack"))
    server.start()
    try:
        for bucket in ("acme-lent", "acme-kept"):
            server.root().client("s3").create_bucket(Bucket=bucket)
            server.root().client("s3").put_object(Bucket=bucket, Key="k", Body=b"figures")
        yield Stack(server, hands_of(_deployed(server), SETUP))
    finally:
        server.stop()


_SAID = '"Null": {"iam:PermissionsBoundary": "false"}'


def _for_this_server(template: str) -> str:
    """
    Bend the template to what this server knows less well than AWS.

    It authorises IAM calls by the names of users and roles without their paths, and never says iam:PermissionsBoundary.
    """
    plain = template.replace("Path: /daypass/\n", "Path: /\n").replace(":role/daypass/", ":role/")
    plain = plain.replace("${RunsAs}/daypass-setup/", "${RunsAs}/")
    plain = re.sub(r'StringEquals:(\s+"iam:PermissionsBoundary")', r"StringEqualsIfExists:\1", plain)
    return re.sub(r'( +)(StringNotEquals:\s+"iam:PermissionsBoundary")', rf"\1{_SAID}\n\1\2", plain)


def _deployed(server: MiniStack) -> Clients:
    cloudformation, iam = server.root().client("cloudformation"), server.root().client("iam")
    given = {
        "RunsAs": "user",
        "BucketArns": "arn:aws:s3:::acme-lent",
        "PeopleArns": SETUP.people[0],
        "RoleArns": SETUP.roles[0],  # this server takes an empty list for one that names something
        "Installation": MINE,
    }
    cloudformation.create_stack(
        StackName="daypass",
        TemplateBody=_for_this_server(TEMPLATE.read_text()),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName="daypass", WaiterConfig={"Delay": 1})
    # This server's CloudFormation passes PermissionsBoundary over; its IAM does not.
    iam.put_role_permissions_boundary(RoleName="daypass-broker", PermissionsBoundary=SETUP.ceiling_arn)
    key = iam.create_access_key(UserName="daypass")["AccessKey"]
    keys = AwsKeys(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
    return Clients(region=REGION, endpoint=server.endpoint, keys=keys)


def test_the_stack_is_made_with_the_documents_of_the_code(stack: Stack):
    """What the server holds after the deployment is what the code says, read back from IAM."""
    iam = stack.server.root().client("iam")
    arn = f"{IAM}:policy/daypass-setup/daypass-service"
    held = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"]

    for statement in held["Statement"]:
        statement.get("Condition", {}).pop("Null", None)
    assert json.loads(json.dumps(held).replace("EqualsIfExists", "Equals")) == service(SETUP)


def test_a_session_reads_in_the_buckets_that_may_be_lent_and_nowhere_else(stack: Stack):
    """The ceiling holds whatever a session's own policy says."""
    wide = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    session = stack.session("daypass-wide", json.dumps(wide))

    assert allowed(session.get_object, Bucket="acme-lent", Key="k")
    assert not allowed(session.get_object, Bucket="acme-kept", Key="k")


def test_daypass_looks_into_the_buckets_that_may_be_lent_and_no_others(stack: Stack):
    """It knows that the other one is there, and says what to change if it is to be lent."""
    lent, kept = (in_bucket(name, "") for name in ("acme-lent", "acme-kept"))
    stack.hands.buckets.check(lent)

    with pytest.raises(AwsForbids, match=r"“acme-kept”. Either it is not among the buckets .* \(BucketArns"):
        stack.hands.buckets.check(kept)


def test_a_session_can_be_ended_early(stack: Stack):
    """Daypass may write the deny that it needs on the broker role."""
    grant = stack.grant("acme-lent", Delivery.SESSION)
    now = stack.server.clock.now()

    stack.hands.deliveries[Delivery.SESSION].revoke(ending(grant, now), now)

    assert not stack.may_read(grant, "acme-lent")


def test_policies_are_put_on_the_people_named_and_on_nobody_else(stack: Stack):
    """A person whose ARN was named is lent a policy; another is refused, with the permission that lacks."""
    policies = stack.hands.deliveries[Delivery.POLICY]
    named = stack.grant("acme-lent", Delivery.POLICY, stack.person("lent-ann"))
    other = stack.grant("acme-lent", Delivery.POLICY, stack.person("eve"))

    policies.provision(named)

    assert policies.observe(named, stack.server.clock.now()) == "present"
    with pytest.raises(AwsForbids):
        policies.provision(other)


def test_daypass_may_not_widen_what_bounds_it(stack: Stack):
    """Its own policy, the ceiling, the boundary and the trust are out of its reach."""
    mine = stack.hands.clients.iam
    broker, document = "daypass-broker", json.dumps({"Version": "2012-10-17", "Statement": []})

    assert not allowed(mine.put_user_policy, UserName="daypass", PolicyName="up", PolicyDocument=document)
    assert not allowed(mine.create_policy_version, PolicyArn=SETUP.ceiling_arn, PolicyDocument=document)
    assert not allowed(mine.delete_role_permissions_boundary, RoleName=broker)
    assert not allowed(mine.update_assume_role_policy, RoleName=broker, PolicyDocument=document)


def test_the_doctor_reports_a_broker_role_that_is_tagged_as_another_installations(stack: Stack):
    """By what Daypass may read itself; a role that is tagged as nobody's is no fault, and it says how to tag it."""
    sessions, iam = stack.hands.broker.sessions, stack.server.root().client("iam")
    assert whose_role(sessions, MINE) == f"The role daypass-broker is tagged as that of this installation, {MINE}."
    with pytest.raises(
        Misconfigured, match=f"tagged daypass:installation={MINE}, and this is the installation 99887766"
    ):
        whose_role(sessions, "99887766")

    iam.untag_role(RoleName="daypass-broker", TagKeys=["daypass:installation"])
    assert f"Installation={MINE}" in whose_role(sessions, MINE)
