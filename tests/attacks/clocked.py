"""
A process of Daypass's under another clock: libfaketime, with Python's sleep made to bear it.

`time.sleep` asks the kernel to sleep until a moment, which libfaketime moves and the kernel refuses; `select` sleeps
for a length. Python reads `sitecustomize` at its start, so this is done from outside.
"""

from collections.abc import Mapping
from pathlib import Path

from tests.servers.clock import Clock

_SLEEP = """
import select
import time

time.sleep = lambda seconds: (select.select([], [], [], max(0.0, seconds)), None)[1]
"""


class SetClock:
    """A clock that is set by hand, for one process."""

    def __init__(self, folder: Path) -> None:
        """Begin at the real time."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._clock = folder, Clock(folder / "offset")
        (folder / "sitecustomize.py").write_text(_SLEEP, encoding="utf-8")

    def environment(self, before: Mapping[str, str]) -> dict[str, str]:
        """The process's environment, with the clock in it."""
        path = [str(self._folder), *([before["PYTHONPATH"]] if "PYTHONPATH" in before else [])]
        return dict(before) | self._clock.environment | {"PYTHONPATH": ":".join(path)}

    def set(self, ahead_s: int) -> None:
        """Let it run ahead by so many seconds, from this moment on."""
        fresh = self._folder / "offset.new"
        fresh.write_text(f"{ahead_s:+d}\n")
        fresh.replace(self._folder / "offset")
