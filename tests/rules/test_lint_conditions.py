"""A rule that holds only at times, for emergencies or not at all for now makes no other rule idle."""

import pytest

from daypass.rules.lint.lint import lint
from daypass.rules.rule.finding import FindingKind
from tests.rules.worlds import written

REST = "who: anyone, may: [read], on: [acme-reports], for: {default: 1h, max: 2h}"
AT_ONCE = "approve: at-once"
NEVER = "Rule b never decides: a, before it, allows everything that it allows."
REVIEWED = "break_glass: {review: {people: [U0BOB]}, within: 1d}"


def found(*rules: str) -> list[str]:
    """Say what is found in rules a, b and so on."""
    lines = (f"  - {{id: {name}, {rule}}}\n" for name, rule in zip("abc", rules, strict=False))
    return [one.sentence for one in lint(written("".join(lines))) if one.kind is not FindingKind.TOO_WIDE]


@pytest.mark.parametrize(
    "only",
    [
        "paused: true",
        "when: {days: [mon], zone: UTC}",
        "when: {sensitivity: [unmarked]}",
        "ticket: required",
        "reason: {matching: INC-1}",
        REVIEWED,
    ],
)
def test_a_rule_that_holds_at_times_does_not_stand_in_front_of_one_that_always_does(only: str) -> None:
    """The one after it decides at the other times."""
    assert found(f"{REST}, {only}, {AT_ONCE}", f"{REST}, {AT_ONCE}") == []


@pytest.mark.parametrize("only", ["when: {days: [mon], zone: UTC}", "ticket: required", "reason: {matching: INC-1}"])
def test_a_rule_that_holds_at_times_is_behind_one_that_always_does_or_at_the_same_times(only: str) -> None:
    """Then it never decides."""
    at_times = f"{REST}, {only}, {AT_ONCE}"

    assert found(f"{REST}, {AT_ONCE}", at_times) == [NEVER]
    assert found(at_times, at_times) == [NEVER]


def test_one_rule_for_emergencies_may_stand_behind_another_of_the_same_kind() -> None:
    """With the same review it never decides; with another it serves the only reviewer of the first."""
    first, other = f"{REST}, {REVIEWED}, {AT_ONCE}", f"{REST}, {REVIEWED.replace('BOB', 'CID')}, {AT_ONCE}"

    assert (found(first, first), found(first, other)) == ([NEVER], [])


def test_a_rule_that_leaves_more_room_to_prolong_is_left_alone() -> None:
    """Asked for without a length after an hour, two hours more are too long for the first rule and fit the second."""
    assert found(f"{REST.replace('default: 1h', 'default: 2h')}, {AT_ONCE}", f"{REST}, {AT_ONCE}") == []


@pytest.mark.parametrize("only", ["paused: true", "when: {days: [mon], zone: UTC}", "when: {tags: {team: x}}"])
def test_a_denial_at_times_does_not_make_a_rule_idle(only: str) -> None:
    """At other times it lends."""
    assert found(f"{REST}, {AT_ONCE}", f"deny: true, who: anyone, on: [acme-reports], {only}") == []


def test_a_denial_at_the_same_times_does() -> None:
    """The rule lends on Mondays, and on Mondays nothing is lent."""
    mondays = "when: {days: [mon], zone: UTC}"

    assert found(f"{REST}, {mondays}, {AT_ONCE}", f"deny: true, who: anyone, on: [acme-reports], {mondays}") == [
        "Rule a never allows anything: b denies all of it."
    ]


def test_nothing_is_said_of_a_paused_rule() -> None:
    """It counts for nothing, and is meant to."""
    everywhere = REST.replace("[acme-reports]", "['*']")

    assert found(f"{REST}, {AT_ONCE}", f"{everywhere}, paused: true, {AT_ONCE}") == []
    assert found("deny: true, who: anyone, on: ['acme-reports/*'], paused: true") == []
