"""
What can be granted, of whatever kind: one plain value.

    acme-reports                   a bucket: everything in it    a bare name means S3, in the home account
    acme-reports/2026/             a prefix: everything under it
    acme-reports/2026/q1.csv       an object: exactly this
    role:deploy                    another kind, in the home account
    role:123456789012:deploy       the same kind in another account

What a path means, and which are possible, is known to the module of the kind in resources/, which makes these values
out of what people type. Here is only what holds for every kind: nobody grants a pattern.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category

from daypass.model.errors import BadInput
from daypass.model.words import is_hidden

BARE = "s3"
"""The kind that a name without a kind means."""
_KIND = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_ACCOUNT = re.compile(r"(?:\d{12})?")
_REGION = re.compile(r"(?:[a-z]{2,4}(?:-[a-z]+)+-\d)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One thing that can be granted, or everything under it. An empty `account` is the home account."""

    path: str
    """What the kind calls it. A final `/` means everything under it."""
    kind: str = BARE
    account: str = ""
    region: str = ""

    def __post_init__(self) -> None:
        _check(self.kind, self.account, self.region)
        _check_path(self.path)

    @property
    def whole(self) -> bool:
        """Whether everything under it is meant, and not exactly this."""
        return self.path.endswith("/")

    @property
    def root(self) -> str:
        """The first part of the path: what owns all that lies under it."""
        return self.path.partition("/")[0]

    @property
    def inner(self) -> str:
        """The path below the root; empty for the root itself."""
        return self.path.partition("/")[2]

    @property
    def address(self) -> str:
        """What patterns and the index of rules see: the path, behind the kind and the account where they differ."""
        home = self.kind == BARE and not self.account
        return self.path if home else f"{prefix(self.kind, self.account)}{self.path}"

    @property
    def name(self) -> str:
        """What people and the journal see."""
        what = self.path if self.inner or self.kind != BARE else self.root
        account = f"{self.account}:" if self.account else ""
        return what if self.kind == BARE and not account else f"{self.kind}:{account}{what}"

    def holds(self, other: "Resource") -> bool:
        """Whether the other is this, or lies wholly within it."""
        beside = (self.kind, self.account, self.region) == (other.kind, other.account, other.region)
        return beside and self._reaches(other.path)

    def reaches(self, inner: str) -> bool:
        """Whether what has this path below the same root is this, or lies wholly within it."""
        return self._reaches(f"{self.root}/{inner}")

    def overlaps(self, other: "Resource") -> bool:
        """Whether there is something that lies within both."""
        return self.holds(other) or other.holds(self)

    def _reaches(self, path: str) -> bool:
        return path.startswith(self.path) if self.whole else path == self.path

    def __str__(self) -> str:
        return self.name


def prefix(kind: str, account: str) -> str:
    """What an address begins with: nothing for S3 in the home account, whose paths hold no colon before a slash."""
    return "" if kind == BARE and not account else f"{kind}:{account}:"


@lru_cache(maxsize=1024)  # every grant that is read has one, and most have the same few
def _check(kind: str, account: str, region: str) -> None:
    if not (_KIND.fullmatch(kind) and _ACCOUNT.fullmatch(account) and _REGION.fullmatch(region)):
        raise BadInput(f"{kind}:{account}:{region} is not a kind, an account and a Region.", field="resource")


@lru_cache(maxsize=4096)
def _check_path(path: str) -> None:
    if not path.strip("/"):
        raise BadInput("Name the resource; the name is empty.", field="resource")
    if any(sign in path for sign in "*?") or "${" in path:
        raise BadInput(f"“{path}” has a wildcard or a variable in it; name one resource.", field="resource")
    if (sign := next(filter(is_hidden, path), None)) is not None:
        kind = "a control character" if category(sign) == "Cc" else f"an invisible character (U+{ord(sign):04X})"
        raise BadInput(f"The name of the resource has {kind} in it.", field="resource")
