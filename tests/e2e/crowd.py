"""
A company of fifty with two replicas of Daypass on one database, and everybody's hand on the mouse at once.

Twenty people decide, ten ask, twenty look on. Each has an HTTP client to either replica and a thread of their own;
they begin together, and what they clicked is clicked once more afterwards.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, cycle
from pathlib import Path
from random import Random
from typing import Any, Self

import httpx2
import yaml

from daypass.model.grant import GrantId, GrantState
from daypass.model.principal import PrincipalId
from daypass.store import database as databases
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.store.logins import SqlLogins
from localslack import BlockingSlack, Channel, Person
from tests.builder import token
from tests.deliveries.world import World
from tests.e2e.house import wait_for
from tests.e2e.service import CHANNEL, Service, settings
from tests.keys import SIGNER

PEOPLE = tuple(PrincipalId(f"U0P{number:02}") for number in range(50))
DECIDERS, ASKERS, BYSTANDERS = PEOPLE[:20], PEOPLE[20:30], PEOPLE[30:]
TEAM, SECURITY = DECIDERS[:12], DECIDERS[8:]
"""Four are in both."""
NEEDED = {"two": {"approval": 2}, "staged": {"team": 2, "security": 1}}
"""How many different people each stage of each rule wants."""
REPLICAS = 2
_BOT = "U0DAYPASS"
_MANIFEST = Path(__file__).parents[2] / "slack-manifest.yaml"
_RULES = """
version: 1
limits: {{pending: 1000, live: 1000}}
rules:
  - id: two
    who: {{people: [{askers}]}}
    may: [read]
    on: ["{bucket}/two/**"]
    for: {{default: 1h, max: 8h}}
    approve: {{at_least: 2, of: {{people: [{deciders}]}}}}
  - id: staged
    who: {{people: [{askers}]}}
    may: [read]
    on: ["{bucket}/staged/**"]
    for: {{default: 1h, max: 8h}}
    approve:
      stages:
        - {{name: team, at_least: 2, of: {{people: [{team}]}}}}
        - {{name: security, anyone_of: {{people: [{security}]}}}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """One click of one person."""

    by: PrincipalId
    verb: str
    on: GrantId

    @property
    def path(self) -> str:
        """Where it is sent."""
        kind = "requests" if self.verb in {"approve", "deny"} else "grants"
        return f"/v1/{kind}/{self.on}/{self.verb}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A click, and what the person was answered."""

    click: Click
    status: int
    body: dict[str, Any]

    @property
    def counted(self) -> bool:
        """Whether the person was told that it is done."""
        return self.status < httpx2.codes.MULTIPLE_CHOICES


@dataclass
class Crowd:
    """Two replicas, fifty people. Use it as a context manager."""

    world: World
    directory: Path
    store_url: str
    hands: dict[PrincipalId, list[httpx2.Client]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Start everything, and log everybody in."""
        self.slack = BlockingSlack(
            manifest=yaml.safe_load(_MANIFEST.read_text(encoding="utf-8")),
            people=[Person(id=one, name=one.lower(), real_name=one) for one in PEOPLE],
            channels=[Channel(id=CHANNEL, name="access", members={*PEOPLE, _BOT})],
        ).start()
        settings = self._settings()
        self.replicas = [Service(self._folder(f"replica-{number}"), settings) for number in range(REPLICAS)]
        self.slack.connect_app(f"{self.replicas[0].url}/slack/events")
        for replica in self.replicas:
            replica.start()
        self.database = databases.open(self.store_url, SIGNER)
        self.ledger = SqlLedger(self.database)
        for one in PEOPLE:
            headers = {"Authorization": f"Bearer {self._token(one)}"}
            self.hands[one] = [
                httpx2.Client(base_url=replica.url, headers=headers, verify=False, timeout=60)
                for replica in self.replicas
            ]
        return self

    def __exit__(self, *_: object) -> None:
        """End everything; the replicas must have lived until now."""
        for hand in chain.from_iterable(self.hands.values()):
            hand.close()
        for one in self.replicas:
            one.kill()
        self.slack.stop()
        self.database.close()

    def ask(self, by: PrincipalId, rule: str, *, to: PrincipalId | None = None) -> GrantId:
        """Ask under one of the rules, perhaps for somebody else."""
        wish = {**self.wish(rule), "again": True, **({"to": to} if to else {})}
        answer = self.hands[by][0].post("/v1/requests", json=wish)
        assert answer.status_code == httpx2.codes.CREATED, answer.text
        return GrantId(answer.json()["id"])

    def wish(self, rule: str) -> dict[str, str]:
        """The body of an ask."""
        return {"level": "read", "resource": f"{self.world.bucket}/{rule}/", "reason": "INC-42"}

    def lent(self, by: PrincipalId, *, to: PrincipalId | None = None) -> GrantId:
        """Ask, let two decide one after the other, and wait until it is active."""
        grant = self.ask(by, "two", to=to)
        for decider in DECIDERS[:2]:
            answered = self.click(Click(by=decider, verb="approve", on=grant))
            assert answered.counted, answered
        wait_for(lambda: self.ledger.grant(grant).state is GrantState.ACTIVE)
        return grant

    def click(self, click: Click, replica: int = 0) -> Answered:
        """Click once, at one of the replicas."""
        words = {"for": "requested"} if click.verb == "approve" else {}
        answer = self.hands[click.by][replica].post(click.path, json=words)
        return Answered(click=click, status=answer.status_code, body=answer.json())

    def rush(self, clicks: Sequence[Click], dice: Random) -> list[Answered]:
        """Let everybody click what is theirs, in its order and all at once, each at whichever replica they come to."""
        answers: list[Answered] = []
        start = threading.Barrier(len(PEOPLE))

        def hurry(mine: list[Click], seed: float) -> None:
            which = Random(seed)  # noqa: S311 - a seed that can be run again
            start.wait()
            answers.extend([self.click(one, which.randrange(REPLICAS)) for one in mine])

        theirs = [[click for click in clicks if click.by == one] for one in PEOPLE]
        _together([threading.Thread(target=hurry, args=(mine, dice.random())) for mine in theirs])
        return answers

    def ask_alike(self, by: PrincipalId, key: str, times: int) -> list[tuple[int, str]]:
        """Send one ask with one key many times at once, to both replicas; returns each status and id."""
        answers: list[tuple[int, str]] = []
        start = threading.Barrier(times)

        def send(hand: httpx2.Client) -> None:
            start.wait()
            answer = hand.post("/v1/requests", json=self.wish("two"), headers={"Idempotency-Key": key})
            answers.append((answer.status_code, answer.json().get("id", "")))

        hands = cycle(self.hands[by])
        _together([threading.Thread(target=send, args=(next(hands),)) for _ in range(times)])
        return answers

    def waiting_entries(self) -> int:
        """How many entries have no place in the journal's tree yet."""
        return SqlBook(self.database).waiting()

    def _folder(self, name: str) -> Path:
        folder = self.directory / name
        folder.mkdir()
        return folder

    def _token(self, who: PrincipalId) -> str:
        return token(who, logins=SqlLogins(self.database), ledger=self.ledger, now=datetime.now(UTC))

    def _settings(self) -> dict[str, str]:
        named = {"askers": ASKERS, "deciders": DECIDERS, "team": TEAM, "security": SECURITY}
        words = {name: ", ".join(people) for name, people in named.items()}
        rules = _RULES.format(bucket=self.world.bucket, **words)
        return settings(self.world, self.slack, self.directory, store_url=self.store_url, rules=rules)


def _together(threads: Sequence[threading.Thread]) -> None:
    for one in threads:
        one.start()
    for one in threads:
        one.join()
