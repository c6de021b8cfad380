"""
Made-up words for a pattern: `INC-0` for `INC-[0-9]+`.

It knows what such patterns are usually made of, and answers nothing rather than words that do not fit.
"""

import re
from collections.abc import Iterator
from itertools import islice

from daypass.rules.decide.reason_words import Wording

_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "x", "W": "-", "S": "x"}
_NOTHING = {"b", "B", "A", "z"}
_COUNT = re.compile(r"\{([0-9]+)(?:,[0-9]*)?\}|[+*?]\??")
_RANGE = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_OPTIONS = re.compile(r"\((?:\?(?:P?<\w+>|[a-z]*:))?")
_MOST = 64


def made_up(wording: Wording) -> str:
    """Make up words that the pattern finds; empty when none come to mind."""
    text, _ = _either(wording.text, 0)
    return text if wording.within(text) else ""


def _either(pattern: str, position: int) -> tuple[str, int]:
    """Read up to a closing bracket; of several ways the first is taken."""
    found, first = "", None
    while position < len(pattern) and pattern[position] != ")":
        if pattern[position] == "|":
            found, first, position = "", found if first is None else first, position + 1
            continue
        one, position = _one(pattern, position)
        times, position = _times(pattern, position)
        found += one * times
    return found if first is None else first, position + 1


def _one(pattern: str, position: int) -> tuple[str, int]:
    sign = pattern[position]
    if options := _OPTIONS.match(pattern, position):
        return _either(pattern, options.end())
    if within := _RANGE.match(pattern, position):
        return next(_members(within.group()), "x"), within.end()
    if sign == "\\":
        one = pattern[position + 1 : position + 2]
        return "" if one in _NOTHING else _CLASSES.get(one, one), position + 2
    return "" if sign in "^$" else "x" if sign == "." else sign, position + 1


def _members(within: str) -> Iterator[str]:
    """Yield a few characters that a class in square brackets has."""
    inner = within[1:-1]
    if inner.startswith("^"):
        yield from islice((sign for sign in "xX0-" if sign not in inner), 1)
    elif inner.startswith("\\"):
        yield _CLASSES.get(inner[1:2], inner[1:2])
    else:
        yield inner[:1]


def _times(pattern: str, position: int) -> tuple[int, int]:
    count = _COUNT.match(pattern, position)
    if count is None:
        return 1, position
    return min(int(count.group(1) or 1), _MOST), count.end()
