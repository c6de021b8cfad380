"""
The whole of Daypass as people meet it: its processes, a Slack on the wire, an AWS, and everybody's own command line.

Nothing is reached past a door but the ledger's file, which is read to know what was promised.
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml

from daypass.journal.verify import verify
from daypass.model.grant import GrantId, GrantState
from daypass.model.lease import Lease
from daypass.model.principal import AwsIdentity, PrincipalId
from daypass.store import database as databases
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from localslack import BlockingActor, BlockingSlack, Channel, Message, Person, UserGroup
from tests.deliveries.world import INSIDE, World
from tests.e2e.holds import Credentials, Url
from tests.e2e.service import CHANNEL, PROGRAM, Service, settings
from tests.keys import SIGNER
from tests.servers.keys import Keys

T = TypeVar("T")

ANN, SUE, LIN, BOB, EVE = "U0ANN", "U0SUE", "U0LIN", "U0BOB", "U0EVE"
CLAIMS_LAPSE_S = 120.0
"""What was being done at the moment of a kill, the dead process still claims: a step for 60 s, a message for 90 s."""
LEADS = "S0LEADS"
_NAMES = {ANN: "Ann Lee", SUE: "Sue Kim", LIN: "Lin Roy", BOB: "Bob Ray", EVE: "Eve Poe"}
_BOT = "U0DAYPASS"
RULES = """
version: 1
limits: {{pending: 1000, live: 1000}}
rules:
  - id: reports
    who: {{people: [U0ANN, U0SUE, U0LIN]}}
    may: [list, read]
    on: ["{bucket}/**"]
    for: {{default: 1h, max: 8h}}
    delivery: [session, policy, link]
    approve: {{anyone_of: {{slack_groups: [S0LEADS]}}}}
"""
_MANIFEST = Path(__file__).parents[2] / "slack-manifest.yaml"


def wait_for(question: Callable[[], T | None], *, within_s: float = 20.0) -> T:
    """Ask until something true comes back; fails when nothing does."""
    deadline = time.monotonic() + within_s
    while not (answer := question()):
        assert time.monotonic() < deadline, f"it did not come within {within_s:.0f} s"
        time.sleep(0.05)
    return answer


class House:
    """
    One company with Daypass in it. Use it as a context manager.

    Ann, Sue and Lin may ask to read the bucket; Bob and Sue are the leads who decide; Eve is in no rule. Ann's AWS
    identity is a user on MiniStack and a role on Ceph, whose users IAM calls by another name than AWS does.
    """

    def __init__(
        self,
        world: World,
        directory: Path,
        *,
        store_url: str = "",
        socket_mode: bool = False,
        workers: int = 0,
        rules: str = RULES,
    ) -> None:
        """Lay everything out; nothing runs yet. `store_url` is a SQLite file here, unless it is given."""
        self.world = world
        self._rules = rules.format(bucket=world.bucket)
        self.directory = directory
        self.store_url = store_url or f"sqlite:///{directory / 'daypass.db'}"
        self.keys, self.identities = self._hire()
        self.slack = BlockingSlack(
            manifest=yaml.safe_load(_MANIFEST.read_text(encoding="utf-8")),
            socket_mode=socket_mode,
            people=[Person(id=one, name=name.split()[0].lower(), real_name=name) for one, name in _NAMES.items()],
            channels=[Channel(id=CHANNEL, name="access", members={*_NAMES, _BOT})],
            groups=[UserGroup(id=LEADS, handle="leads", name="Leads", users=[BOB, SUE])],
        ).start()
        self.service = Service(directory, self._settings(socket_mode=socket_mode), workers=workers)
        self.slack.connect_app(f"{self.service.url}/slack/events")
        self._database = databases.open(self.store_url, SIGNER)
        self.ledger = SqlLedger(self._database)
        self._logged_in: set[str] = set()

    def __enter__(self) -> Self:
        """Start Daypass."""
        self.service.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it, and Slack."""
        self.service.end()
        self.slack.stop()
        self._database.close()

    # What people do in Slack ---------------------------------------------------------------------

    def person(self, person_id: str) -> BlockingActor:
        """Somebody's hands and eyes in Slack."""
        return self.slack.person(person_id)

    def ask(self, person_id: str, *, for_: str, delivery: str, place: str = "2026/") -> GrantId:
        """Type the command; returns the id of the request, and so of the grant, once it is filed."""
        who = PrincipalId(person_id)
        before = {one.id for one in self.ledger.requests(requestor=who)}
        said = f's3 read {self.world.bucket}/{place} --for {for_} --as {delivery} --reason "INC-42"'
        self.person(person_id).command("/daypass", f"request {said} --again")
        filed = wait_for(lambda: [one for one in self.ledger.requests(requestor=who) if one.id not in before])
        return filed[0].id

    def question(self, request_id: GrantId) -> Message:
        """The approvers' message in the channel."""
        return self.person(BOB).wait_for_message(request_id, channel=CHANNEL, within=20)

    def approve(self, request_id: GrantId, by: str = BOB) -> None:
        """Click Approve."""
        self.person(by).click(self.question(request_id), "review.approve")

    def told(self, person_id: str, request_id: GrantId, words: str, *, within_s: float = 20.0) -> Message:
        """Wait for a direct message about this request that says these words."""
        person = self.person(person_id)

        def found() -> Message | None:
            about = [one for one in person.messages() if request_id in str(one.blocks)]
            return next((one for one in about if words in one.visible_text), None)

        return wait_for(found, within_s=within_s)

    def lent(self, person_id: str, *, for_: str, delivery: str, place: str = "2026/") -> GrantId:
        """Ask, let Bob approve, wait until the person is told that it is live."""
        grant_id = self.ask(person_id, for_=for_, delivery=delivery, place=place)
        self.approve(grant_id)
        self.told(person_id, grant_id, "*Live*")
        return grant_id

    # What people do on their command line --------------------------------------------------------

    def log_in(self, person_id: str) -> None:
        """Run `daypass login` and confirm the code in Slack; once is enough."""
        if person_id in self._logged_in:
            return
        self._logged_in.add(person_id)
        person = self.person(person_id)
        known = {one.ts for one in person.ephemerals()}
        with self._started(person_id, "login") as waiting:
            assert waiting.stdout is not None
            said = re.search(r"/daypass (login [A-Z-]+)", waiting.stdout.readline())
            assert said
            person.command("/daypass", said.group(1))
            shown = wait_for(lambda: [one for one in person.ephemerals() if one.ts not in known])
            person.click(shown[-1], "login.confirm")
            assert waiting.wait(30) == 0, waiting.stdout.read()

    def run(self, person_id: str, *words: str) -> tuple[int, str]:
        """Run `daypass` as somebody; returns its exit code and what it said."""
        with self._started(person_id, *words) as started:
            said, _ = started.communicate(timeout=60)
        return started.returncode, said

    def credentials(self, person_id: str, grant_id: GrantId) -> Credentials:
        """What `daypass credentials` hands out."""
        self.log_in(person_id)
        code, said = self.run(person_id, "credentials", grant_id)
        assert code == 0, said
        given = json.loads(said)
        return Credentials(self.world.keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]))

    def presigned(self, person_id: str, grant_id: GrantId, key: str = INSIDE) -> Url:
        """What `daypass link --get` hands out."""
        self.log_in(person_id)
        code, said = self.run(person_id, "link", grant_id, key, "--get")
        assert code == 0, said
        return Url(said.strip())

    def link(self, person_id: str, grant_id: GrantId, key: str = INSIDE) -> str:
        """The Daypass link that `daypass link` makes."""
        self.log_in(person_id)
        code, said = self.run(person_id, "link", grant_id, key)
        assert code == 0, said
        return said.strip()

    # What stands, and what is written ------------------------------------------------------------

    def state(self, grant_id: GrantId) -> GrantState | None:
        """Where the ledger has a grant; None before it was approved."""
        return next((one.state for one in self.ledger.grants(ids=[grant_id])), None)

    def lease(self, grant_id: GrantId) -> Lease:
        """From when to when it was promised."""
        lease = self.ledger.grant(grant_id).lease
        assert lease is not None
        return lease

    def wait_until_ended(self, grant_id: GrantId, *, within_s: float = 20.0) -> None:
        """Wait until the ledger says that nothing of it stands."""
        wait_for(lambda: self.state(grant_id) is GrantState.ENDED, within_s=within_s)

    def standing(self, grant_id: GrantId) -> list[str]:
        """What carries the grant's mark in AWS, denies included, asked of AWS by its root."""
        iam, ann = self.world.root.client("iam"), self.identities[ANN]
        broker = self.world.setup.broker_arn.rpartition("/")[2]
        names = iam.list_role_policies(RoleName=broker)["PolicyNames"]
        if ann.kind == "role":
            names += iam.list_role_policies(RoleName=ann.name)["PolicyNames"]
        else:
            names += iam.list_user_policies(UserName=ann.name)["PolicyNames"]
            names += [one["PolicyName"] for one in iam.list_policies(Scope="Local")["Policies"]]
        return [name for name in names if grant_id in name]

    def verdict(self) -> str:
        """What the journal's file proves with the public key alone, once every entry has its place in the tree."""
        book = SqlBook(self._database)
        wait_for(lambda: book.waiting() == 0)
        verdict = verify(BytesIO(b"".join(book.export())), self._database.signer.public)
        return verdict.sentence

    # How it is laid out --------------------------------------------------------------------------

    def _hire(self) -> tuple[dict[str, Keys], dict[str, AwsIdentity]]:
        hired = {one: self.world.person(name.split()[0].lower()) for one, name in _NAMES.items()}
        if self.world.ceph:
            hired[ANN] = self.world.person_in_role()
        return {one: keys for one, (keys, _) in hired.items()}, {one: aws for one, (_, aws) in hired.items()}

    def _settings(self, *, socket_mode: bool) -> dict[str, str]:
        people = self.directory / "people.yaml"
        lines = [f"{one}: {aws.arn}\n" for one, aws in self.identities.items() if one != EVE]
        people.write_text("".join(lines), encoding="utf-8")
        told = settings(self.world, self.slack, self.directory, store_url=self.store_url, rules=self._rules)
        if socket_mode:
            del told["DAYPASS_SLACK_SIGNING_SECRET"]
            told["DAYPASS_SLACK_APP_TOKEN"] = self.slack.app_token
        return told | {"DAYPASS_RULES_PEOPLE": str(people)}

    def _started(self, person_id: str, *words: str) -> "subprocess.Popen[str]":
        home = self.directory / "home" / person_id
        home.mkdir(parents=True, exist_ok=True)
        environment: dict[str, Any] = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "DAYPASS_URL": self.service.url,
        }
        return subprocess.Popen(
            [PROGRAM, *words],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
