"""The rules as they stand on the disk now: going on with those of before would let what a person has just denied."""

from functools import partial
from pathlib import Path

from daypass.model.errors import Fault, RulesUnreadable
from daypass.rules.load.read import RuleBook, parse
from daypass.sources.watched_file import WatchedFile


class RulesFile:
    """A rules file, parsed again whenever its text has changed. Any number of threads may ask at once."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is read each time it is asked for."""
        self._path = path
        self._file = WatchedFile(path, partial(parse, name=str(path)), unreachable=self._unreachable)

    def __call__(self) -> RuleBook:
        """Return the rules as they are now. Raises RulesUnreadable, with every fault, for as long as they are bad."""
        return self._file.now()

    def text(self) -> str:
        """Return the text of the rules as they are now. Raises RulesUnreadable as a call does."""
        _, text = self._file.with_text()
        return text.decode()

    def _unreachable(self, why: str) -> RulesUnreadable:
        fault = Fault(
            file=str(self._path),
            line=1,
            sentence=f"The file cannot be read: {why}.",
            suggestion="Put the rules there, or set the path to where they are.",
        )
        return RulesUnreadable((fault,))
