"""
Who is on call, from PagerDuty (REST API v2, GET /oncalls).

Only a schedule that an escalation policy uses has people on call there: that is how PagerDuty answers, and a schedule
nobody escalates to is an empty set here.
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

PAGERDUTY = "https://api.pagerduty.com"
_PAGE = 100
_PAGES = 10
_ID = re.compile(r"[A-Za-z0-9]{1,40}")


class PagerDutySchedule:
    """One PagerDuty schedule; the token needs to read only."""

    def __init__(self, schedule: str, token: str, *, api: str = PAGERDUTY, patience_s: float = 10.0) -> None:
        """Take the schedule's id and an API token; `api` is another for accounts in Europe. Raises Misconfigured."""
        if not _ID.fullmatch(schedule):
            raise Misconfigured(f"“{schedule[:60]}” is not the id of a PagerDuty schedule; it is one like PABC123.")
        check_token(token, of="PagerDuty")
        self._schedule = schedule
        self._token = token
        self._api = checked(api.rstrip("/") + "/oncalls")
        self._patience_s = patience_s

    def __repr__(self) -> str:
        """Name the schedule, never the token."""
        return f"PagerDutySchedule({self._schedule!r})"

    def on_call(self, now: datetime) -> frozenset[str]:
        """E-mail addresses of those on call at that moment, lower case. Raises Unavailable or Misconfigured."""
        try:
            return frozenset(_email(turn) for turn in self._turns(now) if self._is_on(turn, now))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise strange("PagerDuty", error) from None

    def _turns(self, now: datetime) -> Iterator[Any]:
        for page in range(_PAGES):
            answer = self._page(now, page * _PAGE)
            yield from answer["oncalls"]
            if not answer.get("more", False):
                return
        raise Misconfigured(f"The PagerDuty schedule {self._schedule} has more people on call than are read.")

    def _page(self, now: datetime, offset: int) -> Any:
        asked = {
            "schedule_ids[]": self._schedule,
            "include[]": "users",
            "earliest": "true",
            "since": _iso(now),
            "until": _iso(now + timedelta(seconds=1)),
            "limit": str(_PAGE),
            "offset": str(offset),
        }
        headers = {
            "Authorization": f"Token token={self._token}",
            "Accept": "application/vnd.pagerduty+json;version=2",
        }
        url = self._api.copy_merge_params(httpx2.QueryParams(asked))
        answer = get(url, headers=headers, patience_s=self._patience_s)
        return told(answer, by="PagerDuty", about=f"the schedule {self._schedule}")

    def _is_on(self, turn: Any, now: datetime) -> bool:
        if (turn["schedule"] or {}).get("id") != self._schedule:
            return False
        starts, ends = turn["start"], turn["end"]
        return (starts is None or moment(starts) <= now) and (ends is None or now < moment(ends))


def _email(turn: Any) -> str:
    found = address(turn["user"].get("email") or "")
    if found is None:
        raise Misconfigured("PagerDuty has somebody on call whose e-mail address it does not tell.")
    return found


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
