"""Which text of the rules counts now, from where it comes, and how versions are called."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Protocol, runtime_checkable

from daypass.model.errors import Misconfigured
from daypass.model.principal import DAYPASS
from daypass.model.rule_change import RulesVersion
from daypass.model.text import Person, Text
from daypass.rules.load.read import RuleBook

FROM_THE_FILE = "from the file"
"""The note of a version that was made of the file's text."""


@runtime_checkable
class KeptRules(Protocol):
    """
    The rules of a house that keeps their versions.

    Until a change is applied the file is in force: as the newest version when that is its text, else as the one after
    it. From then on the newest version is. All raise RulesUnreadable when what they read cannot be.
    """

    def __call__(self) -> RuleBook:
        """Read the rules as they are now."""
        ...

    def version(self, now: datetime) -> RulesVersion:
        """
        Read the version in force, with its text.

        Of revision 0 when it is the file's and was never kept; whoever builds on it keeps it in the same commit.
        """
        ...

    def of_file(self, now: datetime) -> RulesVersion:
        """Make the file the version after whatever was kept, also after one that cannot be read any more."""
        ...


def kept(rules: Callable[[], RuleBook]) -> KeptRules:
    """Take the rules as ones whose versions are kept. Raises Misconfigured for a house that only reads a file."""
    if isinstance(rules, KeptRules):
        return rules
    raise Misconfigured("This Daypass reads its rules from a file and keeps no versions of them; change the file.")


def key_of(number: int) -> str:
    """The key of a version among the records."""
    return f"{number:08d}"


def digest_of(text: str) -> str:
    """SHA-256 (hex) of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def whence(version: RulesVersion) -> Text:
    """Say from whom a version is: `by Bob`, or `from the file`."""
    return (FROM_THE_FILE,) if version.author == DAYPASS else ("by ", Person(version.author))
