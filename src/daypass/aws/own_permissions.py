"""
What Daypass itself may do in AWS: the smallest set of documents that works, as data.

    ceiling      managed policy: the most that any grant can hold. It is attached to the broker role AND is its
                 permissions boundary, so that nothing put on the role later can reach further.
    trust        who may assume the broker role: Daypass's own principal, for sessions with a grant's name
    service      what Daypass's own principal may do; `for_policies` adds what the delivery `policy` needs

Daypass must write denies on the broker role (iam:PutRolePolicy), and IAM knows no condition on a policy's name. The
boundary is what keeps that right from being a way up: whatever stands on the role, a session can do no more than the
ceiling says; and Daypass may not touch boundary, trust or ceiling. For the same reason it may never write on itself,
nor delete there: an inline Deny may be what its operator bounds it with.

The delivery `policy` writes on people's users and roles. That right cannot be made small by IAM: whoever may put a
policy on somebody may put any policy there. Name the people's ARNs as narrowly as they allow, or leave it out. Where
they are named broadly (`role/*`) they take in the broker role and Daypass itself, and an Allow with a condition is
then worth nothing beside one without. So whatever must hold about these two is a Deny.

Roles that may be granted are not under the ceiling, which bounds the broker role alone: a session of one can do what
its role can. So they are named, none by default, and each must trust Daypass besides. Daypass may write on those tagged
`daypass:cut-off=allowed` and on no other. There it could write an Allow too: what bounds such a role is a boundary of
its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from daypass.aws.arn import account_of, name_of, partition_of
from daypass.aws.partitions import suffix
from daypass.aws.role import CUT_OFF_TAG
from daypass.resources.s3_statements import KMS_ACTIONS, S3_ACTIONS

Document = dict[str, Any]

CEILING_PATH = "/daypass-setup/"
"""Not under /daypass/, where Daypass may write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The names that the documents are made for."""

    principal_arn: str
    """Daypass's own IAM user or role."""
    broker_arn: str
    buckets: Sequence[str] = ("*",)
    """Names of the buckets that may be lent at all; `*` stands for any."""
    people: Sequence[str] = field(default=())
    """ARNs (with `*`) of the users and roles that the delivery `policy` may write on; none leaves it out."""
    roles: Sequence[str] = field(default=())
    """ARNs (with `*`) of the roles that may be granted at all; none leaves them out."""
    head: str = ""
    """Bucket and key (`acme-daypass/journal.head`) of the journal's head, where that is an object; empty elsewhere."""
    source_identity: bool = True
    """False for a server that does not know sts:SetSourceIdentity."""

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`, `aws-eusc`."""
        return partition_of(self.broker_arn)

    @property
    def ceiling_arn(self) -> str:
        """The ARN of the ceiling."""
        return f"arn:{self.partition}:iam::{account_of(self.broker_arn)}:policy{CEILING_PATH}{self.ceiling_name}"

    @property
    def ceiling_name(self) -> str:
        """The name of the ceiling, after the broker role's."""
        return f"{name_of(self.broker_arn)}-ceiling"


def ceiling(setup: Setup) -> Document:
    """Write the most that any grant can hold: what grants are made of, on buckets that may be lent; never the head."""
    buckets = [f"arn:{setup.partition}:s3:::{name}" for name in setup.buckets]
    places = [*buckets, *(f"{bucket}/*" for bucket in buckets)]
    for_these = {"kms:ViaService": f"s3.*.{suffix(setup.partition)}", "kms:EncryptionContext:aws:s3:arn": places}
    return _document(
        _allow("Buckets", list(S3_ACTIONS), places),
        _allow("KeysThroughS3", list(KMS_ACTIONS), ["*"], {"StringLike": for_these}),
        *([_deny("NeverTheHead", ["s3:*"], [_head_bucket(setup), f"{_head_bucket(setup)}/*"])] if setup.head else []),
    )


def trust(setup: Setup) -> Document:
    """
    Write who may assume the broker role: one principal, and only under the name of a grant.

    Two statements, because sts:SetSourceIdentity does not know the key sts:RoleSessionName, and a key that is absent
    never matches (service-authorization/latest/reference/list_awssecuritytokenservice).
    """
    return _document(
        _trusted(setup, "sts:AssumeRole", "sts:RoleSessionName"),
        *([_trusted(setup, "sts:SetSourceIdentity", "sts:SourceIdentity")] if setup.source_identity else []),
    )


def _trusted(setup: Setup, action: str, name: str) -> Document:
    named = {"Condition": {"StringLike": {name: "daypass-*"}}} if setup.source_identity else {}
    return {"Effect": "Allow", "Principal": {"AWS": setup.principal_arn}, "Action": action, **named}


def service(setup: Setup) -> Document:
    """Write what Daypass's own principal may do, without the delivery `policy` when no people are named."""
    return _document(
        *_broking(setup),
        *_looking(setup),
        *(_remembering(setup) if setup.head else ()),
        *(for_policies(setup) if setup.people else ()),
        *(for_roles(setup) if setup.roles else ()),
        *_never_on_itself(setup),
    )


def for_plain_server(document: Document) -> Document:
    """
    Rewrite a document for a server that judges IAM calls without paths and without IAM's own condition keys.

    MiniStack is one. It is weaker than the original, so it is for sandboxes; boundary and denies hold there too.
    """
    return _document(*(_plain(statement) for statement in document["Statement"]))


def for_policies(setup: Setup) -> tuple[Document, ...]:
    """Write what the delivery `policy` needs: inline policies on people, and managed ones under our path alone."""
    ours = f"arn:{setup.partition}:iam::{account_of(setup.broker_arn)}:policy/daypass/daypass-*"
    verbs = ("Put{}Policy", "Get{}Policy", "Delete{}Policy", "List{}Policies", "ListAttached{}Policies", "Get{}")
    attach = ("Attach{}Policy", "Detach{}Policy")
    return (
        _allow("PoliciesOfPeople", _for_both(verbs), list(setup.people)),
        _allow("AttachOurs", _for_both(attach), list(setup.people), {"ArnLike": {"iam:PolicyARN": ours}}),
        _allow(
            "OurManagedPolicies",
            [
                "iam:CreatePolicy",
                "iam:CreatePolicyVersion",
                "iam:DeletePolicy",
                "iam:DeletePolicyVersion",
                "iam:GetPolicy",
                "iam:GetPolicyVersion",
                "iam:ListEntitiesForPolicy",
                "iam:ListPolicyVersions",
                "iam:TagPolicy",
            ],
            [ours],
        ),
    )


def for_roles(setup: Setup) -> tuple[Document, ...]:
    """Write what granting roles needs: sessions of them, a look at what they may, denies where their tag allows it."""
    looks = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"]
    name, value = CUT_OFF_TAG
    tagged = {"StringEquals": {f"aws:ResourceTag/{name}": value}}
    return (
        _allow("OpenSessionsOfRoles", _assuming(setup), list(setup.roles)),
        _allow("LookAtRoles", looks, list(setup.roles)),
        _allow("LookAtTheirPolicies", ["iam:GetPolicy", "iam:GetPolicyVersion"], ["*"]),
        _allow("CutOffSessionsOfRoles", ["iam:DeleteRolePolicy", "iam:PutRolePolicy"], list(setup.roles), tagged),
    )


def _assuming(setup: Setup) -> list[str]:
    return ["sts:AssumeRole", *(["sts:SetSourceIdentity"] if setup.source_identity else [])]


def _broking(setup: Setup) -> tuple[Document, ...]:
    assume = _assuming(setup)
    denies = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListRolePolicies", "iam:DeleteRolePolicy"]
    bounded = {"StringEquals": {"iam:PermissionsBoundary": setup.ceiling_arn}}
    return (
        _allow("OpenSessions", assume, [setup.broker_arn]),
        _allow("LookAfterDenies", denies, [setup.broker_arn]),
        _allow("DenySessions", ["iam:PutRolePolicy"], [setup.broker_arn], bounded),
    )


def _looking(setup: Setup) -> tuple[Document, ...]:
    """
    Read-only: what is marked as ours, who has which tags, which buckets there are. Never an object.

    What lies in a bucket, and how it is tagged, is for Daypass to see only where it may lend. These three calls know no
    other resource than `*`: iam:GetAccountAuthorizationDetails, iam:GetAccountSummary, s3:ListAllMyBuckets.
    """
    everywhere = ["iam:GetAccountAuthorizationDetails", "iam:GetAccountSummary", "s3:ListAllMyBuckets"]
    buckets = [f"arn:{setup.partition}:s3:::{name}" for name in setup.buckets]
    return (
        _allow("LookAtTheAccount", everywhere, ["*"]),
        _allow("LookAtBuckets", ["s3:ListBucket", "s3:GetBucketTagging", "s3:GetEncryptionConfiguration"], buckets),
    )


def _remembering(setup: Setup) -> tuple[Document, ...]:
    """The head of the journal: read and written over, never deleted, in a bucket that keeps old versions."""
    head = f"arn:{setup.partition}:s3:::{setup.head}"
    return (
        _allow("RememberTheHead", ["s3:GetObject", "s3:PutObject"], [head]),
        _allow("LookAtItsVersioning", ["s3:GetBucketVersioning"], [_head_bucket(setup)]),
    )


def _head_bucket(setup: Setup) -> str:
    return f"arn:{setup.partition}:s3:::{setup.head.partition('/')[0]}"


def _plain(statement: Document) -> Document:
    resources = statement["Resource"]
    pathless = [re.sub(r"(:iam::\d+:(?:role|user))/.*/", r"\1/", resource) for resource in resources]
    plain = {**statement, "Resource": sorted({*resources, *pathless})}
    if "iam:CreatePolicy" in statement["Action"]:
        plain["Resource"] = ["*"]
    conditions = statement.get("Condition", {})
    if any(key.startswith("iam:") for keys in conditions.values() for key in keys):
        del plain["Condition"]
        if statement["Effect"] == "Deny":  # without its condition, or with a key that is never said, it denies always
            said = {key: "false" for keys in conditions.values() for key in keys}
            plain["Condition"] = {**conditions, "Null": said}
    return plain


def _never_on_itself(setup: Setup) -> tuple[Document, ...]:
    """Deny every way up that a broad `people` could open: on itself, the broker role's bounds, and the ceiling."""
    ways_up = [
        "iam:AddUserToGroup",
        "iam:AttachRolePolicy",
        "iam:AttachUserPolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteUserPermissionsBoundary",
        "iam:PutRolePermissionsBoundary",
        "iam:PutUserPermissionsBoundary",
        "iam:SetDefaultPolicyVersion",
        "iam:UpdateAssumeRolePolicy",
    ]
    bounds = [setup.principal_arn, setup.broker_arn, setup.ceiling_arn]
    inline = ["iam:DeleteRolePolicy", "iam:DeleteUserPolicy", "iam:PutRolePolicy", "iam:PutUserPolicy"]
    unbounded = {"StringNotEquals": {"iam:PermissionsBoundary": setup.ceiling_arn}}
    return (
        _deny("NeverBeyondTheBounds", ways_up, bounds),
        _deny("NeverOnItself", inline, [setup.principal_arn]),
        _deny("NeverOnAnUnboundedBroker", ["iam:PutRolePolicy"], [setup.broker_arn], unbounded),
    )


def _for_both(verbs: Sequence[str]) -> list[str]:
    return [f"iam:{verb.format(kind)}" for kind in ("User", "Role") for verb in verbs]


def _allow(sid: str, actions: list[str], resources: list[str], conditions: Document | None = None) -> Document:
    statement: Document = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
    return statement | ({"Condition": conditions} if conditions else {})


def _deny(sid: str, actions: list[str], resources: list[str], conditions: Document | None = None) -> Document:
    return {**_allow(sid, actions, resources, conditions), "Effect": "Deny"}


def _document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}
