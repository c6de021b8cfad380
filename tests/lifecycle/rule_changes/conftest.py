"""A house whose rules have owners, on a database of each kind in turn."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.lifecycle.rule_changes.decide import approve_change, deny_change, find_change, withdraw_change
from daypass.lifecycle.rule_changes.propose import Proposal, propose
from daypass.model.event import EntryKind, Event
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.model.rule_change import RulesChange, RulesVersion
from daypass.store.rules_file import RulesFile
from daypass.store.rules_in_force import RulesInForce
from tests.builder import Daypass
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


class Ruled(Daypass):
    """What a test of the rules' own life moves."""

    def __init__(self, url: str, file: Path) -> None:
        """Open the house at noon, with its rules in the file."""
        self.file = file
        super().__init__(url, rules=file)
        self.directory.people[CARL] = principal(CARL, None)
        self.rules = RulesInForce(self.ledger, RulesFile(file))

    def replica(self) -> RulesInForce:
        """Another process on the same database, with the same file."""
        return RulesInForce(self.open_again().ledger, RulesFile(self.file))

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
        proposal = Proposal(
            text=text,
            base=self.rules.version(self.clock()).number if base is None else base,
            note=note,
            shadow=shadow,
            key=key,
        )
        return propose(proposal, by=by, judge=self.judge, now=self.clock())

    def approve(self, change: RulesChange, by: PrincipalId = BOB) -> RulesVersion:
        """Bob, or whom the test names, approves a change."""
        return approve_change(change.id, by=by, judge=self.judge, now=self.clock())

    def deny(self, change: RulesChange, by: PrincipalId = BOB) -> RulesChange:
        """Bob, or whom the test names, denies a change."""
        return deny_change(change.id, by=by, reason="not now", enders=self.enders, now=self.clock())

    def withdraw(self, change: RulesChange, by: PrincipalId = ANN) -> RulesChange:
        """Ann, or whom the test names, takes a change back."""
        return withdraw_change(change.id, by=by, ledger=self.ledger, now=self.clock())

    def now(self, change: RulesChange) -> RulesChange:
        """Read a change as it stands now."""
        return find_change(change.id, self.ledger)

    def kinds(self, subject: GrantId) -> list[EntryKind]:
        """What the journal has of a change, in order."""
        return [event.kind for event in self.ledger.story(subject)]

    def entries(self, kind: EntryKind) -> list[Event]:
        """Every entry of a kind in the whole journal."""
        return [event for event in self.journal() if event.kind is kind]

    def longest(self) -> timedelta:
        """How long the first rule in force lends."""
        [rule] = self.rules().rules
        return rule.longest  # type: ignore[union-attr]  # it allows

    def change(self, who: PrincipalId, **changes: object) -> None:
        """Change what the directory says of somebody."""
        self.directory.change(who, **changes)


@pytest.fixture
def ruled(database_url: str, tmp_path: Path) -> Iterator[Ruled]:
    """Open the house at noon, with its rules in the file."""
    file = tmp_path / "rules.yaml"
    file.write_text(RULES)
    ruled = Ruled(database_url, file)
    yield ruled
    ruled.end()
