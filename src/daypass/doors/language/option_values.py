"""
An option takes its words up to the next option: nobody has to quote `--until 2026-12-07 09:00`.

    away --until 2026-12-07 09:00 --to U02ABCDEF       ->  "2026-12-07 09:00"
    request --for 2 hours s3 read acme-reports/        ->  "2 hours"; what follows is the command's own
    revoke --reason laptop stolen k3m9xw2p7qrs         ->  "laptop stolen"

When the command already has its own words (the id, or level and place), all that follows an option belongs to the
option. Otherwise it takes the most words that read as its value, or leaves the command's own at the end.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import click

from daypass.doors.language.moments import is_moment
from daypass.doors.language.recurrence import is_recurrence
from daypass.doors.language.tokenize import nearest
from daypass.model.length import is_length
from daypass.resources.registry import KINDS, LEVELS

_ID = re.compile(r"[23456789abcdefghjkmnpqrstuvwxyz]{12}", re.IGNORECASE)
_PLACE = re.compile(r"\S*[/.:\d-]\S*")
_OPTION = re.compile(r"--?[^\W\d].*", re.DOTALL)
_MOST_WORDS = 8
"""Of a value that is more than text: `1 day 2 hours 5 minutes` is six words."""
_LEVEL_AND_PLACE = 2

_READS_AS: Mapping[str, Callable[[str], bool]] = {
    "LENGTH": lambda text: is_length(text) or is_moment(text.lower().removeprefix("until ")),
    "TIME": lambda text: is_moment(text) or is_length(text.lower().removeprefix("in ")),
    "DAYS HOURS": is_recurrence,
}
"""Whether some words are a value, by what the help calls the value."""
_TEXT = "TEXT"


@dataclass
class _Typed:
    """An option as it was typed, and the words behind it."""

    name: str
    option: click.Option | None
    words: list[str] = field(default_factory=list)
    equals: bool = False

    @property
    def takes_one(self) -> bool:
        """Whether its value cannot have several words: a number, a file."""
        return self.option is not None and not isinstance(self.option.type, click.types.StringParamType)

    def rejoined(self) -> Iterator[str]:
        """Yield it with its value as one word."""
        if self.equals:
            yield f"{self.name}={' '.join(self.words)}"
            return
        yield self.name
        if self.words:
            yield " ".join(self.words)


def joined(command: click.Command, words: Sequence[str]) -> list[str]:
    """Return the words with each option's value as one word, as click wants them."""
    own, typed, rest = _cut(command, words)
    for one in typed:
        keeps = _kept(command, one, own) if one.option else 0
        own += one.words[keeps:]
        del one.words[keeps:]
    return [*(word for one in typed for word in one.rejoined()), *own, *rest]


def understood(command: click.Command, words: Sequence[str]) -> list[str]:
    """Return `joined` of what is understood: an option that is nearly known is, and one that is not is left out."""
    flags = {name for one in _options(command) if one.is_flag for name in one.opts}
    valued = {name for one in _options(command) if not one.is_flag for name in one.opts}
    _, typed, _ = _cut(command, words)
    near = {one.name: nearest(one.name, flags | valued) or one.name for one in typed}
    renamed = [_renamed(word, near) for word in words]
    own, typed, rest = _cut(command, renamed)
    good: list[_Typed] = []
    for one in typed:
        keeps = _kept(command, one, own) if one.name not in flags else 0
        own += one.words[keeps:]
        del one.words[keeps:]
        if (one.name in flags and not one.equals) or (one.name in valued and one.words):
            good.append(one)
    return [*(word for one in good for word in one.rejoined()), *own, *rest]


def _renamed(word: str, near: Mapping[str, str]) -> str:
    name, equals, value = word.partition("=")
    return f"{near[name]}{equals}{value}" if name in near else word


def _options(command: click.Command) -> list[click.Option]:
    return [one for one in command.params if isinstance(one, click.Option)]


def _cut(command: click.Command, words: Sequence[str]) -> tuple[list[str], list[_Typed], list[str]]:
    """Tell the command's own words from its options with what follows each; after `--` nothing is an option."""
    valued = {name: one for one in _options(command) if not one.is_flag for name in one.opts}
    own: list[str] = []
    typed: list[_Typed] = []
    for at, word in enumerate(words):
        if word == "--" or (own and not command.context_settings.get("allow_interspersed_args", True)):
            return own, typed, list(words[at:])
        if _OPTION.fullmatch(word):
            name, equals, value = word.partition("=")
            found = valued.get(name)
            typed.append(_Typed(name=name, option=found, words=[value] if equals else [], equals=bool(equals)))
        elif typed:
            typed[-1].words.append(word)
        else:
            own.append(word)
    return own, typed, []


def _kept(command: click.Command, typed: _Typed, own: Sequence[str]) -> int:
    """How many of the words behind an option are its value; the others are the command's own."""
    if typed.takes_one:
        return 1
    everything = len(typed.words)
    lacking = [one for one in command.params if isinstance(one, click.Argument)][0 if _asks(command) else len(own) :]
    if not lacking or (_asks(command) and _has_both(own)):
        return everything
    kind = typed.option.metavar if typed.option else _TEXT
    reads = _READS_AS.get(kind or "")
    lengths = range(min(everything, _MOST_WORDS), 0, -1) if reads else ()
    found = next((n for n in lengths if reads and reads(" ".join(typed.words[:n]))), None)
    if found is not None:
        return found
    behind = typed.words[1:]
    at_the_end = _asked_at_the_end(own, behind, kind) if _asks(command) else _last(lacking, behind)
    return everything - at_the_end if at_the_end or kind == _TEXT else min(1, everything)


def _last(lacking: Sequence[click.Argument], words: Sequence[str]) -> int:
    """How many words at the end are the command's: what it requires, or an id that it could do without."""
    required = sum(one.required for one in lacking)
    if required:
        return required if len(words) >= required else 0
    return 1 if words and _ID.fullmatch(words[-1]) else 0


def _asks(command: click.Command) -> bool:
    """Whether the command's own words are a level and a place."""
    return any(isinstance(one, click.Argument) and one.name == "what" for one in command.params)


def _has_both(own: Sequence[str]) -> bool:
    return len([word for word in own if word.lower() not in KINDS]) >= _LEVEL_AND_PLACE


def _asked_at_the_end(own: Sequence[str], words: Sequence[str], kind: str | None) -> int:
    """How many words at the end say level and place: `s3 read acme-reports/`, or the place where the level is said."""
    text = kind == _TEXT  # in a reason, a ticket looks like a bucket
    match list(words[-3:]):
        case [service, _, _] if service.lower() in KINDS:
            return 3
        case [*_, level, place] if _levels(level) and ("/" in place if text else _PLACE.fullmatch(place)):
            return 2
        case [*_, place] if any(map(_levels, own)) and not text and _PLACE.fullmatch(place):
            return 1
        case _:
            return 0


def _levels(word: str) -> bool:
    return set(re.split(r"[,+]", word.lower())) <= set(LEVELS)
