"""
People's words, as they are kept: reasons, notes, names of devices.

Whatever is typed by a person is written down for good, and shown beside our own words. So a value that holds some
masks secrets in them as it is made (`mask`), and a stranger's words are one printable line (`one_line`).
"""

import unicodedata
from typing import Any

from daypass.model.secret import masked


def mask(value: Any, *fields: str) -> None:
    """Mask what looks like a secret in some fields of a frozen value that is being made (from `__post_init__`)."""
    for field in fields:
        said = getattr(value, field)
        if (shown := masked(said)) != said:
            object.__setattr__(value, field, shown)


def one_line(text: str, most: int) -> str:
    """
    The text as one printable line of at most `most` characters.

    Controls, line breaks, and the signs that turn the writing round become blanks; blanks are joined; back-ticks, which
    would end Slack's and a terminal's marks for code, become apostrophes.
    """
    printable = (" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text.replace("`", "'"))
    line = " ".join("".join(printable).split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
