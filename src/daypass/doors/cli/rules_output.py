"""Changes and versions of the rules, as the command line says them."""

import re
from collections.abc import Iterator
from typing import Any

import click

from daypass.doors.cli import output
from daypass.doors.cli.context import Here
from daypass.doors.cli.failure import Failure
from daypass.model.rule_change import VERSION_LINE

_IN_PASSING_S = 2.0
_MOST_PENDING = 5
"""Requests that are shown one by one; the others are counted."""

_ID = re.compile(r"\b[UW][A-Z0-9]{3,}\b")


def whole(change: dict[str, Any], zone: output.Zone) -> Iterator[str]:
    """Lay a change out: who and why, its difference, what it would do."""
    yield f"{change['id']}  {change['state']}, from version {change['base']}"
    yield f"  by    {name(change, change['names'])}, {zone.moment(change['filed_at'])}"
    yield f"  why   {change['note'] or '-'}"
    if change["shadow_until"]:
        yield f"  watch until {zone.moment(change['shadow_until'])}: daypass rules differences {change['id']}"
    yield ""
    yield from diff(change)
    yield from effect(change)


def diff(change: dict[str, Any]) -> Iterator[str]:
    """Write the difference, and an empty line after it."""
    if change["diff"]:
        yield change["diff"]
        yield ""


def effect(change: dict[str, Any]) -> Iterator[str]:
    """Say what a change would do: rule by rule, person by person, and in numbers."""
    effect, names = change["effect"], change["names"]
    if effect is None:
        return
    yield from (f"- {_named(sentence, names)}" for sentence in effect["rules"])
    for one in effect["people"]:
        who, s = _who(one, names), "s" if one["count"] == 1 else ""
        verbs = ((f"gain{s}", one["gains"]), (f"lose{s}", one["loses"]), ("on other terms", one["otherwise"]))
        yield from (f"  {who}  {verb}: {each}" for verb, what in verbs for each in what)
    pending = effect["pending"]
    yield from (f"  {_named(sentence, names)}" for sentence in pending[:_MOST_PENDING])
    if more := len(pending[_MOST_PENDING:]):
        yield f"  and {more} more request{'' if more == 1 else 's'} (--json has all of them)"
    yield effect["sentence"]


def _named(sentence: str, names: dict[str, str]) -> str:
    """Put names for the ids of people."""
    return _ID.sub(lambda found: names.get(found[0], found[0]), sentence)


def _who(some: dict[str, Any], names: dict[str, str]) -> str:
    """Name the first few, and count the others."""
    named = ", ".join(names.get(one, one) for one in some["people"])
    more = some["count"] - len(some["people"])
    return f"{named} and {more} more" if more else named


def name(shown: dict[str, Any], names: dict[str, str]) -> str:
    """Name an author."""
    author: str = shown["author"]
    return names.get(author, author)


def by(version: dict[str, Any], names: dict[str, str]) -> str:
    """Say from whom a version is."""
    return f"by {name(version, names)}" if version["change"] else "from the file"


def not_in_force(ctx: click.Context, text: bytes) -> str:
    """Say that other rules are in force and no file counts any more, where somebody is logged in and it is so."""
    here = ctx.find_object(Here)
    assert here is not None  # noqa: S101 - run() put it there
    try:
        rules = here.client(patience_s=_IN_PASSING_S).get("/rules")
    except Failure:
        return ""
    if rules["change"] is None or rules["text"] == VERSION_LINE.sub("", text.decode(errors="replace"), count=1):
        return ""
    return (
        f"This file changes nothing by itself: version {rules['number']} is in force, approved in Daypass. "
        "To propose it, run: daypass rules apply FILE"
    )
