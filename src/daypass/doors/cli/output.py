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

from daypass.model.entitlement import Entitlement
from daypass.model.length import words_for_length
from daypass.resources.registry import kind_of, parse_resource

Json = dict[str, Any]

_HOW = {
    "session": "Use it: daypass exec {id} -- {example}",
    "policy": "It is on your own AWS identity: use your own keys, as soon as AWS has spread the word (up to a minute).",
    "link": "Make a link: daypass link {id}",
}
_ENDED = {
    "expired": "its time was over",
    "done": "done",
    "revoked": "taken away",
    "failed": "AWS did not take it",
    "restored": "the database was restored from a backup",
    "ticket": "its ticket was closed",
    "vanished": "somebody removed it in AWS",
}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAYS = [1, 2, 3, 4, 5]


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


def wished(request: Json, zone: Zone) -> str:
    """Say how long or how often was asked for, and what it would prolong."""
    said = every(request["recurs"]) if request["recurs"] else term(request["term"], zone)
    return f"{said}, to go on with {request['extends']}" if request["extends"] else said


def every(recurs: Json) -> str:
    """Say which hours come again and until when: `every mon, tue 09:00-10:00 (Europe/Berlin) until ...`."""
    named = "weekday" if recurs["days"] == _WEEKDAYS else ", ".join(_DAYS[day - 1] for day in recurs["days"])
    days = "day" if len(recurs["days"]) == len(_DAYS) else named
    return f"every {days} {recurs['opens'][:5]}-{recurs['closes'][:5]} ({recurs['tz']}) until {recurs['last']}"


def who(request: Json, names: Json) -> str:
    """Say who asks, and for whom if it is not for themselves."""
    asker, other = request["requestor"], request["beneficiary"]
    return f"{names.get(asker, asker)}{f' for {names.get(other, other)}' if other else ''}"


def folded(text: object) -> str:
    """Put what somebody wrote on one line, so that no part of it looks like a line of ours."""
    return " ".join(str(text).split())


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
    other = request["beneficiary"]
    whom = f" for {names.get(other, other)}" if other else ""
    asked = f"{request['id']}: {what(request)} {wished(request, zone)}{whom}, as a {request['delivery']}."
    if request["state"] != "approved":
        return f"{asked}\nIt waits for {deciders(request['approvers'], names)} (rule “{request['rule']}”)."
    use = "They are told how to use it." if other else how(request)
    starts = request["term"]["starts"]
    begins = f"It begins {zone.moment(starts)}. " if starts and starts > request["filed_at"] else ""
    return f"{asked}\n{_approved(request, names)} {begins}{use}"


def _approved(request: Json, names: Json) -> str:
    """Say by whom it was approved in the moment of asking: by a rule, in an emergency, by somebody in advance."""
    approval, rule = request["approval"], request["rule"]
    if request["urgent"]:
        reviewers = deciders(request["approvers"], names)
        return f"Emergency access is on (rule “{rule}”): your colleagues are told now, and {reviewers} will review it."
    if approval["permit"]:
        return f"{names.get(approval['by'], approval['by'])} approved it in advance (rule “{rule}”)."
    return f"Rule “{rule}” approves it at once."


def how(shown: Json) -> str:
    """Say how to use what was granted, and what surprises people then."""
    entitlement = Entitlement(
        resource=parse_resource(shown["resource"]),
        levels=frozenset(shown["levels"]),
        options=frozenset(shown["extras"]),
    )
    kind = kind_of(entitlement.resource)
    use = _HOW[shown["delivery"]].format(id=shown["id"], example=kind.usage(entitlement)[0])
    return "\n".join([use, *(() if shown["delivery"] == "link" else kind.caveats(entitlement))])


def given(answer: Json, zone: Zone) -> str:
    """Say what an approval has led to: the request while others must approve it too, else the grant as it is now."""
    match answer["state"]:
        case "pending":
            return "your approval is noted; others must approve it too."
        case "approved" if answer["starts"] and answer["starts"] > answer["approved_at"]:
            return f"approved; it begins {zone.moment(answer['starts'])}."
        case "approved":
            return "approved; active in a few seconds."
        case "active":
            return f"approved; active until {zone.moment(answer['ends'])}."
        case _:
            return f"approved; it has ended since: {ending(answer)}."


def active(grant: Json, zone: Zone) -> str:
    """Say that a grant is live, until when, and how to use it."""
    return f"{grant['id']}: {what(grant)} is active until {zone.moment(grant['ends'])}.\n{how(grant)}"


def until(grant: Json) -> str | None:
    """Until when somebody has it, or had it: what was ended before its date has ended then."""
    moments = [one for one in (grant["ended_at"], grant["ends"]) if one]
    return min(moments, key=datetime.fromisoformat, default=None)


def ending(grant: Json) -> str:
    """Say why a grant ends or has ended."""
    end = grant["ending"] or {"why": "expired", "note": ""}
    note = f": {folded(end['note'])}" if end["note"] else ""
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
