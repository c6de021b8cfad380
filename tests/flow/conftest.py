"""The house as the flow tests walk through it: real ledger, real rules, a rim moved by hand."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.lifecycle.approval.decide import approve, deny
from daypass.lifecycle.end.end import drop
from daypass.lifecycle.extend import MoreTime, extend
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.preapprovals import InAdvance, allow
from daypass.lifecycle.submit import submit
from daypass.model.grant import Delivery, Grant, GrantId
from daypass.model.lease import Term
from daypass.model.preapproval import Preapproval
from daypass.model.principal import PrincipalId
from daypass.model.request import Ask, Request, Wish
from daypass.rules.load.read import RuleBook, parse
from tests.builder import Daypass, sqlite
from tests.makers import ANN, BOB, HOUR, READ_REPORTS, RULES, changed


class Walk(Daypass):
    """One house and the people who walk through it."""

    def __init__(self, url: str) -> None:
        """Build the house at noon."""
        super().__init__(url, rules=lambda: self.rules)
        self.rules: RuleBook = parse(RULES, name="rules.yaml")

    @property
    def judge(self) -> Judge:
        """Who decides; whether what is asked for is there is looked at elsewhere."""
        return replace(super().judge, inventory=None)

    def ask(self, **changes: object) -> Request:
        """Ann asks for an hour of the reports, or what the test changes of that."""
        ask = Ask(
            requestor=ANN,
            wish=Wish(entitlement=READ_REPORTS, term=Term(length=HOUR), delivery=Delivery.POLICY, reason="INC-42"),
        )
        return submit(
            changed(ask, **changes),
            judge=self.judge,
            now=self.clock(),
        )

    def approve(self, request_id: GrantId, by: PrincipalId = BOB, length: timedelta | None = None) -> Grant:
        """Bob, or whom the test names, clicks Approve, and that is enough."""
        grant = self.click(request_id, by, length)
        assert grant is not None
        return grant

    def click(self, request_id: GrantId, by: PrincipalId = BOB, length: timedelta | None = None) -> Grant | None:
        """Bob, or whom the test names, clicks Approve; None while others must too."""
        return approve(request_id, by=by, length=length, judge=self.judge, now=self.clock())

    def deny(self, request_id: GrantId, reason: str = "not now", *, by: PrincipalId = BOB) -> Request:
        """Bob, or whom the test names, clicks Deny."""
        return deny(request_id, by=by, reason=reason, enders=self.enders, now=self.clock())

    def extend(self, grant_id: GrantId, length: timedelta = HOUR, *, by: PrincipalId = ANN) -> Request:
        """Somebody, Ann if nobody is named, asks for more time."""
        return extend(MoreTime(grant_id=grant_id, by=by, term=Term(length=length)), judge=self.judge, now=self.clock())

    def allow(self, length: timedelta = HOUR) -> Preapproval:
        """Bob lets Ann, in advance and for a day, have for so long at a time what `ask` asks for."""
        return allow(
            InAdvance(
                entitlement=READ_REPORTS,
                to=ANN,
                by=BOB,
                length=length,
                starts=self.clock(),
                ends=self.clock() + 24 * HOUR,
                delivery=Delivery.POLICY,
            ),
            judge=self.judge,
            now=self.clock(),
        )

    def active(self, **changes: object) -> Grant:
        """Ann has it: asked, approved, in AWS."""
        grant = self.approve(self.ask(**changes).id)
        self.loop.run_until_idle()
        return self.ledger.grant(grant.id)

    def drop(self, grant_id: GrantId, *, by: PrincipalId = ANN) -> Grant:
        """Somebody is done with a grant."""
        return drop(grant_id, by=by, ledger=self.ledger, now=self.clock())

    def change_rules(self, old: str, new: str) -> None:
        """Somebody edits the rules."""
        assert old in RULES
        self.rules = parse(RULES.replace(old, new), name="rules.yaml")


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    """Build the house at noon."""
    walk = Walk(sqlite(tmp_path))
    yield walk
    walk.end()
