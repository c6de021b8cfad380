"""
S3: general purpose buckets, and what lies in them.

    acme-reports             the whole bucket
    acme-reports/2026/       everything under a prefix
    acme-reports/2026/q1.csv one object

Also accepted: the addresses of s3_address, such as `s3://bucket/prefix/`, an ARN or a page of the console. A place that
could not be meant (a wildcard in the bucket, `..`, nothing at all) is refused with a sentence.
"""

import re
import shlex
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import category

from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.resource import Resource
from daypass.model.words import is_hidden
from daypass.resources.kind import AccessLevel, ResourceFacts, Statement
from daypass.resources.s3_address import is_address, other_kind, plain_place, why_no_bucket
from daypass.resources.s3_statements import KMS_ACTIONS, S3_ACTIONS, Level, Option, objects_arn, statements

KEEP_THE_SLASH = "Keep the final slash: a list without it is refused."
MISSING_IS_403 = "For an object that does not exist, S3 answers 403 (AccessDenied), not 404."
TAGS_ARE_COPIED = (
    "To copy objects over 8 MB with AWS CLI v2, which copies their tags too, add --copy-props metadata-directive, or "
    "request this with --tags."
)

# Naming rules: docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"(?!xn--)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]")
_BUCKET_PATTERN = re.compile(r"[a-z0-9*](?:[a-z0-9.*-]{0,61}[a-z0-9*])?")
_WRITE = "Write the bucket and key, such as acme-reports/2026/."
_KEY_BYTES = 1024


class S3:
    """Buckets, prefixes and objects, as a Kind."""

    name = "s3"
    title = "bucket, prefix or object"
    examples = ("acme-reports", "acme-reports/2026/", "acme-reports/2026/q1.csv")
    levels = (
        AccessLevel(word=Level.LIST, label="See which objects there are"),
        AccessLevel(word=Level.READ, label="List and download them", implies=frozenset({Level.LIST})),
        AccessLevel(word=Level.WRITE, label="Upload and overwrite, not delete", changes=True),
        AccessLevel(word=Level.DELETE, label="Delete them", changes=True),
    )
    options = tuple(Option)
    deliveries = frozenset({Delivery.SESSION, Delivery.POLICY, Delivery.LINK})
    ceiling = frozenset({*S3_ACTIONS, *KMS_ACTIONS})
    assumed = False

    def claims(self, text: str) -> bool:
        """Whether an ARN, a URL or a page of the console is one of S3."""
        return is_address(text)

    def parse(self, text: str) -> Resource:
        """
        Read a place as people write it: `bucket/prefix/`, `s3://bucket/key`, an ARN, a URL of S3 or of the console.

        A trailing `/*` means the same as a trailing `/`. Raises BadInput with the field `resource`.
        """
        plain = plain_place(text)
        if plain is None and (kind := other_kind(text)):
            raise BadInput(f"That is the ARN of {kind}, another kind of resource. {_WRITE}", field="resource")
        if plain is None and text.strip().startswith("arn:"):
            raise BadInput(f"That is the ARN of something that is not S3. {_WRITE}", field="resource")
        if plain is None:
            raise BadInput(f"That address is not one of a bucket or an object in S3. {_WRITE}", field="resource")
        if not plain.strip("/"):
            raise BadInput("Say where: a bucket, a prefix or an object, such as acme-reports/2026/.", field="resource")
        if reason := why_no_bucket(plain.partition("/")[0]):
            raise BadInput(reason, field="resource")
        bucket, _, key = plain.partition("/")
        return in_bucket(bucket, key.removesuffix("*") if key == "*" or key.endswith("/*") else key)

    def at(self, path: str, *, account: str = "") -> Resource:
        """The bucket, prefix or object of this path. Raises BadInput for what AWS has no name like."""
        bucket, _, key = path.partition("/")
        _check_bucket(bucket)
        _check_key(key)
        return Resource(account=account, path=f"{bucket}/{key}")

    def pattern(self, path: str) -> str:
        """Check a pattern over `bucket/key`. One that ends in a bucket or a slash is about everything under it."""
        bucket, _, key = path.partition("/")
        if fault := next(_pattern_faults(path), None):
            raise BadInput(fault, field="resource")
        # What holds for the words of an ask holds here: the same checks, with a letter for each wildcard.
        in_bucket("bucket" if "*" in bucket else bucket, re.sub(r"\*+", "x", key))
        return f"{bucket}/{key}**" if not key or key.endswith("/") else path

    def check(self, entitlement: Entitlement) -> None:
        """
        Raise BadInput for what cannot be had.

        Among it is the list of a single object (field `level`): S3 can only list by prefix, and that of an object's key
        would show its neighbours (`q1.csv` also `q1.csv.bak`).
        """
        resource = entitlement.resource
        self.at(resource.path)
        if Level.LIST in entitlement.levels and not resource.whole:
            raise BadInput(
                f"“{resource}” is one object, which has nothing to list; ask to read it, or to list a prefix "
                "that ends in /.",
                field="level",
            )

    def arn(self, resource: Resource, facts: ResourceFacts) -> str:
        """Name the objects: one, or with a trailing `*` all of a prefix or bucket."""
        return objects_arn(facts.partition, resource)

    def extent(self, resource: Resource) -> str:
        """Say how much of a bucket is meant."""
        if not resource.whole:
            return "the object"
        return "everything under" if resource.inner else "everything in the bucket"

    def noun(self, resource: Resource) -> str:
        """Bucket, prefix or object."""
        if not resource.whole:
            return "object"
        return "prefix" if resource.inner else "bucket"

    def usage(self, entitlement: Entitlement) -> tuple[str, ...]:
        """One `aws` command that this access allows, safe to paste into a shell."""
        resource, levels = entitlement.resource, entitlement.levels
        address = shlex.quote(f"s3://{resource.path}")
        if Level.READ in levels and not resource.whole:
            return (f"aws s3 cp {address} .",)
        if levels & {Level.READ, Level.LIST}:
            return (f"aws s3 ls {address}",)
        if Level.WRITE in levels:
            return (f"aws s3 cp FILE {address}",)
        return (f"aws s3 rm {address}" + ("NAME" if resource.whole else ""),)

    def caveats(self, entitlement: Entitlement) -> tuple[str, ...]:
        """
        What AWS does with this access that looks like a fault and is none.

        It follows from how narrow the access is. A list is tied to a prefix, so S3 refuses one of anything wider, and
        does not admit that an object is missing (AmazonS3/latest/API/API_GetObject, "Permissions"). And the AWS CLI,
        version 2, takes tags along when it copies in parts (cli/latest/reference/s3/cp, `--copy-props`).
        """
        levels, resource = entitlement.levels, entitlement.resource
        lists = resource.whole and bool(resource.inner) and bool(levels & {Level.LIST, Level.READ})
        hides = bool(resource.inner) and Level.READ in levels
        copies = {Level.READ, Level.WRITE} <= levels and Option.TAGS not in entitlement.options
        said = ((KEEP_THE_SLASH, lists), (MISSING_IS_403, hides), (TAGS_ARE_COPIED, copies))
        return tuple(sentence for sentence, holds in said if holds)

    def statements(self, entitlement: Entitlement, facts: ResourceFacts) -> tuple[Statement, ...]:
        """Say in IAM's words what an entitlement lets its holder do; the dates are put in by `policy.document`."""
        self.check(entitlement)
        return statements(entitlement, facts)

    def session_statements(self, entitlement: Entitlement, facts: ResourceFacts) -> tuple[Statement, ...]:
        """Narrow sessions of the broker role to the same."""
        return self.statements(entitlement, facts)


def in_bucket(bucket: str, key: str = "") -> Resource:
    """Name a bucket, a prefix (`key` ends in /) or an object. Raises BadInput for what AWS has no name like."""
    return _S3.at(f"{bucket}/{key}")


_S3 = S3()


def _pattern_faults(text: str) -> Iterator[str]:
    bucket, slash, key = text.partition("/")
    if "**" in bucket:
        yield f"“{text}” is not anchored at a bucket; begin with its name, or with */ for every bucket there is."
    if not _BUCKET_PATTERN.fullmatch(bucket):
        yield f"“{bucket}” cannot name a bucket: 3 to 63 lower-case letters, digits, dots and hyphens, and * at most."
    if reason := why_no_bucket(bucket):
        yield reason
    if slash and key.startswith("/"):
        yield f"“{text}” has an empty part; write one slash between the bucket and the key."


@lru_cache(maxsize=4096)  # every grant that is read has one, and most have the same few
def _check_bucket(bucket: str) -> None:
    if any(sign in bucket for sign in "*?"):
        raise BadInput(f"“{bucket}” has a wildcard in the bucket; name one bucket.", field="resource")
    if not _BUCKET.fullmatch(bucket):
        raise BadInput(
            f"“{bucket}” cannot be the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens.",
            field="resource",
        )


@lru_cache(maxsize=4096)
def _check_key(key: str) -> None:
    if any(sign in key for sign in "*?"):
        raise BadInput(f"“{key}” has a wildcard; name a prefix that ends in / or one object.", field="resource")
    if "$" in key and "${" in key:
        raise BadInput(
            f"“{key}” has ${{ in it, which IAM would take for a variable; choose a wider prefix.", field="resource"
        )
    if key.startswith("/") or "//" in key or any(part in {".", ".."} for part in key.split("/")):
        raise BadInput(
            f"“{key}” has an empty, . or .. part; S3 keys are not file paths. Write the prefix plainly.",
            field="resource",
        )
    if (sign := next(filter(is_hidden, key), None)) is not None:
        kind = "a control character" if category(sign) == "Cc" else f"a sign that nobody sees (U+{ord(sign):04X})"
        raise BadInput(f"The key has {kind} in it; choose a wider prefix.", field="resource")
    if len(key.encode()) > _KEY_BYTES:
        raise BadInput(f"The key is longer than S3 allows ({_KEY_BYTES} bytes).", field="resource")
