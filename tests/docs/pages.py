"""The pages of the repository that people read, and what they name: links, commands, settings, tests."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.sources import ROOT, files

_FENCE = re.compile(r"^ *```.*?\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"(?<![\w./@“\"-])(/?)daypass((?: +[a-z]+)(?: +(?:\"[^\"]*\"|'[^']*'|[^\s\"'`;|&#>)]+))*)")


@dataclass(frozen=True)
class Command:
    """A command as a page shows it: in Slack, or on the command line."""

    page: str
    slack: bool
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page}: {'/' if self.slack else ''}daypass {' '.join(self.words)}"


def pages() -> dict[str, str]:
    """Return the text of every page, by its path."""
    return {str(path.relative_to(ROOT)): path.read_text() for path in sorted(files()) if path.suffix == ".md"}


def code(text: str) -> Iterator[str]:
    """Yield what stands as code in a page: whole blocks, and words within a line."""
    yield from _FENCE.findall(text)
    yield from _SPAN.findall(_FENCE.sub("", text))


def links(text: str) -> list[str]:
    """Return the addresses within the repository that a page links to."""
    plain = _SPAN.sub("", _FENCE.sub("", text))
    return [found for found in _LINK.findall(plain) if not found.startswith(("http://", "https://", "#", "mailto:"))]


def missing(page: str) -> list[str]:
    """Return the links of a page that lead nowhere."""
    here = (ROOT / page).parent
    return [link for link in links((ROOT / page).read_text()) if not (here / link.partition("#")[0]).exists()]


def commands() -> list[Command]:
    """Return every command of Daypass that a page shows."""
    return [found for page, text in pages().items() for block in code(text) for found in commands_in(page, block)]


def commands_in(page: str, text: str) -> list[Command]:
    """Return every command of Daypass in a text that is code or help."""
    shown = _COMMAND.findall(text.replace("\\\n", " "))
    return [Command(page, bool(slash), tuple(shlex.split(words))) for slash, words in shown]


def named_tests(text: str) -> list[tuple[str, str]]:
    """Return the tests that a page names, as file and function."""
    return re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text)
