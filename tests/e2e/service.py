"""Daypass as it runs in production: `daypass serve`, and workers beside it, each a process of its own."""

import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from subprocess import Popen

from localslack import BlockingSlack
from tests.deliveries.world import World
from tests.keys import write_key
from tests.servers.process import ServerFailedError, await_ready, free_port, kill, start, stop

CHANNEL = "C0ACCESS"
"""Where approvals are asked."""
PROGRAM = Path(sys.executable).with_name("daypass")


def settings(world: World, slack: BlockingSlack, folder: Path, *, store_url: str, rules: str) -> dict[str, str]:
    """
    What a service is told that runs in this world: its AWS, its Slack over signed HTTP, and what it keeps in a folder.

    The rules and the key are written there. A test adds to it, or says something else, with `|`.
    """
    (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    signer = write_key(folder / "journal.key")
    on_ceph = {"DAYPASS_AWS_SOURCE_IDENTITY": "false"} if world.ceph else {}
    return (
        world.daypass.environment()
        | on_ceph
        | {
            "DAYPASS_STORE_URL": store_url,
            "DAYPASS_SLACK_BOT_TOKEN": slack.bot_token,
            "DAYPASS_SLACK_SIGNING_SECRET": slack.signing_secret,
            "DAYPASS_SLACK_API_URL": slack.api_url,
            "DAYPASS_SLACK_CHANNEL": CHANNEL,
            "DAYPASS_AWS_BROKER_ROLE": world.setup.broker_arn,
            "DAYPASS_AWS_IDENTITY_TAGS": "false",
            "DAYPASS_RULES_FILE": str(folder / "rules.yaml"),
            "DAYPASS_JOURNAL_KEY_FILE": str(folder / "journal.key"),
            "DAYPASS_JOURNAL_ORIGIN": signer.name,
            "DAYPASS_JOURNAL_HEAD": str(folder / "journal.head"),
        }
    )


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
