"""
Who is on call, from Opsgenie (GET /v2/schedules/ID/on-calls, flat).

Flat names the user names of all who are on call, those inside teams and escalations too; a user name is an e-mail
address there. Accounts in Europe have an API of their own, https://api.eu.opsgenie.com.
"""

import re
from datetime import UTC, datetime
from typing import Any

import httpx2

from daypass.model.errors import Misconfigured
from daypass.sources.fetch import checked, get
from daypass.sources.json_api import check_token, strange, told
from daypass.sources.mail_address import address

OPSGENIE = "https://api.opsgenie.com"
_ID = re.compile(r"[A-Za-z0-9-]{1,60}")


class OpsgenieSchedule:
    """One Opsgenie schedule; the key of an API integration that may read is enough."""

    def __init__(self, schedule: str, token: str, *, api: str = OPSGENIE, patience_s: float = 10.0) -> None:
        """Take the schedule's id and an API key. Raises Misconfigured."""
        if not _ID.fullmatch(schedule):
            raise Misconfigured(f"“{schedule[:60]}” is not the id of an Opsgenie schedule.")
        check_token(token, of="Opsgenie")
        self._schedule = schedule
        self._token = token
        self._url = checked(f"{api.rstrip('/')}/v2/schedules/{schedule}/on-calls")
        self._patience_s = patience_s

    def __repr__(self) -> str:
        """Name the schedule, never the key."""
        return f"OpsgenieSchedule({self._schedule!r})"

    def on_call(self, now: datetime) -> frozenset[str]:
        """E-mail addresses of those on call at that moment, lower case. Raises Unavailable or Misconfigured."""
        try:
            return frozenset(_email(name) for name in self._names(now))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise strange("Opsgenie", error) from None

    def _names(self, now: datetime) -> list[Any]:
        asked = {"scheduleIdentifierType": "id", "flat": "true", "date": now.astimezone(UTC).isoformat("T", "seconds")}
        headers = {"Authorization": f"GenieKey {self._token}", "Accept": "application/json"}
        answer = get(
            self._url.copy_merge_params(httpx2.QueryParams(asked)), headers=headers, patience_s=self._patience_s
        )
        names = told(answer, by="Opsgenie", about=f"the schedule {self._schedule}")["data"]["onCallRecipients"]
        if not isinstance(names, list):
            raise TypeError(names)
        return names


def _email(name: str) -> str:
    found = address(name)
    if found is None:
        raise Misconfigured("Opsgenie has somebody on call whose user name is not an e-mail address.")
    return found
