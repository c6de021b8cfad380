"""
Who is on call, from incident.io (API v2, GET /v2/schedule_entries).

Of its answer the `final` entries count, which are the shifts with overrides laid over them. A shift without a user is
one that nobody has.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from daypass.model.errors import Misconfigured
from daypass.sources.fetch import checked, get
from daypass.sources.json_api import check_token, moment, strange, told
from daypass.sources.mail_address import address

INCIDENT_IO = "https://api.incident.io"
_ID = re.compile(r"[A-Za-z0-9]{1,40}")


class IncidentIoSchedule:
    """One incident.io schedule; the key needs to view schedules only."""

    def __init__(self, schedule: str, token: str, *, api: str = INCIDENT_IO, patience_s: float = 10.0) -> None:
        """Take the schedule's id and an API key. Raises Misconfigured."""
        if not _ID.fullmatch(schedule):
            raise Misconfigured(f"“{schedule[:60]}” is not the id of an incident.io schedule, such as 01FCNDV6P8.")
        check_token(token, of="incident.io")
        self._schedule = schedule
        self._token = token
        self._url = checked(f"{api.rstrip('/')}/v2/schedule_entries")
        self._patience_s = patience_s

    def __repr__(self) -> str:
        """Name the schedule, never the key."""
        return f"IncidentIoSchedule({self._schedule!r})"

    def on_call(self, now: datetime) -> frozenset[str]:
        """E-mail addresses of those on call at that moment, lower case. Raises Unavailable or Misconfigured."""
        try:
            return frozenset(_emails(self._entries(now), now))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise strange("incident.io", error) from None

    def _entries(self, now: datetime) -> Any:
        asked = {
            "schedule_id": self._schedule,
            "entry_window_start": _iso(now),
            "entry_window_end": _iso(now + timedelta(minutes=1)),
        }
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        answer = get(
            self._url.copy_merge_params(httpx2.QueryParams(asked)), headers=headers, patience_s=self._patience_s
        )
        return told(answer, by="incident.io", about=f"the schedule {self._schedule}")["schedule_entries"]["final"]


def _emails(entries: Any, now: datetime) -> Iterator[str]:
    for entry in entries:
        if not moment(entry["start_at"]) <= now < moment(entry["end_at"]) or entry.get("user") is None:
            continue
        found = address(entry["user"].get("email") or "")
        if found is None:
            raise Misconfigured("incident.io has somebody on call whose e-mail address it does not tell.")
        yield found


def _iso(moment_: datetime) -> str:
    return moment_.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
