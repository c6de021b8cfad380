"""Guests: left out by `anyone` and by groups, taken in by `guests: true` or by name, and never deciding."""

from dataclasses import replace

import pytest

from daypass.model.decision import Allowed, Approvers, Circumstances, Decision, Denied, Question
from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery
from daypass.model.principal import Away, GroupName, Principal, PrincipalId, SlackGroupId
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.rules.approval.eligibility import Colleagues
from daypass.rules.decide.decision import decide
from daypass.rules.lint.people import Roll, lint_people
from daypass.rules.load.read import parse
from tests.makers import BOB, HOUR, NOON

GUS = PrincipalId("U0GUS")
GUEST = Principal(id=GUS, name="Gus", guest=True, slack_groups=frozenset({SlackGroupId("S0ALL")}))
RULE = """
version: 1
rules:
  - id: reports
    who: WHO
    may: [read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB, U0GUS]}}
    REST
"""


def book(who: str, rest: str = "paused: false"):
    """Read the rule for these people."""
    return parse(RULE.replace("WHO", who).replace("REST", rest), name="rules.yaml")


def question(person: Principal) -> Question:
    """What somebody asks."""
    return Question(
        principal=person,
        entitlement=Entitlement(resource=parse_resource("acme-reports/a/"), levels=frozenset({Level.READ})),
        length=HOUR,
        delivery=Delivery.SESSION,
        reason="INC-42",
    )


def asked(who: str, rest: str = "paused: false", person: Principal = GUEST) -> Decision:
    """Let somebody ask under the rule."""
    return decide(book(who, rest), question(person))


@pytest.mark.parametrize(
    ("who", "rest", "may"),
    [
        ("anyone", "paused: false", False),
        ("{slack_groups: [S0ALL]}", "paused: false", False),
        ("anyone", "guests: true", True),
        ("{slack_groups: [S0ALL]}", "guests: true", True),
        ("{people: [U0GUS]}", "paused: false", True),
        ("{people: [U0ANN]}", "guests: true", False),
    ],
)
def test_a_guest_asks_where_the_rule_takes_guests_in_or_names_them(who: str, rest: str, may: bool) -> None:
    """A member asks under the same words in either case."""
    assert isinstance(asked(who, rest), Allowed if may else Denied)
    member = replace(GUEST, guest=False)
    assert isinstance(asked(who, rest, member), Denied if "U0ANN" in who else Allowed)


def test_a_guest_who_is_left_out_is_told_why() -> None:
    """So that the owners know what to write."""
    refused = asked("anyone")
    assert isinstance(refused, Denied)
    assert "guests: true" in refused.sentence


def test_what_denies_denies_guests_too() -> None:
    """`anyone` in a denial is everybody."""
    never = '\n  - {id: never, deny: true, who: anyone, on: ["acme-reports/**"]}'
    answer = asked("{people: [U0GUS]}", f"paused: false{never}")
    assert isinstance(answer, Denied)
    assert answer.because == ("never",)


def test_a_guest_never_decides() -> None:
    """Named by id or by way of a group, as an approver or as somebody's delegate."""
    assert not Approvers(people=frozenset({GUS})).include(GUEST)
    assert not Approvers(slack_groups=frozenset({SlackGroupId("S0ALL")})).include(GUEST)
    assert Approvers(people=frozenset({GUS})).include(replace(GUEST, guest=False))


def test_a_guest_is_nobodys_delegate() -> None:
    """Bob is away and left it to Gus; nobody is asked in his stead."""
    bob = Principal(id=BOB, name="Bob", away=Away(delegate=GUS))
    ann = Principal(id=PrincipalId("U0ANN"), name="Ann")
    seat = Colleagues.of(question(ann), Circumstances(at=NOON, people={BOB: bob, GUS: GUEST})).seat(BOB)
    assert seat.taken_by is None
    assert "guests never decide" in seat.passed_over


def test_lint_lists_the_guests_who_lose_by_it() -> None:
    """Those in a group that asks, and those who are named to decide."""
    members: dict[SlackGroupId | GroupName, frozenset[PrincipalId]] = {SlackGroupId("S0ALL"): frozenset({GUS, BOB})}
    roll = Roll(people={GUS: GUEST, BOB: Principal(id=BOB, name="Bob")}, members=members)
    found = [one.sentence for one in lint_people(book("{slack_groups: [S0ALL]}"), roll)]
    assert any("leaves out guests: U0GUS" in one for one in found)
    assert any("U0GUS, who is a guest" in one for one in found)
    taken_in = [one.sentence for one in lint_people(book("{slack_groups: [S0ALL]}", "guests: true"), roll)]
    assert not any("leaves out" in one for one in taken_in)
