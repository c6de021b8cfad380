"""A rules file with a mistake in it: nothing is lent until it is mended, and every fault is named with its line."""

from collections.abc import Iterator

import pytest

from tests.bad_input.conftest import FIRM_RULES
from tests.bad_input.firm import ALICE, REPORTS, Firm
from tests.bad_input.page import says

LEADS = "approve: {anyone_of: {groups: [leads]}}"
MISTAKES = [
    ("a field in the rules that does not exist", FIRM_RULES.replace(LEADS, LEADS.replace("approve", "aprove"), 1)),
    ("a group in the rules that does not exist", FIRM_RULES.replace("{groups: [analysts]}", "{groups: [analyst]}", 1)),
    ("a level in the rules that does not exist", FIRM_RULES.replace("[list, read]", "[list, raed]", 1)),
    ("a pattern with a wildcard in the bucket's place", FIRM_RULES.replace('"acme-reports/**"', '"**"', 1)),
    ("a length in the rules that is none", FIRM_RULES.replace("max: 8h", "max: soon", 1)),
    ("rules that are no YAML", FIRM_RULES.replace("rules:", "rules: [", 1)),
    ("an empty rules file", ""),
]


@pytest.fixture
def rules(firm: Firm) -> Iterator[Firm]:
    """Put the right rules back after each test."""
    yield firm
    firm.rules.write_text(FIRM_RULES, encoding="utf-8")


@pytest.mark.parametrize(("wrong", "text"), MISTAKES, ids=[wrong for wrong, _ in MISTAKES])
def test_a_mistake_in_the_rules_is_named_at_the_next_ask(rules: Firm, wrong: str, text: str) -> None:
    """The person reads it too: whoever edited the file is often the next to ask."""
    assert text != FIRM_RULES
    rules.rules.write_text(text, encoding="utf-8")

    says(wrong, "Slack", rules.types(ALICE, REPORTS), rules.names)


def test_doctor_says_the_same(rules: Firm) -> None:
    """Before anybody asks."""
    wrong, text = MISTAKES[0]
    rules.rules.write_text(text, encoding="utf-8")

    says(wrong, "doctor", rules.finding(), rules.names)


def test_rules_that_are_gone_refuse_everything(rules: Firm) -> None:
    """In Slack, at the doctor, in the log; the service stays up, because what was lent must still end."""
    rules.rules.unlink()
    wrong = "no rules file"

    says(wrong, "Slack", rules.types(ALICE, REPORTS), rules.names)
    says(wrong, "doctor", rules.finding(), rules.names)
    says(wrong, "log", rules.logged("slack.turn_failed"), rules.names)
    assert rules.gets("/healthz") == (200, '{"database":"ok","rules":"failing; see the log"}')
