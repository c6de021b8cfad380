"""A bucket whose tag names its owner, who decides: what a person reads when the tag names nobody."""

import time
from collections.abc import Sequence
from datetime import datetime

import pytest

from daypass.facts.circumstances import WhoIsWho, fact_lookup
from daypass.facts.outside_facts import Elsewhere
from daypass.model.decision import Circumstances, Needs
from daypass.model.errors import NotFound, Unavailable
from daypass.model.grant import GrantId
from daypass.model.principal import Principal, PrincipalId
from daypass.model.resource import Resource
from tests.doors.house import RULES, House
from tests.hands import HandDirectory
from tests.makers import BOB
from tests.people.worlds import HandBuckets

OWNED = RULES.replace("{people: [U0BOB, U0ANN]}}", "{owner: [team-owner]}}")
ASK = {"resource": "acme-reports/2026/", "level": "read", "reason": "INC-42", "for": "30m"}


class Tagged(HandDirectory):
    """People who are found out about as the real directory does it, over a bucket with one tag."""

    def __init__(self, value: str) -> None:
        """Tag the bucket."""
        super().__init__()
        buckets = HandBuckets({"acme-reports": {"team-owner": value}})
        who = WhoIsWho(person=self.principal, members=self.members, by_email=self._by_email)
        self._found = fact_lookup(who, Elsewhere(buckets=buckets), clock=time.monotonic)

    def circumstances(
        self, needed: Needs, *, at: datetime, place: Resource | None = None, people: Sequence[Principal] = ()
    ) -> Circumstances:
        """Find it out."""
        return self._found.circumstances(needed, at=at, place=place, people=people)

    def _by_email(self, email: str) -> PrincipalId:
        if email == "down@acme.example":
            raise Unavailable("Slack does not answer now; it will be tried again.")
        if email != "bob@acme.example":
            raise NotFound("Slack knows nobody with this e-mail address.")
        return BOB


@pytest.fixture
def asked(house: House, ann, monkeypatch: pytest.MonkeyPatch):
    """Let Ann ask for what is tagged so."""

    def ask(value: str):
        house.rules.write_text(OWNED)
        monkeypatch.setattr(house.directory, "circumstances", Tagged(value).circumstances)
        return ann.post("/v1/requests", json=ASK)

    return ask


def test_whom_the_tag_names_decides(house: House, asked):
    """By their address, as by their id."""
    filed = asked("bob@acme.example").json()

    assert house.ledger.request(GrantId(filed["id"])).approvers.people == {BOB}


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("gone@acme.example", 'names "gone@acme.example", who is nobody in Slack'),
        ("U0GONE", 'names "U0GONE", who is nobody in Slack'),
        ("team data\n<!channel>", "is no Slack user ID and no email address"),
    ],
)
def test_a_tag_that_names_nobody_is_said_to_be_so_and_is_no_outage(asked, value, says):
    """Which tag, on what, and what to do; trying again would change nothing."""
    answer = asked(value)

    assert answer.status_code == 403, answer.text
    sentence = answer.json()["detail"]
    found = f"the tag team-owner of bucket acme-reports {says}"
    assert f"{found}; set it to the Slack user ID or email address of the owner (rule reports)." in sentence


def test_while_slack_does_not_say_whom_the_tag_names_it_is_an_outage(asked):
    """It may be somebody in a moment."""
    assert asked("down@acme.example").status_code == 503
