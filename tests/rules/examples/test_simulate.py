"""Rules are tried on a file of requests, line by line, alone or beside what they would replace."""

import json
from io import BytesIO

import pytest

from daypass.model.errors import Fault
from daypass.rules.examples.past import LONGEST, PastRequest, read_past
from daypass.rules.examples.simulate import Simulation
from daypass.rules.rule.rulebook import RuleBook
from tests.rules.worlds import written

OLD = """
  - id: reports-read
    who: {people: [U0ANN, U0BEN]}
    may: [read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0CID]}}
  - id: public
    who: anyone
    may: [read]
    on: ["acme-public/**"]
    for: {default: 1h, max: 8h}
    approve: at-once
  - {id: no-payroll, deny: true, who: anyone, on: ["acme-reports/payroll/**"]}
"""
ASK = {"person": "U0ANN", "s3": "read acme-reports/2026/", "for": "2h", "reason": "INC-1"}


def lines(*given: object) -> bytes:
    """Write a file of requests; what is bytes stands as it is."""
    return b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in given)


def read(*given: object) -> tuple[list[PastRequest], list[str]]:
    """Read requests, and their faults as a person sees them."""
    asked: list[PastRequest] = []
    faults: list[Fault] = []
    for one in read_past(BytesIO(lines(*given)), name="asked.jsonl"):
        (asked.append(one) if isinstance(one, PastRequest) else faults.extend(one))
    return asked, [str(fault) for fault in faults]


def simulated(*given: object, book: RuleBook | None = None, against: RuleBook | None = None) -> tuple[str, list[str]]:
    """Try rules on requests: the counts, and the differences."""
    simulation = Simulation(book=book or written(OLD), against=against)
    asked, faults = read(*given)
    assert not faults
    found = [difference for one in asked if (difference := simulation.ask(one))]
    return simulation.sentence, [f"{one.line}: {one.sentence}" for one in found]


def test_requests_are_counted_by_what_becomes_of_them():
    """At once, waiting, denied by a rule, and allowed by none."""
    counts, differences = simulated(
        ASK,
        ASK | {"person": "U0EVE"},
        ASK | {"s3": "read acme-public/a"},
        ASK | {"s3": "read acme-reports/payroll/"},
        ASK | {"person": "U0BEN", "decided": "allowed"},
    )

    assert counts == (
        "5 requests: 1 allowed at once, 2 waiting for somebody, 1 denied by a rule, 1 that no rule allows."
    )
    assert differences == []


def test_counts_are_kept_by_rule():
    """Which rule denies, and which lends, can be told."""
    simulation = Simulation(book=written(OLD))
    for one in read(ASK, ASK, ASK | {"s3": "read acme-reports/payroll/"})[0]:
        simulation.ask(one)

    assert {(str(what), rule): count for (what, rule), count in simulation.counts.items()} == {
        ("allowed", "reports-read"): 2,
        ("denied", "no-payroll"): 1,
    }


def test_every_request_that_other_rules_decide_otherwise_is_told():
    """With its line, the old answer and the new one; the rest is not mentioned."""
    new = written(OLD.replace("max: 8h", "max: 1h").replace("[U0ANN, U0BEN]", "[U0ANN, U0EVE]"))

    counts, differences = simulated(
        ASK,
        ASK | {"s3": "read acme-reports/payroll/"},
        ASK | {"person": "U0EVE", "for": "1h"},
        book=new,
        against=written(OLD),
    )

    assert counts.startswith("3 requests: 0 allowed at once, 1 waiting for somebody")
    asked = "U0ANN, read acme-reports/2026/ for 2 hours as a session"
    was = "was allowed when U0CID agrees for up to 8 hours (rule reports-read)"
    no = "becomes denied: at most 1h for read on acme-reports/2026/ (rule reports-read). Try --for 1h."
    silence = "was denied: no rule covers read on acme-reports/2026/ for you. `offers` lists what you can request"
    yes = "becomes allowed when U0CID agrees for up to 1 hour (rule reports-read)."
    assert differences == [
        f"1: {asked}: {was}; {no}",
        f"3: {asked.replace('ANN', 'EVE').replace('2 hours', '1 hour')}: {silence}; {yes}",
    ]


def test_another_approver_is_a_difference_and_another_name_of_the_rule_is_none():
    """What counts is what the person and the approvers notice."""
    renamed = written(OLD.replace("id: reports-read", "id: reports-lent"))
    handed = written(OLD.replace("[U0CID]", "[U0DEE]"))

    assert simulated(ASK, book=renamed, against=written(OLD))[1] == []
    assert len(simulated(ASK, book=handed, against=written(OLD))[1]) == 1


def test_what_was_decided_then_is_compared_when_the_file_says_it():
    """A request that was allowed and would be denied now is told."""
    _, differences = simulated(ASK | {"person": "U0EVE", "decided": "allowed"}, ASK | {"decided": "at-once"}, ASK)

    assert [one.split(": was ")[1].split(";")[0] for one in differences] == [
        "waiting for somebody",
        "allowed at once",
    ]


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b"{", "asked.jsonl:2: This is not JSON."),
        (b"[" * 60_000, "asked.jsonl:2: This is not JSON."),
        (b"\xff", "asked.jsonl:2: This is not JSON."),
        (b'{"person": "\\ud800"}', "asked.jsonl:2: This is not JSON."),
        (b"[]", "asked.jsonl:2: This is not an object."),
        (b"x" * (LONGEST * 3), "asked.jsonl:2: This line is longer than 65,536 bytes."),
        (ASK | {"duration": "2h"}, "asked.jsonl:2: “duration” is not a field here."),
        (ASK | {"for": 2}, "asked.jsonl:2: “2” has no unit"),
        (ASK | {"decided": "maybe"}, "asked.jsonl:2: “maybe” cannot stand under “decided”."),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_stops_nothing(bad: object, told: str):
    """Its number counts lines of the file, and the lines around it are read."""
    asked, faults = read(ASK, bad, b"", ASK)

    assert [one.line for one in asked] == [1, 4]
    assert len(faults) == 1
    assert faults[0].startswith(told)


def test_an_approver_who_is_away_changes_nothing_that_is_not_said():
    """Approvers are taken to be there unless the request says otherwise."""
    assert simulated(ASK)[0] == simulated(ASK | {"away": ["U0XAV"]})[0]
