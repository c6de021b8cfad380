"""How a story is told and checked: chapters, what somebody saw, and claims that hold or do not."""

import re
import sys
import textwrap
import time
from collections.abc import Callable
from typing import TypeVar

from daypass.demo.world import PEOPLE, groups

T = TypeVar("T")
_WIDTH = 110


class DoesNotHoldError(Exception):
    """A claim of the story did not hold; the story ends here."""


class Telling:
    """Prints the story as it happens, and counts the claims that held."""

    def __init__(self, write: Callable[[str], object] = sys.stdout.write) -> None:
        """Write to the standard output, unless told otherwise."""
        self._write = write
        self.held = 0

    def chapter(self, title: str) -> None:
        """Begin a chapter."""
        self._line(f"\n{title}\n{'-' * len(title)}")

    def does(self, who: str, what: str) -> None:
        """Say what somebody does."""
        self._line(f"{who:>8} | {what}")

    def sees(self, who: str, text: str) -> None:
        """Show what somebody sees."""
        for part in _plain(text).splitlines():
            for line in textwrap.wrap(part, _WIDTH) or [""]:
                self._line(f"{who:>8} :   {line}")

    def claim(self, sentence: str, holds: object) -> None:
        """State what must hold. Raises DoesNotHoldError when it does not."""
        self._line(f"      {'ok' if holds else 'NO'} | {sentence}")
        if not holds:
            raise DoesNotHoldError(sentence)
        self.held += 1

    def _line(self, text: str) -> None:
        self._write(f"{text}\n")
        sys.stdout.flush()


def _plain(text: str) -> str:
    """What a person sees of Slack's signs for people, groups and moments."""
    names = {person.id: person.real_name for person in PEOPLE} | {group.id: group.handle for group in groups()}
    text = re.sub(r"<(?:@|!subteam\^)(\w+)>", lambda found: f"@{names.get(found[1], found[1])}", text)
    return re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", text)


def wait_for(question: Callable[[], T | None], *, within_s: float = 20.0, every_s: float = 0.1) -> T | None:
    """Ask until something true comes back; the last answer when the time is over."""
    deadline = time.monotonic() + within_s
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(every_s)
    return answer
