"""
The rules file while it is in force: every text that it had is kept as a version, and the journal tells what changed.

Who edited it Daypass cannot know; the version's author is Daypass, and its note says that it is from the file.
"""

from datetime import datetime

from daypass.lifecycle.ruling.judged import difference
from daypass.lifecycle.ruling.telling import event
from daypass.lifecycle.ruling.versions import KeptRules, key_of
from daypass.model.errors import Conflict, Misconfigured, NotFound, RulesUnreadable
from daypass.model.event import Detail, Kind
from daypass.model.fact import Fact
from daypass.model.principal import DAYPASS
from daypass.model.ruling import RulesVersion
from daypass.ports import Cabinet, Ledger


class FileWatch:
    """
    Keeps what the file says whenever this process finds that it says something else.

    Each text is kept once by each process that reads it: replicas whose files differ do not go on outdoing one another.
    """

    def __init__(self, rules: KeptRules, ledger: Ledger) -> None:
        """Have seen nothing yet."""
        self._rules = rules
        self._ledger = ledger
        self._seen = ""

    def look(self, *, now: datetime) -> RulesVersion | None:
        """Keep the file's text if it is new here; returns the version that it became."""
        try:
            version = self._rules.version(now)
        except RulesUnreadable:
            return None  # nothing is in force; every ask is told so
        if version.digest == self._seen:
            return None
        if version.revision or version.change is not None:  # kept already, or the file is not in force
            self._seen = version.digest
            return None
        try:
            self._ledger.record(kept_from_file(version, before_of(version, self._ledger), now))
        except Conflict:
            return None  # another replica was first; the next look sees what it kept
        self._seen = version.digest
        return version


def before_of(version: RulesVersion, cabinet: Cabinet) -> RulesVersion | None:
    """Read the version before one; None when there is none, or it cannot be read."""
    try:
        return cabinet.find(RulesVersion, key_of(version.number - 1))
    except (NotFound, Misconfigured):
        return None


def kept_from_file(version: RulesVersion, before: RulesVersion | None, now: datetime) -> Fact:
    """Keep a version that is the file's, and tell the journal what is different."""
    told: dict[str, Detail] = {
        "version": version.number,
        "author": DAYPASS,
        "digest": version.digest,
        "note": version.note,
        "diff": _difference(before, version),
    }
    return Fact(event=event(Kind.RULES_CHANGED, None, DAYPASS, now, told), changes=(version,), told=False)


def _difference(before: RulesVersion | None, version: RulesVersion) -> str | None:
    if before is None:
        return None
    return difference(before.text, version.text, names=(f"version {before.number}", f"version {version.number}"))
