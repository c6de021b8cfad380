"""
A server's own clock, moved from outside.

libfaketime, loaded into the server, reads an offset in seconds from a file at every look at the clock. The client
signs with the same shifted time (`botocore.auth` is told), because AWS refuses a signature that is off by more than
15 minutes. Only the wall clock moves; sleeping and time-outs stay as they are. The offset is whole seconds, so the
server's seconds begin when ours do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore import auth

from tests.servers.process import SERVERS, needed


class Clock:
    """The wall clock of one server: real time plus an offset that tests choose."""

    def __init__(self, file: Path) -> None:
        """Begin at real time, with the offset kept in this file."""
        self._file = file
        self._offset = timedelta()
        self._write()

    @property
    def environment(self) -> dict[str, str]:
        """What a server process needs in its environment to obey this clock."""
        library = next(needed(SERVERS / "faketime").glob("usr/lib/*/faketime/libfaketimeMT.so.1"))
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }

    @property
    def offset(self) -> timedelta:
        """How far this clock runs ahead of real time, in whole seconds; negative when it is behind."""
        return self._offset

    def now(self) -> datetime:
        """Return the server's present time, in UTC."""
        return datetime.now(UTC) + self._offset

    @contextmanager
    def ahead(self, offset: timedelta) -> Iterator[None]:
        """Let the server, and what this process signs for it, run ahead by this much inside the block."""
        before = self._offset
        self._set(offset)
        try:
            with _signing_at(offset):
                yield
        finally:
            self._set(before)

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Let the server's clock show this moment, to the second, when the block begins; it runs on from there."""
        with self.ahead(timedelta(seconds=round((moment - datetime.now(UTC)).total_seconds()))):
            yield

    def _set(self, offset: timedelta) -> None:
        self._offset = timedelta(seconds=round(offset.total_seconds()))
        self._write()

    def _write(self) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{self._offset.total_seconds():+.0f}\n")
        fresh.replace(self._file)  # one rename: a server reading at this moment sees the old offset or the new


@contextmanager
def _signing_at(offset: timedelta) -> Iterator[None]:
    """Sign AWS requests in this process with the shifted time inside the block."""
    signer: Any = auth  # the name is botocore's import of its own; its types do not show it
    real = signer.get_current_datetime

    def shifted(remove_tzinfo: bool = True) -> datetime:
        moment = datetime.now(UTC) + offset
        return moment.replace(tzinfo=None) if remove_tzinfo else moment

    signer.get_current_datetime = shifted
    try:
        yield
    finally:
        signer.get_current_datetime = real
