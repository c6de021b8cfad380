"""
What people wrote, and where they were, as an entry has it: a hash in place of each text.

The hash is SHA-256 over a salt of 16 random bytes and the text. Salt and text stand beside the journal and may be
erased; the entry's bytes, and so its signature, never change. Whoever still has salt and text can show that they are
what was written; without the salt nobody can find the text by guessing.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from daypass.model.event import Detail

ERASED: Final = "(erased)"
"""Read in place of a text that was erased."""
ALTERED: Final = "(changed outside Daypass)"
"""Read in place of a text that is not the one that was written."""

WORDS: Final = frozenset(
    {
        "address",
        "agent",
        "because",
        "claimed",
        "client",
        "description",
        "name",
        "note",
        "reason",
        "sentence",
        "sub",
        "text",
    }
)
"""Details that hold what people wrote, what quotes it, what their programs call themselves, or a network address."""

FACTS: Final = frozenset(
    {
        "about",
        "access_key_id",
        "after_s",
        "approved_ended",
        "attempts",
        "audience",
        "author",
        "aws",
        "away",
        "base",
        "before",
        "beneficiary",
        "by",
        "changed",
        "channel",
        "claims",
        "closed",
        "code_hash",
        "count",
        "cut",
        "delegate",
        "delivery",
        "diff",
        "digest",
        "doing",
        "due",
        "ends",
        "entitlement",
        "errand",
        "error",
        "expires_at",
        "extends",
        "field",
        "first",
        "freeze",
        "grants",
        "group",
        "groups",
        "handed_to",
        "how",
        "instead_of",
        "issuer",
        "jti",
        "key",
        "lacking",
        "least",
        "length_s",
        "link",
        "login",
        "logins",
        "manifest",
        "marks",
        "members",
        "method",
        "most",
        "named_by",
        "networks",
        "new",
        "number",
        "old",
        "operator",
        "os_user",
        "other",
        "overdue",
        "owner",
        "passkey",
        "people",
        "permit",
        "preapprovals",
        "principal",
        "proven_by",
        "purpose",
        "recurs",
        "remembered_root",
        "remembered_size",
        "request",
        "requests",
        "review_due",
        "robot",
        "root",
        "rows",
        "rule",
        "schedules",
        "scopes",
        "second_factor",
        "series",
        "shadow_until",
        "since",
        "size",
        "slack_groups",
        "source",
        "stage",
        "starts",
        "state",
        "status",
        "team",
        "ticket",
        "to",
        "token_ends",
        "ts",
        "until",
        "urgent",
        "version",
        "waits_in",
        "what",
        "why",
        "window",
        "with",
    }
)
"""
Details that are ids, names of objects and roles, numbers, dates and choices: evidence, and never erased.

A test holds that every detail is in one of the two. A text under a name in neither is treated as people's words.
"""

_SALT = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SaltedText:
    """One text of an entry, by the name of its detail, with its salt."""

    name: str
    salt: bytes
    text: str

    @property
    def hash(self) -> str:
        """What stands in the entry (hex)."""
        return hashed(self.salt, self.text)


def hashed(salt: bytes, text: str) -> str:
    """SHA-256 (hex) over a salt and a text."""
    return hashlib.sha256(salt + text.encode(errors="surrogateescape")).hexdigest()


def words_of(details: Mapping[str, Detail]) -> tuple[SaltedText, ...]:
    """Give each text among the details that may be erased a salt of its own. Nothing is hidden of an empty one."""
    return tuple(
        SaltedText(name=name, salt=secrets.token_bytes(_SALT), text=value)
        for name, value in details.items()
        if name not in FACTS and isinstance(value, str) and value
    )
