"""What an approval in advance would be worth: nothing, a part, or all that is wanted."""

import pytest

from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery
from daypass.model.principal import Principal, PrincipalId, SlackGroupId
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.rules.decide.preapproval_check import doubt
from daypass.rules.load.read import parse
from tests.makers import ANN, BOB, EVE, RULES, principal

LEAD = Principal(id=PrincipalId("U0LEAD"), name="Lea", slack_groups=frozenset({SlackGroupId("S0LEADS")}))
ONE = "anyone_of: {people: [U0BOB, U0ANN], slack_groups: [S0LEADS]}"


def worth(
    *,
    by: PrincipalId | Principal = BOB,
    level: Level = Level.READ,
    place: str = "acme-reports/2026/",
    delivery: Delivery = Delivery.SESSION,
    approve: str = ONE,
    more: str = "",
) -> str:
    """Bob allows Ann to read the reports, or what the test changes of that."""
    text = RULES.replace(f"approve: {{{ONE}}}", f"approve: {{{approve}}}{more}")
    return doubt(
        parse(text, name="rules.yaml"),
        Entitlement(resource=parse_resource(place), levels=frozenset({level})),
        delivery=delivery,
        to=principal(ANN),
        giver=by if isinstance(by, Principal) else principal(by, None),
    )


@pytest.mark.parametrize("by", [BOB, LEAD], ids=["a person", "one of a group"])
def test_who_may_decide_alone_hears_nothing(by: PrincipalId | Principal):
    """It would do."""
    assert worth(by=by) == ""


def test_who_decides_on_nothing_of_it_is_told():
    """Eve is in no rule."""
    assert "you are not among those who decide" in worth(by=EVE)


@pytest.mark.parametrize(
    "beyond",
    [
        {"level": Level.WRITE},
        {"place": "acme-payroll/"},
        {"place": "acme-drafts/", "delivery": Delivery.LINK},
    ],
    ids=["a level", "a place", "a delivery"],
)
def test_what_no_rule_lends_is_said(beyond: dict[str, object]):
    """Bob cannot allow what is not his to lend."""
    assert "none lends them this" in worth(**beyond)  # type: ignore[arg-type]  # the words of the ask


def test_a_passkey_is_not_given_in_advance():
    """The rule wants it at the click."""
    assert "The rule reports wants a passkey" in worth(more="\n    second_factor: required")


@pytest.mark.parametrize(
    "approve",
    [
        "at_least: 2, of: {slack_groups: [S0LEADS], people: [U0BOB]}",
        "stages: [{name: a, anyone_of: {people: [U0BOB]}}, {name: b, anyone_of: {people: [U0LEAD]}}]",
    ],
)
def test_one_of_several_is_called_that(approve: str):
    """It counts, and others must too."""
    assert "wants others to approve too" in worth(approve=approve)


def test_who_may_turn_out_to_decide_hears_nothing():
    """Who is Ann's manager when she asks is not known now."""
    assert worth(by=EVE, approve="anyone_of: {manager: true}") == ""


def test_what_is_lent_at_once_needs_no_approval():
    """Nobody is asked for Ann's drafts."""
    assert worth(by=EVE, place="acme-drafts/") == ""
