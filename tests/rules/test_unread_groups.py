"""A group that cannot be read harms the rule that names it, with a sentence that names the group, and no other rule."""

from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.model.decision import Allowed, Denied, Question
from daypass.model.grant import Delivery
from daypass.model.principal import SlackGroupId
from daypass.rules.decide.decision import decide
from daypass.rules.load.read import RuleBook, parse
from tests.makers import READ_REPORTS, principal

CREW = SlackGroupId("S0CREW")
RULE = """
  - id: {id}
    who: {who}
    on: ["acme-reports/**"]
"""
LENDS = "    may: [read]\n    for: {default: 1h, max: 8h}\n    reason: optional\n    approve: at-once\n"
ANN_S, CREWS = "{people: [U0ANN]}", "{slack_groups: [S0CREW]}"


def book(*rules: tuple[str, str, str]) -> RuleBook:
    """Rules of an id, of people, and of what they do."""
    text = "version: 1\nrules:" + "".join(RULE.format(id=id_, who=who) + does for id_, who, does in rules)
    return parse(text, name="rules.yaml")


DENIES = "    deny: true\n    because: Not for the crew.\n"
ASKED = Question(
    principal=replace(principal(), unread=frozenset({CREW})),
    entitlement=READ_REPORTS,
    length=timedelta(hours=1),
    delivery=Delivery.SESSION,
)


def test_a_rule_that_names_nobody_of_the_group_decides_as_always():
    """Another rule of the same document names the group."""
    said = decide(book(("own", ANN_S, LENDS), ("crew", CREWS, LENDS)), ASKED)

    assert isinstance(said, Allowed)
    assert said.rule == "own"


def test_what_only_the_group_could_have_is_not_refused_but_not_known():
    """The sentence names the group and the rule."""
    said = decide(book(("crew", CREWS, LENDS)), ASKED)

    assert isinstance(said, Denied)
    assert "S0CREW" in said.lacking
    assert "the rule crew" in said.lacking


def test_a_denial_that_may_be_about_this_person_lets_nothing_through():
    """What could not be read is never read as nothing."""
    said = decide(book(("own", ANN_S, LENDS), ("not-crew", CREWS, DENIES)), ASKED)

    assert isinstance(said, Denied)
    assert "S0CREW" in said.lacking


@pytest.mark.parametrize("who", ["{people: [U0EVE]}", CREWS])
def test_what_no_rule_gives_either_way_is_refused(who: str):
    """To know the group would change nothing."""
    asked = replace(ASKED, entitlement=READ_REPORTS, length=timedelta(hours=20))
    said = decide(book(("short", who, LENDS)), asked)

    assert isinstance(said, Denied)
    assert said.lacking == ""
