r"""
Nothing that somebody else wrote moves the terminal of whoever reads it.

A name, a reason or a key may hold what a terminal obeys (U+009B begins a command, as ESC does) or what turns the
writing round. Whatever this command prints as text goes through here: such signs are shown as JSON writes them,
`\u009b`, so that JSON means the same as before. Bytes pass: files, and what is ours to move the cursor with.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

_ODD = re.compile(r"[^\n\t -~]")
"""Whatever is not plain ASCII is looked at sign by sign; most of what is printed is."""


def shown(text: str) -> str:
    """The text as a terminal may be given it."""
    if not _ODD.search(text):
        return text
    from daypass.model.words import is_unseen  # noqa: PLC0415 - seldom needed, and every command would wait for it

    return "".join(_escaped(sign) if sign not in "\n\t" and is_unseen(sign) else sign for sign in text)


@contextmanager
def printing() -> Iterator[None]:
    """Let nothing but what can be seen be printed in here."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (_Shown(stream) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


class _Shown:
    """A stream, but for what cannot be seen in what is written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write it as it may be seen."""
        return self._stream.write(shown(text))

    def writelines(self, lines: list[str]) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _escaped(sign: str) -> str:
    """As JSON has it: one escape, or two for a sign beyond the first 65,536."""
    units = sign.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
