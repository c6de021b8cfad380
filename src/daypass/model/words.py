"""
People's words, as they are kept: reasons, notes, names of devices.

Whatever is typed by a person is written down for good, and shown beside our own words: on cards, in a terminal, in
mail. So a value that holds some masks secrets in them and puts them on one line as it is made (`mask`): no line of
theirs looks like one of ours, and nothing in them is unseen. A stranger's words are cut, too (`one_line`).
"""

import unicodedata
from collections.abc import Iterator
from typing import Any

from daypass.model.secret import masked

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of Unicode: controls, what turns the writing round or has no width, halves of signs, ends of lines."""
_JOINERS = "\u200c\u200d"
"""Have no width either, and are letters' and emoji's own."""


def mask(value: Any, *fields: str) -> None:
    """
    Mask what looks like a secret in some fields of a frozen value that is being made, and put each on one line.

    To be called from `__post_init__`.
    """
    for field in fields:
        said = getattr(value, field)
        if (shown := folded(masked(said))) != said:
            object.__setattr__(value, field, shown)


def folded(text: str) -> str:
    """The text on one line, without what cannot be seen."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join("".join(" " if is_unseen(sign) else sign for sign in text).split())


def unseen(text: str) -> Iterator[tuple[int, str]]:
    """Go through what cannot be seen in a text, with its place, but for tabs and ends of lines."""
    return ((at, sign) for at, sign in enumerate(text) if is_unseen(sign) and sign not in "\t\r\n")


def is_unseen(sign: str) -> bool:
    """Whether a sign is one that nobody sees, or that changes what is seen around it."""
    return is_hidden(sign) and sign not in _JOINERS


def is_hidden(sign: str) -> bool:
    """The same, joiners among them: for names of things, of which two must not look the same."""
    return unicodedata.category(sign) in _UNSEEN


def one_line(text: str, most: int) -> str:
    """
    The text as one printable line of at most `most` characters.

    Controls, line breaks, and the signs that turn the writing round become blanks; blanks are joined; back-ticks, which
    would end Slack's and a terminal's marks for code, become apostrophes.
    """
    printable = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text.replace("`", "'"))
    line = " ".join("".join(printable).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
