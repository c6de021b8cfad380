"""The head of the journal in a file of this machine: ports.HeadPlace."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from daypass.model.errors import Conflict, Misconfigured


class HeadFile:
    """A head in a file, written whole or not at all, and on the disk when `replace` returns."""

    def __init__(self, path: Path) -> None:
        """Keep it at this path; a file beside it is the lock between processes that share it."""
        self._path = path
        self._lock = path.with_name(f".{path.name}.lock")
        self._draft = path.with_name(f".{path.name}.new")

    def read(self) -> str | None:
        """Read it; None when there is none."""
        with self._failures("read"):
            try:
                return self._path.read_text(encoding="utf-8")
            except FileNotFoundError:
                if self._path.is_symlink():
                    raise Misconfigured(
                        f"The journal's head {self._path} is a link to a file that is not there."
                    ) from None
                return None

    def replace(self, old: str | None, new: str) -> None:
        """Write `new` where `old` stands. Raises Conflict when something else stands there by now."""
        with self._failures("written"), self._locked():
            if self.read() != old:
                raise Conflict("Another process has changed the journal's head meanwhile.")
            with self._draft.open("w", encoding="utf-8") as draft:
                draft.write(new)
                draft.flush()
                os.fsync(draft.fileno())
            self._draft.replace(self._path)
            self._sync_folder()

    def __str__(self) -> str:
        return str(self._path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _failures(self, done: str) -> Iterator[None]:
        try:
            yield
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise Misconfigured(
                f"The journal's head {self._path} cannot be {done}: {why}. See DAYPASS_JOURNAL_HEAD."
            ) from error

    def _sync_folder(self) -> None:
        """A new name is on the disk once its folder is."""
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
