"""
The file of schedules: which schedule stands behind each name that rules use.

    payments:
      ical: https://calendar.example.com/payments.ics    # or `ical_env: PAYMENTS_CALENDAR`, if it is a secret
      zone: Europe/Berlin                                # of all-day events, when the calendar names none
    storage:
      pagerduty: {schedule: PABC123, token_env: PAGERDUTY_TOKEN}
    search:
      opsgenie: {schedule: d875e654-9b4e-4219-a803-0c26936d18de, token_env: OPSGENIE_KEY}
    web:
      incident_io: {schedule: 01FCNDV6P870EA6S7TK1DSYDG0, token_env: INCIDENT_IO_KEY}

Tokens come from environment variables and never stand in the file. `api` names another address of the service.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import partial
from zoneinfo import ZoneInfo

from daypass.facts.on_call.ical import IcalSchedule
from daypass.facts.on_call.incident_io import IncidentIoSchedule
from daypass.facts.on_call.opsgenie import OpsgenieSchedule
from daypass.facts.on_call.pagerduty import PagerDutySchedule
from daypass.facts.on_call.schedule import OnCallSchedule
from daypass.model.decision import ScheduleName
from daypass.model.errors import Misconfigured
from daypass.rules.document.yaml_source import Data, Path
from daypass.sources.fetch import checked, fetch_calendar
from daypass.sources.lookups import PATIENCE_S
from daypass.sources.operator_yaml import Flaw, OperatorYaml

Secret = Callable[[str], str]
"""Gives the value of an environment variable. Raises Misconfigured when it is not set."""

Schedules = Mapping[ScheduleName, OnCallSchedule]

_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}", re.ASCII)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
_SERVICES: Mapping[str, type[PagerDutySchedule | OpsgenieSchedule | IncidentIoSchedule]] = {
    "pagerduty": PagerDutySchedule,
    "opsgenie": OpsgenieSchedule,
    "incident_io": IncidentIoSchedule,
}
_KINDS = ("ical", "ical_env", *_SERVICES)
_FORM = "Give each name one of ical, ical_env, pagerduty, opsgenie and incident_io; see docs/people.md."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wrong(Exception):
    """What is wrong with one schedule, and where in it."""

    path: Path
    sentence: str


def parse_schedules(text: str | bytes, *, name: str, secret: Secret) -> Schedules:
    """Read the file of schedules; an empty one has none. Raises Misconfigured with every fault and its line."""
    file = OperatorYaml.read(
        text, name=name, what="The file of schedules", form=_FORM, otherwise="This is no file of schedules."
    )
    found, flaws = {}, []
    for called, what in file.data.items():
        try:
            found[ScheduleName(called)] = _schedule(called, what, secret)
        except _Wrong as wrong:
            flaws.append(Flaw(path=(called, *wrong.path), sentence=wrong.sentence))
        except Misconfigured as error:
            flaws.append(Flaw(path=(called,), sentence=error.sentence))
    file.must_have_no(flaws)
    return found


def _schedule(called: str, what: Data, secret: Secret) -> OnCallSchedule:
    if not _NAME.fullmatch(called):
        raise _Wrong(path=(), sentence=f"“{called}” cannot be a schedule's name.")
    kinds = [kind for kind in _KINDS if isinstance(what, dict) and kind in what]
    if not isinstance(what, dict) or len(kinds) != 1:
        raise _Wrong(path=(), sentence=f"It is not said, once, where the schedule {called} is kept.")
    kind = kinds[0]
    _refuse_others(what, {kind, "zone"} if kind.startswith("ical") else {kind}, ())
    return _calendar(what, secret) if kind.startswith("ical") else _served(kind, what[kind], secret)


def _calendar(what: Mapping[str, Data], secret: Secret) -> OnCallSchedule:
    url = secret(_variable(what, "ical_env", ())) if "ical_env" in what else _text(what, "ical", ())
    checked(url)
    return IcalSchedule(partial(fetch_calendar, url, patience_s=PATIENCE_S), zone=_zone(what))


def _served(kind: str, what: Data, secret: Secret) -> OnCallSchedule:
    at: Path = (kind,)
    if not isinstance(what, dict):
        raise _Wrong(path=at, sentence=f"{kind} is written {{schedule: ID, token_env: VARIABLE}}.")
    _refuse_others(what, {"schedule", "token_env", "api"}, at)
    schedule, token = _text(what, "schedule", at), secret(_variable(what, "token_env", at))
    if "api" in what:
        return _SERVICES[kind](schedule, token, api=_text(what, "api", at), patience_s=PATIENCE_S)
    return _SERVICES[kind](schedule, token, patience_s=PATIENCE_S)


def _zone(what: Mapping[str, Data]) -> tzinfo:
    if "zone" not in what:
        return UTC
    name = _text(what, "zone", ())
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise _Wrong(path=("zone",), sentence=f"Nobody knows the time zone “{name:.60}”.") from None


def _variable(what: Mapping[str, Data], key: str, at: Path) -> str:
    name = _text(what, key, at)
    if not _VARIABLE.fullmatch(name):
        # What stands here may be the token itself, so it is not said again.
        raise _Wrong(path=(*at, key), sentence=f"“{key}” is the name of an environment variable, in capital letters.")
    return name


def _text(what: Mapping[str, Data], key: str, at: Path) -> str:
    given = what.get(key)
    if not isinstance(given, str) or not given:
        raise _Wrong(path=(*at, key), sentence=f"“{key}” is lacking, or is not text.")
    return given


def _refuse_others(what: Mapping[str, Data], known: set[str], at: Path) -> None:
    for key in what:
        if key not in known:
            raise _Wrong(path=(*at, key), sentence=f"There is no “{key}” here.")
