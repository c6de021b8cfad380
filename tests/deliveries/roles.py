"""A world with roles that may be granted, for Daypass with exactly the rights that this takes."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from daypass.aws.own_permissions import for_plain_server, service
from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery, Grant, GrantState
from daypass.resources.role import Role
from tests.deliveries.world import World, minified
from tests.servers.keys import Keys
from tests.servers.ministack import MiniStack

HOUR = timedelta(hours=1)
TAGGED = [{"Key": "daypass:cut-off", "Value": "allowed"}]


class Roles(World):
    """A world with roles, whose Daypass has the rights that granting them takes and none on other people's roles."""

    def __init__(self, server: MiniStack) -> None:
        """Let Daypass grant the roles that are called deploy-*."""
        super().__init__(server)
        users, granted = f"arn:aws:iam::{server.account}:user/*", f"arn:aws:iam::{server.account}:role/*deploy-*"
        self.setup = replace(self.setup, people=(users,), roles=(granted,))
        text = minified(for_plain_server(service(self.setup)))
        self.iam = self.root.client("iam")
        self.iam.put_user_policy(UserName=self.daypass.user_name, PolicyName="own", PolicyDocument=text)
        self.hands = self.make_hands()

    def role(self, name: str = "deploy", *, tagged: bool = False, trusts: str = "", allows: str = "s3:*") -> str:
        """Make a role that trusts Daypass, or somebody else; returns its name."""
        name = f"{name}-{uuid4().hex[:6]}"
        who = {"Effect": "Allow", "Principal": {"AWS": trusts or self.setup.principal_arn}}
        what = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"], **who}
        self.iam.create_role(
            RoleName=name,
            Path="/" if tagged else "/ops/",  # MiniStack looks for the tags of a role where it has no path
            AssumeRolePolicyDocument=minified({"Version": "2012-10-17", "Statement": [what]}),
            Tags=TAGGED if tagged else [],
        )
        can = {"Effect": "Allow", "Action": [allows, "sts:AssumeRole"], "Resource": "*"}
        text = minified({"Version": "2012-10-17", "Statement": [can]})
        self.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=text)
        return name

    def arn(self, name: str) -> str:
        """Its ARN."""
        return str(self.iam.get_role(RoleName=name)["Role"]["Arn"])

    def granted(self, name: str, *, length: timedelta = HOUR) -> tuple[Grant, Keys]:
        """A grant of a role that is in AWS, and its holder's own keys."""
        keys, aws = self.person()
        role = Entitlement(resource=Role().at(name), levels=frozenset({"assume"}))
        grant = replace(self.grant(Delivery.SESSION, aws=aws, length=length), entitlement=role)
        self.hands.deliveries[Delivery.SESSION].provision(grant)
        return replace(grant, state=GrantState.ACTIVE, handed_out=True), keys

    def session(self, grant: Grant) -> Keys:
        """What its holder gets from Daypass."""
        return self.vended(self.hands.broker.open(grant, self.now()))
