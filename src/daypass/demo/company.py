"""
The demo's world, up and running: an embedded AWS, a local Slack, the page beside it, and Daypass itself.

Daypass here is the very program one runs in production, told by its settings where its AWS and its Slack are. It
reaches nothing but 127.0.0.1.
"""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import yaml

from daypass.aws.own_permissions import CEILING_PATH, Setup, ceiling, for_plain_server, service, trust
from daypass.demo import world
from daypass.demo.ministack import ACCOUNT, MiniStack
from daypass.demo.panel import Panel
from daypass.demo.process import Process, free_port
from daypass.demo.signin import SignIn
from daypass.doors import slack
from daypass.journal.export import ENTRY_BEGINS
from daypass.journal.key import Signer
from daypass.journal.verify import verify
from daypass.model.errors import NotFound
from daypass.model.grant import GrantId
from daypass.people.iam_tags import TAG
from daypass.store import database
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from localslack import BlockingActor, BlockingSlack, LoopThread

BROKER = f"arn:aws:iam::{ACCOUNT}:role/daypass-broker"
"""Without a path, which the embedded AWS forgets when it checks who may look at a role."""

_SHOWN = 12
"""Journal entries shown on the page."""


class Company:
    """Everything the demo runs. Use it as a context manager: what was started is ended, in reverse."""

    def __init__(
        self,
        directory: Path,
        *,
        settings: Mapping[str, str] | None = None,
        aws_environ: Mapping[str, str] | None = None,
        says: Callable[[str], None] = lambda _: None,
    ) -> None:
        """
        Choose where its files lie; nothing is started yet.

        `settings` are Daypass's, over those of the demo; `aws_environ` is for the embedded AWS; `says` hears of each
        step that may take seconds, before it begins.
        """
        self._says = says
        self.directory = directory
        self.settings = dict(settings or {})
        """May be changed before Daypass is started again."""
        self._aws_environ = aws_environ
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        """Start it all: AWS, Slack and the page within a second, then Daypass."""
        with ExitStack() as stack:
            self._stack = stack
            self._start()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """End it all."""
        self._stack.close()

    def _start(self) -> None:
        self._says("starting an AWS of its own (MiniStack)")
        self.aws = MiniStack(self.directory, environ=self._aws_environ)
        self._stack.callback(self.aws.end)
        self._says("making its buckets and people")
        world.fill_buckets(self.aws)
        self.keys = world.hire(self.aws, TAG)
        self._own_keys = _own_identity(self.aws, self.keys.values())
        self._says("starting a Slack of its own")
        self._loop = LoopThread("panel")
        self._stack.callback(self._loop.close)
        sign_in = SignIn(self.aws, ends=self._end_of)
        self.panel = Panel(aws=self.aws, keys=self.keys, journal=self.journal, hints=self.hints, sign_in=sign_in)
        panel_url = self._loop.run(self.panel.start())
        self._stack.callback(lambda: self._loop.run(self.panel.stop()))
        self.port = free_port()
        self.slack = BlockingSlack(
            manifest=_manifest(),
            socket_mode=False,
            request_url=f"http://127.0.0.1:{self.port}/slack/events",
            people=world.PEOPLE,
            channels=world.channels(),
            groups=world.groups(),
            panel_url=f"{panel_url}/",
            host_name="localhost",
        )
        self._stack.enter_context(self.slack)
        self.rules = world.write_rules(self.directory)
        self._write_shells()
        self._says("starting Daypass: its database, its journal, its doors")
        self.start_daypass()
        self._stack.callback(self._end_daypass)

    @property
    def url(self) -> str:
        """Where Daypass answers: on 127.0.0.1, by a name, as browsers keep no passkey for a number."""
        return f"http://localhost:{self.port}"

    def start_daypass(self) -> None:
        """Start the service; after a kill, the same again on the same database."""
        command = [sys.executable, "-m", "daypass", "serve"]
        self.daypass = Process("Daypass", command, environ=self.environ(), log=self.directory / "daypass.log")
        self.daypass.await_answer(f"{self.url}/healthz")

    def _end_daypass(self) -> None:
        self.daypass.end()  # whichever runs now: the story kills the first and starts another

    def person(self, person_id: str) -> BlockingActor:
        """Act as somebody in the local Slack."""
        return self.slack.person(person_id)

    def shell(self, person_id: str) -> dict[str, str]:
        """The environment in which a person's `aws` and `daypass` commands run."""
        home = self.directory / "home" / person_id
        home.mkdir(parents=True, exist_ok=True)
        return self.keys[person_id].environ(self.aws.endpoint) | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}",
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_STATE_HOME": str(home / "state"),
            "DAYPASS_URL": self.url,
            "DAYPASS_AWS_ENDPOINT_URL": self.aws.endpoint,
            "DAYPASS_JOURNAL_VKEY": self.vkey,
        }

    @property
    def vkey(self) -> str:
        """The public key that checks the journal; empty before Daypass made it."""
        key = self.directory / "journal.key"
        return Signer.parse(key.read_text(encoding="utf-8")).public.text if key.exists() else ""

    def journal(self) -> dict[str, Any]:
        """The journal as an auditor gets it: the exported file, checked with the public key alone."""
        lines = list(self.export())
        verdict = verify(BytesIO(b"".join(lines)), Signer.parse(self._key_text()).public)
        entries = [json.loads(line)["entry"] for line in lines if line.startswith(ENTRY_BEGINS)]
        return {"verdict": verdict.sentence, "entries": [_brief(entry) for entry in entries[: -_SHOWN - 1 : -1]]}

    def export(self) -> Iterator[bytes]:
        """The journal's export file."""
        store = database.open(self._store_url(), Signer.parse(self._key_text()))
        try:
            yield from SqlBook(store).export()
        finally:
            store.close()

    def _end_of(self, session: str) -> datetime | None:
        """When the grant that a session is named after ends."""
        grant_id = GrantId(session.removeprefix("daypass-").partition(".")[0])
        store = database.open(self._store_url(), Signer.parse(self._key_text()))
        try:
            lease = SqlLedger(store).grant(grant_id).lease
        except NotFound:
            return None
        finally:
            store.close()
        return lease.ends if lease else None

    def hints(self, person_id: str) -> list[str]:
        """Commands for a person's terminal."""
        return [
            f". {self.directory}/{self._name(person_id)}.sh",
            "aws s3 cp s3://acme-reports/2026/q1.csv -",
            "daypass login",
            "daypass ls",
            "daypass exec GRANT -- aws s3 ls s3://acme-reports/2026/",
        ]

    def _write_shells(self) -> None:
        for person_id in self.keys:
            environ = self.shell(person_id)
            names = sorted(environ.keys() - {"PATH", "HOME", "DAYPASS_JOURNAL_VKEY"})
            lines = [f"export {name}='{environ[name]}'" for name in names]
            lines.append(f"export PATH='{environ['PATH']}'")
            (self.directory / f"{self._name(person_id)}.sh").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def environ(self) -> dict[str, str]:
        """All of the environment in which Daypass itself runs."""
        return self._own_keys.environ(self.aws.endpoint) | {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.directory),
            "PYTHONUNBUFFERED": "1",
            "DAYPASS_SERVICE_PORT": str(self.port),
            "DAYPASS_SERVICE_PUBLIC_URL": self.url,
            "DAYPASS_STORE_URL": self._store_url(),
            "DAYPASS_SLACK_BOT_TOKEN": self.slack.bot_token,
            "DAYPASS_SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "DAYPASS_SLACK_API_URL": self.slack.api_url,
            "DAYPASS_SLACK_CHANNEL": world.APPROVALS,
            "DAYPASS_AWS_BROKER_ROLE": BROKER,
            "DAYPASS_AWS_SIGNIN_URL": f"{self.panel.address}/federation",
            "DAYPASS_RULES_FILE": str(self.rules),
            "DAYPASS_JOURNAL_KEY_FILE": str(self.directory / "journal.key"),
            "DAYPASS_JOURNAL_HEAD": str(self.directory / "journal.head"),
            "DAYPASS_JOURNAL_ORIGIN": "daypass.demo",
            "DAYPASS_WORKER_SWEEP_EVERY": "1m",
            **self.settings,
        }

    def _store_url(self) -> str:
        return self.settings.get("DAYPASS_STORE_URL", f"sqlite:///{self.directory / 'daypass.db'}")

    def _key_text(self) -> str:
        return (self.directory / "journal.key").read_text(encoding="utf-8")

    def _name(self, person_id: str) -> str:
        return next(person.name for person in world.PEOPLE if person.id == person_id)


def _own_identity(aws: MiniStack, people: Iterable[world.KeyPair]) -> world.KeyPair:
    """Make Daypass's own IAM user and the broker role, with exactly the permissions that the handbook asks for."""
    iam = aws.root("iam")
    keys = world.make_user(iam, "daypass", path="/daypass-setup/")
    setup = Setup(principal_arn=keys.arn, broker_arn=BROKER, people=[person.arn for person in people])
    ceiling_arn = _managed(iam, setup.ceiling_name, ceiling(setup))
    iam.create_role(
        RoleName=BROKER.rpartition("/")[2],
        AssumeRolePolicyDocument=json.dumps(trust(setup)),
        PermissionsBoundary=ceiling_arn,
    )
    iam.attach_role_policy(RoleName=BROKER.rpartition("/")[2], PolicyArn=ceiling_arn)
    iam.attach_user_policy(
        UserName="daypass", PolicyArn=_managed(iam, "daypass-service", for_plain_server(service(setup)))
    )
    return keys


def _managed(iam: Any, name: str, document: dict[str, Any]) -> str:
    made = iam.create_policy(Path=CEILING_PATH, PolicyName=name, PolicyDocument=json.dumps(document))
    return str(made["Policy"]["Arn"])


def _manifest() -> dict[str, Any]:
    text = Path(slack.__file__).with_name("manifest.yaml").read_text(encoding="utf-8")
    manifest: dict[str, Any] = yaml.safe_load(text)
    return manifest


def _brief(entry: dict[str, Any]) -> dict[str, str]:
    at = datetime.fromisoformat(str(entry["at"]))
    return {
        "at": at.strftime("%H:%M:%S"),
        "kind": str(entry["kind"]),
        "subject": str(entry.get("subject") or ""),
        "actor": str(entry.get("actor") or ""),
    }
