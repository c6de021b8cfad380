"""
Names in AWS, made from the grant's id: an answer that was lost is found again, and nothing is made twice.

    daypass-<id>                         a session and its source identity
    daypass-<installation>-<id>          an inline policy, a managed policy under /daypass/
    daypass-deny-<installation>-<id>     the deny of a session that was ended early, on the broker role
    daypass-deny-<installation>-list-*   the denies of several grants in one
    daypass-deny-<installation>-older    the deny of all older sessions, when the role has no room for single ones

The installation is the id of the journal's key, 8 hexadecimal digits: several Daypasses in one AWS account tell what is
theirs, and what carries the mark of another is left alone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from daypass.journal.key import PublicKey
from daypass.model.grant import GrantId

_GRANT = "[2-9a-hj-km-np-z]{12}"
_INSTALLATION = re.compile("[0-9a-f]{8}")


def session_mark(grant: GrantId) -> str:
    """What a grant's sessions are called."""
    return f"daypass-{grant}"


@dataclass(frozen=True, slots=True)
class Names:
    """What one installation of Daypass calls what it puts into AWS."""

    installation: str

    def __post_init__(self) -> None:
        if not _INSTALLATION.fullmatch(self.installation):
            raise ValueError("an installation is named by 8 hexadecimal digits")

    @classmethod
    def of(cls, key: PublicKey) -> "Names":
        """The marks of the installation whose journal this key checks."""
        return cls(key.id.hex())

    @property
    def deny_older(self) -> str:
        """What cuts all older sessions off."""
        return f"daypass-deny-{self.installation}-older"

    def deny_list(self, grants: Iterable[GrantId]) -> str:
        """What cuts the sessions of several grants off; named after them all, as it is never written over."""
        return f"daypass-deny-{self.installation}-list-{sha256(' '.join(sorted(grants)).encode()).hexdigest()[:12]}"

    def is_deny_list(self, name: str) -> bool:
        """Whether the name is that of a deny of several grants."""
        return name.startswith(f"daypass-deny-{self.installation}-list-")

    def policy(self, grant: GrantId) -> str:
        """What carries a grant."""
        return f"daypass-{self.installation}-{grant}"

    def deny(self, grant: GrantId) -> str:
        """What cuts a grant's sessions off."""
        return f"daypass-deny-{self.installation}-{grant}"

    def grant_of(self, name: str) -> GrantId | None:
        """Whose mark a name is; None for what is not ours or belongs to no single grant."""
        match = re.fullmatch(f"daypass-(deny-)?{self.installation}-({_GRANT})", name)
        return GrantId(match.group(2)) if match else None

    def is_deny(self, name: str) -> bool:
        """Whether the name is that of a deny of ours."""
        return name.startswith(f"daypass-deny-{self.installation}-")

    def is_strange(self, name: str) -> bool:
        """Whether a name looks like one of Daypass's and is none of this installation."""
        return name.startswith("daypass-") and self.grant_of(name) is None and not self.is_deny(name)
