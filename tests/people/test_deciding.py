"""From the rules' needs to their answer: what the directory finds out is what decides."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from daypass.facts.circumstances import FactLookup
from daypass.facts.outside_facts import Elsewhere
from daypass.model.decision import Allowed, Decision, Denied, ScheduleName
from daypass.model.principal import Away, PrincipalId
from daypass.people.directory import Beside, PeopleDirectory
from daypass.people.people_file import PeopleFileOnDisk
from daypass.rules.decide.decision import decide
from daypass.rules.evaluate.needs import needs
from daypass.rules.load.read import parse
from localslack import BlockingSlack
from tests.office import office_slack
from tests.people.hands import HandClock
from tests.people.worlds import (
    ALICE,
    BOB,
    BUCKET,
    CAROL,
    QUESTION,
    HandBuckets,
    HandSchedule,
    HandTracker,
    around,
    directory,
    facts,
)

RULES = parse(
    """
version: 1
rules:
  - id: reports-read
    who: {directory_groups: ["file:analysts"]}
    may: [read]
    on: ["acme-reports/**"]
    when: {tags: {class: internal}, account: ["111122223333"]}
    ticket: required
    for: {default: 1h, max: 4h}
    approve:
      anyone_of: {manager: true, owner: [owner], on_call: [payments]}
""",
    name="rules.yaml",
)


class Company:
    """All that the rule asks for, as it should be; a test spoils what it likes."""

    def __init__(self, slack: BlockingSlack, folder: Path) -> None:
        self.people = folder / "people.yaml"
        self.people.write_text("groups: {analysts: [U0ALICE]}\nmanagers: {U0ALICE: U0BOB}\n")
        self.schedule = HandSchedule(emails=frozenset({"carol@acme.example"}))
        self.buckets = HandBuckets(
            {BUCKET: {"class": "internal", "owner": "bob@acme.example"}}, {BUCKET: "111122223333"}
        )
        self.tracker = HandTracker({"INC-1": True})
        self.away: dict[PrincipalId, Away] = {}
        self.slack = slack

    def directory(self) -> PeopleDirectory:
        """Put the directory together."""
        return directory(self.slack, HandClock(), Beside(register=PeopleFileOnDisk(self.people), absence=self.away.get))

    def facts(self, people: PeopleDirectory) -> FactLookup:
        """Put together what looks the rest up."""
        elsewhere = Elsewhere(
            schedules={ScheduleName("payments"): self.schedule}, buckets=self.buckets, tracker=self.tracker
        )
        return facts(people, HandClock(), elsewhere, patience_s=5)

    def answer(self, reason: str = "INC-1: late numbers") -> Decision:
        """Ask the rules as the verbs do."""
        found = self.directory()
        question = replace(QUESTION, principal=found.principal(ALICE), reason=reason)
        return decide(RULES, question, around(self.facts(found), needs(RULES, question)))


@pytest.fixture(scope="module")
def slack() -> Iterator[BlockingSlack]:
    """Start a local Slack with Alice, Bob and Carol."""
    with office_slack() as slack:
        yield slack


@pytest.fixture
def company(slack: BlockingSlack, tmp_path: Path) -> Company:
    """Give a company where all is well."""
    return Company(slack, tmp_path)


def asked(decision: Decision) -> frozenset[PrincipalId]:
    """Who is asked."""
    assert isinstance(decision, Allowed), decision
    return decision.approvers.people


def test_all_that_a_rule_asks_for_is_found_out_and_names_who_decides(company: Company) -> None:
    """Group, tags, account and ticket hold; the manager, the owner and who is on call are asked."""
    decision = company.answer()

    assert asked(decision) == {BOB, CAROL}
    assert isinstance(decision, Allowed)
    assert decision.ticket == "INC-1"


def test_who_stands_in_for_the_manager_is_asked_in_their_stead(company: Company) -> None:
    """Bob is away and has said that Carol decides."""
    company.away[BOB] = Away(delegate=CAROL)

    company.schedule.emails = frozenset()

    assert asked(company.answer()) == {CAROL}


def spoil_ticket(company: Company) -> None:
    """Close the ticket."""
    company.tracker.tickets["INC-1"] = False


def lose_ticket(company: Company) -> None:
    """Let there be none."""
    company.tracker.tickets.clear()


def spoil_tags(company: Company) -> None:
    """Tag the bucket otherwise."""
    company.buckets.tagged[BUCKET]["class"] = "secret"


def lose_tags(company: Company) -> None:
    """Let nobody read the tags."""
    company.buckets.tagged.clear()


def lose_account(company: Company) -> None:
    """Let the bucket be somebody else's."""
    company.buckets.accounts.clear()


def leave_group(company: Company) -> None:
    """Take Alice out of the group."""
    company.people.write_text("groups: {analysts: [U0BOB]}\nmanagers: {U0ALICE: U0BOB}\n")


@pytest.mark.parametrize("spoil", [spoil_ticket, lose_ticket, spoil_tags, lose_tags, lose_account, leave_group])
def test_what_is_not_so_or_not_known_lends_nothing(company: Company, spoil: Callable[[Company], None]) -> None:
    """A fact that is lacking counts like one that does not hold."""
    assert isinstance(company.answer(), Allowed)
    spoil(company)

    assert isinstance(company.answer(), Denied)


def test_a_schedule_that_names_nobody_of_ours_brings_nobody(company: Company) -> None:
    """The owner is still asked; nobody else becomes one of those on call."""
    company.schedule.emails = frozenset({"nobody@elsewhere.example"})

    assert asked(company.answer()) == {BOB}
