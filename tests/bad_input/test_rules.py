"""A rules file with a mistake in it: nothing is lent until it is mended, and every fault is named with its line."""

from collections.abc import Iterator

import pytest

from tests.bad_input.conftest import FIRM_RULES
from tests.bad_input.firm import ALICE, BOB, REPORTS, Firm
from tests.bad_input.page import says

LEADS = "approve: {anyone_of: {groups: [leads]}}"
BOTH_WAYS = "approve: {anyone_of: {groups: [leads]}, all_of: {people: [U0BOB]}}"
AT_ONCE = "approve: at-once"
MISTAKES = [
    ("a field in the rules that does not exist", FIRM_RULES.replace(LEADS, LEADS.replace("approve", "aprove"), 1)),
    ("a group in the rules that does not exist", FIRM_RULES.replace("{groups: [analysts]}", "{groups: [analyst]}", 1)),
    ("a level in the rules that does not exist", FIRM_RULES.replace("[list, read]", "[list, raed]", 1)),
    ("a pattern with a wildcard in the bucket's place", FIRM_RULES.replace('"acme-reports/**"', '"**"', 1)),
    ("a length in the rules that is none", FIRM_RULES.replace("max: 8h", "max: soon", 1)),
    ("two ways of deciding side by side", FIRM_RULES.replace(LEADS, BOTH_WAYS, 1)),
    ("a robot among those who decide", FIRM_RULES.replace(LEADS, "approve: {anyone_of: {people: [bot:ci]}}", 1)),
    ("a condition that does not exist", FIRM_RULES.replace(LEADS, f"when: {{weekday: [mon]}}\n    {LEADS}", 1)),
    ("hours without a zone", FIRM_RULES.replace(LEADS, f'when: {{hours: ["09:00-18:00"]}}\n    {LEADS}', 1)),
    ("a passkey where nobody is asked", FIRM_RULES.replace(AT_ONCE, f"{AT_ONCE}\n    second_factor: required", 1)),
    ("an emergency rule that waits for somebody", FIRM_RULES.replace(AT_ONCE, LEADS, 1)),
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


def test_an_approver_whom_nobody_knows_is_found_by_doctor(rules: Firm) -> None:
    """The rules can be read, and whoever asks would wait for nobody."""
    wrong = "an approver whom nobody knows"
    nobody = LEADS.replace("{groups: [leads]}", "{people: [U0NOBODY], groups: [leads]}")
    rules.rules.write_text(FIRM_RULES.replace(LEADS, nobody, 1), encoding="utf-8")

    says(wrong, "doctor", rules.finding(), rules.names)


@pytest.fixture
def numbered(rules: Firm) -> Iterator[str]:
    """Let Daypass be reached by a number."""
    rules.settings["DAYPASS_SERVICE_PUBLIC_URL"] = f"http://127.0.0.1:{rules.port}"
    rules.restart()
    yield rules.settings["DAYPASS_SERVICE_PUBLIC_URL"]
    del rules.settings["DAYPASS_SERVICE_PUBLIC_URL"]
    rules.restart()


def test_a_passkey_takes_an_address_with_a_name(rules: Firm, numbered: str) -> None:
    """Doctor says it before an approver stands there; whoever adds one is told it too."""
    wrong = "a passkey where the address is a number"
    names = {**rules.names, numbered: "http://10.0.0.7:8700"}
    rules.rules.write_text(FIRM_RULES.replace(LEADS, f"{LEADS}\n    second_factor: required", 1), encoding="utf-8")
    says(wrong, "doctor", rules.finding(), names)

    rules.logs_in(BOB)
    ran = rules.runs(BOB, "passkey", "add")
    assert (ran.code, ran.out) == (1, "")
    says(wrong, "command line", ran.err, names)


def edited(rules: Firm) -> tuple[str, dict[str, str]]:
    """Write somebody's own file of rules, unlike those in force; gives its path, and what the page calls it."""
    mine = rules.rules.with_name("mine.yaml")
    mine.write_text(FIRM_RULES.replace("max: 8h", "max: 9h", 1), encoding="utf-8")
    return str(mine), {**rules.names, str(mine): "/var/lib/daypass/rules.yaml"}


def test_a_file_that_was_not_pulled_does_not_say_what_it_changes(rules: Firm) -> None:
    """Somebody else's change would be overwritten unseen."""
    rules.logs_in(BOB)
    mine, names = edited(rules)
    ran = rules.runs(BOB, "rules", "apply", mine)

    assert (ran.code, ran.out) == (1, "")
    says("rules to be applied that nobody pulled", "command line", ran.err, names)


def test_whoever_does_not_own_the_rules_changes_none(rules: Firm) -> None:
    """They are told who may."""
    rules.logs_in(ALICE)
    mine, names = edited(rules)
    ran = rules.runs(ALICE, "rules", "apply", mine, "--base", "1")

    says("rules applied by who does not own them", "command line", ran.err, names)


def test_rules_that_are_gone_refuse_everything(rules: Firm) -> None:
    """In Slack, at the doctor, in the log; the service stays up, because what was lent must still end."""
    rules.rules.unlink()
    wrong = "no rules file"

    says(wrong, "Slack", rules.types(ALICE, REPORTS), rules.names)
    says(wrong, "doctor", rules.finding(), rules.names)
    says(wrong, "log", rules.logged("slack.turn_failed"), rules.names)
    status, health = rules.gets("/healthz")
    assert (status, '"rules":"failing; see the log"' in health) == (200, True)
