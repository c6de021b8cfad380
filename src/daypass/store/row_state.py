"""
How a row stood when it was written, in a few words that its journal entry keeps: the state, and a grant's lease.

Two rows of one revision may both have a seal that fits: one of before a backup was restored, or of a copy of the
database under the same key. Which of them was journalled, this says.
"""

from datetime import datetime

from msgspec import to_builtins

from daypass.model.fact import Change
from daypass.model.grant import Grant
from daypass.model.link import Link
from daypass.model.login import Login


def stand_of(change: Change) -> str:
    """Say how it stands; nothing of what has no state."""
    match change:
        case Grant():
            if (lease := change.lease) is None:
                return str(change.state)
            starts, ends = to_builtins((lease.starts, lease.ends))  # `isoformat` takes ten times as long
            return f"{change.state} {starts} {ends}"
        case Login():
            state = "open" if change.revoked_at is None else "revoked"
            return f"{state} {to_builtins(change.expires_at)}"
        case Link():
            return ""
        case _:
            return str(change.state)


def login_ends(stand: str) -> datetime:
    """Read off a login's stand when it is over at the latest."""
    return datetime.fromisoformat(stand.partition(" ")[2])
