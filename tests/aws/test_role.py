"""Roles as they are found in AWS: which are guarded, and that none is left open by a doubt."""

import json
from typing import Any
from uuid import uuid4

import pytest

from daypass.aws.clients import AwsCredentials, Clients
from daypass.aws.role import RoleInAws, deciding
from daypass.model.errors import AwsForbids, BadInput
from daypass.resources.role import Role
from tests.servers.keys import REGION, Keys
from tests.servers.ministack import ACCOUNT, MiniStack

ROLE = Role()
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
DECIDES = (
    "*",
    "*:*",
    "iam:*",
    "IAM:PutRolePolicy",
    "iam:PassRole",
    "iam:*Policy",
    "iam:P*",
    "i*:*",
    "ia?:Create*",
    "iam:G*",
    "sso:CreateAccountAssignment",
    "organizations:*",
    "identitystore:Create*",
)
HARMLESS = (
    "s3:*",
    "iam:Get*",
    "iam:ListRoles",
    "iam:SimulatePrincipalPolicy",
    "organizations:Describe*",
    "sts:AssumeRole",
)


def document(*, effect: str = "Allow", **said: Any) -> dict[str, Any]:
    """A policy of one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Resource": "*", **said}]}


@pytest.mark.parametrize("action", DECIDES)
def test_what_may_change_who_may_do_what_is_told(action: str):
    """However it is written: capitals, wildcards anywhere, the service's name among them."""
    assert list(deciding(document(Action=["s3:GetObject", action]))) == [action]


def test_what_only_looks_at_permissions_is_not_told():
    """Reading IAM and doing other things make no role dangerous; nor does a Deny."""
    assert not list(deciding(document(Action=list(HARMLESS))))
    assert not list(deciding(document(effect="Deny", Action="*")))


def test_all_but_something_is_told_unless_everything_that_decides_is_left_out():
    """PowerUserAccess is an Allow of all but IAM; leaving out half of what decides is leaving the door open."""
    every = ["iam:*", "sso:*", "sso-directory:*", "identitystore:*", "organizations:*", "account-access:*"]

    assert not list(deciding(document(NotAction=every)))
    assert list(deciding(document(NotAction=["iam:*", "organizations:*"]))) == ["NotAction"]


class Account:
    """An account with roles, and Daypass, who may look at them."""

    def __init__(self, server: MiniStack) -> None:
        """Make Daypass's own user, who may read roles called `open-*`."""
        self.iam = server.root().client("iam")
        self.tag = uuid4().hex[:6]
        keys = server.create_user(f"daypass-{self.tag}")
        looks = ["iam:GetRole", "iam:ListRolePolicies", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies"]
        policies = ["iam:GetPolicy", "iam:GetPolicyVersion"]
        said = [
            {"Effect": "Allow", "Action": looks, "Resource": f"arn:aws:iam::{server.account}:role/*open-*"},
            {"Effect": "Allow", "Action": policies, "Resource": "*"},
        ]
        self.iam.put_user_policy(UserName=keys.user_name, PolicyName="own", PolicyDocument=_written(said))
        self.roles = RoleInAws(clients=_clients(keys))

    def role(self, name: str = "open", **said: Any) -> str:
        """Make a role; returns its name."""
        name = f"{name}-{uuid4().hex[:6]}"
        self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=_written([]), **said)
        return name

    def allow(self, role: str, *actions: str) -> None:
        """Give it an inline policy."""
        said = [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]
        self.iam.put_role_policy(RoleName=role, PolicyName="some", PolicyDocument=_written(said))


def _written(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _clients(keys: Keys) -> Clients:
    own = AwsCredentials(access_key_id=keys.access_key, secret_access_key=keys.secret_key)
    return Clients(region=REGION, endpoint=keys.endpoint, keys=own)


@pytest.fixture(scope="module")
def account(ministack: MiniStack) -> Account:
    """Return an account on MiniStack."""
    return Account(ministack)


def test_an_ordinary_role_is_not_guarded(account: Account):
    """What it may do is its own business; whether it lets sessions be cut off is told by its tag alone."""
    plain, tagged = account.role(), account.role(Tags=[{"Key": "daypass:cut-off", "Value": "allowed"}])
    account.allow(plain, "s3:*", "iam:Get*")

    assert account.roles.guarded(ROLE.at(plain)) == ""
    assert not account.roles.facts(ROLE.at(plain)).lets_cut_off
    assert account.roles.facts(ROLE.at(tagged)).lets_cut_off


def test_a_role_that_may_write_iam_is_guarded(account: Account):
    """By an inline policy as by an attached one; and the sentence names the action."""
    inline, attached = account.role(), account.role()
    account.allow(inline, "s3:*", "iam:PassRole")
    account.iam.attach_role_policy(RoleName=attached, PolicyArn=ADMIN)

    assert "iam:PassRole" in account.roles.guarded(ROLE.at(inline))
    assert "(*)" in account.roles.guarded(ROLE.at(attached))


def test_a_role_whose_boundary_leaves_iam_out_is_not_guarded(account: Account):
    """What the boundary leaves out it cannot do; a boundary that allows it changes nothing."""
    text = _written([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])
    narrow = account.iam.create_policy(PolicyName=f"narrow-{account.tag}", PolicyDocument=text)["Policy"]["Arn"]
    bounded, unbounded = account.role(PermissionsBoundary=narrow), account.role(PermissionsBoundary=ADMIN)
    account.allow(bounded, "*")
    account.allow(unbounded, "*")

    assert account.roles.guarded(ROLE.at(bounded)) == ""
    assert account.roles.guarded(ROLE.at(unbounded))


def test_roles_of_aws_and_of_daypass_are_guarded(account: Account):
    """By path, by the tag of an installation, or because Daypass is told that they are its own."""
    by_path = [account.role(Path=path) for path in ("/aws-reserved/sso/", "/daypass/", "/daypass-setup/")]
    tagged = account.role(Tags=[{"Key": "daypass:installation", "Value": "0a1b2c3d"}])
    told = account.role()
    arn = account.iam.get_role(RoleName=told)["Role"]["Arn"]
    knowing = RoleInAws(clients=account.roles._clients, ours={arn})

    assert all(account.roles.guarded(ROLE.at(name)) for name in (*by_path, tagged))
    assert knowing.guarded(ROLE.at(told))
    assert not account.roles.guarded(ROLE.at(told))


def test_a_role_whose_policies_cannot_be_read_is_guarded(account: Account):
    """What could not be read is never read as nothing: a policy that AWS does not show may allow anything."""
    name = account.role()
    account.iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/NobodyKnowsThisOne")

    assert account.roles.guarded(ROLE.at(name))


def test_a_role_that_is_missing_is_told_from_one_that_is_out_of_bounds(account: Account):
    """Daypass looks at the roles its operator names, and at no other."""
    with pytest.raises(BadInput, match="There is no role open-missing here"):
        account.roles.check(ROLE.at("open-missing"))
    with pytest.raises(AwsForbids, match="not among the roles that Daypass was set up for"):
        account.roles.check(ROLE.at(account.role("closed")))


def test_a_role_of_another_account_is_not_taken_for_one_of_the_same_name_here(account: Account):
    """The name is unique in its account alone, and at home a role has one name: freezes and denials are about that."""
    name = account.role()
    account.roles.check(ROLE.at(name))

    with pytest.raises(BadInput, match=f"write role:{name}"):
        account.roles.check(ROLE.at(name, account=ACCOUNT))
    with pytest.raises(BadInput, match="another account than 999988887777"):
        account.roles.check(ROLE.at(name, account="999988887777"))


def test_the_arn_of_a_role_has_its_path(account: Account):
    """STS knows no role by its name alone."""
    one = ROLE.at(account.role(Path="/ops/"))
    there = account.iam.get_role(RoleName=one.path)["Role"]["Arn"]

    assert ROLE.arn(one, account.roles.facts(one)) == there
