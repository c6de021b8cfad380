"""What a document says of how much one person may have: what it may hold, what is in vain, and how it is told."""

import pytest

from daypass.model.errors import RulesUnreadable
from daypass.rules.describe.rules import in_words
from daypass.rules.lint.lint import lint
from daypass.rules.load.differences import other_than_rules
from tests.rules.worlds import written

RULE = """
  - id: a
    who: {people: [U0ANN]}
    may: [read]
    on: ["acme/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0CID]}}
"""


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ("{pending: 0}", "0 is not a number from 1 to 10,000."),
        ("{live: -1}", "-1 is not a number from 1 to 10,000."),
        ("{live: 10001}", "10001 is not a number from 1 to 10,000."),
        ("{live: many}", "“live” must be a whole number"),
        ("{live: true}", "“live” must be a whole number"),
        ("{lives: 3}", "“lives” is not a field here. Did you mean “live”?"),
        ("50", "“limits” must be a mapping"),
    ],
)
@pytest.mark.parametrize("where", ["document", "rule"])
def test_a_limit_that_cannot_be_meant_is_refused_in_a_sentence(limits: str, sentence: str, where: str) -> None:
    """At the top of the document as in a rule."""
    head, more = (f"limits: {limits}\n", "") if where == "document" else ("", f"    limits: {limits}\n")
    with pytest.raises(RulesUnreadable) as refused:
        written(RULE + more, head=head)

    assert sentence in refused.value.report
    assert "Input should" not in refused.value.report


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("limits: {pending: 21, live: 51}", []),
        ("limits: {live: 50}", ["contradicting: Rule a says “limits: {live: 50}”, and everybody may have 50 live"]),
        ("limits: {pending: 5}", ["contradicting: Rule a says “limits: {pending: 5}”, and everybody may have 20"]),
        ("limits: {live: 1001}", ["too-wide: Rule a lets one person have 1001 live grants, which is as good as no"]),
        ("when: {live_grants: {under: 50}}", []),
        ("when: {live_grants: {under: 60}}\n    limits: {live: 60}", []),
        (
            "when: {live_grants: {under: 60}}",
            ["contradicting: Rule a lends to whoever has fewer than 60 live grants, and the limits stop whoever asks"],
        ),
        ("limits: {live: 50}\n    meant: [contradicting]", []),
    ],
)
def test_limits_in_vain_and_limits_below_what_a_rule_lets_are_found(more: str, expected: list[str]) -> None:
    """And what is meant is not pointed out."""
    found = [f"{one.kind}: {one.sentence}" for one in lint(written(f"{RULE}    {more}\n"))]

    assert len(found) == len(expected)
    assert all(one.startswith(said) for one, said in zip(found, expected, strict=True)), found


@pytest.mark.parametrize(
    ("approve", "more", "expected"),
    [
        ("at-once", "limits: {pending: 30}", "nothing waits where nobody is asked"),
        (
            "at-once",
            "break_glass: {review: {people: [U0CID]}, within: 1d}\n    limits: {live: 90}",
            "breaking glass is never counted",
        ),
    ],
)
def test_a_limit_on_what_is_never_counted_is_found(approve: str, more: str, expected: str) -> None:
    """Where nobody is asked nothing waits, and an emergency is never refused by a number."""
    rule = RULE.replace("approve: {anyone_of: {people: [U0CID]}}", f"approve: {approve}\n    {more}")

    assert any(expected in one.sentence for one in lint(written(rule)))


def test_what_a_change_does_to_limits_is_told() -> None:
    """Those who decide on a change of the rules read the numbers."""
    before, after = written(RULE), written(f"{RULE}    limits: {{live: 90}}\n", head="limits: {pending: 30}\n")

    assert other_than_rules(before, after) == ("One person may have 30 requests waiting at a time; it was 20.",)
    assert "Who asks under it may have up to 90 live grants at a time." in in_words(after.rules[0])
