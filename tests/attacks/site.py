"""
A company with some checkout's Daypass in it, reached over the wire alone.

    an AWS (MiniStack) with everybody's own keys, a Slack, a database, and `daypass serve` as a process

Everything that is done or asked here goes through HTTP, Slack, the command line, SQL or AWS.
"""

import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar
from uuid import uuid4

import httpx2

from localslack import BlockingActor, BlockingSlack, Channel, Message, Person, UserGroup
from tests.attacks.account import BROKER, KEY, REPORTS, account, reads
from tests.attacks.checkout import Checkout, Ran
from tests.servers.ministack import MiniStack
from tests.servers.process import free_port, kill, start, stop

T = TypeVar("T")


def code_of(said: Mapping[str, Any]) -> str:
    """The word for programs in a refusal of the API; before it spoke RFC 9457, that stood in an `error`."""
    return str(said.get("error", said).get("code", ""))


ALICE, BOB, CAROL, DAVE, EVE = "U0ALICE", "U0BOB", "U0CAROL", "U0DAVE", "U0EVE"
FRED, PAT = "U0FRED", "U0PAT"
NAMES = {
    ALICE: "Alice Archer",
    BOB: "Bob Baker",
    CAROL: "Carol Clark",
    DAVE: "Dave Dunn",
    EVE: "Eve Evans",
    FRED: "Fred Frost",
    PAT: "Pat Partner",
}
CHANNEL, LEADS = "C0ACCESS", "S0LEADS"
_BOT = "U0DAYPASS"
RULES = """
version: 1
owners: {people: [U0BOB, U0CAROL]}
rules:
  - id: emergency
    who: {people: [U0ALICE, U0DAVE]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 30m, max: 2h}
    approve: at-once
    break_glass: {review: {people: [U0CAROL]}, within: 1d}
  - id: reports
    who: {people: [U0ALICE, U0DAVE, U0FRED, "bot:nightly"]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    reason: optional
    approve: {anyone_of: {people: [U0BOB, U0CAROL]}}
  - id: shared
    who: anyone
    may: [read]
    on: ["acme-shared/**"]
    for: {default: 1h, max: 8h}
    reason: optional
    approve: {anyone_of: {people: [U0BOB, U0CAROL]}}
  - id: tiny
    who: {people: [U0ALICE, U0DAVE]}
    may: [read]
    on: ["acme-tiny/**"]
    for: {default: 1h, max: 8h}
    reason: optional
    approve: at-once
"""


def wait_for(question: Callable[[], T], *, within_s: float = 20.0, what: str = "it") -> T:
    """Ask until something true comes back; fails when nothing does."""
    deadline = time.monotonic() + within_s
    while not (answer := question()):
        assert time.monotonic() < deadline, f"{what} did not come within {within_s:.0f} s"
        time.sleep(0.05)
    return answer


def never(question: Callable[[], object], *, for_s: float, what: str) -> None:
    """Ask again and again for a while; fails when anything true comes back."""
    until = time.monotonic() + for_s
    while time.monotonic() < until:
        assert not question(), what
        time.sleep(0.2)


def wait_until_ended(site: "Site", who: str, grant: str) -> None:
    """Wait until the journal says that a grant has ended."""
    wait_for(lambda: site.state(who, grant) == "ended", within_s=40, what="the end")


class Site:
    """One company. Use it as a context manager; `proxied` is where its Daypass finds AWS, if not AWS itself."""

    def __init__(
        self,
        directory: Path,
        checkout: Checkout,
        *,
        aws: MiniStack,
        rules: str = RULES,
        settings: Mapping[str, str] | None = None,
        people: Mapping[str, str] | None = None,
        store_url: str = "",
        aws_url: str = "",
        slack_url: str = "",
        port: int = 0,
        before_serving: Callable[["Site"], None] = lambda _: None,
        log_to: str = "",
        must_start: bool = True,
    ) -> None:
        """Lay everything out; nothing runs yet."""
        self.directory, self.checkout, self.aws = directory, checkout, aws
        self.people = dict(people or NAMES)
        self.store_url = store_url or f"sqlite:///{directory / 'daypass.db'}"
        self.settings = dict(settings or {})
        self.aws_url, self.slack_url = aws_url or aws.endpoint, slack_url
        self._before_serving, self._log_to, self._must_start = before_serving, log_to, must_start
        self.port = port or free_port()
        self.log = directory / "daypass.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._tokens: dict[str, str] = {}
        self._stack = ExitStack()
        self.set_rules(rules)

    def __enter__(self) -> Self:
        """Start everything."""
        found = account(self.aws, self.people)
        self.keys, self.own = found.keys, found.own
        everybody = [Person(id=one, name=name.split()[0].lower(), real_name=name) for one, name in self.people.items()]
        self.slack = self._stack.enter_context(
            BlockingSlack(
                manifest=self.checkout.manifest,
                people=everybody,
                channels=[Channel(id=CHANNEL, name="access", members={*self.people, _BOT})],
                groups=[UserGroup(id=LEADS, handle="leads", name="Leads", users=[BOB, CAROL])],
                socket_mode=False,
                request_url=f"{self.url}/slack/events",
            )
        )
        self.http = self._stack.enter_context(httpx2.Client(base_url=self.url, timeout=60, verify=False))
        self._before_serving(self)
        self.serve()
        return self

    def __exit__(self, *_: object) -> None:
        """End everything."""
        if self.process is not None:
            stop(self.process, patience=5)
        self._stack.close()

    @property
    def url(self) -> str:
        """Where Daypass answers."""
        return f"http://127.0.0.1:{self.port}"

    # Processes -----------------------------------------------------------------------------------

    def serve(self, **settings: str) -> None:
        """Start the service, and wait until it answers."""
        command = ["sh", "-c", self._log_to, str(self.directory), *self.checkout.command("serve")]
        command = command if self._log_to else command[4:]
        self.process = start(command, environment=self.environ(**settings), log=self.log)
        wait_for(self.healthy_or_dead, within_s=180, what="the service")
        assert self.process.poll() is None or not self._must_start, self.logged()[-3000:]

    def healthy_or_dead(self) -> bool:
        """Whether the service answers anything, or has ended."""
        assert self.process is not None
        return self.process.poll() is not None or self.health() > 0

    def health(self) -> int:
        """What `/healthz` answers; 0 while nothing does."""
        try:
            return int(self.http.get("/healthz", timeout=5).status_code)
        except httpx2.HTTPError:
            return 0

    def is_well(self) -> bool:
        """Whether `/healthz` finds nothing wrong with any part of the service."""
        answer = self.http.get("/healthz")
        return answer.status_code == httpx2.codes.OK and set(answer.json().values()) == {"ok"}

    def end(self) -> None:
        """Ask the service to end."""
        assert self.process is not None
        stop(self.process, patience=10)

    def kill(self) -> None:
        """End the service as a power cut would."""
        assert self.process is not None
        kill(self.process)

    def signal(self, number: signal.Signals) -> None:
        """Send the service a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def environ(self, **settings: str) -> dict[str, str]:
        """All of the environment in which Daypass itself runs."""
        wanted = {
            "DAYPASS_SERVICE_PORT": str(self.port),
            "DAYPASS_STORE_URL": self.store_url,
            "DAYPASS_SLACK_BOT_TOKEN": self.slack.bot_token,
            "DAYPASS_SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "DAYPASS_SLACK_API_URL": self.slack_url or self.slack.api_url,
            "DAYPASS_SLACK_CHANNEL": CHANNEL,
            "DAYPASS_AWS_BROKER_ROLE": BROKER,
            "DAYPASS_RULES_FILE": str(self.directory / "rules.yaml"),
            "DAYPASS_JOURNAL_KEY_FILE": str(self.directory / "journal.key"),
            "DAYPASS_JOURNAL_ORIGIN": "daypass.example",
            **self.settings,
            **settings,
        }
        own = self.own.environment() | {"AWS_ENDPOINT_URL": self.aws_url, "HOME": str(self.directory)}
        return self.checkout.environment | own | self.checkout.known(wanted)

    def operator(self, *words: str, **settings: str) -> Ran:
        """Run a command as the service's own user."""
        return self.checkout.run(*words, environ=self.environ(**settings))

    def logged(self) -> str:
        """All that the service has written."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def set_rules(self, text: str) -> None:
        """Write the rules that are in force from then on."""
        (self.directory / "rules.yaml").write_text(text, encoding="utf-8")

    # The API -------------------------------------------------------------------------------------

    def token(self, who: str) -> str:
        """Somebody's login, confirmed in Slack; made once."""
        if who not in self._tokens:
            begun = self.http.post("/v1/login/device", json={"client": "laptop"}).json()
            self.click_new(
                who, lambda person: person.command("/daypass", f"login {begun['user_code']}"), "login.confirm"
            )
            found = wait_for(lambda: self._collected(begun["device_code"]), what="the login")
            self._tokens[who] = found
        return self._tokens[who]

    def _collected(self, device_code: str) -> str:
        answer = self.http.post("/v1/login/token", json={"device_code": device_code})
        if code_of(answer.json()) in {"slow_down", "authorization_pending"}:
            time.sleep(2.5)  # whoever asks sooner is told to slow down, again and again
        return str(answer.json().get("access_token", ""))

    def call(
        self, who: str, path: str, body: Any = None, *, method: str = "", token: str = "", key: str = ""
    ) -> httpx2.Response:
        """Ask the API as somebody: POST with a body, else GET; with a `key` that says that it is another ask."""
        how = method or ("GET" if body is None else "POST")
        headers = {"Authorization": f"Bearer {token or self.token(who)}", **({"Idempotency-Key": key} if key else {})}
        return self.http.request(how, path, json=body, headers=headers)

    def ask(self, who: str, *, resource: str = f"{REPORTS}/2026/", level: str = "read", **fields: Any) -> str:
        """File a request; returns its id."""
        wish = {"level": level, "resource": resource, **_named(fields)}
        answer = self.call(who, "/v1/requests", wish, key=uuid4().hex)
        assert answer.status_code == httpx2.codes.CREATED, answer.text
        return str(answer.json()["id"])

    def approve(self, who: str, request_id: str, **fields: Any) -> httpx2.Response:
        """Approve a request."""
        body = self.checkout.as_requested | _named(fields)
        return self.call(who, f"/v1/requests/{request_id}/approve", body)

    def live(self, who: str = ALICE, *, by: str = BOB, **fields: Any) -> str:
        """Ask, have it approved, wait until it is active; returns the id."""
        request_id = self.ask(who, **fields)
        if self.request(who, request_id)["request"]["state"] == "pending":
            assert self.approve(by, request_id).status_code == httpx2.codes.OK
        wait_for(lambda: self.state(who, request_id) == "active", what="an active grant")
        return request_id

    def request(self, who: str, request_id: str) -> dict[str, Any]:
        """What the API shows somebody of a request."""
        answer = self.call(who, f"/v1/requests/{request_id}")
        assert answer.status_code == httpx2.codes.OK, answer.text
        return dict(answer.json())

    def grant(self, who: str, request_id: str) -> dict[str, Any]:
        """The grant of a request; empty before there is one."""
        return dict(self.request(who, request_id)["grant"] or {})

    def state(self, who: str, request_id: str) -> str:
        """Where a grant is in its life."""
        return str(self.grant(who, request_id).get("state", ""))

    def story(self, who: str, request_id: str) -> list[dict[str, Any]]:
        """What the journal has of a request."""
        return list(self.request(who, request_id)["story"])

    def export(self, who: str = BOB) -> bytes:
        """The journal's export, once everything in it is under a checkpoint."""
        wait_for(lambda: self.sql("select count(*) from journal where leaf_index is null") == [(0,)], what="the fold")
        answer = self.call(who, "/v1/journal/export")
        assert answer.status_code == httpx2.codes.OK, answer.text
        return bytes(answer.content)

    def verify(self, export: bytes, vkey: str = "") -> Ran:
        """Run `daypass verify` on an export, with the public key alone."""
        file = self.directory / f"{uuid4().hex}.jsonl"
        file.write_bytes(export)
        home = self.home(BOB)
        known = vkey or self.vkey()
        return self.checkout.run("verify", str(file), "--key", known, environ={"HOME": home})

    def vkey(self) -> str:
        """The journal's public key."""
        return str(self.call(BOB, "/v1/journal/key").json()["public_key"])

    # Slack ---------------------------------------------------------------------------------------

    def person(self, who: str) -> BlockingActor:
        """Somebody's hands and eyes in Slack."""
        return self.slack.person(who)

    def says(self, who: str, text: str) -> str:
        """Type `/daypass` and this; returns what this person alone is shown."""
        known = {message.ts for message in self.person(who).ephemerals()}
        self.person(who).command("/daypass", text, channel=CHANNEL)

        def shown() -> str:
            fresh = [one.visible_text for one in self.person(who).ephemerals() if one.ts not in known]
            return "\n".join(fresh)

        return wait_for(shown, what=f"an answer to {text!r}")

    def click_new(self, who: str, act: Callable[[BlockingActor], object], button: str) -> Message:
        """Let somebody do something, and press a button of what is then shown to them alone."""
        shown = self.shown(who, act)
        self.person(who).click(shown, button)
        return shown

    def shown(self, who: str, act: Callable[[BlockingActor], object]) -> Message:
        """Let somebody do something, and return what is then shown to them alone."""
        person = self.person(who)
        known = {message.ts for message in person.ephemerals()}
        act(person)
        return wait_for(lambda: [one for one in person.ephemerals() if one.ts not in known], what="a message")[-1]

    def question(self, request_id: str, *, by: str = BOB) -> Message:
        """The approvers' message about a request."""
        return self.person(by).wait_for_message(request_id, channel=CHANNEL, within=20)

    # The command line ----------------------------------------------------------------------------

    def home(self, who: str) -> str:
        """Somebody's home directory."""
        home = self.directory / "home" / who
        home.mkdir(parents=True, exist_ok=True)
        return str(home)

    def run(self, who: str, *words: str) -> Ran:
        """Run `daypass` as somebody who is logged in."""
        environ = {"HOME": self.home(who), "DAYPASS_URL": self.url, "DAYPASS_TOKEN": self.token(who)}
        return self.checkout.run(*words, environ=environ)

    # The database --------------------------------------------------------------------------------

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement on the SQLite file as somebody who may write it; returns its rows."""
        with closing(sqlite3.connect(self.store_url.removeprefix("sqlite:///"), timeout=30)) as database, database:
            return list(database.execute(statement, values))

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        return [row[1] for row in self.sql(f"pragma table_info({table})")]

    def drop_triggers(self) -> None:
        """Remove what keeps rows of the journal from being edited."""
        for (name,) in self.sql("select name from sqlite_master where type = 'trigger'"):
            self.sql(f"drop trigger {name}")

    # AWS -----------------------------------------------------------------------------------------

    def reads(self, who: str, bucket: str = REPORTS, key: str = KEY) -> bool:
        """Whether somebody's own keys read an object at this second."""
        return reads(self.keys[who], bucket, key)

    def policies(self, who: str) -> list[str]:
        """The names of the policies on somebody's user."""
        iam, name = self.aws.root().client("iam"), self.keys[who].user_name
        names = list(iam.list_user_policies(UserName=name)["PolicyNames"])
        return names + [one["PolicyName"] for one in iam.list_attached_user_policies(UserName=name)["AttachedPolicies"]]

    def denies(self) -> list[str]:
        """The names of the policies on the role of sessions, but for the one that it came with."""
        names = self.aws.root().client("iam").list_role_policies(RoleName=BROKER.rpartition("/")[2])["PolicyNames"]
        return [name for name in names if name != "everything"]


def moment(text: str) -> datetime:
    """Read a time of the API's."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _named(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Python's name for a field that is called like a word of Python's."""
    return {name.rstrip("_"): value for name, value in fields.items()}
