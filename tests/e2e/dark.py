"""
A Daypass in a process of its own whose look-ups can be made to fail, one by one, while it runs.

What people have is written into its database; what they do is done over HTTP.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import httpx2
import yaml

from daypass.model.absence import Absence
from daypass.model.bot import Bot
from daypass.model.entitlement import Entitlement
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Change, Fact
from daypass.model.grant import Delivery, GrantId, GrantState, new_grant_id
from daypass.model.lease import Lease
from daypass.model.login import Login
from daypass.model.preapproval import Preapproval
from daypass.model.principal import PrincipalId
from daypass.model.request import Request, RequestState
from daypass.model.secret import Secret, digest, draw
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.store import database as databases
from daypass.store.ledger import SqlLedger
from localslack import BlockingSlack, Broken, Person, UserGroup
from tests.e2e.service import Service
from tests.facts.on_call.host import Reply, hosting
from tests.keys import SIGNER, write_key
from tests.makers import grant, request
from tests.servers.ministack import MiniStack

BOB, OLA = PrincipalId("U0BOB"), PrincipalId("U0OLA")
_HOUR = timedelta(hours=1)
_CREW = 500
_NONE_KEPT = httpx2.Limits(max_keepalive_connections=0)
RULES = """
version: 1
owners: {{people: [U0OLA, U0BOB]}}
limits: {{pending: 1000, live: 1000}}
rules:
  - id: people
    who: anyone
    may: [read]
    on: ["acme-people/**"]
    for: {{default: 1h, max: 8h}}
    reason: optional
    approve: {{anyone_of: {{people: [U0BOB]}}}}
  - id: crew
    who: {{slack_groups: [S0CREW]}}
    may: [read]
    on: ["acme-group/**"]
    for: {{default: 1h, max: 8h}}
    reason: optional
    approve: {{anyone_of: {{people: [U0BOB]}}}}
  - id: tickets
    who: anyone
    may: [read]
    on: ["acme-ticket/**"]
    for: {{default: 1h, max: 8h}}
    ticket: required
    approve: {{anyone_of: {{people: [U0BOB]}}}}
"""
_ON_CALL = """  - id: on-call-{n}
    who: anyone
    may: [read]
    on: ["acme-oncall/{n}/**"]
    for: {{default: 1h, max: 8h}}
    reason: optional
    approve: {{anyone_of: {{on_call: [team-{n}]}}}}
"""
_TEAMS = 40
"""As many schedules, each with somebody of its own: what was looked up once is believed for a minute."""
_MANIFEST = Path(__file__).parents[2] / "slack-manifest.yaml"
_ISSUE = {
    "fields": {"summary": "Late", "resolution": None, "status": {"name": "Open", "statusCategory": {"key": "new"}}}
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """One thing that is down, and how: a method of Slack's, a host's answer, a file's text."""

    what: str
    how: str


class Dark:
    """One company whose look-ups fail as a test says. Use it as a context manager."""

    def __init__(self, folder: Path, ministack: MiniStack) -> None:
        """Lay it out; nothing runs yet."""
        self._folder, self._aws = folder, ministack
        self._rules, self._people = folder / "rules.yaml", folder / "people.yaml"
        self._stack = ExitStack()
        self._nth = 0
        self._guard = threading.Lock()

    def __enter__(self) -> Self:
        """Start Slack, the tracker, the calendar, and Daypass."""
        crew = [f"U0P{number:03d}" for number in range(_CREW)]
        everybody = [*crew, *(f"U0Q{n}" for n in range(_TEAMS)), BOB, OLA]
        self.slack = BlockingSlack(
            manifest=yaml.safe_load(_MANIFEST.read_text(encoding="utf-8")),
            people=[
                Person(id=one, name=one.lower(), real_name=one, email=f"{one.lower()}@acme.example")
                for one in everybody
            ],
            groups=[UserGroup(id="S0CREW", handle="crew", name="Crew", users=crew)],
        ).start()
        self._stack.callback(self.slack.stop)
        self.tracker = self._stack.enter_context(hosting(_issue))
        self.calendar = self._stack.enter_context(hosting(_calendar))
        s3 = self._aws.root().client("s3")
        for bucket in ("people", "group", "ticket", "oncall"):
            s3.create_bucket(Bucket=f"acme-{bucket}")
        s3.close()
        iam = self._aws.root().client("iam")
        trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self._aws.account}:root"}, "Action": "sts:*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        iam.create_role(Path="/daypass/", RoleName="dark-broker", AssumeRolePolicyDocument=document)
        iam.close()
        service = Service(self._folder, self._settings())
        self._stack.callback(service.end)
        service.start()
        self.url = service.url
        database = databases.open(f"sqlite:///{self._folder / 'daypass.db'}", write_key(self._folder / "journal.key"))
        self._stack.callback(database.close)
        self.ledger = SqlLedger(database)
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        self._stack.close()

    def somebody(self) -> PrincipalId:
        """Somebody of the crew whom Daypass has not looked up yet."""
        with self._guard:
            self._nth += 1
            return PrincipalId(f"U0P{self._nth - 1:03d}")

    def client(self, who: PrincipalId) -> httpx2.Client:
        """Somebody's command line, which was logged in while Slack was there."""
        token, now = draw(Secret.LOGIN), datetime.now(UTC)
        login = Login(
            device_hash=digest(draw(Secret.DEVICE)),
            user_code="",
            client="a test",
            asked_at=now,
            expires_at=now + _HOUR,
            principal=who,
            token_hash=digest(token),
        )
        self._write(EntryKind.LOGIN_ISSUED, who, login)
        speaking = httpx2.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=30, limits=_NONE_KEPT
        )
        self._stack.callback(speaking.close)
        return speaking

    def granted(self, who: PrincipalId) -> GrantId:
        """Somebody has access to the people's reports, which Bob approved."""
        now, one = datetime.now(UTC).replace(microsecond=0), new_grant_id()
        asked = replace(self._asked(who, one, now).decided(RequestState.APPROVED))
        has = replace(
            grant(GrantState.ACTIVE, Lease(starts=now, ends=now + _HOUR)),
            id=one,
            principal=who,
            entitlement=asked.entitlement,
            delivery=Delivery.SESSION,
            aws=None,
            approved_at=now,
        )
        self._write(EntryKind.REQUEST_APPROVED, BOB, asked, has, subject=one)
        return one

    def waiting(self, who: PrincipalId, where: str = "acme-people/2026/") -> GrantId:
        """Somebody waits for Bob."""
        one = new_grant_id()
        self._write(EntryKind.REQUEST_FILED, who, self._asked(who, one, datetime.now(UTC), where), subject=one)
        return one

    def permitted(self, who: PrincipalId) -> GrantId:
        """Bob has approved something in advance."""
        now, one = datetime.now(UTC), new_grant_id()
        what = Entitlement(resource=parse_resource("acme-people/2026/"), levels=frozenset({Level.READ}))
        permit = Preapproval(
            id=one, by=BOB, principal=who, entitlement=what, length=_HOUR, starts=now, ends=now + _HOUR, at=now
        )
        self._write(EntryKind.PERMIT_GIVEN, BOB, permit)
        return one

    def away(self, who: PrincipalId) -> None:
        """Somebody is away."""
        now = datetime.now(UTC)
        self._write(EntryKind.ABSENCE_SAID, who, Absence(principal=who, until=now + _HOUR, delegate=BOB, at=now))

    def robot(self, owner: PrincipalId) -> str:
        """Somebody answers for a robot."""
        name = f"{owner.lower()}-bot"
        self._write(EntryKind.ROBOT_ADDED, owner, Bot(id=PrincipalId(f"bot:{name}"), owner=owner, at=datetime.now(UTC)))
        return name

    @contextmanager
    def down(self, down: Down) -> Iterator[None]:
        """Let something fail as long as the block lasts."""
        match down.what:
            case "tracker":
                self.tracker.answer = _failing(down.how)
            case "on-call schedule":
                self.calendar.answer = _failing(down.how)
            case "people file":
                self._people.write_text("groups: [", encoding="utf-8")
            case "rules":
                self._rules.write_text("rules: [", encoding="utf-8")
            case "AWS":
                self._aws.stop()  # for good, as what it held is gone with it: the last row
            case "nothing":
                pass
            case method:
                self.slack.faults.broken["*" if method == "Slack's API" else method] = BROKEN[down.how]
        try:
            yield
        finally:
            self.slack.faults.clear()
            self.tracker.answer, self.calendar.answer = _issue, _calendar
            self._rules.write_text(_rules(), encoding="utf-8")
            self._people.write_text(_PEOPLE, encoding="utf-8")

    def _asked(self, who: PrincipalId, one: GrantId, now: datetime, where: str = "acme-people/2026/") -> Request:
        what = Entitlement(resource=parse_resource(where), levels=frozenset({Level.READ}))
        return request(id=one, requestor=who, entitlement=what, delivery=Delivery.SESSION, filed_at=now, rule="people")

    def _write(self, kind: EntryKind, by: PrincipalId, *changes: Change, subject: GrantId | None = None) -> None:
        event = Event(kind=kind, at=datetime.now(UTC), actor=by, subject=subject)
        self.ledger.record(Fact(event=event, changes=changes, told=False))

    def _settings(self) -> Mapping[str, str]:
        self._rules.write_text(_rules(), encoding="utf-8")
        self._people.write_text(_PEOPLE, encoding="utf-8")
        schedules = self._folder / "schedules.yaml"
        named = [f"team-{n}: {{ical: {self.calendar.url}/{n}.ics, zone: UTC}}\n" for n in range(_TEAMS)]
        schedules.write_text("".join(named), encoding="utf-8")
        write_key(self._folder / "journal.key")
        return self._aws.root().environment() | {
            "DAYPASS_AWS_BROKER_ROLE": f"arn:aws:iam::{self._aws.account}:role/daypass/dark-broker",
            "DAYPASS_AWS_IDENTITY_TAGS": "false",
            "DAYPASS_STORE_URL": f"sqlite:///{self._folder / 'daypass.db'}",
            "DAYPASS_SLACK_BOT_TOKEN": self.slack.bot_token,
            "DAYPASS_SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "DAYPASS_SLACK_API_URL": self.slack.api_url,
            "DAYPASS_RULES_FILE": str(self._rules),
            "DAYPASS_PEOPLE_FILE": str(self._people),
            "DAYPASS_PEOPLE_SCHEDULES": str(schedules),
            "DAYPASS_PEOPLE_PATIENCE_S": "1",
            "DAYPASS_TICKETS_JIRA_URL": self.tracker.url,
            "DAYPASS_TICKETS_JIRA_TOKEN": "token-of-this-test",
            "DAYPASS_JOURNAL_KEY_FILE": str(self._folder / "journal.key"),
            "DAYPASS_JOURNAL_ORIGIN": SIGNER.name,
            "DAYPASS_JOURNAL_HEAD": str(self._folder / "journal.head"),
        }


BROKEN = {
    "time-out": Broken(hangs_s=11),
    "429": Broken(retry_after=1),
    "503": Broken(status=503),
    "unknown method": Broken(error="unknown_method"),
    "lacks user": Broken(without="user"),
    "lacks users": Broken(without="users"),
    "lacks usergroups": Broken(without="usergroups"),
    "lacks ts": Broken(without="ts"),
}
_PEOPLE = "groups: {}\n"


def _rules() -> str:
    return RULES.format() + "".join(_ON_CALL.format(n=n) for n in range(_TEAMS))


def _person(one: str) -> Person:
    return Person(id=one, name=one.lower(), real_name=one, email=f"{one.lower()}@acme.example")


def _issue(path: str) -> Reply:
    key = path.partition("?")[0].rpartition("/")[2]
    return 200, {"Content-Type": "application/json"}, json.dumps({"key": key, **_ISSUE}).encode()


def _calendar(path: str) -> Reply:
    today = datetime.now(UTC)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "BEGIN:VEVENT",
        "UID:1",
        f"DTSTART:{today - 5 * _HOUR:%Y%m%dT%H%M%SZ}",
        f"DTEND:{today + 5 * _HOUR:%Y%m%dT%H%M%SZ}",
        "SUMMARY:On call",
        f"ATTENDEE:mailto:u0q{path.strip('/').removesuffix('.ics')}@acme.example",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return 200, {"Content-Type": "text/calendar"}, "\r\n".join(lines).encode()


def _failing(how: str) -> Callable[[str], Reply]:
    def answer(_path: str) -> Reply:
        match how:
            case "time-out":
                time.sleep(2)
                return 503, {}, b""
            case "429":
                return 429, {"Retry-After": "1"}, b""
            case "503":
                return 503, {}, b""
            case _:
                return 200, {"Content-Type": "application/json"}, b"{}"

    return answer
