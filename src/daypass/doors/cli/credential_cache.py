"""
AWS credentials of a grant, kept until shortly before they end: what an AWS SDK waits for at each of its starts.

`credential_process` runs `daypass credentials ID` for every new process, and an SDK runs it before every call once less
than ten minutes are left. While the kept credentials are good for five minutes more, or end with the grant and so can
not be renewed, they are printed without asking the service, and without importing anything but this. They never outlive
the grant: its date is inside them, and ending it early denies their session in AWS itself.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from daypass.doors.cli.failure import Failure
from daypass.doors.cli.paths import read_private, state_folder, write_private

FRESH = timedelta(minutes=5)
BARELY = timedelta(seconds=1)
"""What must be left of those that nobody can renew."""
_PRINTED = ("Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
"""What `credential_process` knows; the rest is for `daypass exec` and for this page."""
_ALPHABET = frozenset("23456789abcdefghjkmnpqrstuvwxyz")
_LENGTH = 12


def try_quickly(arguments: list[str]) -> str | None:
    """Answer `daypass credentials ID` from what is kept; None when that takes more than this page."""
    if len(arguments) != 1:
        return None
    try:
        found = kept(arguments[0], datetime.now(UTC), left=FRESH)
    except Failure:
        return None  # the long way says what is wrong
    return json.dumps(printed(found)) if found else None


def printed(credentials: dict[str, Any]) -> dict[str, Any]:
    """Leave what `credential_process` prints."""
    return {name: credentials[name] for name in _PRINTED if name in credentials}


def kept(grant: str, now: datetime, *, left: timedelta) -> dict[str, Any] | None:
    """Read the kept credentials of a grant if they are good for `left` more, or for as long as any can be."""
    path = _file(grant)
    text = read_private(path) if path else None
    try:
        found = json.loads(text or "null")
        needed = left if found is None or found.get("Renewable", True) else min(left, BARELY)
        fresh = found is not None and datetime.fromisoformat(found["Expiration"]) - now >= needed
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # half a file, or another's: ask the service
    return found if fresh else None


def keep(grant: str, credentials: dict[str, Any], now: datetime) -> None:
    """Keep credentials, and sweep out those that are over."""
    if (path := _file(grant)) is None:
        return
    _sweep(path.parent, now)
    write_private(path, json.dumps(credentials))


def forget(grant: str) -> None:
    """Drop the kept credentials of a grant."""
    if (path := _file(grant)) is not None:
        path.unlink(missing_ok=True)


def forget_all() -> None:
    """Drop all kept credentials."""
    for path in (state_folder() / "credentials").glob("*.json"):
        path.unlink(missing_ok=True)


def _sweep(folder: Path, now: datetime) -> None:
    for path in folder.glob("*.json"):
        if kept(path.stem, now, left=timedelta(0)) is None:
            path.unlink(missing_ok=True)


def _file(grant: str) -> Path | None:
    """Name the file of a grant; None for what is no id, so that nothing outside the folder is ever named."""
    fits = len(grant) == _LENGTH and _ALPHABET.issuperset(grant)
    return state_folder() / "credentials" / f"{grant}.json" if fits else None
