"""
Patterns over the names of resources: which of them a rule speaks of.

    acme-reports             the whole bucket          the same words as in an ask ...
    acme-reports/2026/       everything under it
    acme-reports/q1.csv      one object
    acme-*/public/**         `*` any characters but /  ... and two wildcards more
    acme-reports/**/q1.csv   `**` any characters at all
    role:deploy-*            a kind before a colon         a pattern without one is about S3 alone, `*/**` included

A pattern is about one account: the home account, unless the rule names another.

A pattern is always anchored: it must match the name from its first character to its last. An ask for a prefix is
an ask for every key under it, so it is a question about two languages, never about two strings: an allowing rule must
CONTAIN all of what is asked, a denying rule need only OVERLAP it.

The part after the literal beginning runs as a bit-parallel automaton (Baeza-Yates and Gonnet 1992, Shift-And): one
bit a token, linear in the key whatever the pattern, where a backtracking regular expression would not be.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from daypass.model.errors import BadInput
from daypass.model.resource import BARE, Resource, prefix
from daypass.resources.registry import kind_called, split_kind

_TOKEN = re.compile(r"\*+|[^*]", re.DOTALL)
_REGEX = re.compile(r"^\^|\$$|/\.\*$|\(\?|\[\^|\\")
_WILDCARDS = "patterns know * (anything but a slash) and ** (anything)"
_LONGEST = 1_100
_MOST_STATES = 256
"""Sets of states looked at before containment counts as unproved, which is a no."""
_ELSEWHERE = "\x00"
"""Stands for every character that a pattern does not name; no key that can be asked for holds it."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The part of a pattern from its first wildcard on, as bits: bit i is set while token i is next."""

    literals: dict[str, int]
    anything: int
    segment: int
    length: int

    def start(self) -> int:
        """The states before the first character."""
        return self._skipping(1)

    def walk(self, states: int, text: str) -> int:
        """The states after `text`; 0 when no string that begins so can match."""
        for sign in text:
            stays = self.anything if sign == "/" else self.anything | self.segment
            states = self._skipping(((states & self.literals.get(sign, 0)) << 1) | (states & stays))
            if not states:
                break
        return states

    def accepts(self, states: int) -> bool:
        """Whether what was read so far matches."""
        return bool(states >> self.length & 1)

    def takes_everything(self, states: int) -> bool:
        """Whether every continuation, the empty one included, matches. Unproved is False."""
        if states >> (self.length - 1) & 1 and self.anything >> (self.length - 1) & 1:
            return True
        seen, ahead = {states}, [states]
        while ahead:
            here = ahead.pop()
            if not self.accepts(here) or len(seen) > _MOST_STATES:
                return False
            fresh = {self.walk(here, sign) for sign in {*self.literals, "/", _ELSEWHERE}} - seen
            seen |= fresh
            ahead.extend(fresh)
        return True

    def _skipping(self, states: int) -> int:
        # Two wildcards are never neighbours (parse_pattern saw to it), so one step skips them all.
        return states | (states & (self.anything | self.segment)) << 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One pattern; `text` as somebody wrote it, the rest compiled from it."""

    text: str
    kind: str = BARE
    """The kind of resource that it is about, and no other."""
    account: str = ""
    """The account that it is about, and no other; empty for the home account."""
    path: str = field(compare=False)
    """The pattern without its kind."""
    stem: str = field(compare=False)
    """What the address of everything that matches begins with."""
    tail: Tail | None = field(compare=False, repr=False)
    """None when there is no wildcard: only `stem` itself matches."""
    literal: str = field(default="", compare=False, repr=False)
    """The longest stretch without a wildcard after the stem: all that matches has it, which is soon looked up."""

    def __str__(self) -> str:
        return f"{self.text} in account {self.account}" if self.account else self.text

    def in_account(self, account: str) -> "Pattern":
        """The same pattern over the resources of one account; over those of the home account when it is empty."""
        stem = self.stem.removeprefix(prefix(self.kind, self.account))
        return replace(self, account=account, stem=f"{prefix(self.kind, account)}{stem}")

    def speaks_of(self, other: "Resource | Pattern") -> bool:
        """Whether it is about that kind of resource, in that account."""
        return self.kind == other.kind and self.account == other.account

    def contains(self, place: Resource) -> bool:
        """Whether all of the place lies inside the pattern."""
        name = place.address
        return self.speaks_of(place) and (self.contains_all_under(name) if place.whole else self.matches(name))

    def overlaps(self, place: Resource) -> bool:
        """Whether any part of the place lies inside the pattern."""
        name = place.address
        return self.speaks_of(place) and (self.overlaps_under(name) if place.whole else self.matches(name))

    def matches(self, name: str) -> bool:
        """Whether one address matches. Whose kind and account it is has been looked at."""
        if self.tail is None:
            return name == self.stem
        return self.literal in name and self.tail.accepts(self._states(name))

    def contains_all_under(self, start: str) -> bool:
        """Whether every name that begins with `start` matches: `start` itself does, and whatever may follow."""
        return self.tail is not None and self.literal in start and self.tail.takes_everything(self._states(start))

    def overlaps_under(self, start: str) -> bool:
        """Whether some name that begins with `start` matches. `start` may stop within a word, or within the bucket."""
        if len(start) <= len(self.stem):
            return self.stem.startswith(start)
        return self._states(start) != 0

    def _states(self, name: str) -> int:
        if self.tail is None or not name.startswith(self.stem):
            return 0
        return self.tail.walk(self.tail.start(), name[len(self.stem) :])


def parse_pattern(text: str) -> Pattern:
    """Read a pattern. Raises BadInput (field `resource`) with a sentence that says what to write instead."""
    named, path = split_kind(text)
    kind = named or BARE
    if fault := next(_faults(path), None):
        raise BadInput(fault, field="resource")
    stem, wildcard, tail = kind_called(kind).pattern(path).partition("*")
    return Pattern(
        text=text,
        kind=kind,
        path=path,
        stem=f"{prefix(kind, '')}{stem}",
        tail=_compiled(wildcard + tail) if wildcard else None,
        literal=max(re.split(r"\*+", tail), key=len),
    )


def _compiled(rest: str) -> Tail:
    literals: dict[str, int] = {}
    anything = segment = 0
    tokens = _TOKEN.findall(rest)
    for position, token in enumerate(tokens):
        match token:
            case "**":
                anything |= 1 << position
            case "*":
                segment |= 1 << position
            case _:
                literals[token] = literals.get(token, 0) | 1 << position
    return Tail(literals=literals, anything=anything, segment=segment, length=len(tokens))


def _faults(text: str) -> Iterator[str]:
    """What no kind takes for a pattern."""
    if not text:
        yield 'An empty pattern matches nothing; write a bucket, such as "acme-reports", or "acme-reports/2026/**".'
    if len(text) > _LONGEST:
        yield f"A pattern of {len(text)} characters is longer than any S3 key; shorten it."
    if text.startswith(("s3://", "arn:")):
        yield f"“{text}” is an address; write the bucket and key alone, such as acme-reports/2026/**."
    if _REGEX.search(text):
        yield f"“{text}” reads like a regular expression; {_WILDCARDS}."
    if "***" in text or "?" in text.partition("/")[2]:
        yield f"“{text}” has {'a ?' if '?' in text else 'more than two * in a row'}; {_WILDCARDS}."
