"""
What a command says, as one of a closed set of values: parsed, not yet done.

    parse(split('approve k3m9xw2p7qrs --for 1h'), now=..., tz="Europe/Berlin")  ->  Approve(id=..., length=1 hour)

A door matches on what comes out. Nothing that a person can type raises anything but BadInput.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import click

from daypass.doors.commands import COMMANDS, SLACK_VERBS
from daypass.doors.grammar.draft import Draft, Spoken, level_and_resource, parse_id, parse_reason
from daypass.doors.grammar.when import parse_term
from daypass.doors.grammar.words import check_unicode, did_you_mean
from daypass.model.errors import BadInput
from daypass.model.grant import GrantId
from daypass.model.lease import Term
from daypass.model.length import parse_length


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAccess:
    """Ask for access; the draft may lack something, and then a form asks for it."""

    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve:
    """Approve, for the length given or as it was asked."""

    id: GrantId
    length: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deny:
    """Deny, with a reason or none."""

    id: GrantId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListMine:
    """List my grants and requests and what waits for me."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """Show one request or grant with its story."""

    id: GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """End my own access now."""

    id: GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend:
    """Ask to keep access for longer; no term leaves the length to the rule."""

    id: GrantId
    term: Term | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Take back a request."""

    id: GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeLink:
    """Make a Daypass link to an object; an empty key means the object that the grant is for."""

    id: GrantId
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """Let the command line with this code speak for me, once I have clicked on it too."""

    user_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """Say what one command does, or which there are."""

    verb: str | None


_FIELDS = {"--for": "length", "--until": "length", "--start": "start", "--reason": "reason", "--as": "delivery"}

Said = RequestAccess | Approve | Deny | ListMine | Show | Done | Extend | Cancel | MakeLink | Confirm | Help


def parse(words: Sequence[str], *, now: datetime, tz: str) -> Said:
    """
    Read a whole command as Slack takes it, its verb first; no words at all, and `--help` anywhere, ask for help.

    `tz` is the IANA name of the person's time zone. Raises BadInput with the field that is wrong.
    """
    verb = words[0].lower() if words else "help"
    if verb in {"--help", "-h"}:
        return Help(verb=None)
    if verb not in SLACK_VERBS:
        raise BadInput(_no_such_verb(verb))
    if "--help" in words[1:] or "-h" in words[1:]:
        return Help(verb=verb)
    return _said(verb, _understood(verb, words[1:]), now, tz)


def parse_request(words: Sequence[str], *, now: datetime, tz: str) -> Draft:
    """Read the words after `request`. Raises BadInput with the field that is wrong."""
    return _draft(_understood("request", words), now, tz)


def _said(verb: str, params: dict[str, Any], now: datetime, tz: str) -> Said:  # noqa: C901, PLR0911 - one line a verb
    match verb:
        case "request":
            return RequestAccess(draft=_draft(params, now, tz))
        case "approve":
            return Approve(
                id=parse_id(params["id"]), length=None if params["for_"] is None else parse_length(params["for_"])
            )
        case "deny":
            return Deny(id=parse_id(params["id"]), reason=parse_reason(params["reason"] or ""))
        case "show":
            return Show(id=parse_id(params["id"]))
        case "done":
            return Done(id=parse_id(params["id"]))
        case "extend":
            term = parse_term(params["for_"], until=params["until"], now=now, tz=tz)
            return Extend(id=parse_id(params["id"]), term=term, reason=parse_reason(params["reason"] or ""))
        case "cancel":
            return Cancel(id=parse_id(params["id"]))
        case "link":
            return MakeLink(id=parse_id(params["id"]), key=params["key"] or "")
        case "login":
            return Confirm(user_code=params["code"].strip().upper())
        case "ls":
            return ListMine()
        case _:
            return Help(verb=_known_verb(params["verb"]))


def _draft(params: dict[str, Any], now: datetime, tz: str) -> Draft:
    level, resource = level_and_resource(params.pop("what"))
    reason = params.pop("reason") or ""
    return Spoken(level=level, resource=resource, reason=reason, **params).understood(now=now, tz=tz)


def _known_verb(verb: str | None) -> str | None:
    if verb is not None and verb.lower() not in SLACK_VERBS:
        raise BadInput(_no_such_verb(verb))
    return verb and verb.lower()


def _no_such_verb(verb: str) -> str:
    if verb in COMMANDS or verb in {"journal", "verify", "logout", "whoami"}:
        return f"«{verb}» belongs on the command line: daypass {verb}. In Slack there are {', '.join(SLACK_VERBS)}."
    return f"«{verb[:40]}» is not a command; there are {', '.join(SLACK_VERBS)}.{did_you_mean(verb, SLACK_VERBS)}"


def _understood(verb: str, words: Sequence[str]) -> dict[str, Any]:
    """Let click tell the options from the words, and put what it refuses into our own sentences."""
    for word in words:
        check_unicode(word)
    if "--help" in words:  # click would print it and leave
        raise BadInput(f"Ask for help by itself: {verb} --help.")
    try:
        params = COMMANDS[verb].make_context(verb, list(words)).params
    except click.ClickException as error:
        raise BadInput(sentence_for(error), field=_field(error)) from None
    for name, value in params.items():
        if isinstance(value, str) and value.startswith("--"):
            option = _option(name)
            raise BadInput(
                f"{option} has no value: «{value}» follows it. Say one, or leave {option} out.",
                field=_FIELDS.get(option, "command"),
            )
    return params


def sentence_for(error: click.ClickException) -> str:  # noqa: PLR0911 - a sentence for each complaint
    """Say in our words what click found wrong with a command."""
    command = error.ctx.command if isinstance(error, click.UsageError) and error.ctx else None
    verb = command.name if command else "this"
    match error:
        case click.NoSuchOption():
            hint = did_you_mean("--" + error.option_name.lstrip("-"), _options(command))
            return f"«{error.option_name[:40]}» is not an option of {verb}.{hint}"
        case click.NoSuchCommand():
            known = command.list_commands(error.ctx) if isinstance(command, click.Group) and error.ctx else []
            return f"«{error.command_name[:40]}» is not a command.{did_you_mean(error.command_name, known)}"
        case click.BadOptionUsage() if "does not take a value" in error.message:
            return f"{error.option_name} takes no value; say it alone or leave it out."
        case click.BadOptionUsage():
            return f"{error.option_name} needs a value; see {verb} --help."
        case click.MissingParameter() if error.param is not None:
            return f"Say the {error.param.human_readable_name.lower()} as well; see {verb} --help."
        case click.UsageError() if "unexpected extra argument" in error.message:
            extra = error.message.partition("(")[2].rstrip(").")
            return f"There is a word too many: {extra}. Put quotes around what belongs together."
        case _:
            return error.format_message()


def _options(command: click.Command | None) -> list[str]:
    params = command.params if command else []
    return ["--help", *(name for param in params for name in param.opts if name.startswith("--"))]


def _option(name: str) -> str:
    return {"delivery": "--as"}.get(name, f"--{name.strip('_').replace('_', '-')}")


def _field(error: click.ClickException) -> str:
    return _FIELDS.get(error.option_name, "command") if isinstance(error, click.BadOptionUsage) else "command"
