"""What the Home tab and `ls` gather, while somebody else cannot be looked up."""

from datetime import timedelta
from pathlib import Path

import pytest

from daypass.doors.api.break_glass import reviews
from daypass.lifecycle.submit import submit
from daypass.model.entitlement import Entitlement
from daypass.model.errors import Unavailable
from daypass.model.lease import Term
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Ask, Wish
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.rules.load.read import parse
from daypass.views.overview import overview
from tests.builder import Daypass, sqlite
from tests.hands import HandDirectory
from tests.makers import ANN, BOB, EVE

EMERGENCY = """
version: 1
rules:
  - {id: emergency, who: anyone, may: [read], on: ["acme-reports/**"], for: {default: 1h, max: 8h}, approve: at-once,
     break_glass: {review: {people: [U0BOB]}, within: 1d}}
"""


class Losing(HandDirectory):
    """People, of whom one cannot be looked up any more."""

    lost: PrincipalId | None = None

    def principal(self, principal_id: PrincipalId) -> Principal:
        """Look somebody up."""
        if principal_id == self.lost:
            raise Unavailable("Slack does not answer now.")
        return super().principal(principal_id)


@pytest.mark.parametrize(("viewer", "seen"), [(BOB, 1), (EVE, 0)])
def test_a_review_of_somebody_who_cannot_be_looked_up_hides_nothing_else(
    tmp_path: Path, viewer: PrincipalId, seen: int
):
    """Whoever was named for the review has it on the list; to close it asks again."""
    people = Losing()
    daypass = Daypass(sqlite(tmp_path), rules=lambda: parse(EMERGENCY, name="rules.yaml"), directory=people)
    wanted = Entitlement(resource=parse_resource("acme-reports/2026/"), levels=frozenset({Level.READ}))
    term = Term(length=timedelta(hours=1))
    submit(
        Ask(requestor=ANN, wish=Wish(entitlement=wanted, term=term, reason="INC-42"), urgent=True),
        judge=daypass.judge,
        now=daypass.clock(),
    )
    people.lost = ANN

    now = daypass.services.clock()
    assert len(overview(viewer, judge=daypass.services.judge, now=now).reviews) == seen
    assert len(reviews(people.principal(viewer), daypass.services, now).waiting) == seen
    daypass.end()
