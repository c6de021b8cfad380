"""
The rules as they stand on the disk now.

A file that has become unreadable, or is gone, refuses everything from that moment on: going on with the rules of before
would let what a person has just denied.
"""

from pathlib import Path
from threading import Lock

from daypass.model.errors import Fault, RulesUnreadable
from daypass.rules.load.read import RuleBook, parse


class RulesFile:
    """
    A rules file, parsed again whenever its text has changed. Any number of threads may ask at once.

    The text is compared, not the file's date and size: two edits within one tick of the disk's clock have the same.
    """

    def __init__(self, path: Path) -> None:
        """Name the file; it is read each time it is asked for."""
        self._path = path
        self._lock = Lock()
        self._text: bytes | None = None
        self._read: RuleBook | tuple[Fault, ...] = ()

    def __call__(self) -> RuleBook:
        """Return the rules as they are now. Raises RulesUnreadable, with every fault, for as long as they are bad."""
        with self._lock:
            read = self._now()
        if isinstance(read, tuple):
            raise RulesUnreadable(read)
        return read

    def text(self) -> str:
        """Return the text of the rules as they are now. Raises RulesUnreadable as a call does."""
        with self._lock:
            read, text = self._now(), self._text
        if isinstance(read, tuple):
            raise RulesUnreadable(read)
        assert text is not None  # noqa: S101 - a book was read from it
        return text.decode()

    def _now(self) -> RuleBook | tuple[Fault, ...]:
        try:
            text = self._path.read_bytes()
        except (OSError, ValueError) as error:  # gone, not ours to read, or a path that no file can have
            return (self._unreachable(error),)
        if text != self._text:
            self._read = self._parsed(text)
            self._text = text
        return self._read

    def _parsed(self, text: bytes) -> RuleBook | tuple[Fault, ...]:
        try:
            return parse(text, name=str(self._path))
        except RulesUnreadable as error:
            return error.faults

    def _unreachable(self, error: OSError | ValueError) -> Fault:
        because = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return Fault(
            file=str(self._path),
            line=1,
            sentence=f"The file cannot be read: {because}.",
            suggestion="Put the rules there, or set the path to where they are.",
        )
