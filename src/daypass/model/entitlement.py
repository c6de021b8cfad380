"""
What can be had: levels of access on one place in S3.

    acme-reports             the whole bucket
    acme-reports/2026/       everything under a prefix
    acme-reports/2026/q1.csv one object

Also accepted: the addresses of model/s3_address, such as `s3://bucket/prefix/`, an ARN or a page of the console. A
place that could not be meant (a wildcard in the bucket, `..`, nothing at all) is refused with a sentence.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from unicodedata import category

from daypass.model.errors import BadInput
from daypass.model.s3_address import other_kind, plain_place, why_no_bucket
from daypass.model.words import is_hidden


class Level(StrEnum):
    """How far access reaches. None implies another, but for `read` which lists what it reads."""

    LIST = "list"
    READ = "read"
    WRITE = "write"
    DELETE = "delete"


class Extra(StrEnum):
    """What is added only when it is asked for by name."""

    VERSIONS = "versions"
    TAGS = "tags"


class Reach(StrEnum):
    """How much of a bucket is meant."""

    BUCKET = "bucket"
    PREFIX = "prefix"
    OBJECT = "object"


# Naming rules: docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET = re.compile(r"(?!xn--)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]")
_WRITE = "Write the bucket and key, such as acme-reports/2026/."
_KEY_BYTES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Place:
    """A bucket, a prefix in it or one object of it. Its `key` is empty, ends in `/`, or names the object."""

    bucket: str
    key: str = ""

    def __post_init__(self) -> None:
        _check_bucket(self.bucket)
        _check_key(self.key)

    @property
    def reach(self) -> Reach:
        """Bucket, prefix or object, read off the key."""
        if not self.key:
            return Reach.BUCKET
        return Reach.PREFIX if self.key.endswith("/") else Reach.OBJECT

    def __str__(self) -> str:
        return f"{self.bucket}/{self.key}" if self.key else self.bucket

    def overlaps(self, other: "S3Place") -> bool:
        """Whether there is an object that lies within both."""
        return self.bucket == other.bucket and (self.holds(other.key) or other.holds(self.key))

    def holds(self, key: str) -> bool:
        """Whether an object of this bucket lies within the place."""
        return key == self.key if self.reach is Reach.OBJECT else key.startswith(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """Levels of access on one place, with what was asked for besides."""

    place: S3Place
    levels: frozenset[Level]
    extras: frozenset[Extra] = frozenset()

    def __post_init__(self) -> None:
        if not self.levels:
            raise BadInput(f"Say which access you need: {_either(Level)}.", field="level")

    def covers(self, other: "Entitlement") -> bool:
        """Whether the other is no more than this."""
        same_bucket = self.place.bucket == other.place.bucket
        within = same_bucket and self.place.holds(other.place.key)
        return within and other.levels <= self.levels and other.extras <= self.extras

    def __str__(self) -> str:
        extras = f" with {', '.join(sorted(self.extras))}" if self.extras else ""
        return f"{'+'.join(level for level in Level if level in self.levels)} {self.place}{extras}"


def parse_place(text: str) -> S3Place:
    """
    Read a place as people write it: `bucket/prefix/`, `s3://bucket/key`, an ARN, an address of S3 or of the console.

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
    return S3Place(bucket=bucket, key=key.removesuffix("*") if key == "*" or key.endswith("/*") else key)


def parse_levels(text: str) -> frozenset[Level]:
    """Read `read` or `read,write`. Raises BadInput with the field `level`."""
    return frozenset(_level(word) for word in re.split(r"[,+\s]+", text.strip().lower()) if word)


def _level(word: str) -> Level:
    try:
        return Level(word)
    except ValueError:
        raise BadInput(f"“{word}” is not a level of access; there are {_either(Level)}.", field="level") from None


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


def _either(kinds: type[StrEnum]) -> str:
    words = [kind.value for kind in kinds]
    return f"{', '.join(words[:-1])} or {words[-1]}"
