"""
What a command says, as one of a closed set of values: parsed, not yet done.

    parse(split('approve k3m9xw2p7qrs --for 1h'), now=..., tz="Europe/Berlin")  ->  Approve(id=..., length=1 hour)

A door matches on what comes out. Nothing that a person can type raises anything but BadInput.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from daypass.doors.commands import COMMANDS, SLACK_VERBS
from daypass.doors.language.commands import (
    Again,
    Allow,
    Approve,
    Cancel,
    ComeBack,
    Confirm,
    Deny,
    Done,
    Extend,
    GoAway,
    Help,
    Lift,
    ListMine,
    MakeLink,
    RequestAccess,
    Review,
    Revoke,
    Said,
    SetFreeze,
    ShowOffers,
    ShowRequest,
    ShowRules,
    StartPanic,
    Withdraw,
)
from daypass.doors.language.complaints import asks_without_verb, lacks_id, sentence_for
from daypass.doors.language.extents import extent_of
from daypass.doors.language.moments import parse_moment, parse_term
from daypass.doors.language.option_values import joined
from daypass.doors.language.person import parse_person
from daypass.doors.language.request_words import (
    RequestDraft,
    Spoken,
    level_and_resource,
    parse_id,
    parse_reason,
)
from daypass.doors.language.tokenize import check_unicode, did_you_mean
from daypass.model.errors import BadInput
from daypass.model.freeze import Extent
from daypass.model.length import parse_length

_Params = dict[str, Any]

_LOOKING_AROUND = frozenset({"--help", "-h", "-help", "", "version", "--version", "-v", "hello", "hi", "hey", "start"})
"""What somebody types who wants to know what there is; the list of commands says the version too."""

_WITH_TIMES = frozenset({"request", "grant", "allow", "again", "extend", "away"})

_SLACK = "/daypass"

ID = "id"
"""The field of a command in which the id is missing."""

_FIELDS = {
    "--for": "length",
    "--until": "length",
    "--start": "start",
    "--reason": "reason",
    "--note": "note",
    "--as": "delivery",
    "--to": "person",
    "--every": "start",
    "--window": "length",
    "--person": "person",
    "--resource": "resource",
}


def parse(words: Sequence[str], *, now: datetime, tz: str) -> Said:
    """
    Read a whole command as Slack takes it, its verb first; no words at all, and `--help` anywhere, ask for help.

    `tz` is the IANA name of the person's time zone. Raises BadInput with the field that is wrong.
    """
    verb = words[0].lower() if words else "help"
    if verb.rstrip("?!.") in _LOOKING_AROUND and len(words) == 1:
        return Help(verb=None)
    if verb not in SLACK_VERBS:
        raise BadInput(_no_such_verb(verb, words))
    if "--help" in words[1:] or "-h" in words[1:]:
        return Help(verb=verb)
    return _READERS[verb](_understood(verb, words[1:]), now, tz)


def says_times(words: Sequence[str]) -> bool:
    """Whether a command may say a time of day, so that the person's time zone must be known to read it."""
    return bool(words) and words[0].lower() in _WITH_TIMES and not {"--help", "-h"} & set(words)


def parse_request(words: Sequence[str], *, now: datetime, tz: str) -> RequestDraft:
    """Read the words after `request`. Raises BadInput with the field that is wrong."""
    return _draft(_understood("request", words, program="daypass"), now, tz)


def _extend(params: _Params, now: datetime, tz: str) -> Extend:
    term = parse_term(params["for_"], until=params["until"], now=now, tz=tz)
    return Extend(id=parse_id(params["id"]), term=term, reason=_reason(params))


def _again(params: _Params, now: datetime, tz: str) -> Again:
    term = parse_term(params["for_"], until=params["until"], now=now, tz=tz)
    subject = parse_id(params["id"]) if params["id"] else None
    return Again(id=subject, term=term, reason=_reason(params), dry_run=params["dry_run"])


def _away(params: _Params, now: datetime, tz: str) -> GoAway:
    until = parse_moment(params["until"], after=now, tz=tz, field="length")
    return GoAway(until=until, delegate=parse_person(params["to"]) if params["to"] else None)


def _approve(params: _Params) -> Approve:
    length = None if params["for_"] is None else parse_length(params["for_"])
    return Approve(id=parse_id(params["id"]), length=length)


def _draft(params: _Params, now: datetime, tz: str) -> RequestDraft:
    level, resource = level_and_resource(params.pop("what"))
    reason = params.pop("reason") or ""
    return Spoken(level=level, resource=resource, reason=reason, **params).understood(now=now, tz=tz)


def _for_somebody(params: _Params, now: datetime, tz: str) -> RequestDraft:
    draft = _draft(params, now, tz)
    if draft.beneficiary is None:
        raise BadInput("Say for whom: --to and a Slack member id, or --to bot:NAME.", field="person")
    return draft


def _allow(params: _Params, now: datetime, tz: str) -> Allow:
    level, resource = level_and_resource(params["what"])
    spoken = Spoken(
        level=level,
        resource=resource,
        to=params["to"] or "",
        reason=params["reason"] or "",
        delivery=params["delivery"],
        versions=params["versions"],
        tags=params["tags"],
    )
    draft = spoken.understood(now=now, tz=tz)
    starts = parse_moment(params["start"], after=now, tz=tz, field="start") if params["start"] else now
    assert draft.beneficiary is not None  # noqa: S101 - `to` is a text, so it was read or refused
    return Allow(
        to=draft.beneficiary,
        entitlement=draft.ask(draft.beneficiary).wish.entitlement,
        length=parse_length(_said(params["for_"], "--for 2h, the longest that each may be")),
        starts=starts,
        ends=starts + parse_length(_said(params["window"], "--window 7d, the time within which to ask")),
        delivery=draft.delivery,
        reason=draft.reason,
    )


def _said(value: str | None, example: str) -> str:
    if not value:
        raise BadInput(f"Say for how long as well: {example}.", field="length")
    return value


def _reason(params: _Params) -> str:
    return parse_reason(params["reason"] or "")


def _extent(params: _Params) -> Extent:
    return extent_of(person=params["person"], resource=params["resource"], everything=params["everything"])


def _extent_if_said(params: _Params) -> Extent | None:
    said = params["person"] is not None or params["resource"] is not None or params["everything"]
    return _extent(params) if said else None


def _known_verb(verb: str | None) -> str | None:
    if verb is not None and verb.lower() not in SLACK_VERBS:
        raise BadInput(_no_such_verb(verb))
    return verb and verb.lower()


def _no_such_verb(verb: str, words: Sequence[str] = ()) -> str:
    if verb in COMMANDS or verb in {"journal", "verify", "logout", "whoami"}:
        return f"“{verb}” belongs on the command line: daypass {verb}. In Slack there are {', '.join(SLACK_VERBS)}."
    if words[1:] and asks_without_verb(verb):
        return f"“{verb[:40]}” is not a command. Did you mean {_SLACK} request {' '.join(words)[:120]}?"
    return f"“{verb[:40]}” is not a command; there are {', '.join(SLACK_VERBS)}.{did_you_mean(verb, SLACK_VERBS)}"


def _understood(verb: str, words: Sequence[str], *, program: str = _SLACK) -> dict[str, Any]:
    """Let click tell the options from the words, and put what it refuses into our own sentences."""
    for word in words:
        check_unicode(word)
    if "--help" in words:  # click would print it and leave
        raise BadInput(f"Ask for help by itself: {verb} --help.")
    try:
        params = COMMANDS[verb].make_context(verb, joined(COMMANDS[verb], words)).params
    except click.ClickException as error:
        raise BadInput(sentence_for(error, program=program), field=ID if lacks_id(error) else _field(error)) from None
    for name, value in params.items():
        if isinstance(value, str) and value.startswith("--"):
            option = _option(name)
            raise BadInput(
                f"{option} has no value: “{value}” follows it. Say one, or leave {option} out.",
                field=_FIELDS.get(option, "command"),
            )
    return params


def _option(name: str) -> str:
    return {"delivery": "--as"}.get(name, f"--{name.strip('_').replace('_', '-')}")


def _field(error: click.ClickException) -> str:
    return _FIELDS.get(error.option_name, "command") if isinstance(error, click.BadOptionUsage) else "command"


_READERS: Mapping[str, Callable[[_Params, datetime, str], Said]] = {
    "request": lambda params, now, tz: RequestAccess(draft=_draft(params, now, tz)),
    "grant": lambda params, now, tz: RequestAccess(draft=_for_somebody(params, now, tz)),
    "allow": _allow,
    "withdraw": lambda params, _now, _tz: Withdraw(id=parse_id(params["id"])),
    "again": _again,
    "offers": lambda _params, _now, _tz: ShowOffers(),
    "ls": lambda _params, _now, _tz: ListMine(),
    "review": lambda params, _now, _tz: Review(id=parse_id(params["id"]) if params["id"] else None),
    "show": lambda params, _now, _tz: ShowRequest(id=parse_id(params["id"])),
    "done": lambda params, _now, _tz: Done(id=parse_id(params["id"])),
    "extend": _extend,
    "cancel": lambda params, _now, _tz: Cancel(id=parse_id(params["id"])),
    "link": lambda params, _now, _tz: MakeLink(id=parse_id(params["id"]), key=params["key"] or ""),
    "approve": lambda params, _now, _tz: _approve(params),
    "deny": lambda params, _now, _tz: Deny(id=parse_id(params["id"]), reason=_reason(params)),
    "revoke": lambda params, _now, _tz: Revoke(id=parse_id(params["id"]), reason=_reason(params)),
    "panic": lambda params, _now, _tz: StartPanic(
        extent=_extent(params), reason=_reason(params), hold=not params["no_freeze"]
    ),
    "freeze": lambda params, _now, _tz: SetFreeze(extent=_extent_if_said(params), reason=_reason(params)),
    "lift": lambda params, _now, _tz: Lift(id=parse_id(params["id"])),
    "away": _away,
    "back": lambda _params, _now, _tz: ComeBack(),
    "rules": lambda params, _now, _tz: ShowRules(what=(params["rule"] or "").strip()),
    "login": lambda params, _now, _tz: Confirm(user_code=params["code"].strip().upper()),
    "help": lambda params, _now, _tz: Help(verb=_known_verb(params["verb"])),
}
"""How the words after each of Slack's verbs are read."""
