"""Approvals of several people: how they are written, who is in them for whom, and which can never be filled."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.model.decision import Allowed, Approvers, Denied, Question, Stage
from daypass.model.errors import RulesUnreadable
from daypass.model.principal import Principal, PrincipalId, SlackGroupId
from daypass.rules.approval.quorum import shortage
from daypass.rules.decide.decision import decide
from daypass.rules.explain.explain import explain
from daypass.rules.lint.lint import lint
from daypass.rules.rule.rule import Rule
from daypass.rules.rule.rulebook import RuleBook
from tests.examples import examples
from tests.rules.worlds import ask, book, cases, person, written

GROUPS = "{leads: {people: [U0CID, U0DEE]}, outside: {slack_groups: [S0OUT]}, both: {groups: [leads, outside]}}"


def approving(approve: str, who: str = "anyone") -> RuleBook:
    """Write a book of one rule with this approval, on the seventh line."""
    rule = f"  - {{id: lends, who: {who}, may: [read], on: [acme-reports], for: {{default: 1h, max: 1h}}"
    return written(f"{rule},\n     approve: {approve}}}\n", GROUPS)


def stages(approve: str, question: Question | None = None) -> tuple[Stage, ...]:
    """Say who decides, by stages, for one who asks (Ann, unless said otherwise)."""
    decision = decide(approving(approve), question or ask())
    assert isinstance(decision, Allowed)
    return decision.stages


def people(*found: str) -> frozenset[PrincipalId]:
    """Make ids of people."""
    return frozenset(map(PrincipalId, found))


def for_ann(*, asker: Principal | None = None, same_as: frozenset[PrincipalId] = frozenset()) -> Question:
    """Ask for Ann's sake, who may have other accounts."""
    plain = ask()
    ann = Principal(id=PrincipalId("U0ANN"), name="Ann", same_as=same_as)
    return Question(
        principal=ann,
        entitlement=plain.entitlement,
        length=None,
        delivery=plain.delivery,
        reason="INC-42",
        asker=asker,
    )


@pytest.mark.parametrize(
    ("approve", "needed", "who"),
    [
        ("{anyone_of: {people: [U0BEN, U0CID]}}", 1, {"U0BEN", "U0CID"}),
        ("{at_least: 2, of: {people: [U0BEN, U0CID, U0ANN]}}", 2, {"U0BEN", "U0CID"}),
        ("{all_of: {people: [U0BEN], groups: [leads]}}", 3, {"U0BEN", "U0CID", "U0DEE"}),
        ("{all_of: {people: [U0ANN], groups: [leads]}}", 2, {"U0CID", "U0DEE"}),
    ],
)
def test_one_stage_wants_so_many_of_these(approve: str, needed: int, who: set[str]) -> None:
    """One, some or all of those named, but for the requestor."""
    (stage,) = stages(approve)

    assert (stage.name, stage.needed, set(stage.approvers.people)) == ("approval", needed, who)


def test_stages_keep_their_order_and_their_names() -> None:
    """The team first, then two of security."""
    first, then = stages(
        "{stages: [{name: team, anyone_of: {people: [U0BEN]}}, {name: sec, at_least: 2, of: {slack_groups: [S0S]}}]}"
    )

    assert (first.name, first.needed, first.approvers.people) == ("team", 1, people("U0BEN"))
    assert (then.name, then.needed, then.approvers.slack_groups) == ("sec", 2, frozenset({SlackGroupId("S0S")}))


def test_a_hand_over_adds_people_after_a_while() -> None:
    """Ben at first, the leads besides after half an hour, never Ann who asks."""
    (stage,) = stages(
        "{anyone_of: {people: [U0BEN]}, hand_over: [{after: 30m, to: {people: [U0ANN], groups: [leads]}}]}"
    )

    assert stage.open_to(timedelta(minutes=29)).people == people("U0BEN")
    assert stage.open_to(timedelta(minutes=30)).people == people("U0BEN", "U0CID", "U0DEE")


def test_no_account_of_who_asks_or_of_who_would_have_it_decides() -> None:
    """Ben asks for Ann; both have second accounts, and all four are taken out."""
    ben = Principal(id=PrincipalId("U0BEN"), name="Ben", same_as=people("U0BEN2"))
    question = for_ann(asker=ben, same_as=people("U0ANN2"))

    (stage,) = stages("{all_of: {people: [U0ANN, U0ANN2, U0BEN, U0BEN2, U0CID]}}", question)

    assert (stage.approvers.people, stage.needed) == (people("U0CID"), 1)


@pytest.mark.parametrize(
    ("approve", "sentence"),
    [
        (
            "{at_least: 2, of: {people: [U0ANN, U0BEN]}}",
            "{} needs 2 different people to decide, but names only 1 other, and nobody decides on their own request",
        ),
        (
            "{at_least: 4, of: {people: [U0ANN, U0BEN, U0CID]}}",
            "{} needs 4 different people to decide, but names only 2 others, and nobody decides on their own request",
        ),
        (
            "{all_of: {people: [U0ANN]}}",
            "you are the only approver for {}, and nobody decides on their own request",
        ),
        (
            "{stages: [{name: team, anyone_of: {slack_groups: [S0X]}}, {name: lead, anyone_of: {people: [U0ANN]}}]}",
            "{} needs 1 person to decide at stage lead, but names nobody else, and nobody decides on their own request",
        ),
        (
            "{stages: [{name: team, anyone_of: {people: [U0ANN, U0BEN]}}, {name: lead, anyone_of: {people: [U0BEN]}}]}",
            (
                "{} needs 2 different people to decide at stages team and lead, but names only 1 other, "
                "and nobody decides on their own request"
            ),
        ),
    ],
)
def test_a_stage_that_others_cannot_fill_is_in_the_way(approve: str, sentence: str) -> None:
    """The rule does not allow, and says how many others are named and how many are needed."""
    said = sentence.format("read on acme-reports/2026/open/")
    step = "The owners of the rules can name another approver."
    assert decide(approving(approve), ask()) == Denied(sentence=f"Denied: {said} (rule lends). {step}", field="person")


def test_a_hand_over_may_fill_a_stage() -> None:
    """Ann alone decides at first; when Ann asks, it waits for Ben."""
    (stage,) = stages("{anyone_of: {people: [U0ANN]}, hand_over: [{after: 1h, to: {people: [U0BEN]}}]}")

    assert (stage.approvers, stage.everybody().people) == (Approvers(), people("U0BEN"))


@pytest.mark.parametrize(
    ("approve", "sentence"),
    [
        ("{}", "This does not say who decides; give anyone_of, at_least with of, or all_of."),
        ("{at_least: 2}", "“at_least” and “of” go together"),
        ("{of: {people: [U0BEN]}}", "“at_least” and “of” go together"),
        ("{at_least: 0, of: {people: [U0BEN]}}", "“at_least” is between 1 and 20, not 0."),
        ("{at_least: two, of: {people: [U0BEN]}}", "“at_least” must be a whole number"),
        ("{anyone_of: {people: [U0BEN]}, all_of: {people: [U0CID]}}", "“anyone_of” and “all_of” stand side by side"),
        ("{anyone_of: {people: [U0BEN]}, of: {people: [U0CID]}}", "“anyone_of” and “at_least” stand side by side"),
        ("{all_of: {slack_groups: [S0X]}}", "“all_of” holds a Slack group; who is in it is only known at the click"),
        ("{all_of: {groups: [both]}}", "“all_of” holds a Slack group"),
        ("{stages: [{name: a, all_of: {groups: [outside]}}]}", "“all_of” holds a Slack group"),
        ("{stages: []}", "“stages” is empty; give at least one."),
        ("{stages: [{anyone_of: {people: [U0BEN]}}]}", "“name” is missing."),
        ("{stages: [{name: Team, anyone_of: {people: [U0BEN]}}]}", "“Team” cannot be a stage's name"),
        ("{stages: [{name: a}]}", "This does not say who decides"),
        (f"{{stages: [{'{name: a, anyone_of: {people: [U0BEN]}}, ' * 2}]}}", "Two stages are named “a”"),
        (f"{{stages: [{'{name: a, anyone_of: {people: [U0BEN]}}, ' * 6}]}}", "There are 6 stages; 5 are the most."),
        ("{stages: [{name: a, stages: []}]}", "“stages” is not a field here."),
        ("{stages: [{name: a, anyone_of: {people: [U0B]}}], hand_over: [{after: 1h, to: {people: [U0B]}}]}", "“hand_o"),
        ("{stages: [{name: a, anyone_of: {groups: [gone]}}]}", "There is no group “gone”."),
        ("{anyone_of: {people: [U0B]}, hand_over: [{after: 1h, to: {groups: [gone]}}]}", "There is no group “gone”."),
        ("{anyone_of: {people: [U0B]}, hand_over: [{to: {people: [U0B]}}]}", "“after” is missing."),
        (
            "{all_of: {people: [U0B]}, hand_over: [{after: 1h, to: {people: [U0B]}},{after: 1m, to: {people: [U0B]}}]}",
            "1 minute does not come after 1 hour; sort them.",
        ),
    ],
)
def test_a_fault_in_an_approval_is_a_sentence_on_its_line(approve: str, sentence: str) -> None:
    """One thing is wrong, and one thing is said, beside the approval."""
    with pytest.raises(RulesUnreadable) as unreadable:
        approving(approve)

    (fault,) = unreadable.value.faults
    assert fault.line == 5
    assert fault.sentence.startswith(sentence)


def test_explain_says_how_many_of_whom_in_which_order() -> None:
    """The names are those left for this requestor, with the hand-overs."""
    one = approving(
        "{at_least: 2, of: {people: [U0ANN, U0BEN, U0CID]}, hand_over: [{after: 30m, to: {groups: [leads]}}]}"
    )
    two = approving(
        "{stages: [{name: team, anyone_of: {people: [U0BEN]}}, {name: sec, at_least: 2, of: {groups: [both]}}]}"
    )

    assert [verdict.sentence for verdict in explain(one, ask()) + explain(two, ask())] == [
        (
            "Rule lends lends this when 2 of U0BEN, U0CID (after 30 minutes also U0CID, U0DEE) agree, "
            "for 1 hour or up to 1 hour."
        ),
        (
            "Rule lends lends this when first team (1 of U0BEN), then sec (2 of S0OUT, U0CID, U0DEE) agree, "
            "for 1 hour or up to 1 hour."
        ),
    ]


@pytest.mark.parametrize(
    ("who", "approve", "finding"),
    [
        (
            "anyone",
            "{stages: [{name: a, anyone_of: {people: [U0BEN]}}, {name: b, anyone_of: {people: [U0BEN]}}]}",
            "a and b must have 2 different people and only 1 is named.",
        ),
        (
            "anyone",
            "{at_least: 3, of: {groups: [leads]}}",
            "approval must have 3 different people and only 2 are named.",
        ),
        (
            "{people: [U0CID, U0DEE]}",
            "{at_least: 2, of: {groups: [leads]}}",
            "whoever of those who may ask does, too few others are named to decide.",
        ),
    ],
)
def test_stages_that_different_people_cannot_fill_are_pointed_out(who: str, approve: str, finding: str) -> None:
    """Such a rule is never of use."""
    assert [fault.sentence for fault in lint(approving(approve, who))] == [
        f"Rule lends never allows anything: {finding}"
    ]


@pytest.mark.parametrize(
    "approve",
    [
        "{stages: [{name: a, anyone_of: {people: [U0BEN]}}, {name: b, anyone_of: {people: [U0BEN, U0CID]}}]}",
        "{stages: [{name: a, anyone_of: {people: [U0BEN]}}, {name: b, anyone_of: {slack_groups: [S0X]}}]}",
        "{stages: [{name: a, all_of: {people: [U0ANN, U0BEN]}}, {name: b, all_of: {people: [U0ANN, U0CID]}}]}",
        "{at_least: 2, of: {people: [U0BEN]}, hand_over: [{after: 1h, to: {groups: [outside]}}]}",
    ],
)
def test_stages_that_somebody_could_fill_are_left_alone(approve: str) -> None:
    """Only what is sure is pointed out: a Slack group may hold enough, and for Ann both pairs shrink to one each."""
    assert lint(approving(approve)) == []


@examples(300)
@given(cases())
def test_nobody_who_asks_is_in_any_stage_and_enough_others_are(case: tuple[list[Rule], Question]) -> None:
    """No account of the principal or the asker is in a stage or a hand-over; explicit stages have enough others."""
    rules, question = case
    decision = decide(book(*rules), question)
    asking = [question.principal, *([question.asker] if question.asker else [])]
    accounts = frozenset[PrincipalId]().union(*({one.id} | one.same_as for one in asking))

    if isinstance(decision, Allowed):
        for stage in decision.stages:
            everybody = stage.everybody()
            assert accounts.isdisjoint(everybody.people)
            assert everybody.slack_groups or len(everybody.people) >= stage.needed >= 1


small = st.frozensets(st.sampled_from(["U0A", "U0B", "U0C", "U0D"]), max_size=3)


@examples(200)
@given(st.lists(st.tuples(small, st.integers(min_value=1, max_value=2)), min_size=1, max_size=3))
def test_a_shortage_is_found_exactly_when_no_seating_exists(wanted: list[tuple[frozenset[str], int]]) -> None:
    """Trying every order in which people could be seated comes to the same as Hall's theorem."""
    made = [
        Stage(name=f"s{n}", approvers=Approvers(people=people(*who)), needed=needed)
        for n, (who, needed) in enumerate(wanted)
    ]
    seats = [who for who, needed in wanted for _ in range(needed)]
    orders = permutations(["U0A", "U0B", "U0C", "U0D"], len(seats))

    seated = any(all(one in who for one, who in zip(order, seats, strict=True)) for order in orders)

    assert (shortage(made) is None) is seated


def test_a_stranger_to_the_stages_sees_them_whole() -> None:
    """Nobody is taken out for one who is not in them."""
    (stage,) = stages("{at_least: 2, of: {groups: [leads]}}", ask(who=person("U0EVE")))

    assert stage.approvers.people == people("U0CID", "U0DEE")
