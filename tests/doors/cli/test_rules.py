"""`daypass rules` on a file: checked, tried and read with no service and no login."""

import json
from pathlib import Path

import pytest

from tests.doors.cli.conftest import Ran, Terminal

RULES = """version: 1
rules:
  - id: reports-read
    who: {people: [U0ANN]}
    may: [read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB]}}
  - {id: no-payroll, deny: true, who: anyone, on: ["acme-reports/payroll/**"], because: Ask the people team.}
tests:
  - name: reports are read
    ask: {person: U0ANN, s3: read acme-reports/2026/, for: 2h, reason: INC-1}
    expect: allowed
    rule: reports-read
    approvers: [U0BOB]
  - name: payroll is not
    ask: {person: U0ANN, s3: read acme-reports/payroll/, reason: INC-1}
    expect: denied
    rule: no-payroll
"""
ASK = {"person": "U0ANN", "s3": "read acme-reports/2026/", "for": "2h", "reason": "INC-1"}


@pytest.fixture
def alone(tmp_path: Path) -> Terminal:
    """A machine from which no service is reached."""
    return Terminal(home=tmp_path, url="http://127.0.0.1:9")


def rules(at: Terminal, *words: str, text: str = RULES) -> Ran:
    """Run a command on a file; FILE is its path, and any other word in capitals one that the test wrote."""
    (at.home / "rules.yaml").write_text(text)
    return at("rules", *(str(at.home / "rules.yaml") if word == "FILE" else word for word in words))


def written(at: Terminal, name: str, text: str) -> str:
    """Write another file."""
    (at.home / name).write_text(text)
    return str(at.home / name)


def test_a_document_without_fault_has_nothing_to_point_out(alone: Terminal):
    """Exit 0, and a line that says so."""
    ran = rules(alone, "lint", "FILE")

    assert (ran.code, ran.out) == (0, f"{alone.home}/rules.yaml: nothing to point out.\n")
    assert ran.err == "Not looked at: whether the 2 people named here exist; --live asks the service.\n"


def test_faults_are_told_with_line_and_suggestion(alone: Terminal):
    """Exit 1; all of them, for people and for programs."""
    wrong = RULES.replace("max: 8h", "maximum: 8h").replace("deny: true, who", "deny: true, whom")
    ran = rules(alone, "lint", "FILE", text=wrong)
    told = rules(alone, "lint", "FILE", "--json", text=wrong).json

    assert ran.code == 1
    assert [line.split("rules.yaml:")[1].split(":")[0] for line in ran.out.splitlines()] == ["7", "9"]
    assert [fault["line"] for fault in told["faults"]] == [7, 9]


def test_what_is_hardly_meant_is_pointed_out(alone: Terminal):
    """It can be used as it is, and yet exit 1."""
    ran = rules(alone, "lint", "FILE", "--json", text=RULES.replace("payroll/**", "payroll/*"))

    assert ran.code == 1
    assert ran.json["faults"] == []
    assert "not what lies deeper" in ran.json["findings"][0]["sentence"]


def test_examples_that_hold_are_counted(alone: Terminal):
    """Exit 0."""
    ran = rules(alone, "test", "FILE")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "ok    reports are read\nok    payroll is not\n2 of 2 examples hold.\n"


def test_an_example_that_fails_says_where_and_why(alone: Terminal):
    """Exit 1, with what every rule makes of it."""
    ran = rules(alone, "test", "FILE", text=RULES.replace("max: 8h", "max: 1h"))

    first, where, why, *_, last = [*ran.out.splitlines(), *ran.err.splitlines()]
    assert ran.code == 1
    assert (first, last) == ("ok    payroll is not", "1 of 2 examples hold.")
    assert (where.startswith("FAIL  reports are read ("), where.endswith("rules.yaml:11)")) == (True, True)
    assert why.strip().startswith("It expects that somebody is asked, but it is denied: at most 1h")


def test_examples_are_told_to_programs(alone: Terminal):
    """As JSON, with each outcome."""
    told = rules(alone, "test", "FILE", "--json").json

    assert told["passed"] is True
    assert [(one["name"], one["outcome"]) for one in told["examples"]] == [
        ("reports are read", "allowed"),
        ("payroll is not", "denied"),
    ]


def test_requests_of_a_file_are_tried_beside_other_rules(alone: Terminal):
    """Each that is decided otherwise has a line, and the counts come last."""
    other = written(alone, "other.yaml", RULES.replace("max: 8h", "max: 1h"))
    asked = written(alone, "asked.jsonl", "\n".join(map(json.dumps, [ASK, ASK | {"for": "1h"}, ASK | {"for": "30m"}])))
    ran = rules(alone, "simulate", "FILE", asked, "--against", other)

    lines = ran.out.splitlines()
    assert (ran.code, ran.err) == (0, "")
    assert "asked.jsonl:1: U0ANN, read acme-reports/2026/ for 2 hours as a session: was denied" in lines[0]
    assert "3 requests: 0 allowed at once, 3 waiting for somebody, 0 denied by a rule, 0 that no rule allows." in lines
    assert "other.yaml, 3 requests: 0 allowed at once, 2 waiting for somebody, 0 denied by a rule, 1" in lines[-1]


def test_a_line_that_cannot_be_read_stops_nothing_and_is_told(alone: Terminal):
    """Exit 1 at the end."""
    asked = written(alone, "asked.jsonl", json.dumps(ASK) + "\n{\n" + json.dumps(ASK) + "\n")
    ran = rules(alone, "simulate", "FILE", asked)
    told = [json.loads(line) for line in rules(alone, "simulate", "FILE", asked, "--json").out.splitlines()]

    assert ran.code == 1
    assert "asked.jsonl:2: This is not JSON." in ran.err
    assert ran.out.startswith("2 requests: ")
    assert [list(one) for one in told] == [["fault"], ["counts", "against", "unread_lines"]]
    assert told[-1]["counts"] == [{"outcome": "allowed", "rule": "reports-read", "count": 2}]


def test_one_request_is_explained_rule_by_rule(alone: Terminal):
    """A star marks what decides."""
    ran = rules(alone, "explain", "FILE", "--ask", "person: U0ANN, s3: read acme-reports/2026/, reason: INC-1")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "Allowed when U0BOB agrees for up to 8 hours (rule reports-read)."
    assert [line[:16] for line in ran.out.splitlines()[1:]] == ["* Rule reports-r", "  Rule no-payrol"]


def test_a_request_that_is_denied_exits_as_denied(alone: Terminal):
    """Exit 2; as JSON with every verdict."""
    ran = rules(alone, "explain", "FILE", "--json", "--ask", json.dumps(ASK | {"s3": "read acme-reports/payroll/"}))

    assert ran.code == 2
    assert (ran.json["outcome"], ran.json["rules"]) == ("denied", ["no-payroll"])
    assert [(one["rule"], one["decides"]) for one in ran.json["verdicts"]] == [
        ("reports-read", False),
        ("no-payroll", True),
    ]


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        ("person: ann, s3: read acme-reports", "“ann” is not a Slack user id"),
        ("person: U0ANN", "“s3” is missing."),
        ("{", "This is not YAML"),
        ("person: U0ANN, person: U0BEN, s3: read acme", "“person” is given twice"),
    ],
)
def test_an_ask_that_cannot_be_read_is_a_sentence(alone: Terminal, ask: str, told: str):
    """Exit 1, and what to write instead."""
    ran = rules(alone, "explain", "FILE", "--ask", ask)

    assert (ran.code, ran.out) == (1, "")
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_rules_are_said_in_words(alone: Terminal):
    """One line a rule."""
    ran = rules(alone, "show", "FILE")
    told = rules(alone, "show", "FILE", "--json").json["rules"]

    assert ran.out.splitlines()[1] == (
        "no-payroll: Nobody may list or read or write or delete anything in acme-reports/payroll/**. "
        "Ask the people team."
    )
    assert [(one["id"], one["line"]) for one in told] == [("reports-read", 3), ("no-payroll", 9)]


@pytest.mark.parametrize("words", [("show", "FILE"), ("test", "FILE"), ("simulate", "FILE", "FILE")])
def test_a_document_with_faults_is_not_tried(alone: Terminal, words: tuple[str, ...]):
    """Exit 1, with each fault."""
    ran = rules(alone, *words, text=RULES.replace("max: 8h", "maximum: 8h"))

    assert (ran.code, ran.out) == (1, "")
    assert "rules.yaml:7: “maximum” is not a field here. Did you mean “max”?" in ran.err


@pytest.mark.parametrize("words", [("show", "nowhere.yaml"), ("lint", "nowhere.yaml"), ("simulate", "FILE", "nowhere")])
def test_a_file_that_is_not_there_is_a_sentence(alone: Terminal, words: tuple[str, ...]):
    """Exit 1."""
    ran = rules(alone, *words)

    assert (ran.code, ran.out) == (1, "")
    assert "cannot be read: No such file or directory." in ran.err


def test_a_document_comes_through_a_pipe(alone: Terminal):
    """A dash is the standard input."""
    ran = alone("rules", "show", "-", given=RULES)

    assert ran.code == 0
    assert ran.out.startswith("reports-read: U0ANN may read")
