"""
What Daypass may do with what the templates give it, as attacks: each line is one call, tried on the rendered documents.

Each is judged four times: both templates, by our own evaluator and by the one that MiniStack enforces with, which was
written by others. Our own is held against Ceph in test_evaluator.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from daypass.aws.own_permissions import Setup
from tests.deploy.cloudformation import RefusedParameter
from tests.deploy.evaluator import Ask, allows, by_ministack, trusts
from tests.deploy.rendering import MODULE, cloudformation, module, setup_of
from tests.deploy.terraform import taken
from tests.servers.ministack import ACCOUNT

IAM, S3 = f"arn:aws:iam::{ACCOUNT}", "arn:aws:s3:::"
BROKER, CEILING = f"{IAM}:role/daypass/daypass-broker", f"{IAM}:policy/daypass-setup/daypass-broker-ceiling"
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
OURS, LENT = f"{IAM}:policy/daypass/daypass-0a1b2c3d-23456789abcd", f"{S3}acme-reports"
BOUNDED, UNBOUNDED = {"iam:PermissionsBoundary": CEILING}, {"iam:PermissionsBoundary": ADMIN}
BUCKETS = ("acme-reports", "acme-uploads")
NARROW, BROAD = ("user/people/*", "role/analyst"), ("user/*", "role/*")
KMS = {"kms:ViaService": "s3.eu-central-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": f"{LENT}/q1.csv"}
WIDE = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
"""What a thief of Daypass's own keys would put on the broker role, and ask as a session policy."""


@dataclass(frozen=True)
class Rendered:
    """The documents of one template for one setup."""

    service: Mapping[str, Any]
    ceiling: Mapping[str, Any]
    trust: Mapping[str, Any]


def rendered(wanted: Setup) -> dict[str, Rendered]:
    """Both templates."""
    made = cloudformation(wanted, JournalHeadBucket=wanted.head.partition("/")[0])
    return {
        "CloudFormation": Rendered(
            service=made["Service"]["PolicyDocument"],
            ceiling=made["Ceiling"]["PolicyDocument"],
            trust=made["Broker"]["AssumeRolePolicyDocument"],
        ),
        "Terraform": Rendered(*(module(wanted, f"{name}.json.tftpl") for name in ("service", "ceiling", "trust"))),
    }


def own(runs_as: str) -> str:
    """Daypass's own principal."""
    return f"{IAM}:{runs_as}/daypass-setup/daypass"


def on_itself(kind: str) -> list[Ask]:
    """Everything that IAM lets one write on a user or role, on Daypass itself."""
    arn, service = own(kind.lower()), f"{IAM}:policy/daypass-setup/daypass-service"
    verbs = [f"{verb}{{}}{what}" for verb in ("Put", "Delete") for what in ("Policy", "PermissionsBoundary")]
    more = ("UpdateAssumeRolePolicy", "AddUserToGroup", "CreateAccessKey", "TagRole", "TagUser", "UntagUser")
    attached = [(f"iam:{verb}{kind}Policy", policy) for verb in ("Attach", "Detach") for policy in (ADMIN, service)]
    return [
        *(Ask(action=f"iam:{verb.format(one)}", resource=arn) for verb in verbs for one in ("User", "Role")),
        *(Ask(action=f"iam:{verb}", resource=arn) for verb in more),
        *(Ask(action=action, resource=arn, keys={"iam:PolicyARN": policy}) for action, policy in attached),
        Ask(action=f"iam:Attach{kind}Policy", resource=arn, keys={"iam:PolicyARN": OURS}),
    ]


DENIED = {
    "a broker role without its boundary": Ask(action="iam:PutRolePolicy", resource=BROKER),
    "a broker role with another boundary": Ask(action="iam:PutRolePolicy", resource=BROKER, keys=UNBOUNDED),
    "the boundary taken off": Ask(action="iam:DeleteRolePermissionsBoundary", resource=BROKER, keys=BOUNDED),
    "another boundary put on": Ask(action="iam:PutRolePermissionsBoundary", resource=BROKER, keys=UNBOUNDED),
    "the trust opened": Ask(action="iam:UpdateAssumeRolePolicy", resource=BROKER),
    "administrator attached": Ask(action="iam:AttachRolePolicy", resource=BROKER, keys={"iam:PolicyARN": ADMIN}),
    "a policy of ours attached": Ask(action="iam:AttachRolePolicy", resource=BROKER, keys={"iam:PolicyARN": OURS}),
    "the ceiling detached": Ask(action="iam:DetachRolePolicy", resource=BROKER, keys={"iam:PolicyARN": CEILING}),
    "the broker role made longer": Ask(action="iam:UpdateRole", resource=BROKER),
    "the broker role untagged": Ask(action="iam:UntagRole", resource=BROKER),
    "the ceiling written anew": Ask(action="iam:CreatePolicyVersion", resource=CEILING),
    "an older ceiling": Ask(action="iam:SetDefaultPolicyVersion", resource=CEILING),
    "no ceiling": Ask(action="iam:DeletePolicy", resource=CEILING),
    "its own policy written anew": Ask(
        action="iam:CreatePolicyVersion", resource=f"{IAM}:policy/daypass-setup/daypass-service"
    ),
    "administrator for a person": Ask(
        action="iam:AttachUserPolicy", resource=f"{IAM}:user/people/eve", keys={"iam:PolicyARN": ADMIN}
    ),
    "a new user": Ask(action="iam:CreateUser", resource=f"{IAM}:user/people/eve"),
    "keys of a person": Ask(action="iam:CreateAccessKey", resource=f"{IAM}:user/people/ann"),
    "a person's password": Ask(action="iam:UpdateLoginProfile", resource=f"{IAM}:user/people/ann"),
    "a role passed on": Ask(action="iam:PassRole", resource=f"{IAM}:role/analyst"),
    "somebody else's role": Ask(action="sts:AssumeRole", resource=f"{IAM}:role/analyst"),
    "a policy of another name": Ask(action="iam:CreatePolicy", resource=f"{IAM}:policy/admin"),
    "a group": Ask(action="iam:PutGroupPolicy", resource=f"{IAM}:group/people"),
    "names in a bucket that is not lent": Ask(action="s3:ListBucket", resource=f"{S3}acme-kept"),
    "tags of a bucket that is not lent": Ask(action="s3:GetBucketTagging", resource=f"{S3}acme-kept"),
    "encryption of a bucket that is not lent": Ask(action="s3:GetEncryptionConfiguration", resource=f"{S3}acme-kept"),
    "a bucket whose name begins like a lent one": Ask(action="s3:ListBucket", resource=f"{LENT}-kept"),
    "an object": Ask(action="s3:GetObject", resource=f"{LENT}/q1.csv"),
    "an object written": Ask(action="s3:PutObject", resource=f"{LENT}/q1.csv"),
    "tags written": Ask(action="s3:PutBucketTagging", resource=LENT),
    "a bucket's policy": Ask(action="s3:PutBucketPolicy", resource=LENT),
    "something decrypted": Ask(action="kms:Decrypt", resource="arn:aws:kms:eu-central-1:123456789012:key/k", keys=KMS),
}
"""What Daypass's own principal may not do, whoever the people are; what it may not do to itself is beside it."""

NEEDED = {
    "a session": Ask(action="sts:AssumeRole", resource=BROKER),
    "a session's mark": Ask(action="sts:SetSourceIdentity", resource=BROKER),
    "a deny": Ask(action="iam:PutRolePolicy", resource=BROKER, keys=BOUNDED),
    "a deny that is over": Ask(action="iam:DeleteRolePolicy", resource=BROKER, keys=BOUNDED),
    "the broker role": Ask(action="iam:GetRole", resource=BROKER),
    "the denies": Ask(action="iam:ListRolePolicies", resource=BROKER),
    "one deny": Ask(action="iam:GetRolePolicy", resource=BROKER),
    "what is in IAM": Ask(action="iam:GetAccountAuthorizationDetails", resource="*"),
    "the account's name": Ask(action="iam:GetAccountSummary", resource="*"),
    "which buckets there are": Ask(action="s3:ListAllMyBuckets", resource="*"),
    "names in a bucket": Ask(action="s3:ListBucket", resource=LENT, keys={"s3:prefix": "2026/"}),
    "a bucket's tags": Ask(action="s3:GetBucketTagging", resource=LENT),
    "a bucket's key": Ask(action="s3:GetEncryptionConfiguration", resource=LENT),
}
"""What Daypass does, with or without the delivery `policy`."""

NEEDED_FOR_POLICIES = {
    "a person's policy": Ask(action="iam:PutUserPolicy", resource=f"{IAM}:user/people/ann"),
    "a person's policy taken away": Ask(action="iam:DeleteUserPolicy", resource=f"{IAM}:user/people/ann"),
    "a role's policy": Ask(action="iam:PutRolePolicy", resource=f"{IAM}:role/analyst"),
    "who a person is": Ask(action="iam:GetUser", resource=f"{IAM}:user/people/ann"),
    "a managed policy": Ask(action="iam:CreatePolicy", resource=OURS),
    "a managed policy attached": Ask(
        action="iam:AttachUserPolicy", resource=f"{IAM}:user/people/ann", keys={"iam:PolicyARN": OURS}
    ),
    "a managed policy detached": Ask(
        action="iam:DetachRolePolicy", resource=f"{IAM}:role/analyst", keys={"iam:PolicyARN": OURS}
    ),
}

TAGGED = {"aws:ResourceTag/daypass:cut-off": "allowed"}
ON_ROLES = {
    "a session of it": (Ask(action="sts:AssumeRole", resource=f"{IAM}:role/deploy-prod"), True),
    "its mark": (Ask(action="sts:SetSourceIdentity", resource=f"{IAM}:role/deploy-prod"), True),
    "what it may": (Ask(action="iam:ListAttachedRolePolicies", resource=f"{IAM}:role/deploy-prod"), True),
    "its policies": (Ask(action="iam:GetPolicyVersion", resource=ADMIN), True),
    "a deny where it is tagged": (
        Ask(action="iam:PutRolePolicy", resource=f"{IAM}:role/deploy-prod", keys=TAGGED),
        True,
    ),
    "a deny where it is not": (Ask(action="iam:PutRolePolicy", resource=f"{IAM}:role/deploy-prod"), False),
    "a deny where it is tagged otherwise": (
        Ask(
            action="iam:PutRolePolicy",
            resource=f"{IAM}:role/deploy-prod",
            keys={"aws:ResourceTag/daypass:cut-off": "denied"},
        ),
        False,
    ),
    "another role": (Ask(action="sts:AssumeRole", resource=f"{IAM}:role/admin"), False),
    "another role that is tagged": (Ask(action="iam:PutRolePolicy", resource=f"{IAM}:role/admin", keys=TAGGED), False),
    "the tag itself": (Ask(action="iam:TagRole", resource=f"{IAM}:role/deploy-prod", keys=TAGGED), False),
    "its trust": (Ask(action="iam:UpdateAssumeRolePolicy", resource=f"{IAM}:role/deploy-prod", keys=TAGGED), False),
    "more attached to it": (
        Ask(
            action="iam:AttachRolePolicy",
            resource=f"{IAM}:role/deploy-prod",
            keys={**TAGGED, "iam:PolicyARN": ADMIN},
        ),
        False,
    ),
    "Daypass itself, tagged": (Ask(action="iam:PutRolePolicy", resource=own("role"), keys=TAGGED), False),
    "the broker role, tagged and unbounded": (
        Ask(action="iam:PutRolePolicy", resource=BROKER, keys={**TAGGED, **UNBOUNDED}),
        False,
    ),
}
"""What Daypass may do with roles that are granted, and whether."""

SESSION_DENIED = {
    "another bucket": Ask(action="s3:GetObject", resource=f"{S3}acme-kept/k"),
    "a bucket whose name begins like a lent one": Ask(action="s3:GetObject", resource=f"{LENT}-kept/k"),
    "the bucket itself": Ask(action="s3:DeleteBucket", resource=LENT),
    "its policy": Ask(action="s3:PutBucketPolicy", resource=LENT),
    "a user": Ask(action="iam:CreateUser", resource=f"{IAM}:user/eve"),
    "another role": Ask(action="sts:AssumeRole", resource=f"{IAM}:role/analyst"),
    "a key without S3": Ask(action="kms:Decrypt", resource="arn:aws:kms:eu-central-1:123456789012:key/k"),
    "a key through another service": Ask(
        action="kms:Decrypt",
        resource="arn:aws:kms:eu-central-1:123456789012:key/k",
        keys={**KMS, "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"},
    ),
    "a key for another bucket": Ask(
        action="kms:Decrypt",
        resource="arn:aws:kms:eu-central-1:123456789012:key/k",
        keys={**KMS, "kms:EncryptionContext:aws:s3:arn": f"{S3}acme-kept/k"},
    ),
}
"""What no session can do, whatever stands on the broker role and in the session's own policy."""

SESSION_NEEDED = {
    "an object": Ask(action="s3:GetObject", resource=f"{LENT}/q1.csv"),
    "a list": Ask(action="s3:ListBucket", resource=LENT),
    "a key": Ask(action="kms:Decrypt", resource="arn:aws:kms:eu-central-1:123456789012:key/k", keys=KMS),
    "a bucket's key": Ask(
        action="kms:GenerateDataKey",
        resource="arn:aws:kms:eu-central-1:123456789012:key/k",
        keys={**KMS, "kms:EncryptionContext:aws:s3:arn": LENT},
    ),
}


@pytest.fixture(params=["role", "user"])
def runs_as(request: pytest.FixtureRequest) -> str:
    """Each kind of principal in turn."""
    return str(request.param)


@pytest.fixture(params=[(), NARROW, BROAD], ids=["without people", "with some", "with everybody"])
def people(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Each width of the delivery `policy` in turn."""
    given: tuple[str, ...] = request.param
    return given


@pytest.fixture
def templates(runs_as: str, people: tuple[str, ...]) -> dict[str, Rendered]:
    """Both templates, for two buckets."""
    return rendered(setup_of("aws", runs_as, BUCKETS, people))


def said(templates: dict[str, Rendered], ask: Ask) -> dict[str, bool]:
    """What Daypass's own principal may, by each template and each evaluator."""
    return {
        f"{name}, {evaluator.__name__}": evaluator(ask, [one.service])
        for name, one in templates.items()
        for evaluator in (allows, by_ministack)
    }


def said_of_session(templates: dict[str, Rendered], ask: Ask) -> dict[str, bool]:
    """What a session may, when all is allowed on its role and in its own policy: the boundary is what is left."""
    return {
        f"{name}, {evaluator.__name__}": evaluator(ask, [one.ceiling, WIDE], one.ceiling, WIDE)
        for name, one in templates.items()
        for evaluator in (allows, by_ministack)
    }


@pytest.mark.parametrize("attack", DENIED)
def test_daypass_may_not(templates: dict[str, Rendered], attack: str):
    """However broad the people are, what bounds Daypass is out of its reach, and so is what is not lent."""
    assert set(said(templates, DENIED[attack]).values()) == {False}, said(templates, DENIED[attack])


def test_daypass_may_write_nothing_on_itself_nor_delete_what_denies_it_something(
    templates: dict[str, Rendered], runs_as: str
):
    """An inline Deny that its operator put on it stays there, under `user/*` and `role/*` too."""
    asks = on_itself(runs_as.title())

    assert len(asks) > 10
    assert [ask for ask in asks if any(said(templates, ask).values())] == []


@pytest.mark.parametrize("need", NEEDED)
def test_daypass_may(templates: dict[str, Rendered], need: str):
    """The same documents are enough for its work."""
    assert set(said(templates, NEEDED[need]).values()) == {True}, said(templates, NEEDED[need])


@pytest.mark.parametrize("need", NEEDED_FOR_POLICIES)
def test_daypass_may_write_on_people_only_when_they_are_named(
    templates: dict[str, Rendered], people: tuple[str, ...], need: str
):
    """Without PeopleArns there is no such right at all."""
    assert set(said(templates, NEEDED_FOR_POLICIES[need]).values()) == {bool(people)}


@pytest.mark.parametrize("what", ON_ROLES)
@pytest.mark.parametrize("roles", [("role/deploy-*",), ("role/deploy-*", "role/daypass*")], ids=["some", "its own too"])
def test_daypass_may_open_sessions_of_the_roles_that_are_named_and_deny_them_where_tagged(
    roles: tuple[str, ...], what: str
):
    """A look and a session everywhere that is named, a deny where the tag allows it, and never a way up."""
    ask, is_allowed = ON_ROLES[what]

    assert set(said(rendered(setup_of("aws", "role", BUCKETS, (), roles)), ask).values()) == {is_allowed}


def test_daypass_touches_no_role_when_none_is_named():
    """By default there is no such right at all."""
    templates = rendered(setup_of("aws", "role", BUCKETS, ()))

    assert not any(any(said(templates, ask).values()) for ask, _ in ON_ROLES.values())


@pytest.mark.parametrize("attack", SESSION_DENIED)
def test_no_session_may(templates: dict[str, Rendered], attack: str):
    """The ceiling is the boundary, and what is put on the role does not widen it."""
    assert set(said_of_session(templates, SESSION_DENIED[attack]).values()) == {False}


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:DeleteObjectVersion", "s3:ListBucketVersions"])
def test_no_session_reaches_the_journals_head(runs_as: str, action: str):
    """Also where any bucket may be lent: who writes there could make an older journal pass for the newest."""
    wanted = replace(setup_of("aws", runs_as, ("*",), BROAD), head="acme-daypass/journal.head")
    head = f"{S3}acme-daypass" if "Bucket" in action else f"{S3}acme-daypass/journal.head"
    templates = rendered(wanted)

    assert set(said_of_session(templates, Ask(action=action, resource=head)).values()) == {False}
    assert set(said_of_session(templates, SESSION_NEEDED["an object"]).values()) == {True}


@pytest.mark.parametrize("need", SESSION_NEEDED)
def test_a_session_may(templates: dict[str, Rendered], need: str):
    """What a grant is made of is within the ceiling."""
    assert set(said_of_session(templates, SESSION_NEEDED[need]).values()) == {True}


@pytest.mark.parametrize(
    ("who", "action", "keys", "comes_in"),
    [
        ("", "sts:AssumeRole", {"sts:RoleSessionName": "daypass-23456789abcd"}, True),
        ("", "sts:AssumeRole", {"sts:RoleSessionName": "admin"}, False),
        ("", "sts:AssumeRole", {}, False),
        ("", "sts:SetSourceIdentity", {"sts:SourceIdentity": "daypass-23456789abcd"}, True),
        ("", "sts:SetSourceIdentity", {"sts:SourceIdentity": "root"}, False),
        ("", "sts:TagSession", {"sts:RoleSessionName": "daypass-23456789abcd"}, False),
        (f"{IAM}:user/people/eve", "sts:AssumeRole", {"sts:RoleSessionName": "daypass-23456789abcd"}, False),
        (f"{IAM}:root", "sts:AssumeRole", {"sts:RoleSessionName": "daypass-23456789abcd"}, False),
    ],
)
def test_only_daypass_comes_in_and_only_under_a_grants_name(
    templates: dict[str, Rendered], runs_as: str, who: str, action: str, keys: dict[str, str], comes_in: bool
):
    """The trust of the broker role names one principal."""
    ask = Ask(action=action, resource=BROKER, keys=keys)

    assert {trusts(ask, who or own(runs_as), one.trust) for one in templates.values()} == {comes_in}


TAKEN = {
    "BucketArns": {
        True: ["arn:aws:s3:::*", "arn:aws-cn:s3:::acme-*", "arn:aws:s3:::acme.reports", "arn:aws-eusc:s3:::acme"],
        False: [
            *("*", "", "arn:aws:s3:::", "arn:aws:s3:::acme/*", "arn:aws:s3:::acme/2026/", "acme-reports", "arn:*"),
            *("arn:aws:iam::123456789012:user/ann", "arn:aws:s3:::${aws:username}", "arn:aws:s3:::*\n"),
        ],
    },
    "PeopleArns": {
        True: [f"{IAM}:user/people/*", f"{IAM}:role/analyst", f"{IAM}:user/ann@acme.example"],
        False: [
            *("*", "arn:aws:iam::*:user/*", f"{IAM}:*", f"{IAM}:group/people", f"{IAM}:policy/x", f"{IAM}:user/"),
            *(f"{IAM}:root", "arn:aws:s3:::acme", f"{IAM}:user/${{aws:username}}", f"{IAM}:user/*\n"),
        ],
    },
    "RoleArns": {
        True: [f"{IAM}:role/deploy-*", f"{IAM}:role/ops/on-call"],
        False: ["*", f"{IAM}:*", f"{IAM}:role/", f"{IAM}:user/ann", "arn:aws:iam::*:role/deploy", f"{IAM}:role/*\n"],
    },
}
"""What the lists of ARNs take, and what would name something else than it says."""
VARIABLES = {"BucketArns": "bucket_arns", "PeopleArns": "people_arns", "RoleArns": "role_arns"}


@pytest.mark.parametrize(
    ("name", "given", "is_taken"),
    [(name, arn, is_taken) for name, lists in TAKEN.items() for is_taken, arns in lists.items() for arn in arns],
)
def test_both_templates_take_the_same_lists(name: str, given: str, is_taken: bool):
    """A bucket is a bucket and not a key in one; a person is a user or a role of one account."""
    by_module = taken(MODULE / "variables.tf", VARIABLES[name], [given])
    try:
        cloudformation(setup_of("aws", "role", BUCKETS, ()), **{name: given})
        by_stack = True
    except RefusedParameter:
        by_stack = False

    # An empty text is CloudFormation's empty list, which means nobody; and it trims what stands between commas.
    assert (by_stack, by_module) == (is_taken or given.endswith("\n"), is_taken)
