"""Daypass as it runs in production: `daypass serve`, and workers beside it, each a process of its own."""

import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from subprocess import Popen

from tests.servers.process import ServerFailedError, await_ready, free_port, kill, start, stop

PROGRAM = Path(sys.executable).with_name("daypass")


class Service:
    """One `serve`, and as many `work` as are asked for, on one database. It may be killed and started again."""

    def __init__(self, directory: Path, settings: Mapping[str, str], *, workers: int = 0) -> None:
        """Choose its port. With workers of their own, `serve` does none of their work."""
        self._settings = dict(settings)
        self._workers = workers
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.log = directory / "daypass.log"
        self.serving: Popen[bytes] | None = None
        self.working: list[Popen[bytes]] = []

    def start(self) -> None:
        """Start every process, on the same port and database as before, and return when `serve` answers."""
        own = {"DAYPASS_SERVICE_PORT": str(self._port), "HOME": str(self.log.parent), "PYTHONUNBUFFERED": "1"}
        environment = self._settings | own
        alone = {"DAYPASS_SERVICE_WORK": "false"} if self._workers else {}
        self.serving = start([PROGRAM, "serve"], environment=environment | alone, log=self.log)
        await_ready(self.serving, self.healthy, self.log)
        self.working = [start([PROGRAM, "work"], environment=environment, log=self.log) for _ in range(self._workers)]

    def kill(self) -> None:
        """End every process as a power cut would (SIGKILL)."""
        for process in self._processes():
            kill(process)
            if process.returncode != -signal.SIGKILL:
                raise ServerFailedError(f"Daypass had ended with {process.returncode} before it was killed")
        self._forget()

    def end(self) -> None:
        """Ask every process to end."""
        for process in self._processes():
            stop(process, patience=10)
        self._forget()

    def _processes(self) -> list[Popen[bytes]]:
        return [*self.working, *([self.serving] if self.serving else [])]

    def _forget(self) -> None:
        self.serving, self.working = None, []

    def healthy(self) -> bool:
        """Whether `serve` answers that it is well."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:  # noqa: S310 - our own address
                return bool(answer.status == HTTPStatus.OK)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
