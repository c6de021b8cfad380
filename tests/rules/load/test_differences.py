"""Two documents are compared rule by rule, in sentences."""

import pytest

from daypass.rules.load.differences import changes, other_than_rules
from tests.rules.worlds import written

ONE = """
  - id: one
    who: {people: [U0ANN]}
    may: [read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0CID]}}
"""
TWO = ONE.replace("id: one", "id: two").replace("acme-reports", "acme-people")
THREE = ONE.replace("id: one", "id: three").replace("acme-reports", "acme-stock")
NO = """
  - {id: "no", deny: true, who: anyone, on: ["acme-payroll/**"]}
"""


def told(old: str, new: str) -> list[str]:
    """Compare two texts."""
    return [f"{one.kind} {one.rule}: {one.sentence}" for one in changes(written(old), written(new))]


def test_the_same_rules_on_other_lines_are_the_same():
    """Comments and empty lines change nothing."""
    assert told(ONE + TWO + NO, "\n  # a comment\n" + ONE + TWO + NO) == []


def test_what_is_gone_and_what_is_new_is_told_in_words():
    """Each with what it says."""
    says = "U0ANN may read {} for up to 8 hours, 1 hour by default, when U0CID agrees."
    assert told(ONE, TWO) == [
        f"removed one: Rule one is gone. It said: {says.format('acme-reports/**')}",
        f"added two: Rule two is new: {says.format('acme-people/**')}",
    ]


@pytest.mark.parametrize(
    ("old", "new", "fields"),
    [
        ("max: 8h", "max: 4h", "for"),
        ("default: 1h, max: 8h", "default: 2h, max: 4h", "for"),
        ("[read]", "[write]", "may"),
        ("acme-reports/**", "acme-reports/2026/**", "on"),
        ("[U0CID]", "[U0DEE]", "approve"),
        ("[U0ANN]", "[U0BEN]", "who"),
        ("may:", "reason: optional\n    may:", "reason"),
        ("may:", "delivery: [link]\n    may:", "delivery"),
        ("may:", "about: For the audit.\n    may:", "about"),
    ],
)
def test_what_is_different_in_a_rule_is_told_by_its_field(old: str, new: str, fields: str):
    """As the document calls it, with what it said before and what it says now."""
    [found] = told(ONE, ONE.replace(old, new))

    assert found.startswith(f"changed one: Rule one changes “{fields}”.")
    assert ("Before: " in found) is (fields != "about")


def test_a_rule_that_turns_into_a_denial_is_told():
    """The same id, and the opposite."""
    [found] = told(NO, ONE.replace("id: one", 'id: "no"'))

    assert found.startswith("changed no: Rule no changes “deny”. Before: Nobody may list")


def test_a_rule_that_is_paused_and_counts_again_is_told():
    """Without repeating what it says."""
    paused = ONE.replace("may:", "paused: true\n    may:")

    assert told(ONE, paused) == ["paused one: Rule one is paused."]
    assert told(paused, ONE) == ["resumed one: Rule one counts again."]


def test_the_fewest_moves_are_told():
    """Of three rules one was taken to the front; the others stayed."""
    assert told(ONE + TWO + THREE, THREE + ONE + TWO) == [
        "moved three: Rule three has moved: it now stands before all that were there."
    ]
    assert told(ONE + TWO + THREE, TWO + THREE + ONE) == ["moved one: Rule one has moved: it now stands after three."]


def test_where_a_denial_stands_is_of_no_account():
    """Denials beat everything wherever they stand."""
    assert told(ONE + NO, NO + ONE) == []


def test_what_is_different_besides_the_rules_is_told():
    """Owners, how sensitive places are, and the examples."""
    head = "owners: {{people: [{}], slack_groups: [S0LEADS]}}\nsensitivity: {{high: [{}]}}\n"
    example = "tests:\n  - {{name: quick, ask: {{person: U0ANN, s3: read acme-reports/, for: {}}}, expect: denied}}\n"
    old = written(ONE + example.format("1h"), head=head.format("U0ANN, U0BEN", "acme-payroll, acme-people"))
    new = written(ONE + example.format("2h"), head=head.format("U0ANN, U0EVE", "acme-payroll"))

    assert other_than_rules(old, old) == ()
    assert other_than_rules(old, new) == (
        "May change these rules now: U0EVE.",
        "May change these rules no longer: U0BEN.",
        "Counts as high no longer: acme-people.",
        "The examples differ.",
    )
