"""A house whose rules have owners, on a database of each kind in turn."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from daypass.lifecycle.ruling.decide_change import approve_change, deny_change, find_change, withdraw_change
from daypass.lifecycle.ruling.propose import propose
from daypass.model.event import Event, Kind
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.model.ruling import RulesChange, RulesVersion
from daypass.store import database as databases
from daypass.store.codec import read_event
from daypass.store.database import Database
from daypass.store.ledger import SqlLedger
from daypass.store.rules_file import RulesFile
from daypass.store.rules_in_force import RulesInForce
from daypass.store.tables import journal
from tests.hands import HandClock, HandDirectory
from tests.keys import SIGNER
from tests.makers import ANN, BOB, principal

CARL = PrincipalId("U0CARL")

HEAD = "version: 1\nowners: {people: [U0ANN, U0BOB, U0CARL]}\n"
RULES = (
    HEAD
    + """rules:
  - id: reports
    who: {people: [U0ANN]}
    may: [read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB]}}
"""
)
LONGER = RULES.replace("max: 8h", "max: 12h")
SHORTER = RULES.replace("max: 8h", "max: 2h")


@dataclass
class Ruled:
    """What a test of the rules' own life moves."""

    url: str
    file: Path
    ledger: SqlLedger
    directory: HandDirectory
    clock: HandClock
    rules: RulesInForce
    opened: list[Database] = field(default_factory=list)

    def replica(self) -> RulesInForce:
        """Another process on the same database, with the same file."""
        opened = databases.open(self.url, SIGNER)
        self.opened.append(opened)
        return RulesInForce(SqlLedger(opened), RulesFile(self.file))

    def propose(
        self,
        text: str = LONGER,
        *,
        by: PrincipalId = ANN,
        base: int | None = None,
        note: str = "",
        shadow: timedelta | None = None,
        key: str = "",
    ) -> RulesChange:
        """Ann, or whom the test names, proposes another text of the version in force."""
        return propose(
            text,
            by=by,
            base=self.rules.version(self.clock()).number if base is None else base,
            note=note,
            shadow=shadow,
            rules=self.rules,
            directory=self.directory,
            ledger=self.ledger,
            now=self.clock(),
            key=key,
        )

    def approve(self, change: RulesChange, by: PrincipalId = BOB) -> RulesVersion:
        """Bob, or whom the test names, approves a change."""
        return approve_change(
            change.id, by=by, rules=self.rules, directory=self.directory, ledger=self.ledger, now=self.clock()
        )

    def deny(self, change: RulesChange, by: PrincipalId = BOB) -> RulesChange:
        """Bob, or whom the test names, denies a change."""
        return deny_change(
            change.id,
            by=by,
            reason="not now",
            rules=self.rules,
            directory=self.directory,
            ledger=self.ledger,
            now=self.clock(),
        )

    def withdraw(self, change: RulesChange, by: PrincipalId = ANN) -> RulesChange:
        """Ann, or whom the test names, takes a change back."""
        return withdraw_change(change.id, by=by, ledger=self.ledger, now=self.clock())

    def now(self, change: RulesChange) -> RulesChange:
        """Read a change as it stands now."""
        return find_change(change.id, self.ledger)

    def told(self, subject: GrantId) -> list[Kind]:
        """What the journal has of a change, in order."""
        return [event.kind for event in self.ledger.story(subject)]

    def entries(self, kind: Kind) -> list[Event]:
        """Every entry of a kind in the whole journal."""
        with self.ledger._database.reading() as connection:
            rows = connection.execute(select(journal.c.entry).order_by(journal.c.id)).scalars().all()
        return [event for row in rows if (event := read_event("journal", row)).kind is kind]

    def longest(self) -> timedelta:
        """How long the first rule in force lends."""
        [rule] = self.rules().rules
        return rule.longest  # type: ignore[union-attr]  # it allows

    def change(self, who: PrincipalId, **changes: object) -> None:
        """Change what the directory says of somebody."""
        self.directory.people[who] = replace(self.directory.people[who], **changes)  # type: ignore[arg-type]


@pytest.fixture
def ruled(database_url: str, tmp_path: Path) -> Iterator[Ruled]:
    """Open the house at noon, with its rules in the file."""
    database = databases.open(database_url, SIGNER)
    database.migrate()
    file = tmp_path / "rules.yaml"
    file.write_text(RULES)
    ledger, directory = SqlLedger(database), HandDirectory()
    directory.people[CARL] = principal(CARL, None)
    rules = RulesInForce(ledger, RulesFile(file))
    ruled = Ruled(
        url=database_url,
        file=file,
        ledger=ledger,
        directory=directory,
        clock=HandClock(),
        rules=rules,
        opened=[database],
    )
    yield ruled
    for each in ruled.opened:
        each.close()
