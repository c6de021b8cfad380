"""
From a slash command to its acknowledgement, as Slack would measure it: warm, 50 at once, and cold.

    PYTHONPATH=. python benchmarks/slack_ack.py [--commands 300] [--rounds 20] [--at-once 50] [--cold 3]

Signed commands go over HTTP to Daypass in a process of its own, on SQLite, put together by its own wiring; each command
files a request. The time is taken in a third process, which does nothing but send (_sender.py): this one plays Slack to
what Daypass does, and what it is busy with is no time of Daypass's. Behind every acknowledgement stands the work, and
it is looked up in the ledger before the next ones are sent: this fails when a request is missing, or when the process
logged an error. What people are told of them goes on meanwhile. Cold is the first command to a process that has just
begun to listen and has never spoken to Slack. Prints name, measured, wanted; what is wanted is meant for a quiet
machine of two cores: exits 1 when it does not hold.
"""

import argparse
import asyncio
import json
import logging
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import structlog
from starlette.applications import Starlette

from daypass.doors.slack.door import SlackDoor
from daypass.doors.slack.workspace import SlackSettings
from daypass.model.principal import PrincipalId
from daypass.rules.load.read import parse
from daypass.store.ledger import SqlLedger
from daypass.wiring.assemble import open_stores
from daypass.wiring.listener import listen
from localslack import LocalSlack, Person, generous_manifest
from localslack.http_carrier import signature
from localslack.interactions import of_command
from tests.builder import Daypass, sqlite
from tests.hands import HandClock, HandDirectory
from tests.heads import HandHead
from tests.keys import SIGNER
from tests.makers import principal

ALONE_P99_S, CROWD_P99_S, COLD_S = 0.050, 0.100, 1.5
PEOPLE = [f"U0P{number:02}" for number in range(50)]
SENDER = Path(__file__).with_name("_sender.py")
WITHIN_S = 60.0
"""How long the work behind a round of commands may take at most."""
COMMAND = "/daypass"
RULES = """
version: 1
limits: {pending: 10000, live: 10000}
rules:
  - id: reports
    who: anyone
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB]}}
"""


def main() -> int:
    """Measure, or be the process that is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commands", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--cold", type=int, default=3)
    parser.add_argument("--warm", type=int, default=20)
    parser.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(serve(chosen.serve))
        return 0
    return asyncio.run(measure(chosen))


async def measure(chosen: argparse.Namespace) -> int:
    """Start both sides, send the commands, say what was measured."""
    people = [Person(id=one, name=one.lower(), real_name=one) for one in [*PEOPLE, "U0BOB"]]
    cold: list[float] = []
    async with LocalSlack(
        manifest=generous_manifest(name="Daypass", commands=(COMMAND,)), socket_mode=False, people=people, groups=[]
    ) as slack:
        for _ in range(chosen.cold):
            with tempfile.TemporaryDirectory() as folder:
                app = App(slack, folder)
                await app.listening()
                cold += await app.asked(1)
                app.stop()
        with tempfile.TemporaryDirectory() as folder:
            app = App(slack, folder)
            await app.listening()
            await app.asked(chosen.warm)
            alone = [one for _ in range(chosen.commands) for one in await app.asked(1)]
            crowd, done = [], []
            for _ in range(chosen.rounds):
                began = time.perf_counter()
                crowd += await app.asked(chosen.at_once)
                done.append(time.perf_counter() - began)
            app.stop()
    return report(alone, crowd, cold, done)


class App:
    """Daypass in a process of its own."""

    def __init__(self, slack: LocalSlack, folder: str) -> None:
        """Start it on an empty database in a folder."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.slack, self.folder, self.sent = slack, Path(folder), 0
        self.log = self.folder / "log"
        told = {"SLACK_URL": slack.api_url, "SLACK_TOKEN": slack.bot_token, "SLACK_SECRET": slack.signing_secret}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, __file__, "--serve", str(self.port)],
                env={**os.environ, **told, "FOLDER": folder},
                stdout=log,
                stderr=log,
            )
        self.sender = subprocess.Popen(
            [sys.executable, str(SENDER), str(self.port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    async def listening(self) -> None:
        """Wait until the process listens."""
        while self.process.poll() is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                await asyncio.sleep(0.005)
                continue
            writer.close()
            self.ledger = SqlLedger(open_stores(sqlite(self.folder), SIGNER, HandHead()).database)
            return
        raise SystemExit(f"the app did not start: {self.log.read_text()[-2000:]}")

    async def asked(self, crowd: int) -> list[float]:
        """Send so many commands at once; gives the seconds to each acknowledgement once every request is filed."""
        requests = [self._command(number) for number in range(crowd)]
        if not (told := await asyncio.to_thread(self._send, requests)):
            raise SystemExit(f"{crowd} commands were sent, and not all of them answered:\n{self._logged()}")
        answers: list[tuple[int, float]] = json.loads(told)
        if failed := [status for status, _ in answers if status != HTTPStatus.OK]:
            raise SystemExit(f"{len(failed)} of {crowd} commands were not acknowledged: {failed[0]}\n{self._logged()}")
        await self._all_filed()
        return [seconds for _, seconds in answers]

    def _send(self, requests: list[str]) -> bytes:
        self.sender.stdin.write(json.dumps(requests).encode() + b"\n")
        self.sender.stdin.flush()
        return self.sender.stdout.readline()

    def _command(self, number: int) -> str:
        """One more command as Slack sends it, over the wire."""
        self.sent += 1
        world, person = self.slack.world, PEOPLE[number % len(PEOPLE)]
        asked = f"request s3 read acme-reports/2026/{self.sent}/ --for 2h --reason INC-42"
        channel, command = self.slack.acting.direct(person), world.app.manifest.command(COMMAND)
        body, content_type = of_command(world, person, channel, command, asked).body()
        dated = str(int(time.time()))
        head = [
            "POST /slack/events HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Content-Type: {content_type}",
            f"Content-Length: {len(body)}",
            f"X-Slack-Request-Timestamp: {dated}",
            f"X-Slack-Signature: {signature(self.slack.signing_secret, dated, body)}",
            "Connection: close",
        ]
        return "\r\n".join([*head, "", body])

    async def _all_filed(self) -> None:
        deadline = time.monotonic() + WITHIN_S
        while (filed := await asyncio.to_thread(lambda: len(self.ledger.requests()))) != self.sent:
            if time.monotonic() > deadline:
                raise SystemExit(f"{self.sent} requests were asked for, and {filed} are there:\n{self._logged()}")
            await asyncio.sleep(0.05)

    def stop(self) -> None:
        """End it. Fails when it logged an error."""
        self.sender.communicate(timeout=20)
        self.process.kill()
        self.process.wait(20)
        if "[error" in self._logged():
            raise SystemExit(f"the app failed at something:\n{self._logged()}")

    def _logged(self) -> str:
        return self.log.read_text()[-2000:]


class Now(HandClock):
    """The real time."""

    def __call__(self) -> datetime:
        """Read the clock."""
        return datetime.now(UTC)


async def serve(port: int) -> None:
    """Be Daypass: its own wiring on SQLite, with the Slack door, and hands that do nothing."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    rules, directory = parse(RULES, name="rules.yaml"), HandDirectory()
    for one in map(PrincipalId, [*PEOPLE, "U0BOB"]):
        directory.people[one] = principal(one, None)
    daypass = Daypass(sqlite(Path(os.environ["FOLDER"])), rules=lambda: rules, clock=Now(), directory=directory)
    told = {"bot_token": os.environ["SLACK_TOKEN"], "signing_secret": os.environ["SLACK_SECRET"]}
    door = SlackDoor(daypass.services, SlackSettings(**told, api_url=os.environ["SLACK_URL"]))
    await door.start()
    await listen(Starlette(routes=door.routes()), "127.0.0.1", port, asyncio.Event())


def report(alone: list[float], crowd: list[float], cold: list[float], done: list[float]) -> int:
    """Print what was measured beside what was wanted."""
    p99 = [sorted(each)[len(each) * 99 // 100] for each in (alone, crowd)]
    at_once = f"{len(crowd) // len(done)} at once"
    line("one at a time, p50", statistics.median(alone))
    line("one at a time, p99", p99[0], ALONE_P99_S)
    line(f"{at_once}, p50", statistics.median(crowd))
    line(f"{at_once}, p99", p99[1], CROWD_P99_S)
    line(f"{at_once}, until all requests are filed, median", statistics.median(done))
    line(f"cold, worst of {len(cold)}", worst := max(cold, default=0.0), COLD_S)
    return 0 if p99[0] < ALONE_P99_S and p99[1] < CROWD_P99_S and worst < COLD_S else 1


def line(name: str, seconds: float, wanted: float | None = None) -> None:
    """Print one figure."""
    said = f"at most {wanted * 1000:.0f} ms" if wanted else "-"
    print(f"slack ack: {name:<60} {seconds * 1000:>8.0f} ms  wanted: {said}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
