"""Each rule is said in a sentence or two that somebody reads who has never seen the document."""

import pytest

from daypass.rules.describe.rules import in_words
from tests.rules.worlds import written

LENDS = """
  - id: lends
    who: {people: [U0ANN, U0BEN], slack_groups: [S0RED]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 2h, max: 8h}
    approve: {anyone_of: {people: [U0CID, U0DEE]}}
"""
DENIES = """
  - id: denies
    deny: true
    who: anyone
    on: ["acme-payroll/**", "acme-people"]
    because: Payroll is handed out by the people team alone.
"""


def said(rules: str) -> str:
    """Say the one rule of a document."""
    [rule] = written(rules).rules
    return in_words(rule)


def test_a_rule_that_lends_says_who_what_how_long_and_who_decides():
    """In one sentence, ids as they are."""
    assert said(LENDS) == (
        "U0ANN, U0BEN and members of S0RED may list and read acme-reports/** for up to 8 hours, 2 hours by default, "
        "when one of U0CID and U0DEE agrees."
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("default: 2h, max: 8h", "default: 8h, max: 8h", " for 8 hours, when "),
        ("{anyone_of: {people: [U0CID, U0DEE]}}", "at-once", " by default, at once, without asking anybody."),
        ("anyone_of: {people: [U0CID, U0DEE]}", "anyone_of: {people: [U0CID]}", ", when U0CID agrees."),
        ("anyone_of: {people: [U0CID, U0DEE]}", "at_least: 2, of: {slack_groups: [S0L]}", ", when 2 of S0L agree."),
        ("anyone_of", "all_of", ", when all of U0CID and U0DEE agree."),
        ("{people: [U0CID, U0DEE]}", "{manager: true}", ", when their manager agrees."),
        (
            "{people: [U0CID, U0DEE]}",
            "{owner: [owner], on_call: [payments], people: [U0CID]}",
            ", when one of the bucket's owner, whoever is on call for payments and U0CID agrees.",
        ),
        ("slack_groups: [S0RED]", "directory_groups: ['file:analysts']", "and members of file:analysts may list"),
        ("who: {people: [U0ANN, U0BEN], slack_groups: [S0RED]}", "who: anyone", "Anyone may list and read"),
        ("on: [", "reason: optional\n    on: [", "agrees. No reason is needed."),
        ("on: [", "extras: [versions]\n    on: [", "acme-reports/**, with versions where asked for, for up to"),
        (
            "on: [",
            "delivery: [link, policy, session]\n    on: [",
            "acme-reports/** as a session or policy or link for up",
        ),
        ("on: [", "delivery: [policy, session]\n    on: [", "acme-reports/** for up to"),
        ("on: [", "delivery: [link, session]\n    on: [", "acme-reports/** as a session or link for up to"),
        (
            "[U0ANN, U0BEN]",
            "[U0A, U0B, U0C, U0D, U0E, U0F, U0G, U0H]",
            "U0AAA, U0BBB, U0CCC, U0DDD, U0EEE, U0FFF and 3 more may",
        ),
        (
            "{anyone_of: {people: [U0CID, U0DEE]}}",
            "{anyone_of: {people: [U0CID]}, hand_over: [{after: 30m, to: {people: [U0FAY]}}]}",
            ", when U0CID, after 30 minutes also U0FAY, agrees.",
        ),
        (
            "{anyone_of: {people: [U0CID, U0DEE]}}",
            "{stages: [{name: team, anyone_of: {people: [U0CID]}}, {name: two, all_of: {people: [U0DEE, U0FAY]}}]}",
            ", when first U0CID, then all of U0DEE and U0FAY agree.",
        ),
    ],
)
def test_everything_that_a_rule_wants_is_in_its_sentence(old: str, new: str, told: str):
    """Lengths, deliveries, extras, stages, hand-overs, and many people cut short."""
    for one in "ABCDEFGH":
        new = new.replace(f"U0{one},", f"U0{one * 3},").replace(f"U0{one}]", f"U0{one * 3}]")
    assert told in said(LENDS.replace(old, new))


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            "when: {days: [mon, tue], hours: ['09:00-18:00'], zone: Europe/Berlin, account: ['111122223333']}",
            "agrees. Only on mon and tue 09:00-18:00 (Europe/Berlin), and only in buckets of account 111122223333.",
        ),
        ("reason: {matching: 'INC-[0-9]+'}", "agrees. The reason must have “INC-[0-9]+” in it."),
        ("ticket: {matching: 'OPS-[0-9]+'}", "agrees. The reason must name an open ticket such as “OPS-[0-9]+”."),
        ("second_factor: required", "agrees. Approvers say so with their passkey too."),
        ("channel: C02ABCDEF", "agrees. It is decided in C02ABCDEF."),
    ],
)
def test_what_a_rule_wants_besides_is_said_after_it(more: str, told: str):
    """When it holds, and what reasons, approvers and places must be."""
    assert said(LENDS.replace("may:", f"{more}\n    may:")).endswith(told)


def test_a_rule_for_emergencies_says_so():
    """And who reviews it."""
    glass = LENDS.replace("{anyone_of: {people: [U0CID, U0DEE]}}", "at-once").replace(
        "may:", "break_glass: {review: {people: [U0CID, U0DEE]}, within: 1d}\n    may:"
    )

    assert said(glass).endswith(
        "Only by breaking glass, in an emergency; one of U0CID and U0DEE must review it within 1 day."
    )


def test_a_rule_that_is_paused_says_so_first():
    """Before what it would say."""
    paused = "paused: true\n    may:"

    assert said(LENDS.replace("may:", paused)).startswith("Paused, and counts for nothing: U0ANN, U0BEN and members")


def test_a_rule_that_denies_says_whom_and_why():
    """What it forbids, and its own words."""
    assert said(DENIES) == (
        "Nobody may list or read or write or delete anything in acme-payroll/** and acme-people. "
        "Payroll is handed out by the people team alone."
    )


def test_a_rule_that_denies_some_says_what_of_it():
    """People, levels, extras and deliveries."""
    narrow = DENIES.replace("who: anyone", "who: {people: [U0EVE]}\n    may: [read]\n    extras: [versions]")

    assert said(narrow.replace("deny: true", "deny: true\n    delivery: [link]")).startswith(
        "U0EVE may not read anything in acme-payroll/** and acme-people with versions as a link."
    )
