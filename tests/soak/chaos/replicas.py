"""
Two replicas of Daypass on one PostgreSQL, behind one proxy before AWS: what chaos is done to, and how.

Each replica is `daypass serve` as a process with a home of its own; the second one lives under a clock that can be set.
"""

import os
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx2
import psycopg

from localslack import BlockingSlack, Channel, Person
from tests.attacks.account import BROKER, account
from tests.attacks.checkout import Checkout
from tests.attacks.clocked import SetClock
from tests.attacks.proxy import Proxy
from tests.servers.keys import Keys
from tests.servers.ministack import MiniStack
from tests.servers.postgres import Postgres
from tests.servers.process import free_port, kill, start, stop

APPROVER = "U0BOB"
HOLDERS = tuple(f"U0H{number}" for number in range(6))
BUCKET = "acme-chaos"
PLACES = 600
"""Folders with an object each, so that no two grants are of one place."""
_CHANNEL = "C0ACCESS"
_RULES = """
version: 1
rules:
  - id: chaos
    who: {{people: [{holders}]}}
    may: [read]
    on: ["acme-chaos/**"]
    for: {{default: 30s, max: 8h}}
    reason: optional
    approve: {{anyone_of: {{people: [U0BOB]}}}}
"""


@dataclass
class Replica:
    """One `daypass serve`."""

    number: int
    home: Path
    command: list[str]
    environment: dict[str, str]
    port: int
    process: subprocess.Popen[bytes] | None = None
    reader: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it; it answers a moment later. Its log goes through a pipe, whose reader may be gone."""
        self.read_log()
        command = ["sh", "-c", 'exec "$@" >"$0/pipe" 2>&1', str(self.home), *self.command]
        self.process = start(command, environment=self.environment, log=self.home / "started")

    def read_log(self) -> None:
        """Let somebody read the log, unless somebody does."""
        pipe = self.home / "pipe"
        if not pipe.exists():
            os.mkfifo(pipe)
        if self.reader is None or self.reader.poll() is not None:
            command = ["sh", "-c", 'exec cat <>"$0/pipe" >>"$0/log"', str(self.home)]
            self.reader = start(command, environment={}, log=self.home / "read")

    def answers(self) -> bool:
        """Whether it answers anything."""
        with suppress(httpx2.HTTPError):
            return httpx2.get(f"{self.url}/healthz", timeout=2).status_code > 0
        return False

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        kill(self.process)

    def freeze(self) -> None:
        """SIGSTOP."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def lose_reader(self) -> None:
        """End whoever reads the log; from then on no line of it can be written."""
        assert self.reader is not None
        kill(self.reader)


class Replicas:
    """Everything that runs. Use it as a context manager."""

    def __init__(self, directory: Path, checkout: Checkout) -> None:
        """Choose where it lies."""
        self._directory, self._checkout = directory, checkout
        self._stack = ExitStack()
        self.as_requested = checkout.as_requested
        self.tokens: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Start it all, and log everybody in."""
        people = {APPROVER: "Bob Baker"} | {one: f"Holder {one[-1]}" for one in HOLDERS}
        self.aws = MiniStack(self._folder("aws"))
        self.aws.start()
        self._stack.callback(self.aws.stop)
        found = account(self.aws, people)
        self.keys, self._own = found.keys, found.own
        s3 = self.aws.root().client("s3")
        s3.create_bucket(Bucket=BUCKET)
        for number in range(PLACES):
            s3.put_object(Bucket=BUCKET, Key=f"{number}/x", Body=b"x")
        self.proxy = self._stack.enter_context(Proxy(self.aws.endpoint, keeps=False))
        self.database = Postgres()
        self.database.start()
        self._stack.callback(self.database.close)
        self.store_url = self.database.fresh_database()
        self._execute(f"alter database {self.store_url.rpartition('/')[2]} set synchronous_commit = on")
        self.slack = self._stack.enter_context(self._a_slack(people))
        self.clock = SetClock(self._folder("clock"))
        self.replicas = [self._replica(number) for number in (1, 2)]
        self.slack.connect_app(f"{self.replicas[0].url}/slack/events")
        self._stack.callback(self._end_all)
        for one in self.replicas:
            self._hand_over_head(one)
            one.start()
            wait_until(one.answers, within_s=180)
        for who in people:
            self.tokens[who] = self._log_in(who)
        return self

    def __exit__(self, *_: object) -> None:
        """End it all."""
        self._stack.close()

    # Troubles ------------------------------------------------------------------------------------

    def crash_database(self) -> None:
        """End PostgreSQL as a crash does (SIGQUIT: no checkpoint, every connection broken), and start it again."""
        process = self.database._process
        assert process is not None
        os.kill(process.pid, signal.SIGQUIT)
        process.wait()
        self.database.start()

    def cut_connections(self) -> None:
        """Break every connection to the database."""
        with suppress(psycopg.Error):
            self._execute("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()")

    def set_clock(self, ahead_s: int) -> None:
        """Let the second replica's clock run ahead by so much."""
        self.clock.set(ahead_s)

    # What is asked -------------------------------------------------------------------------------

    def journal(self) -> tuple[bytes, str]:
        """The export of the journal and the key that checks it."""
        headers = {"Authorization": f"Bearer {self.tokens[APPROVER]}"}
        url = self.replicas[0].url
        export = httpx2.get(f"{url}/v1/journal/export", headers=headers, timeout=60)
        key = httpx2.get(f"{url}/v1/journal/key", headers=headers, timeout=60)
        return export.content, str(key.json()["public_key"])

    def verify(self) -> str:
        """What `daypass verify` finds wrong with the export; nothing when all is well."""
        self._wait_for_fold()
        export, key = self.journal()
        file = self._directory / "journal.jsonl"
        file.write_bytes(export)
        ran = self._checkout.run("verify", str(file), "--key", key, environ={"HOME": str(self._directory)})
        return "" if ran.code == 0 else ran.said

    def left_in_aws(self) -> list[str]:
        """The policies of Daypass that are on anybody's user."""
        iam, left = self.aws.root().client("iam"), []
        for who in HOLDERS:
            name = self.keys[who].user_name
            left += [f"{who}: {one}" for one in iam.list_user_policies(UserName=name)["PolicyNames"]]
        return left

    def session(self, handed: dict[str, Any]) -> Keys:
        """Keys from what was handed out."""
        return Keys(
            endpoint=self.aws.endpoint,
            access_key=handed["AccessKeyId"],
            secret_key=handed["SecretAccessKey"],
            token=handed["SessionToken"],
        )

    # How it is laid out --------------------------------------------------------------------------

    def _hand_over_head(self, replica: Replica) -> None:
        """Give a new replica the journal's head that the first one remembers, as its operator does."""
        known = self.replicas[0].home / "journal.head"
        if replica is not self.replicas[0] and known.exists():
            shutil.copy(known, replica.home / "journal.head")

    def _wait_for_fold(self) -> None:
        with psycopg.connect(self.store_url.replace("+psycopg", ""), autocommit=True) as connection:
            question = "select count(*) from journal where leaf_index is null"
            wait_until(lambda: connection.execute(question).fetchone() == (0,), within_s=60)

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.database.url().replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _folder(self, name: str) -> Path:
        folder = self._directory / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _a_slack(self, people: dict[str, str]) -> BlockingSlack:
        return BlockingSlack(
            manifest=self._checkout.manifest,
            people=[Person(id=one, name=one.lower(), real_name=name) for one, name in people.items()],
            channels=[Channel(id=_CHANNEL, name="access", members={*people, "U0DAYPASS"})],
            socket_mode=False,
        )

    def _replica(self, number: int) -> Replica:
        home, port = self._folder(f"replica-{number}"), free_port()
        rules = home / "rules.yaml"
        rules.write_text(_RULES.format(holders=", ".join(HOLDERS)), encoding="utf-8")
        wanted = {
            "DAYPASS_SERVICE_PORT": str(port),
            "DAYPASS_STORE_URL": self.store_url,
            "DAYPASS_SLACK_BOT_TOKEN": self.slack.bot_token,
            "DAYPASS_SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "DAYPASS_SLACK_API_URL": self.slack.api_url,
            "DAYPASS_SLACK_CHANNEL": _CHANNEL,
            "DAYPASS_AWS_BROKER_ROLE": BROKER,
            "DAYPASS_RULES_FILE": str(rules),
            "DAYPASS_JOURNAL_KEY_FILE": str(self._directory / "journal.key"),
            "DAYPASS_JOURNAL_HEAD": str(home / "journal.head"),
            "DAYPASS_JOURNAL_ORIGIN": "daypass.example",
            "DAYPASS_WORKER_SWEEP_EVERY": "20s",
        }
        own = self._own.environment() | {"AWS_ENDPOINT_URL": self.proxy.url, "HOME": str(home)}
        environment = self._checkout.environment | own | self._checkout.known(wanted)
        if number == 2:
            environment = self.clock.environment(environment)
        return Replica(number, home, self._checkout.command("serve"), environment, port)

    def _log_in(self, who: str) -> str:
        url, person = self.replicas[0].url, self.slack.person(who)
        begun = httpx2.post(f"{url}/v1/login/device", json={"client": "laptop"}, timeout=20).json()
        known = {one.ts for one in person.ephemerals()}
        person.command("/daypass", f"login {begun['user_code']}", channel=_CHANNEL)
        shown = wait_until(lambda: [one for one in person.ephemerals() if one.ts not in known])
        person.click(shown[-1], "login.confirm")

        def collected() -> str:
            asked = {"device_code": begun["device_code"]}
            answer = httpx2.post(f"{url}/v1/login/token", json=asked, timeout=20).json()
            time.sleep(0 if "access_token" in answer else 2.5)
            return str(answer.get("access_token", ""))

        return str(wait_until(collected))

    def _end_all(self) -> None:
        for one in self.replicas:
            if one.process is not None:
                one.process.send_signal(signal.SIGCONT)
                stop(one.process, patience=10)
            if one.reader is not None:
                kill(one.reader)


def wait_until(question: Any, *, within_s: float = 20.0) -> Any:
    """Ask until something true comes back; fails when nothing does."""
    deadline = time.monotonic() + within_s
    while not (answer := question()):
        assert time.monotonic() < deadline, f"it did not come within {within_s:.0f} s"
        time.sleep(0.1)
    return answer
