"""Daypass behind the local Slack: the real app over the real wire, the real ledger, an AWS moved by hand."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import granian.server.embed
import pytest
import yaml
from granian.constants import Interfaces
from starlette.applications import Starlette

from daypass.doors.slack.door import SlackDoor
from daypass.doors.slack.socket import ReconnectLimits
from daypass.doors.slack.workspace import SlackSettings
from daypass.model.errors import BadInput
from daypass.model.grant import Grant, GrantId
from daypass.model.principal import Principal, PrincipalId, SlackGroupId
from daypass.model.request import Request
from daypass.ports import DryRun, Paper
from daypass.rules.load.read import RuleBook, parse
from localslack import BlockingActor, BlockingSlack, Channel, Kind, LoopThread, Message, Person, UserGroup
from tests.builder import Daypass, sqlite
from tests.hands import HandAws, HandCatalogue, HandClock
from tests.makers import RULES
from tests.servers.process import free_port, listening

MANIFEST = yaml.safe_load(Path("slack-manifest.yaml").read_text(encoding="utf-8"))
CAROL, LEADS = PrincipalId("U0CAROL"), SlackGroupId("S0LEADS")
CATALOGUE = HandCatalogue("acme-drafts", "acme-payroll", "acme-reports", reports=("2025/", "2026/", "readme.txt"))
PATIENCE_S = 40.0
"""How long anything may take on a busy machine."""
ASK = 'request s3 read acme-reports/2026/ --for 2h --reason "INC-42"'


class WallClock(HandClock):
    """The real time, moved ahead by as much as a test says."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """Read the clock."""
        return datetime.now(UTC) + self.ahead

    def forward(self, by: timedelta) -> datetime:
        """Move it and read it."""
        self.ahead += by
        return self()


class DatedAws(HandAws):
    """An AWS whose rehearsals look like policies, as the real ones do."""

    slow = 0.0
    refusal = ""

    def rehearse(self, draft: Grant) -> DryRun:
        """Write the document that lists the actions."""
        time.sleep(self.slow)
        if self.refusal:
            raise BadInput(self.refusal)
        allow = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [allow]}
        return DryRun(papers=(Paper(place=f"the session policy of {draft.id}", text=json.dumps(document)),))


def people() -> list[Person]:
    """Ann asks, Bob and Carol may decide, Eve may nothing."""
    names = {"U0ANN": "Ann Lee", "U0BOB": "Bob Ray", "U0CAROL": "Carol Moss", "U0EVE": "Eve Poe"}
    return [Person(id=one, name=name.split()[0].lower(), real_name=name) for one, name in names.items()]


def channels() -> list[Channel]:
    """One channel in which approvals may be asked."""
    everyone = {"U0ANN", "U0BOB", "U0CAROL", "U0EVE", "U0DAYPASS"}
    return [Channel(id="C0ACCESS", name="access", kind=Kind.PUBLIC, members=everyone)]


class Office(Daypass):
    """A workspace with Daypass in it, and everything behind the door within reach of the test."""

    clock: WallClock
    aws: DatedAws

    def __init__(
        self, slack: BlockingSlack, folder: Path, *, settings: SlackSettings, patience: ReconnectLimits | None = None
    ) -> None:
        """Lay it out; it is not open yet. The last of `rules` counts."""
        self.rules: list[RuleBook] = [parse(RULES, name="rules.yaml")]
        super().__init__(
            sqlite(folder), rules=lambda: self.rules[-1], clock=WallClock(), aws=DatedAws(), catalogue=CATALOGUE
        )
        self.directory.people[CAROL] = Principal(id=CAROL, name="Carol", slack_groups=frozenset({LEADS}))
        self.slack, self.settings, self.patience = slack, settings, patience
        self.port = free_port()

    def open(self) -> Self:
        """Start the app, and connect it as the workspace expects."""
        self.thread = LoopThread("daypass")
        self.thread.run(self._open())
        while not listening(self.port):
            time.sleep(0.01)
        self.slack.connect_app(f"http://127.0.0.1:{self.port}/slack/events")
        return self

    def close(self) -> None:
        """Stop the app, in good order."""
        self.thread.run(self._close())
        self.thread.close()

    async def _open(self) -> None:
        self.door = SlackDoor(self.services, self.settings, patience=self.patience)
        web = Starlette(routes=self.door.routes())
        self._server = granian.server.embed.Server(web, port=self.port, interface=Interfaces.ASGI, log_enabled=False)
        self._serving = asyncio.ensure_future(self._server.serve())
        await self.door.start()

    async def _close(self) -> None:
        self._server.stop()
        await asyncio.wait({self._serving}, timeout=5)
        await self.door.stop()

    def person(self, person_id: str) -> BlockingActor:
        """Somebody's hands and eyes in Slack."""
        return self.slack.person(person_id)

    def ask(self, said: str = ASK) -> Request:
        """Ann asks with the command; gives the request once it is in the ledger."""
        before = {one.id for one in self.services.ledger.requests()}
        self.person("U0ANN").command("/daypass", said)
        ann = self.person("U0ANN")
        return ann.wait_until(
            lambda: next((one for one in self.services.ledger.requests() if one.id not in before), None)
        )

    def grant(self, grant_id: GrantId) -> Grant:
        """Read a grant."""
        return self.services.ledger.grant(grant_id)

    def posts(self, method: str = "chat.postMessage") -> list[dict[str, Any]]:
        """What was posted, as Slack accepted it."""
        return [call.arguments for call in self.slack.calls if call.method == method and not call.error]


def settings_for(slack: BlockingSlack, **changes: Any) -> SlackSettings:
    """What the door is told to use this Slack."""
    told: dict[str, Any] = {
        "bot_token": slack.bot_token,
        "signing_secret": slack.signing_secret,
        "api_url": slack.api_url,
    }
    return SlackSettings(**(told | changes))


def office(slack: BlockingSlack, folder: Path, *, patience: ReconnectLimits | None = None, **changes: Any) -> Office:
    """Build Daypass for a Slack; it is not open yet."""
    return Office(slack, folder, settings=settings_for(slack, **changes), patience=patience)


@pytest.fixture
def slack() -> Iterator[BlockingSlack]:
    """A local Slack that grants what our own manifest asks for, over signed HTTP."""
    groups = [UserGroup(id="S0LEADS", handle="leads", name="Leads", users=["U0CAROL"])]
    with BlockingSlack(
        manifest=MANIFEST, socket_mode=False, people=people(), channels=channels(), groups=groups, retry_after=()
    ) as running:
        yield running


@pytest.fixture
def daypass(slack: BlockingSlack, tmp_path: Path) -> Iterator[Office]:
    """Daypass, open, asking approvers by direct message."""
    made = office(slack, tmp_path).open()
    yield made
    made.close()
    made.end()


@pytest.fixture
def channelled(slack: BlockingSlack, tmp_path: Path) -> Iterator[Office]:
    """Daypass, open, asking approvers in a channel that everybody reads."""
    made = office(slack, tmp_path, approvals_channel="C0ACCESS").open()
    yield made
    made.close()
    made.end()


@pytest.fixture
def ann(slack: BlockingSlack) -> BlockingActor:
    """The one who asks."""
    return slack.person("U0ANN")


@pytest.fixture
def bob(slack: BlockingSlack) -> BlockingActor:
    """One of those who decide."""
    return slack.person("U0BOB")


@pytest.fixture
def carol(slack: BlockingSlack) -> BlockingActor:
    """Decides as a member of a Slack group."""
    return slack.person("U0CAROL")


def until(question: Callable[[], object]) -> None:
    """Wait for something that no announcement tells of, asking from this thread."""
    deadline = time.monotonic() + PATIENCE_S
    while not question():
        assert time.monotonic() < deadline, "It never came about."
        time.sleep(0.02)


def review(person: BlockingActor, channel: str = "dm") -> Message:
    """The approvers' message as this person has it."""
    return person.wait_for_message("asks", channel=channel)
