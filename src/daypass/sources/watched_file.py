"""A file of the operator's as it stands on the disk now."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from daypass.model.errors import DaypassError

V = TypeVar("V")


class WatchedFile(Generic[V]):
    """
    A file, parsed again whenever its text has changed. Any number of threads may ask at once.

    One that has become unreadable, or is gone, is refused from that moment on: what it said before is never served. The
    text is compared, not the file's date and size: two edits within one tick of the disk's clock have the same.
    """

    def __init__(self, path: Path, parse: Callable[[bytes], V], *, unreachable: Callable[[str], DaypassError]) -> None:
        """Take how to read its text, and what to raise, from the reason, when the file cannot be reached."""
        self.path = path
        self._parse = parse
        self._unreachable = unreachable
        self._lock = Lock()
        self._text: bytes | None = None
        self._read: list[V] = []
        self._fault: DaypassError | None = None

    def now(self) -> V:
        """What the file says. Raises what `parse` raises, for as long as the file is bad."""
        return self.with_text()[0]

    def with_text(self) -> tuple[V, bytes]:
        """What the file says, and the text that says it. Raises as `now`."""
        with self._lock:
            text = self._on_disk()
            if text != self._text:
                self._parse_anew(text)
            fault, read = self._fault, self._read
        if fault is not None:
            raise fault.with_traceback(None)
        return read[0], text

    def _on_disk(self) -> bytes:
        try:
            return self.path.read_bytes()
        except (OSError, ValueError) as error:  # gone, not ours to read, or a path that no file can have
            raise self._unreachable(why_unreachable(error)) from None

    def _parse_anew(self, text: bytes) -> None:
        try:
            self._read, self._fault = [self._parse(text)], None
        except DaypassError as fault:
            self._read, self._fault = [], fault
        self._text = text


def why_unreachable(error: OSError | ValueError) -> str:
    """Say why a file cannot be read."""
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
