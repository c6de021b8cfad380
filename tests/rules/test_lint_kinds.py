"""Each of the kinds of findings is found where it is, named as what it is, and can be said to be meant."""

import pytest
from hypothesis import given

from daypass.model.decision import Allowed, Question
from daypass.rules.decide.decision import decide
from daypass.rules.decide.outcome import outcome
from daypass.rules.lint.lint import lint
from daypass.rules.rule.rule import DenyRule, Rule
from tests.rules.worlds import book, cases, written

TERMS = "for: {default: 1h, max: 8h}"
CID = "approve: {anyone_of: {people: [U0CID]}}"
ALICE = "who: {people: [U0ANN]}, may: [read], on: [acme-reports]"
BOTH = "who: {people: [U0ANN, U0BEN]}, may: [read]"
WEEK = "for: {default: 1h, max: 7d}"


def found(*rules: str, head: str = "") -> list[str]:
    """Say what is found in rules a, b and so on, each with its kind."""
    lines = (f"  - {{id: {name}, {rule}}}\n" for name, rule in zip("abcde", rules, strict=False))
    return [f"{one.kind}: {one.sentence}" for one in lint(written("".join(lines), head=head))]


def test_a_rule_is_unreachable_behind_several_that_have_a_part_of_it_each() -> None:
    """Ann by the first, Ben by the second; one place by the first, the other by the second; and one alone is named."""
    ann, ben = f"{ALICE}, {TERMS}, {CID}", f"{ALICE.replace('ANN', 'BEN')}, {TERMS}, {CID}"

    assert found(ann, ben, f"{BOTH}, on: ['acme-reports/2026/**'], {TERMS}, {CID}") == [
        "unreachable: Rule c never decides: a and b allow between them, before it, everything that it allows."
    ]
    other = f"{BOTH}, on: [acme-brand], {TERMS}, {CID}"
    assert found(
        f"{BOTH}, on: [acme-reports], {TERMS}, {CID}", other, f"{BOTH}, on: [acme-reports, acme-brand], {TERMS}, {CID}"
    ) == ["unreachable: Rule c never decides: a and b allow between them, before it, everything that it allows."]
    assert found(ann, f"{BOTH}, on: [acme-reports], {TERMS}, {CID}") == []


def test_a_rule_is_unreachable_when_denials_leave_nothing_or_only_what_is_decided_before_it() -> None:
    """One denies what the other leaves; and what is not denied, the first rule decides."""
    lends = f"{BOTH}, on: [acme-reports], {TERMS}, {CID}"
    no_ann = "deny: true, who: {people: [U0ANN]}, on: [acme-reports]"
    no_ben = "deny: true, who: {people: [U0BEN]}, on: ['acme-*/**']"
    assert found(lends, no_ann, no_ben) == ["unreachable: Rule a never allows anything: b and c deny all of it."]

    reports = f"{BOTH}, on: [acme-reports], {TERMS}, {CID}"
    brand = "deny: true, who: anyone, on: [acme-brand]"
    assert found(reports, f"{BOTH}, on: [acme-reports, acme-brand], {TERMS}, {CID}", brand) == [
        "unreachable: Rule b never decides: a allows, before it, everything that it allows, and what is left c denies."
    ]


def test_a_denial_that_changes_nothing_is_found() -> None:
    """What it denies is denied before it; the other way round its own sentence is what people read."""
    wide, narrow = (
        "deny: true, who: anyone, on: [acme-pay]",
        "deny: true, who: {people: [U0ANN]}, on: ['acme-pay/x/**']",
    )

    assert found(wide, narrow) == [
        "unreachable: Rule b changes nothing: a, before it, denies everything that it denies."
    ]
    assert found(narrow, wide) == []
    for less in (
        "extras: [tags]",
        "may: [write]",
        "delivery: [link]",
        "when: {days: [mon], zone: UTC}",
        "paused: true",
    ):
        assert found(f"{wide}, {less}", narrow) == []


@pytest.mark.parametrize(
    ("words", "places", "expected"),
    [
        ("low", "acme-pay/x/", True),
        ("low, unmarked", "acme-pay/x/", True),
        ("low", "acme-brand", True),
        ("high", "acme-pay/x/", False),
        ("low", "acme-pay/x/, acme-public", False),
        ("unmarked", "acme-brand", False),
    ],
)
def test_a_rule_whose_sensitivity_can_never_be_so_is_found(words: str, places: str, *, expected: bool) -> None:
    """All of the place is high, or none of it is low."""
    head = "sensitivity: {high: [acme-pay], low: [acme-public]}\n"
    never = f"unreachable: Rule a never allows anything: nothing that it lends is only {words.replace(', ', ' or ')}."
    rule = f"{BOTH}, on: [{places}], when: {{sensitivity: [{words}]}}, {TERMS}, {CID}"

    assert found(rule, head=head) == ([never] if expected else [])


@pytest.mark.parametrize(
    ("lends", "denies", "what"),
    [
        ("may: [read, write], on: [acme-reports]", "may: [write], on: [acme-reports]", "write"),
        ("may: [read], on: [acme-reports, acme-pay]", "on: [acme-pay]", "acme-pay"),
        ("may: [read], on: [acme-pay], delivery: [session, link]", "on: ['*'], delivery: [link]", "a link"),
        ("may: [read], on: [acme-pay], extras: [tags]", "on: ['*'], extras: [tags]", "tags"),
    ],
)
def test_a_denial_of_something_that_a_rule_names_contradicts_it(lends: str, denies: str, what: str) -> None:
    """The rule seems to lend it, and it is denied wherever the rule lends."""
    rule = f"who: {{people: [U0ANN, U0BEN]}}, {lends}, {TERMS}, {CID}"

    assert found(rule, f"deny: true, who: anyone, {denies}") == [
        f"contradicting: Rule a speaks of {what} in vain: b denies that wherever it lends."
    ]
    assert found(rule, f"deny: true, who: {{people: [U0ANN]}}, {denies}") == []


def test_a_denial_of_somebody_whom_a_rule_names_contradicts_it() -> None:
    """Ben is named by both; Ann is not denied."""
    rule = f"{BOTH}, on: ['acme-reports/2026/**'], {TERMS}, {CID}"

    assert found(rule, "deny: true, who: {people: [U0BEN, U0EVE]}, on: [acme-reports]") == [
        "contradicting: Rule a speaks of U0BEN in vain: b denies that wherever it lends."
    ]
    assert found(rule, "deny: true, who: {people: [U0BEN]}, on: ['acme-reports/2026/03/**']") == []


@pytest.mark.parametrize(
    ("first", "then", "how"),
    [
        (f"{TERMS}, {CID}", f"{WEEK}, approve: at-once, meant: [too-wide]", "for more than 8 hours"),
        (f"{TERMS}, reason: {{matching: INC-1}}, {CID}", f"{TERMS}, approve: at-once", "without “INC-1” in the reason"),
        (f"{TERMS}, {CID}", f"{TERMS}, reason: optional, approve: at-once", "without a reason"),
        (f"{TERMS}, ticket: required, {CID}", f"{TERMS}, approve: at-once", "without an open ticket"),
    ],
)
def test_a_rule_that_lends_for_less_what_one_before_it_asks_somebody_for_contradicts_it(
    first: str, then: str, how: str
) -> None:
    """One asks so that the first rule does not answer, and nobody is asked."""
    where = f"{BOTH}, on: [acme-reports]"

    assert found(f"{where}, {first}", f"{where}, {then}") == [
        f"contradicting: Rule a asks somebody, and b, after it, lends the same at once to whoever asks {how}."
    ]
    assert found(f"{where}, {first}", f"who: {{people: [U0ANN]}}, may: [read], on: [acme-reports], {then}") == []


def test_a_rule_that_wants_no_passkey_after_one_that_does_contradicts_it() -> None:
    """Whoever asks for a day is approved with a click."""
    where = f"{BOTH}, on: [acme-reports]"

    assert found(f"{where}, {TERMS}, second_factor: required, {CID}", f"{where}, {WEEK}, {CID}") == [
        (
            "contradicting: Rule a wants the approver's passkey, and b, after it, lends the same without a passkey "
            "to whoever asks for more than 8 hours."
        )
    ]
    assert found(f"{where}, {TERMS}, {CID}", f"{where}, {WEEK}, {CID}") == []


READ = "may: [read], on: [a-b]"
NIGHT = "when: {on_call: [ledger]}"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            f"{BOTH}, on: ['*/public/**'], {TERMS}, {CID}",
            ["lends from every bucket there is, and from those made tomorrow."],
        ),
        (
            f"who: anyone, may: [read, delete], on: ['a-b/x/**'], {TERMS}, approve: at-once",
            ["lets anybody delete at once."],
        ),
        (
            f"who: {{people: [U0ANN]}}, may: [write, delete], on: [acme], {TERMS}, approve: at-once",
            ["lets write and delete in all of acme at once."],
        ),
        (f"who: {{people: [U0ANN]}}, may: [write], on: ['acme/x/**'], {TERMS}, approve: at-once", []),
        (f"who: {{people: [U0ANN]}}, may: [write], on: [acme], {NIGHT}, {TERMS}, approve: at-once", []),
        (f"who: anyone, may: [read], on: [acme], {TERMS}, approve: at-once", []),
        (
            f"who: anyone, may: [read], on: [acme], delivery: [link], {TERMS}, approve: at-once",
            ["hands out links at once to anybody, and a link works for whoever has it."],
        ),
        (f"{ALICE}, delivery: [link], {TERMS}, approve: at-once", []),
        (f"{ALICE}, {WEEK}, approve: at-once", ["lends for up to 7 days, and nobody is asked."]),
        (f"{ALICE}, {WEEK}, {CID}", []),
        (f"{ALICE}, for: {{default: 1h, max: 90d}}, {CID}", ["lends for up to 90 days, which is as good as for ever."]),
        (
            (
                f"who: anyone, may: [read], on: [acme], {TERMS}, approve: at-once, "
                "break_glass: {review: {people: [U0CID]}, within: 1d}"
            ),
            ["lets anybody break glass."],
        ),
    ],
)
def test_a_rule_that_is_too_wide_is_found(rule: str, expected: list[str]) -> None:
    """By to whom, from where, at once, and for how long."""
    assert found(rule) == [f"too-wide: Rule a {one}" for one in expected]


@pytest.mark.parametrize(
    ("who", "approve"),
    [
        ("{slack_groups: [S0TEAM]}", "{anyone_of: {slack_groups: [S0TEAM]}}"),
        ("{people: [U0ANN, U0BEN, U0CID]}", "{at_least: 2, of: {people: [U0ANN, U0BEN, U0CID]}}"),
        ("{directory_groups: ['file:x'], people: [U0ANN]}", "{anyone_of: {directory_groups: ['file:x']}}"),
    ],
)
def test_a_rule_that_those_decide_who_may_ask_is_found(who: str, approve: str) -> None:
    """They lend to each other; nobody else ever looks."""
    rest = f"may: [read], on: [acme], {TERMS}"
    told = "self-approval: Whoever decides on rule a may ask under it too: two of them can lend each other all of it."

    assert found(f"who: {who}, {rest}, approve: {approve}") == [told]
    assert found(f"who: anyone, {rest}, approve: {approve}") == []


@pytest.mark.parametrize(
    "approve",
    [
        "{anyone_of: {people: [U0BEN]}}",
        "{anyone_of: {slack_groups: [S0TEAM, S0LEADS]}}",
        "{anyone_of: {slack_groups: [S0TEAM], manager: true}}",
        "{stages: [{name: a, anyone_of: {slack_groups: [S0TEAM]}}, {name: b, anyone_of: {people: [U0CID]}}]}",
    ],
)
def test_a_rule_that_somebody_else_decides_on_as_well_is_left_alone(approve: str) -> None:
    """Or one alone among those who ask, who never decides on their own."""
    who = "{slack_groups: [S0TEAM], people: [U0BEN]}"

    assert found(f"who: {who}, may: [read], on: [acme], {TERMS}, approve: {approve}") == []


def test_a_hand_over_to_nobody_new_is_found() -> None:
    """Whoever may decide from then on may decide already."""
    later = "hand_over: [{after: 30m, to: {people: [U0CID]}}, {after: 1h, to: {people: [U0DEE]}}]"

    assert found(f"{ALICE}, {TERMS}, approve: {{anyone_of: {{people: [U0CID, U0EVE]}}, {later}}}") == [
        "no-approver: After 30 minutes rule a is handed over to nobody new."
    ]


@pytest.mark.parametrize(
    ("rule", "kind"),
    [
        (f"{ALICE}, {WEEK}, approve: at-once", "too-wide"),
        (
            f"who: {{slack_groups: [S0A]}}, {READ}, {TERMS}, approve: {{anyone_of: {{slack_groups: [S0A]}}}}",
            "self-approval",
        ),
        ("deny: true, who: anyone, on: ['acme/*']", "shallow"),
    ],
)
def test_what_a_rule_says_is_meant_is_not_pointed_out(rule: str, kind: str) -> None:
    """And nothing else is left out by it."""
    other = "contradicting" if kind != "contradicting" else "too-wide"

    assert found(f"{rule}, meant: [{kind}]") == []
    assert len(found(f"{rule}, meant: [{other}]")) == 1


@given(cases())
def test_a_denial_that_is_said_to_change_nothing_changes_nothing(case: tuple[list[Rule], Question]) -> None:
    """Without it the answer is the same."""
    rules, question = case
    idle = {one.rule for one in lint(book(*rules)) if "changes nothing" in one.sentence}
    rest = [rule for rule in rules if not (isinstance(rule, DenyRule) and rule.id in idle)]

    assert outcome(decide(book(*rest), question)) == outcome(decide(book(*rules), question))


@given(cases())
def test_what_is_said_to_be_in_vain_is_never_lent(case: tuple[list[Rule], Question]) -> None:
    """A level, a way, a person that a rule names and never lends: no decision by that rule has it."""
    rules, question = case
    vain = {
        (one.rule, one.sentence.split(" in vain")[0].split(" of ")[1])
        for one in lint(book(*rules))
        if "in vain" in one.sentence
    }
    decision = decide(book(*rules), question)

    if isinstance(decision, Allowed):
        asked = {
            *question.entitlement.levels,
            *question.entitlement.options,
            f"a {question.delivery}",
            question.principal.id,
        }
        assert not {(decision.rule, one) for one in asked} & vain
