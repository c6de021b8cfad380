"""A house in which glass may be broken: a real ledger on any database, rules for emergencies, a rim moved by hand."""

from contextlib import suppress
from dataclasses import replace

from daypass.lifecycle.break_glass.review import close_review
from daypass.lifecycle.end.end import drop
from daypass.lifecycle.submit import submit
from daypass.model.break_glass import GlassReview
from daypass.model.errors import NotFound, TooLate
from daypass.model.grant import Delivery, Grant, GrantId
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.model.request import Ask, Request, Wish
from daypass.rules.load.read import RuleBook, parse
from daypass.store.database import Database
from tests.builder import Daypass
from tests.makers import ANN, BOB, HOUR, READ_REPORTS, changed, principal

CARL = PrincipalId("U0CARL")
LEADS = SlackGroupId("S0LEADS")
RULES = """
version: 1
rules:
  - id: reports
    who: {people: [U0ANN, U0BOB]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB, U0ANN]}}
  - id: glass
    who: {people: [U0ANN, U0BOB]}
    may: [list, read, write]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 4h}
    delivery: [session, policy, link]
    reason: required
    approve: at-once
    break_glass: {review: {people: [U0BOB, U0ANN], slack_groups: [S0LEADS]}, within: 1d}
"""


class GlassHouse(Daypass):
    """One house, and the people in it: Ann and Bob may break glass, they and the leads (Carl) review it."""

    def __init__(self, url: str) -> None:
        """Build it on a database."""
        super().__init__(url, rules=lambda: self.rules)
        self.rules: RuleBook = parse(RULES, name="rules.yaml")
        self.directory.people[CARL] = replace(principal(CARL, None), slack_groups=frozenset({LEADS}))

    def broken(self, **changes: object) -> Request:
        """Ann breaks the glass for an hour of the reports, or what the test changes of that."""
        ask = Ask(
            requestor=ANN,
            wish=Wish(entitlement=READ_REPORTS, term=Term(length=HOUR), delivery=Delivery.SESSION, reason="INC-42"),
            urgent=True,
        )
        return submit(
            changed(ask, **changes),
            judge=self.judge,
            now=self.clock(),
        )

    def active(self, **changes: object) -> Grant:
        """Ann broke the glass, and AWS has it."""
        request = self.broken(**changes)
        self.work()
        return self.ledger.grant(request.id)

    def over(self, review_id: GrantId) -> None:
        """Ann ends the access, and AWS shows nothing of it any more."""
        with suppress(TooLate, NotFound):
            drop(review_id, by=ANN, ledger=self.ledger, now=self.clock())
        self.work()

    def close(self, review_id: GrantId, by: PrincipalId = BOB, note: str = "It was needed.") -> GlassReview:
        """Bob, or whom the test names, closes the review of what Ann has ended."""
        self.over(review_id)
        return self.close_now(review_id, by, note)

    def close_now(self, review_id: GrantId, by: PrincipalId = BOB, note: str = "It was needed.") -> GlassReview:
        """The same, whether the access has ended or not."""
        return close_review(review_id, by=by, note=note, judge=self.judge, now=self.clock())

    def review(self, review_id: GrantId) -> GlassReview:
        """Read a review."""
        return self.ledger.find(GlassReview, review_id)


def glasshouse(url: str) -> tuple[GlassHouse, Database]:
    """Build one on a database."""
    house = GlassHouse(url)
    return house, house.database
