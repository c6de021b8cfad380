"""
The rules file while it is in force: every text that it had is kept as a version, and the journal tells what changed.

Once it is not, because the rules were changed in Slack, each edit of it is told to their owners: it changes nothing.
Who edited it Daypass cannot know; the version's author is Daypass, and its note says that it is from the file.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog

from daypass.lifecycle.rule_changes.decide import close_outdated
from daypass.lifecycle.rule_changes.validate import difference, event
from daypass.lifecycle.rule_changes.versions import KeptRules, digest_of, key_of
from daypass.model.errors import Conflict, Misconfigured, NotFound, RulesUnreadable
from daypass.model.event import Detail, EntryKind
from daypass.model.fact import Fact
from daypass.model.known import KnownRulesFile
from daypass.model.principal import DAYPASS
from daypass.model.rule_change import VERSION_LINE, RulesVersion
from daypass.ports import Ledger, Records

_RECENT = 50
"""Versions that an old copy of the rules may be of."""

log = structlog.get_logger()


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
        self._ignored = ""
        self._closed_below = 0

    def look(self, *, now: datetime) -> RulesVersion | None:
        """Keep the file's text if it is new here; returns the version that it became."""
        try:
            version = self._rules.version(now)
        except RulesUnreadable:
            return None  # nothing is in force; every ask is told so
        self._close_outdated(version, now)
        if version.change is None and version.digest == self._seen:
            return None
        if version.change is not None:
            self._tell_that_it_is_ignored(now)
            return None
        if version.revision:  # kept already
            self._seen = version.digest
            return None
        try:
            self._ledger.record(kept_from_file(version, before_of(version, self._ledger), now))
        except Conflict:
            return None  # another replica was first; the next look sees what it kept
        self._seen = version.digest
        return version

    def _close_outdated(self, version: RulesVersion, now: datetime) -> None:
        """Close the changes that a new version has overtaken; approving one does so too, and may be killed at it."""
        if version.number > self._closed_below:
            close_outdated(version, ledger=self._ledger, now=now)
            self._closed_below = version.number

    def _tell_that_it_is_ignored(self, now: datetime) -> None:
        """Say of each edit, in the log and to the owners, that the file is not in force any more."""
        found = edited_in_vain(self._rules, self._ledger, now)
        if found is None or found.file.digest == self._ignored:
            return
        log.warning("rules.file_ignored", version=found.in_force.number, why="the rules are changed in Daypass by now")
        told = known_file(self._ledger)
        if told is None or told.digest != found.file.digest:
            known = KnownRulesFile(digest=found.file.digest, at=now, revision=told.revision if told else 0)
            details: dict[str, Detail] = {"version": found.in_force.number, "digest": found.file.digest}
            fact = Fact(event=event(EntryKind.RULES_FILE_IGNORED, None, DAYPASS, now, details), changes=(known,))
            with suppress(Conflict):  # another replica told them
                self._ledger.record(fact)
        self._ignored = found.file.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedInVain:
    """The file says what no version says, and another version is in force."""

    in_force: RulesVersion
    file: RulesVersion


def edited_in_vain(rules: KeptRules, records: Records, now: datetime) -> EditedInVain | None:
    """
    Find out whether the rules file was edited though it does not count any more; None when it counts, or was not.

    A file that says what some version said is one that was pulled, or has been left as it was. Raises RulesUnreadable
    for rules in force that cannot be read; a file that cannot be is nobody's edit as yet.
    """
    in_force = rules.version(now)
    if in_force.change is None:
        return None
    try:
        file = rules.of_file(now)
    except RulesUnreadable:
        return None
    before = records.newest(RulesVersion, owner=DAYPASS)
    recent = records.page(RulesVersion, skip=0, size=_RECENT).items
    known = {one.digest for one in (in_force, before, *recent) if one is not None}
    known_as = {file.digest, digest_of(VERSION_LINE.sub("", file.text, count=1))}
    return None if known_as & known else EditedInVain(in_force=in_force, file=file)


def known_file(records: Records) -> KnownRulesFile | None:
    """The text of the file of which the owners were told last that it does not count."""
    try:
        return records.find(KnownRulesFile, "rules-file")
    except NotFound:
        return None


def before_of(version: RulesVersion, records: Records) -> RulesVersion | None:
    """Read the version before one; None when there is none, or it cannot be read."""
    try:
        return records.find(RulesVersion, key_of(version.number - 1))
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
    return Fact(event=event(EntryKind.RULES_CHANGED, None, DAYPASS, now, told), changes=(version,), told=False)


def _difference(before: RulesVersion | None, version: RulesVersion) -> str | None:
    if before is None:
        return None
    return difference(before.text, version.text, names=(f"version {before.number}", f"version {version.number}"))
