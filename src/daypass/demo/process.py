"""Start one process, wait until it answers, end it: by its pid, and with us when we are killed."""

import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from daypass.model.errors import Misconfigured

_READY_WITHIN_S = 60.0
_POLL_S = 0.02


class Process:
    """A program of ours beside us; its output goes to a file."""

    def __init__(self, name: str, command: Sequence[str], *, environ: Mapping[str, str], log: Path) -> None:
        """Start it. `environ` is all of its environment."""
        self.name, self.log = name, log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for us; we end it in our order
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def await_answer(self, url: str) -> None:
        """Return when a URL answers 200. Raises Misconfigured, with the end of its log, when it does not."""
        deadline = time.monotonic() + _READY_WITHIN_S
        while not _answers(url):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.end()
                tail = self.log.read_text(errors="replace")[-2000:]
                raise Misconfigured(f"{self.name} did not start. The end of its log ({self.log}):\n{tail}")
            time.sleep(_POLL_S)

    def end(self) -> None:
        """Ask it to end, and insist after five seconds."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        self._process.kill()
        self._process.wait()


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's OK
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
