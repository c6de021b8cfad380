"""
Names in AWS, made from the grant's id: an answer that was lost is found again, and nothing is made twice.

    daypass-<id>         a session, an inline policy, a managed policy under /daypass/
    daypass-deny-<id>    the deny of a session that was ended early, on the broker role
    daypass-deny-older   the deny of all older sessions, when the role has no room for single ones
"""

import re

from daypass.model.grant import GrantId

DENY_OLDER = "daypass-deny-older"

_GRANT = re.compile(r"daypass-(deny-)?([2-9a-hj-km-np-z]{12})")


def mark(grant: GrantId) -> str:
    """What carries a grant."""
    return f"daypass-{grant}"


def deny_mark(grant: GrantId) -> str:
    """What cuts a grant's sessions off."""
    return f"daypass-deny-{grant}"


def grant_of(name: str) -> GrantId | None:
    """Whose mark a name is; None for what is not ours or belongs to no single grant."""
    match = _GRANT.fullmatch(name)
    return GrantId(match.group(2)) if match else None


def is_deny(name: str) -> bool:
    """Whether the name is that of a deny."""
    return name.startswith("daypass-deny-")
