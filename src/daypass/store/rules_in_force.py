"""
The rules in force: the newest version among the records, or the file for as long as no change was ever applied.

    nothing kept                       the file, as version 1
    newest kept is the file's text     the file, as that version
    newest kept is an older file       the file, as the version after it
    newest kept came from a change     that version; the file is only noticed

Versions are numbered without gaps and never taken away, so whoever knows version 7 asks for 8 by its key and is told
that there is none: that is all that one look costs, and every replica sees a new version at its next look.
"""

from datetime import datetime

import structlog

from daypass.lifecycle.rule_changes.versions import FROM_THE_FILE, digest_of, key_of
from daypass.model.errors import Fault, NotFound, RulesUnreadable
from daypass.model.principal import DAYPASS
from daypass.model.rule_change import RulesVersion
from daypass.ports import Records
from daypass.rules.load.read import RuleBook, parse
from daypass.store.codec import Unreadable
from daypass.store.rules_file import RulesFile

log = structlog.get_logger(__name__)


class RulesInForce:
    """
    What counts now, of the records and the file.

    Any number of threads may ask at once: what is remembered between looks only saves reading and parsing again.
    """

    def __init__(self, records: Records, file: RulesFile) -> None:
        """Read nothing yet."""
        self._cabinet = records
        self._file = file
        self._newest: RulesVersion | None = None
        self._book: RuleBook | None = None
        self._noticed = False

    def __call__(self) -> RuleBook:
        """Return the rules in force. Raises RulesUnreadable for as long as they are bad."""
        newest = self._look()
        if newest is None or newest.change is None:
            return self._file()
        self._notice(newest)
        return self._parsed(newest)

    def version(self, now: datetime) -> RulesVersion:
        """Return the version in force; one of the file that nobody has built on yet has revision 0, and `now`."""
        newest = self._look()
        if newest is not None and newest.change is not None:
            return newest
        return self._file_after(newest, now)

    def of_file(self, now: datetime) -> RulesVersion:
        """Make the file the version after whatever was kept, also after one that cannot be read any more."""
        newest = self._cabinet.newest(RulesVersion)
        number = newest.number if newest else 0
        while self._is_kept(number + 1):
            number += 1
        return self._from_file(number + 1, now if newest is None else max(now, newest.at))

    def _file_after(self, newest: RulesVersion | None, now: datetime) -> RulesVersion:
        if newest is None:
            return self._from_file(1, now)
        following = self._from_file(newest.number + 1, max(now, newest.at))
        return newest if newest.text == following.text else following

    def _from_file(self, number: int, at: datetime) -> RulesVersion:
        text = self._file.text()
        return RulesVersion(number=number, text=text, digest=digest_of(text), author=DAYPASS, at=at, note=FROM_THE_FILE)

    def _look(self) -> RulesVersion | None:
        """Find the newest version kept, from where we stood."""
        newest = self._newest
        following = self._after(newest)
        if newest is None and following is not None:
            following = self._cabinet.newest(RulesVersion) or following  # a process that starts need not read them all
        while following is not None:
            newest, following = following, self._after(following)
        self._newest = newest
        return newest

    def _after(self, newest: RulesVersion | None) -> RulesVersion | None:
        number = newest.number + 1 if newest else 1
        try:
            return self._cabinet.find(RulesVersion, key_of(number))
        except NotFound:
            return None
        except Unreadable as error:
            beyond = self._cabinet.newest(RulesVersion)
            if beyond is None or beyond.number < number:
                # Going on with the version before it would let what it may have denied.
                raise RulesUnreadable((_fault(number, error.sentence),)) from None
            return beyond

    def _is_kept(self, number: int) -> bool:
        try:
            self._cabinet.find(RulesVersion, key_of(number))
        except NotFound:
            return False
        except Unreadable:
            return True
        return True

    def _parsed(self, version: RulesVersion) -> RuleBook:
        book = self._book
        if book is None or book.digest != version.digest:
            if digest_of(version.text) != version.digest:
                raise RulesUnreadable((_fault(version.number, "Its text is not the one that was approved."),))
            book = self._book = parse(version.text, name=f"version {version.number}")
        return book

    def _notice(self, newest: RulesVersion) -> None:
        """Say once in the life of a process that it is not the file that counts, when the file says something else."""
        if self._noticed:
            return
        self._noticed = True
        before = self._cabinet.newest(RulesVersion, owner=DAYPASS)
        told = {newest.text, before.text if before else None}
        try:
            ignored = self._file.text() not in told
        except RulesUnreadable:
            ignored = True
        if ignored:
            log.warning("rules.file_ignored", version=newest.number, why="the rules are changed in Daypass by now")


def _fault(number: int, sentence: str) -> Fault:
    return Fault(
        file=f"version {number}",
        line=1,
        sentence=sentence,
        suggestion="Restore the database from a backup: nothing is granted until then.",
    )
