"""
What a level of access means to IAM: the exact actions, on the exact resources, and not one more.

    list     s3:ListBucket on the bucket, with `s3:prefix` tied to the place, and s3:GetBucketLocation
    read     s3:GetObject on the objects, and the list of what it reads              (one object: no list)
    write    s3:PutObject and the multipart actions on the objects; deletes nothing
    delete   s3:DeleteObject on the objects

Versions and tags come only when asked for by name. Where the bucket's default encryption names a KMS key, read
brings kms:Decrypt and write kms:GenerateDataKey with kms:Decrypt (a multipart upload needs both), through S3 alone
and for this place alone: the encryption context is the object's ARN, or the bucket's ARN where S3 Bucket Keys are
on, and objects of both kinds may lie side by side. The AWS managed key `aws/s3` needs nothing: its own policy admits
the account.

A write to a prefix has no s3:ListBucketMultipartUploads: that action knows no `s3:prefix`, so it would show the names
of uploads in the whole bucket.

Sources: AmazonS3/latest/userguide/using-with-s3-policy-actions, UsingKMSEncryption, bucket-key; Service Authorization
Reference, Amazon S3 (which condition keys an action knows).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from daypass.model.entitlement import Entitlement
from daypass.model.resource import Resource
from daypass.resources.kind import ResourceFacts, Statement


class Level(StrEnum):
    """How far access reaches. None implies another, but for `read` which lists what it reads."""

    LIST = "list"
    READ = "read"
    WRITE = "write"
    DELETE = "delete"


class Option(StrEnum):
    """What is added only when it is asked for by name."""

    VERSIONS = "versions"
    TAGS = "tags"


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketFacts(ResourceFacts):
    """What must be known of a bucket to write a policy for it."""

    kms_key: str = ""
    """ARN of the customer managed key of its default encryption; a `*` stands for an account S3 did not tell."""
    kms_alias: str = ""
    """`alias/...` when the bucket names its key so; IAM then knows the key by kms:ResourceAliases."""


_ON_OBJECTS: Mapping[Level, tuple[str, ...]] = {
    Level.LIST: (),
    Level.READ: ("s3:GetObject",),
    Level.WRITE: ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
    Level.DELETE: ("s3:DeleteObject",),
}
_OF_VERSIONS: Mapping[Level, tuple[str, ...]] = {
    Level.LIST: (),
    Level.READ: ("s3:GetObjectVersion",),
    Level.WRITE: (),
    Level.DELETE: ("s3:DeleteObjectVersion",),
}
_OF_TAGS: Mapping[Level, tuple[str, ...]] = {
    Level.LIST: (),
    Level.READ: ("s3:GetObjectTagging",),
    Level.WRITE: ("s3:PutObjectTagging",),
    Level.DELETE: ("s3:DeleteObjectTagging",),
}
_OF_VERSIONS_TAGS: Mapping[Level, tuple[str, ...]] = {
    Level.LIST: (),
    Level.READ: ("s3:GetObjectVersionTagging",),
    Level.WRITE: ("s3:PutObjectVersionTagging",),
    Level.DELETE: ("s3:DeleteObjectVersionTagging",),
}
_OF_KMS: Mapping[Level, tuple[str, ...]] = {
    Level.LIST: (),
    Level.READ: ("kms:Decrypt",),
    Level.WRITE: ("kms:GenerateDataKey", "kms:Decrypt"),
    Level.DELETE: (),
}
_ON_BUCKET = ("s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads")

S3_ACTIONS: tuple[str, ...] = tuple(
    sorted(
        {
            *_ON_BUCKET,
            *(
                action
                for table in (_ON_OBJECTS, _OF_VERSIONS, _OF_TAGS, _OF_VERSIONS_TAGS)
                for actions in table.values()
                for action in actions
            ),
        }
    )
)
"""Every S3 action that any grant can hold: the ceiling of the broker role."""

KMS_ACTIONS: tuple[str, ...] = tuple(sorted({action for actions in _OF_KMS.values() for action in actions}))
"""Every KMS action that any grant can hold."""


def statements(entitlement: Entitlement, facts: ResourceFacts) -> tuple[Statement, ...]:
    """Say in IAM's words what an entitlement that was checked lets its holder do."""
    return (*_on_bucket(entitlement, facts), *_on_objects(entitlement, facts), *_with_kms(entitlement, facts))


def bucket_arn(partition: str, bucket: str) -> str:
    """Name a bucket: what list actions are about."""
    return f"arn:{partition}:s3:::{bucket}"


def objects_arn(partition: str, place: Resource) -> str:
    """Name the objects of a place: one, or with a trailing `*` all of a prefix or bucket."""
    return f"arn:{partition}:s3:::{place.path}{'*' if place.whole else ''}"


def _on_bucket(entitlement: Entitlement, facts: ResourceFacts) -> Iterator[Statement]:
    place = entitlement.resource
    bucket = (bucket_arn(facts.partition, place.root),)
    listing = _listing(entitlement)
    if listing and place.inner:
        within = {"StringLike": {"s3:prefix": f"{place.inner}*"}}
        yield Statement(sid="List", actions=listing, resources=bucket, conditions=within)
        yield Statement(sid="Locate", actions=("s3:GetBucketLocation",), resources=bucket)
    elif listing:
        yield Statement(sid="List", actions=(*listing, "s3:GetBucketLocation"), resources=bucket)
    if Level.WRITE in entitlement.levels and not place.inner:
        yield Statement(sid="Uploads", actions=("s3:ListBucketMultipartUploads",), resources=bucket)


def _listing(entitlement: Entitlement) -> tuple[str, ...]:
    """The list actions: read brings the list of what it reads, but of a single object there is nothing to list."""
    if not entitlement.resource.whole or entitlement.levels.isdisjoint({Level.LIST, Level.READ}):
        return ()
    return ("s3:ListBucket", "s3:ListBucketVersions") if Option.VERSIONS in entitlement.options else ("s3:ListBucket",)


def _on_objects(entitlement: Entitlement, facts: ResourceFacts) -> Iterator[Statement]:
    actions = _object_actions(entitlement)
    if actions:
        yield Statement(sid="Objects", actions=actions, resources=(objects_arn(facts.partition, entitlement.resource),))


def _object_actions(entitlement: Entitlement) -> tuple[str, ...]:
    tables = [_ON_OBJECTS]
    if Option.VERSIONS in entitlement.options:
        tables.append(_OF_VERSIONS)
    if Option.TAGS in entitlement.options:
        tables.append(_OF_TAGS)
    if entitlement.options == {Option.VERSIONS, Option.TAGS}:
        tables.append(_OF_VERSIONS_TAGS)
    return tuple(
        action for table in tables for level in Level if level in entitlement.levels for action in table[level]
    )


def _with_kms(entitlement: Entitlement, facts: ResourceFacts) -> Iterator[Statement]:
    actions = tuple(
        dict.fromkeys(action for level in Level if level in entitlement.levels for action in _OF_KMS[level])
    )
    if not actions or not isinstance(facts, BucketFacts) or not facts.kms_key:
        return
    place = entitlement.resource
    contexts = (objects_arn(facts.partition, place), bucket_arn(facts.partition, place.root))
    conditions: dict[str, Mapping[str, str | tuple[str, ...]]] = {
        "StringEquals": {"kms:ViaService": f"s3.{facts.region}.{facts.dns_suffix}"},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": contexts},
    }
    if facts.kms_alias:
        conditions["ForAnyValue:StringEquals"] = {"kms:ResourceAliases": facts.kms_alias}
    yield Statement(sid="Key", actions=actions, resources=(facts.kms_key,), conditions=conditions)
