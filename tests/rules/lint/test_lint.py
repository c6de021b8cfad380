"""What is written and hardly meant is pointed out, and nothing else is."""

import pytest
from hypothesis import given

from daypass.model.decision import Allowed, Question
from daypass.rules.decide.decision import decide
from daypass.rules.lint import overlaps
from daypass.rules.lint.lint import lint
from daypass.rules.rule.rule import Rule
from tests.rules.worlds import book, cases, written

LENDS = """
  - id: lends
    who: {people: [U0ANN, U0BEN]}
    may: [read]
    delivery: [session]
    on: ["acme-reports/2026/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0CID, U0DEE]}}
"""


def found(rules: str) -> list[str]:
    """Say what is found in rules, with the lines."""
    return [f"{fault.line}: {fault.sentence}" for fault in lint(written(rules))]


def test_rules_that_mean_what_they_say_are_left_alone() -> None:
    """No finding where nothing is wrong."""
    assert found(LENDS) == []


def test_a_rule_whose_only_requestor_is_the_only_approver_is_found() -> None:
    """Nobody decides their own, so such a rule never allows anything."""
    alone = LENDS.replace("[U0ANN, U0BEN]", "[U0ANN]").replace("[U0CID, U0DEE]", "[U0ANN]")

    assert found(alone) == [
        "5: Rule lends never allows anything: the one person who may ask is the only one who decides."
    ]


def test_a_rule_behind_one_that_allows_all_of_it_is_found() -> None:
    """The first rule that allows decides, so the second never does."""
    behind = LENDS.replace("id: lends", "id: behind").replace("[U0ANN, U0BEN]", "[U0BEN]").replace("8h", "4h")

    assert found(LENDS + behind) == [
        "13: Rule behind never decides: lends, before it, allows everything that it allows."
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("max: 8h", "max: 9h"),
        ("[U0ANN, U0BEN]", "[U0EVE]"),
        ("may: [read]", "may: [read, write]"),
        ("2026/**", "2027/**"),
        ("may: [read]", "may: [read]\n    extras: [tags]"),
        ("may: [read]", "may: [read]\n    reason: optional"),
        ("delivery: [session]", "delivery: [session, link]"),
    ],
)
def test_a_later_rule_that_allows_more_is_left_alone(old: str, new: str) -> None:
    """It decides what the earlier rule does not allow."""
    assert found(LENDS + LENDS.replace("id: lends", "id: more").replace(old, new)) == []


def test_a_later_rule_that_serves_the_only_approver_of_an_earlier_one_is_left_alone() -> None:
    """Ben alone decides in the first rule, so Ben's own request needs the second."""
    first = LENDS.replace("[U0CID, U0DEE]", "[U0BEN]")

    assert found(first + LENDS.replace("id: lends", "id: for-ben")) == []


def test_a_rule_that_is_denied_altogether_is_found() -> None:
    """It stands in the document and never says yes."""
    denial = "\n  - {id: none, deny: true, who: anyone, may: [list], on: [acme-reports]}"

    assert found(LENDS + denial) == ["5: Rule lends never allows anything: none denies all of it."]


@pytest.mark.parametrize("narrow", ["extras: [tags]", "delivery: [link, policy]", "may: [write]"])
def test_a_rule_that_is_denied_in_part_is_left_alone(narrow: str) -> None:
    """What the denial leaves can still be had."""
    denial = f"\n  - {{id: some, deny: true, who: anyone, on: [acme-reports], {narrow}}}"

    assert found(LENDS + denial) == []


def test_a_denial_that_stops_at_the_next_slash_is_found() -> None:
    """Who denies `x/*` mostly means everything under x."""
    denial = '\n  - {id: none, deny: true, who: anyone, on: ["acme-payroll/2026/*"]}'

    assert found(LENDS + denial) == [
        "13: Rule none denies only what lies directly under acme-payroll/2026/, not what lies deeper."
    ]


def test_a_rule_for_every_bucket_is_found() -> None:
    """Buckets that do not exist yet are lent with it."""
    assert found(LENDS.replace("acme-reports/2026/**", "*")) == [
        "5: Rule lends lends from every bucket there is, and from those made tomorrow."
    ]


@given(cases())
def test_a_rule_that_is_said_never_to_decide_never_decides(case: tuple[list[Rule], Question]) -> None:
    """The findings are sure: no ask is decided by a rule that was found to be without effect."""
    rules, question = case
    never = {fault.sentence.split()[1] for fault in lint(book(*rules)) if "never" in fault.sentence}

    decision = decide(book(*rules), question)

    assert not (isinstance(decision, Allowed) and decision.rule in never)


def test_a_document_of_twice_as_many_rules_takes_no_more_than_twice_the_looks(monkeypatch):
    """Rules whose places have nothing to do with each other are not held against each other."""

    def looks(number: int) -> int:
        counted = []
        under = overlaps.under

        def counting(*one):
            counted.append(one)
            return under(*one)

        with monkeypatch.context() as patch:
            patch.setattr(overlaps, "under", counting)
            text = "\n".join(
                f"  - {{id: r{at}, who: anyone, may: [read], on: ['acme-reports/{at:04}/**'], "
                "for: {default: 1h, max: 8h}, approve: at-once}"
                for at in range(number)
            )
            lint(written(f"\n{text}\n"))
        return len(counted)

    assert looks(80) <= 2 * looks(40)
