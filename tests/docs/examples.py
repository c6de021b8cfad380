"""Every example that a text shows: whole commands, and the values of options."""

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import click

from daypass.doors.cli.main import daypass
from daypass.doors.commands import COMMANDS, SLACK_VERBS
from daypass.doors.language import parse_length, parse_moment, parse_term
from daypass.doors.language.recurrence import GoesOn, parse_every
from daypass.doors.slack.texts import labels
from daypass.model.errors import BadInput
from tests.docs.pages import commands, commands_in
from tests.makers import NOON

_QUOTED = re.compile(r"“([^”]+)”")
_LISTED = re.compile(r"(?:: |[Ss]uch as |write it as )((?:(?!\. )[^;“”])+)")
_WITHOUT = re.compile(r"(?:Without it|Left empty): [^.]*")
_WITH_OPTION = re.compile(r"--[a-z-]+ \d[\w:.-]*\w")
_WHO = re.compile(r"\b(?:U0[0-9A-Z]{4,}|bot:[a-z]+)")
_PLACE = re.compile(r"acme-[\w./-]*\w/?")
_TOP = daypass.list_commands(click.Context(daypass))
_KIND_OF = {"LENGTH": "length", "TIME": "time", "DAYS HOURS": "recurrence", "WHO": "person", "WHOM": "person"}
_HINTS = {
    "LENGTH_HINT": "length",
    "CUSTOM_HINT": "length",
    "START_HINT": "time",
    "EVERY_HINT": "recurrence",
    "WHERE_PLACEHOLDER": "place",
}
_ASKED = ("s3", "LEVEL", "WHERE")
_FILLED = {
    "ID": "abcdefgh2345",
    "CODE": "BCDF-GHJK",
    "LEVEL": "read",
    "WHERE": "acme-reports/2026/",
    "WHOM": "U02ABCDEF",
    "KEY": "2026/q1.csv",
    "INDEX": "7",
    "FIRST": "7",
    "SECOND": "9",
    "N": "3",
    "...": "x",
}


@dataclass(frozen=True)
class Line:
    """A whole command that some text shows."""

    where: str
    slack: bool
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.where}: {'/' if self.slack else ''}daypass {shlex.join(self.words)}"


@dataclass(frozen=True)
class Value:
    """A value that some text shows, and what it is an example of."""

    where: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


def tree(
    command: click.Command = daypass, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command of the command line with the words that lead to it."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from tree(found, (*path, name))


def everywhere() -> Iterator[tuple[str, bool, click.Command]]:
    """Yield every command with what shows its help: Slack, and the command line."""
    yield from ((f"/daypass {verb} --help", True, COMMANDS[verb]) for verb in SLACK_VERBS)
    yield from ((f"{' '.join(['daypass', *path])} --help", False, command) for path, command in tree())


def lines() -> list[Line]:
    """Return every command that a page or a help text shows with something after its name."""
    shown = [one for one in commands() if one.page != "CHANGELOG.md"]
    found = [Line(one.page, one.slack, one.words) for one in shown]
    for where, slack, command in everywhere():
        text = re.sub(r"Example: (?!daypass)|: (?=exec )", "daypass ", f"{command.epilog or ''}\n{command.help or ''}")
        found += [Line(where, slack, one.words) for one in commands_in(where, text) if one.words[0] in _TOP]
    return [_filled(one) for one in dict.fromkeys(found) if _is_whole(one)]


def values() -> list[Value]:
    """Return every value that the help of an option, a hint of the form or a refusal shows."""
    found: list[Value] = []
    for where, option in _options():
        if option.metavar in _KIND_OF:
            found += _values(f"{where}, {option.opts[0]}", _KIND_OF[option.metavar], option.help or "")
    for where, _, command in everywhere():
        found += [Value(where, "place", hit) for hit in _PLACE.findall(command.help or "")]
    for name, kind in _HINTS.items():
        found += _values(f"the form, {name}", kind, getattr(labels, name))
    for kind, sentence in _refusals():
        found += _values(sentence, kind, sentence.partition(";")[2] or sentence)
    return list(dict.fromkeys(found))


def in_passing() -> list[Value]:
    """Return every option with a value that a text shows in passing, such as `--until 18:00`."""
    texts = [(f"{where}, {option.opts[0]}", option.help or "") for where, option in _options()]
    texts += [(sentence, sentence) for _, sentence in _refusals()]
    shown = [Value(where, "option", hit.strip()) for where, text in texts for hit in _WITH_OPTION.findall(text)]
    return list(dict.fromkeys(shown))


def _options() -> Iterator[tuple[str, click.Option]]:
    for where, _, command in everywhere():
        yield from ((where, one) for one in command.params if isinstance(one, click.Option))


def _refusals() -> Iterator[tuple[str, str]]:
    """Yield what is said of a value that cannot be read, and so shows how to write it."""
    provoked: list[tuple[str, Callable[[], object]]] = [
        ("length", lambda: parse_length("soon")),
        ("length", lambda: parse_length("")),
        ("time", lambda: parse_moment("soon", after=NOON, tz="UTC", field="start")),
        ("time", lambda: parse_moment("12/1", after=NOON, tz="UTC", field="start")),
        ("option", lambda: parse_term(None, "18:00", now=NOON, tz="UTC")),
        ("option", lambda: parse_term("1h", until="18:00", now=NOON, tz="UTC")),
        ("recurrence", lambda: parse_every("soon", GoesOn(), now=NOON, tz="UTC")),
        ("option", lambda: parse_every("daily 9:00-10:00", GoesOn(), now=NOON, tz="UTC")),
    ]
    for kind, read in provoked:
        try:
            read()
        except BadInput as refused:
            yield kind, refused.sentence.replace("Say for how long: ", "")


def _values(where: str, kind: str, text: str) -> list[Value]:
    if kind == "person":
        shown = _WHO.findall(text)
    elif kind in {"place", "option"}:
        shown = [text] if kind == "place" else []
    else:
        text = _WITHOUT.sub("", text).replace(f"“{labels.LENGTH_LABEL}”", "")
        quoted = _QUOTED.findall(text)
        listed = (
            [] if kind == "recurrence" else re.split(r",? or |, ", " or ".join(_LISTED.findall(_QUOTED.sub("", text))))
        )
        shown = [*quoted, *(piece.strip(" .") for piece in listed)]
    return [Value(where, kind, one) for one in shown if one]


def _is_whole(line: Line) -> bool:
    """Whether it is more than the name of a command, or of one of its options."""
    command = daypass.get_command(click.Context(daypass), line.words[0])
    named = 2 if isinstance(command, click.Group) and not line.slack else 1
    return any(not word.startswith("--") for word in line.words[named:])


def _filled(line: Line) -> Line:
    """Put something in the place of each word that stands for one."""
    words = [*line.words[:1], *_ASKED, *line.words[2:]] if line.words[:2] == ("request", "...") else line.words
    return replace(line, words=tuple(_FILLED.get(word, word) for word in words))
