"""A bucket whose tag names its owner, who decides: what a person reads when the tag names nobody."""

import time
from datetime import datetime

import pytest

from daypass.facts.circumstances import Around, WhoIsWho
from daypass.facts.outside_facts import Elsewhere, OutsideFacts
from daypass.model.decision import Circumstances, Needs, Question
from daypass.model.errors import NotFound, Unavailable
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.sources.lookups import LookupThreads
from daypass.sources.warnings import LeftOut
from tests.directory.worlds import HandBuckets
from tests.doors.house import RULES, House
from tests.hands import HandDirectory
from tests.makers import BOB

OWNED = RULES.replace("{people: [U0BOB, U0ANN]}}", "{owner: [team-owner]}}")
ASK = {"resource": "acme-reports/2026/", "level": "read", "reason": "INC-42", "for": "30m"}


class Tagged(HandDirectory):
    """People who are found out about as the real directory does it, over a bucket with one tag."""

    def __init__(self, value: str) -> None:
        """Tag the bucket."""
        super().__init__()
        left_out = LeftOut(clock=time.monotonic)
        buckets = HandBuckets({"acme-reports": {"team-owner": value}})
        outside = OutsideFacts(
            Elsewhere(buckets=buckets), by_email=self._by_email, left_out=left_out, clock=time.monotonic
        )
        who = WhoIsWho(person=self.principal, members=self.members)
        self._found = Around(who, outside, LookupThreads(left_out), left_out)

    def circumstances(self, question: Question, needed: Needs, *, at: datetime) -> Circumstances:
        """Find it out."""
        return self._found.find_out(question, needed, at=at)

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
