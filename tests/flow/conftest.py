"""The house as the flow tests walk through it: real ledger, real rules, a rim moved by hand."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.lifecycle.review import approve, deny
from daypass.lifecycle.submit import submit
from daypass.model.event import Event
from daypass.model.grant import Delivery, Grant, GrantId
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId
from daypass.model.request import Ask, Request
from daypass.reconcile.loop import Loop
from daypass.rules.document import RuleBook, parse
from daypass.store import database as databases
from daypass.store.database import Database
from daypass.store.ledger import SqlLedger
from daypass.store.outbox import SqlOutbox
from daypass.store.queue import SqlQueue
from tests.hands import HandAws, HandClock, HandDirectory, HandVendor
from tests.keys import SIGNER
from tests.makers import ANN, BOB, HOUR, READ_REPORTS, RULES


@dataclass
class Walk:
    """One house and the people who walk through it."""

    database: Database
    ledger: SqlLedger
    queue: SqlQueue
    outbox: SqlOutbox
    clock: HandClock
    directory: HandDirectory
    aws: HandAws
    vendor: HandVendor
    rules: RuleBook

    @property
    def loop(self) -> Loop:
        """A worker, started anew at each look: it remembers nothing."""
        everything = dict.fromkeys(Delivery, self.aws)
        return Loop(ledger=self.ledger, queue=self.queue, provisioners=everything, clock=self.clock)

    def ask(self, **changes: object) -> Request:
        """Ann asks for an hour of the reports, or what the test changes of that."""
        ask = Ask(
            requestor=ANN,
            entitlement=READ_REPORTS,
            term=Term(length=HOUR),
            delivery=Delivery.POLICY,
            reason="INC-42",
        )
        return submit(
            replace(ask, **changes),  # type: ignore[arg-type]  # any field of the ask
            rules=self.rules,
            directory=self.directory,
            provisioner=self.aws,
            ledger=self.ledger,
            now=self.clock(),
        )

    def approve(self, request_id: GrantId, by: PrincipalId = BOB, length: timedelta | None = None) -> Grant:
        """Bob, or whom the test names, clicks Approve, and that is enough."""
        grant = self.click(request_id, by, length)
        assert grant is not None
        return grant

    def click(self, request_id: GrantId, by: PrincipalId = BOB, length: timedelta | None = None) -> Grant | None:
        """Bob, or whom the test names, clicks Approve; None while others must too."""
        return approve(
            request_id,
            by=by,
            length=length,
            rules=self.rules,
            directory=self.directory,
            provisioner=self.aws,
            ledger=self.ledger,
            now=self.clock(),
        )

    def deny(self, request_id: GrantId, by: PrincipalId = BOB) -> Request:
        """Bob, or whom the test names, clicks Deny."""
        return deny(
            request_id,
            by=by,
            reason="not now",
            rules=self.rules,
            directory=self.directory,
            ledger=self.ledger,
            now=self.clock(),
        )

    def active(self, **changes: object) -> Grant:
        """Ann has it: asked, approved, in AWS."""
        grant = self.approve(self.ask(**changes).id)
        self.loop.run_until_idle()
        return self.ledger.grant(grant.id)

    def change_rules(self, old: str, new: str) -> None:
        """Somebody edits the rules."""
        assert old in RULES
        self.rules = parse(RULES.replace(old, new), name="rules.yaml")

    def story(self, subject: GrantId) -> list[Event]:
        """What the journal says of a request and its grant."""
        return self.ledger.story(subject)


@pytest.fixture
def walk(tmp_path: Path) -> Walk:
    """Build the house at noon."""
    database = databases.open(f"sqlite:///{tmp_path / 'daypass.db'}", SIGNER)
    database.migrate()
    return Walk(
        database=database,
        ledger=SqlLedger(database),
        queue=SqlQueue(database),
        outbox=SqlOutbox(database),
        clock=HandClock(),
        directory=HandDirectory(),
        aws=HandAws(),
        vendor=HandVendor(),
        rules=parse(RULES, name="rules.yaml"),
    )
