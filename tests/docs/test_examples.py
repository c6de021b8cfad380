"""Every example in every help text, page, hint and refusal works when it is typed as it stands."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
import pytest

from daypass.doors.cli.main import daypass
from daypass.doors.commands import COMMANDS, SLACK_VERBS
from daypass.doors.language import parse, parse_person, parse_term, split
from daypass.doors.language.option_values import joined, understood
from daypass.doors.language.recurrence import GoesOn, is_recurrence, parse_every
from daypass.model.errors import BadInput
from daypass.resources.registry import parse_resource
from tests.docs.examples import Line, Value, in_passing, lines, values
from tests.makers import NOON

NOT_ALIKE = {"login", "rules", "help"}
"""Commands that are one thing in Slack and another on the command line."""


def refusal(read: Callable[[], object]) -> str:
    """What stands in the way of reading something; nothing when it is read."""
    try:
        read()
    except BadInput as error:
        return error.sentence
    except click.ClickException as error:
        return error.format_message()
    return ""


def typed(line: Line) -> None:
    """Read a whole command as its door reads it, without running it. Raises what the door would tell."""
    verb, *rest = line.words
    if line.slack:
        parse(line.words, now=NOON, tz="Europe/Berlin")
        return
    command = daypass.get_command(click.Context(daypass), verb)
    if verb in SLACK_VERBS and verb not in NOT_ALIKE:  # the service reads the words that the command line sends
        parse([verb, *understood(COMMANDS[verb], rest)], now=NOON, tz="Europe/Berlin")
    if isinstance(command, click.Group):
        command, rest = command.get_command(click.Context(command), rest[0]), rest[1:]
    assert command is not None
    command.make_context(verb, joined(command, rest))


def read_alone(value: Value) -> object:
    """Read a value as a field of a form takes it. Raises BadInput."""
    match value.kind:
        case "length":
            return parse_term(value.text, now=NOON, tz="Europe/Berlin")
        case "time":
            return parse_term("1h", value.text, now=NOON, tz="Europe/Berlin")
        case "recurrence":
            days, for_ = (value.text, "2w") if is_recurrence(value.text) else (f"daily 09:00-10:00 {value.text}", None)
            return parse_every(days, GoesOn(for_=for_), now=NOON, tz="Europe/Berlin")
        case "person":
            return parse_person(value.text)
        case _:
            return parse_resource(value.text)


def on_lines(value: Value) -> list[str]:
    """Whole commands with the value in them, unquoted, before and behind the place."""
    names = {"length": "--for", "time": "--start", "recurrence": "--every", "person": "--to"}
    text = value.text if value.text[:3] != "for" else f"daily 09:00-10:00 {value.text}"
    option = f"{names[value.kind]} {text}" if value.kind in names else text if value.kind == "option" else ""
    place = value.text if value.kind == "place" else "acme-reports/2026/"
    verb = "grant" if "--to" in option else "request"
    more = _besides(option)
    return [f"{verb} s3 read {place} {option} {more}", f"{verb} {option} s3 read {place} {more}"]


def test_every_command_that_a_text_shows_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Pages, Slack's help and the command line's: each whole command in them, as it stands."""
    monkeypatch.chdir(tmp_path)
    for word in {word for line in lines() for word in line.words if "/" not in word and len(word) < 100}:
        Path(word).touch()

    assert {str(line): said for line in lines() if (said := refusal(partial(typed, line)))} == {}
    assert len(lines()) > 80


def test_every_value_that_a_text_shows_is_understood():
    """Help of options, hints of forms, and the refusals that say how to write it."""
    assert {str(one): said for one in values() if (said := refusal(partial(read_alone, one)))} == {}
    assert {one.kind for one in values()} == {"length", "time", "recurrence", "person", "place"}
    assert len(values()) > 40


def test_no_value_that_a_text_shows_needs_quotes():
    """Typed behind its option, it is read up to the next option, or to the place that follows."""
    every = [line for one in (*values(), *in_passing()) for line in on_lines(one)]
    read = {line: refusal(partial(parse, split(line), now=NOON, tz="Europe/Berlin")) for line in every}

    assert {line: said for line, said in read.items() if said} == {}
    assert len(in_passing()) > 4


def _besides(option: str) -> str:
    """What a whole request needs besides."""
    match option.split():
        case ["--every", *days] if "for" not in days:
            return "--for 2w"
        case ["--start", *_]:
            return "--for 2 hours"
        case ["--until", end] if ":" not in end:
            return "--every daily 09:00-10:00"
        case _:
            return ""
