"""
Who is away by their status in Slack.

    :palm_tree:, which is Slack's own "Vacationing"            away until the status ends, or while it stands
    :face_with_thermometer:, Slack's own "Out sick"            the same
    text that begins "out of office", "on leave" or the like   the same
    anything else, such as a meeting or a commute              at work
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from daypass.model.principal import Away

_EMOJI = frozenset({":palm_tree:", ":face_with_thermometer:"})
_WORDS = re.compile(
    r"(vacation(ing)?|(on )?(vacation|holiday|leave|parental leave)|out of (the )?office|out sick|ooo)\b", re.IGNORECASE
)


def away(profile: Mapping[str, Any]) -> Away | None:
    """Read a profile's status; None for somebody who is at work as far as it tells. Nobody stands in by a status."""
    emoji, text = str(profile.get("status_emoji") or ""), str(profile.get("status_text") or "").strip()
    if emoji in _EMOJI or _WORDS.match(text):
        return Away(until=_ends(profile.get("status_expiration")))
    return None


def _ends(given: Any) -> datetime | None:
    """Slack writes seconds since 1970, and 0 for a status without an end."""
    try:
        return datetime.fromtimestamp(int(given), tz=UTC) if given else None
    except (ValueError, TypeError, OverflowError, OSError):
        return None
