"""
What the command line says to people: requests, grants and stories in words, every time in the person's own zone.

Programs use --json, where every time is UTC.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from daypass.model.length import words_for_length

Json = dict[str, Any]

_HOW = {
    "session": "Use it: daypass exec {id} -- aws s3 ls s3://{resource}",
    "policy": "It is on your own AWS identity: use your own keys, as soon as AWS has spread the word (up to a minute).",
    "link": "Make a link: daypass link {id}",
}
_ENDED = {
    "expired": "its time was over",
    "done": "done",
    "revoked": "taken away",
    "failed": "AWS did not take it",
    "ticket": "its ticket was closed",
    "vanished": "somebody removed it in AWS",
}


class Zone:
    """Says moments in one person's time zone."""

    def __init__(self, name: str) -> None:
        self._zone = _zone(name)

    def moment(self, text: str | None) -> str:
        """Say a moment that the service gave in UTC: `Mon 23 Nov 18:00:05 CET`."""
        if not text:
            return "-"
        return f"{datetime.fromisoformat(text).astimezone(self._zone):%a %d %b %H:%M:%S %Z}"


def length(seconds: int) -> str:
    """Say a length exactly."""
    return words_for_length(timedelta(seconds=seconds))


def what(shown: Json) -> str:
    """Say what a request or grant is for: `read acme-reports/2026/`."""
    extras = f" with {', '.join(shown['extras'])}" if shown["extras"] else ""
    return f"{'+'.join(shown['levels'])} {shown['resource']}{extras}"


def term(shown: Json, zone: Zone) -> str:
    """Say how long was asked for."""
    starts = f" from {zone.moment(shown['starts'])}" if shown["starts"] else ""
    if shown["length_s"] is not None:
        return f"for {length(shown['length_s'])}{starts}"
    return f"until {zone.moment(shown['until'])}{starts}"


def deciders(approvers: Json, names: Json) -> str:
    """Say who may decide."""
    people = [names.get(one, one) for one in approvers["people"]]
    groups = [names.get(one, f"Slack group {one}") for one in approvers["slack_groups"]]
    return ", ".join([*people, *groups]) or "nobody"


def named(sentence: str, names: Json) -> str:
    """Put people's names in the place of their ids in a sentence."""
    for one, name in names.items():
        sentence = sentence.replace(one, name)
    return sentence


def filed(request: Json, zone: Zone, names: Json) -> str:
    """Say that a request was filed, and what happens next."""
    asked = f"{request['id']}: {what(request)} {term(request['term'], zone)}, as a {request['delivery']}."
    if request["state"] == "approved":
        return f"{asked}\nRule «{request['rule']}» approves it at once. {how(request)}"
    who = deciders(request["approvers"], names)
    return f"{asked}\nIt waits for {who} (rule «{request['rule']}»)."


def how(shown: Json) -> str:
    """Say how to use what was granted."""
    return _HOW[shown["delivery"]].format(id=shown["id"], resource=shown["resource"])


def active(grant: Json, zone: Zone) -> str:
    """Say that a grant is live, until when, and how to use it."""
    return f"{grant['id']}: {what(grant)} is active until {zone.moment(grant['ends'])}.\n{how(grant)}"


def ending(grant: Json) -> str:
    """Say why a grant ends or has ended."""
    end = grant["ending"] or {"why": "expired", "note": ""}
    note = f": {end['note']}" if end["note"] else ""
    return f"{_ENDED.get(end['why'], end['why'])}{note}"


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out rows in columns under a title; nothing at all without rows."""
    lines = [list(head), *map(list, rows)]
    if len(lines) == 1:
        return ""
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    laid = ["  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    return "\n".join([title, *(line.rstrip() for line in laid)])


def part(text: str) -> str:
    """Make what a person typed as an id safe to put into an address; the service judges it."""
    return quote(text.strip(), safe="") or "-"


def as_json(shown: object) -> str:
    """Write what the service said, for programs."""
    return json.dumps(shown, indent=2, ensure_ascii=False)


def as_line(shown: object) -> str:
    """Write one of many things for programs, as one line."""
    return json.dumps(shown, ensure_ascii=False)


def indented(text: str) -> str:
    """Lay a JSON document out for reading; what is no JSON stays as it is."""
    try:
        return as_json(json.loads(text))
    except ValueError:
        return text


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")
