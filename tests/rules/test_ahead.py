"""How far ahead access may be asked for."""

from datetime import timedelta

import pytest

from daypass.model.decision import Allowed, Decision, Denied, Question
from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery
from daypass.model.principal import Principal, PrincipalId
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.rules.decide.decision import decide
from daypass.rules.describe.rules import in_words
from daypass.rules.lint.lint import lint
from daypass.rules.load.read import parse
from tests.makers import HOUR

RULE = """
version: 1
rules:
  - id: reports
    who: anyone
    may: [read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB]}}
"""
DAY = timedelta(days=1)


def asked(ahead: timedelta, said: str = "") -> Decision:
    """Ask for a start so far ahead."""
    question = Question(
        principal=Principal(id=PrincipalId("U0ANN"), name="Ann"),
        entitlement=Entitlement(resource=parse_resource("acme-reports/a/"), levels=frozenset({Level.READ})),
        length=HOUR,
        delivery=Delivery.SESSION,
        reason="INC-42",
        ahead=ahead,
    )
    return decide(parse(RULE + said, name="rules.yaml"), question)


@pytest.mark.parametrize(
    ("said", "ahead", "may"),
    [
        ("", 7 * DAY, True),
        ("", 7 * DAY + timedelta(seconds=1), False),
        ("    ahead: 2d\n", 2 * DAY, True),
        ("    ahead: 2d\n", 3 * DAY, False),
        ("    ahead: 30d\n", 30 * DAY, True),
    ],
)
def test_a_start_further_ahead_than_the_rule_says_is_refused(said: str, ahead: timedelta, may: bool) -> None:
    """Seven days where the rule says nothing."""
    assert isinstance(asked(ahead, said), Allowed if may else Denied)


def test_the_refusal_has_both_numbers_the_next_step_and_the_word_of_the_form() -> None:
    """What is possible, what was asked, and what to type."""
    refused = asked(9 * DAY, "    ahead: 2d\n")
    assert isinstance(refused, Denied)
    assert "at most 2d ahead, not in 9d" in refused.sentence
    assert refused.sentence.endswith("Try --start in 2d --for 1h.")
    assert refused.field == "start"


def test_it_is_said_where_it_is_not_the_usual() -> None:
    """In words, and by lint where it is far."""
    rules = parse(RULE + "    ahead: 60d\n", name="rules.yaml")
    assert "at most 60 days ahead" in in_words(rules.rules[0])
    assert any("60 days ahead" in one.sentence for one in lint(rules))
    assert not any("ahead" in one.sentence for one in lint(parse(RULE, name="rules.yaml")))
