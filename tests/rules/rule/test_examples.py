"""Examples that a document keeps are read with their faults, and tried against its rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from daypass.model.grant import Delivery
from daypass.resources.s3_statements import Level, Option
from daypass.rules.document.yaml_source import read
from daypass.rules.examples.run import run_cases
from daypass.rules.rule.examples import Case, Expected, read_cases
from daypass.rules.rule.rulebook import RuleBook
from tests.rules.worlds import written

RULES = """
  - id: reports-read
    who: {people: [U0ANN, U0BEN]}
    may: [read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0CID, U0DEE], slack_groups: [S0LEADS]}}
  - id: reports-public
    who: anyone
    may: [list]
    on: ["acme-reports/public/**"]
    for: {default: 1h, max: 8h}
    approve: at-once
  - {id: no-payroll, deny: true, who: anyone, on: ["acme-reports/payroll/**"]}
"""
CASE = """tests:
  - name: reading reports
    ask: {person: U0ANN, s3: read acme-reports/2026/, for: 2h, reason: INC-1}
    expect: allowed
    rule: reports-read
    approvers: [U0CID, U0DEE, S0LEADS]
"""
WHOLE = """tests:
  - name: all of it
    expect: denied
    ask:
      person: U0ANN
      s3: read,write acme-reports/2026/
      extras: [versions]
      for: 1h30m
      as: link
      reason: INC-1
      urgent: true
      asked_by: U0BEN
      at: 2026-05-04T10:00:00+02:00
      zone: Europe/Berlin
      slack_groups: [S0RED]
      directory_groups: ["file:analysts"]
      manager: U0BOSS
      away: [U0CID]
      members: {S0LEADS: [U0CID], "file:owners": [U0DEE]}
      on_call: {payments: [U0CID]}
      tags: {team: analytics, owner: U0DEE}
      account: "111122223333"
      live_grants: 2
      tickets: {INC-1: open, INC-2: closed}
"""


def cases(text: str) -> tuple[tuple[Case, ...], list[str]]:
    """Read examples, and their faults as a person sees them."""
    source = read(text, name="rules.yaml")
    assert isinstance(source.data, dict)
    given = source.data["tests"]
    assert isinstance(given, list)
    found, faults = read_cases(given, source=source, name="rules.yaml")
    return found, [str(fault) for fault in faults]


def plain(*values: object) -> tuple[object, ...]:
    """Compare by value alone."""
    return values


def tried(text: str = CASE) -> list[str]:
    """Try one example against the rules above, and say why it does not hold."""
    found, faults = cases(text)
    assert not faults
    book: RuleBook = replace(written(RULES), cases=found)
    [result] = run_cases(book)
    assert result.passed is not bool(result.sentences)
    return list(result.sentences)


def test_an_example_is_read_with_everything_that_can_be_said_in_it():
    """Every field reaches the question, or what is so around it."""
    (case,), faults = cases(WHOLE)
    asked, around = case.question, case.around

    assert faults == []
    assert (case.name, case.line, case.expect, case.rule, case.approvers) == ("all of it", 2, "denied", None, None)
    assert (asked.principal.id, asked.principal.tz, asked.principal.manager) == ("U0ANN", "Europe/Berlin", "U0BOSS")
    assert plain(asked.principal.slack_groups, asked.principal.groups) == ({"S0RED"}, {"file:analysts"})
    assert asked.entitlement.levels == {Level.READ, Level.WRITE}
    assert plain(str(asked.entitlement.resource), asked.entitlement.options) == (
        "acme-reports/2026/",
        {Option.VERSIONS},
    )
    assert (asked.length, asked.delivery, asked.reason) == (timedelta(minutes=90), Delivery.LINK, "INC-1")
    assert (asked.urgent, asked.asker and asked.asker.id) == (True, "U0BEN")
    assert around.at == datetime(2026, 5, 4, 8, tzinfo=UTC)
    assert plain(around.slack_groups, around.groups) == ({"S0LEADS": {"U0CID"}}, {"file:owners": {"U0DEE"}})
    assert plain(around.on_call, around.owners) == ({"payments": {"U0CID"}}, {"owner": "U0DEE"})
    assert (around.tags, around.account) == ({"team": "analytics", "owner": "U0DEE"}, "111122223333")
    assert (around.live_grants, {one.id: one.open for one in around.tickets.values()}) == (
        2,
        {"INC-1": True, "INC-2": False},
    )
    assert {one.id: one.away is not None for one in around.people.values()} == {
        "U0BOSS": False,
        "U0CID": True,
        "U0DEE": False,
    }


def test_what_is_not_said_is_not_known():
    """No tags, no account, no count of grants; a Monday noon."""
    (case,), _ = cases(CASE)

    assert (case.around.tags, case.around.account, case.around.live_grants) == (None, None, None)
    assert f"{case.around.at:%A %H:%M %Z}" == "Monday 12:00 UTC"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("s3: read acme-reports/2026/", "s3: acme-reports", "rules.yaml:3: What is asked for is a level and a place"),
        ("s3: read acme", "s3: reed acme", "rules.yaml:3: “reed” is not a level of access"),
        ("U0ANN,", "ann,", "rules.yaml:3: “ann” is not a Slack user id such as U02ABCDEF, nor a robot"),
        ("for: 2h", "at: 2026-05-04T10:00", "rules.yaml:3: A moment is written with its distance from UTC"),
        ("for: 2h", "at: tomorrow", "rules.yaml:3: A moment is written with its distance from UTC"),
        ("for: 2h", "zone: Mars/Olympus", "rules.yaml:3: “Mars/Olympus” is not a time zone"),
        ("for: 2h", "duration: 2h", "rules.yaml:3: “duration” is not a field here. Did you mean “for”?"),
        ("expect: allowed", "expect: alowed", "rules.yaml:4: “alowed” cannot stand under “expect”. Did you mean"),
        ("[U0CID, U0DEE, S0LEADS]", "[cid]", "rules.yaml:6: “cid” is not the id of a person or of a group"),
        ("    expect: allowed\n", "", "rules.yaml:2: “expect” is missing."),
        ("reason: INC-1", "account: 111122223333", "rules.yaml:3: “account” must be text; put it in quotes."),
    ],
)
def test_a_fault_in_an_example_is_told_with_its_line(old: str, new: str, told: str):
    """Faulty examples are left out, and say what to write."""
    found, faults = cases(CASE.replace(old, new))

    assert (found, len(faults)) == ((), 1)
    assert faults[0].startswith(told)


def test_an_example_that_is_no_mapping_is_a_fault():
    """A word in the list is told, not raised."""
    assert cases("tests:\n  - reading")[1][0].startswith("rules.yaml:2:")


def test_two_examples_of_one_name_are_a_fault():
    """A failure must say which of them it is."""
    _, faults = cases(CASE + CASE.replace("tests:\n", ""))

    assert faults == [
        "rules.yaml:7: The example on line 2 is named “reading reports” too. Give each a name of its own."
    ]


def test_an_example_that_holds_says_nothing():
    """It passed."""
    assert tried() == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("expect: allowed", "expect: at-once", "It expects that it is allowed at once, but somebody is asked."),
        ("expect: allowed", "expect: denied", "It expects that it is denied, but somebody is asked."),
        ("rule: reports-read", "rule: other", "It expects rule other to decide, but reports-read does."),
        (
            "approvers: [U0CID, U0DEE, S0LEADS]",
            "approvers: [U0CID]",
            "It expects U0CID to be asked first, but S0LEADS, U0CID, U0DEE would be.",
        ),
    ],
)
def test_an_example_that_does_not_hold_says_why(old: str, new: str, told: str):
    """First what is different, then what every rule makes of it."""
    first, *rest = tried(CASE.replace(old, new))

    assert first == told
    assert [sentence.split(" ")[1] for sentence in rest] == ["reports-read", "reports-public", "no-payroll"]


def test_a_denial_that_nobody_expected_is_told_with_its_sentence():
    """And the rule that was to decide is said not to."""
    first, second, third, *_ = tried(CASE.replace("acme-reports/2026/", "acme-reports/payroll/"))

    assert first == "It expects that somebody is asked, but it is denied: Rule no-payroll forbids this."
    assert second == "It expects rule reports-read to decide, but no-payroll does."
    assert third == "It expects S0LEADS, U0CID, U0DEE to be asked first, but nobody would be."


def test_allowed_at_once_is_not_what_an_example_of_asking_somebody_expects():
    """A rule that stops asking anybody is noticed."""
    public = """tests:
  - {name: public, ask: {person: U0EVE, s3: list acme-reports/public/, reason: INC-1}, expect: EXPECTED}
"""

    assert tried(public.replace("EXPECTED", str(Expected.AT_ONCE))) == []
    assert tried(public.replace("EXPECTED", "allowed"))[0] == (
        "It expects that somebody is asked, but it is allowed at once."
    )


def test_an_example_of_a_denial_can_name_the_rule_that_denies():
    """Denied by this rule, and not because nothing allows it."""
    denied = """tests:
  - {name: payroll, ask: {person: U0ANN, s3: PLACE, reason: x}, expect: denied, rule: no-payroll}
"""

    assert tried(denied.replace("PLACE", "read acme-reports/payroll/")) == []
    assert tried(denied.replace("PLACE", "read acme-else/payroll/"))[0] == (
        "It expects rule no-payroll to decide, but no rule does."
    )
