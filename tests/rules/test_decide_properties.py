"""What holds of every decision, whatever the rules and whatever is asked."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from daypass.model.decision import Allowed, Denied, Question
from daypass.model.principal import Principal
from daypass.rules.decide import decide
from daypass.rules.explain import Effect, explain
from daypass.rules.reach import may_see
from daypass.rules.rule import AllowRule, DenyRule, Rule
from tests.rules.worlds import PLACES, allow_rules, book, cases, deny_rules, principals, questions

Case = tuple[list[Rule], Question]


@settings(max_examples=200, deadline=None)
@given(cases(), deny_rules, st.data())
def test_a_further_denial_never_turns_a_no_into_a_yes_and_never_widens(
    case: Case, denial: DenyRule, data: st.DataObject
) -> None:
    """Adding a denying rule anywhere leaves the decision as it was, or makes it a no."""
    rules, question = case
    where = data.draw(st.integers(min_value=0, max_value=len(rules)))
    before = decide(book(*rules), question)

    after = decide(book(*rules[:where], denial, *rules[where:]), question)

    assert after == before or isinstance(after, Denied)


@settings(max_examples=200, deadline=None)
@given(st.lists(deny_rules, max_size=4, unique_by=lambda rule: rule.id), questions)
def test_silence_is_no(rules: list[Rule], question: Question) -> None:
    """Where no rule lends, nothing is allowed."""
    assert isinstance(decide(book(*rules), question), Denied)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_nothing_is_allowed_that_a_denial_touches(case: Case) -> None:
    """When any denying rule strikes, every rule that lends is overruled, and the denials are named."""
    rules, question = case
    strikes = [v.rule for v in explain(book(*rules), question) if v.effect is Effect.DENY and v.applies]

    decision = decide(book(*rules), question)

    if strikes and question.principal.active:
        assert isinstance(decision, Denied)
        assert list(decision.because) == strikes


@settings(max_examples=200, deadline=None)
@given(cases())
def test_the_limits_are_those_of_one_rule_that_allows_alone(case: Case) -> None:
    """Default, longest and approvers come from the deciding rule, which would decide the same by itself."""
    rules, question = case
    decision = decide(book(*rules), question)

    if isinstance(decision, Allowed):
        (rule,) = [rule for rule in rules if rule.id == decision.rule]
        assert isinstance(rule, AllowRule)
        assert (decision.default, decision.longest) == (rule.default, rule.longest)
        assert decide(book(rule), question) == decision
        assert question.length is None or question.length <= rule.longest


@settings(max_examples=200, deadline=None)
@given(cases())
def test_the_first_rule_that_allows_decides(case: Case) -> None:
    """No rule before the deciding one allows the ask when it stands alone."""
    rules, question = case
    decision = decide(book(*rules), question)

    if isinstance(decision, Allowed):
        earlier = rules[: [rule.id for rule in rules].index(decision.rule)]
        assert all(isinstance(decide(book(rule), question), Denied) for rule in earlier)


@settings(max_examples=200, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_rules_that_do_not_speak_of_the_ask_does_not_matter(case: Case, dice: random.Random) -> None:
    """Whether it is a yes or a no depends on which rules there are, never on their order."""
    rules, question = case
    shuffled = rules.copy()
    dice.shuffle(shuffled)

    before, after = decide(book(*rules), question), decide(book(*shuffled), question)

    assert isinstance(before, Allowed) is isinstance(after, Allowed)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_nobody_is_an_approver_of_their_own_request(case: Case) -> None:
    """Who decides is somebody else: the requestor is never among the people, and somebody else always could be."""
    rules, question = case
    decision = decide(book(*rules), question)

    if isinstance(decision, Allowed):
        assert question.principal.id not in decision.approvers.people
        assert decision.at_once or decision.approvers.people or decision.approvers.slack_groups


@settings(max_examples=200, deadline=None)
@given(cases())
def test_a_deactivated_account_is_lent_nothing(case: Case) -> None:
    """Whatever the rules say."""
    rules, question = case
    if not question.principal.active:
        assert isinstance(decide(book(*rules), question), Denied)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_explain_agrees_with_decide(case: Case) -> None:
    """Rule by rule, without the index, comes to the same decision by the same rules."""
    rules, question = case
    decision = decide(book(*rules), question)
    deciding = [verdict for verdict in explain(book(*rules), question) if verdict.decides]

    match decision:
        case Allowed():
            assert [(v.rule, v.effect) for v in deciding] == [(decision.rule, Effect.ALLOW)]
        case Denied():
            assert [(v.rule, v.effect) for v in deciding] == [(rule, Effect.DENY) for rule in decision.because]


@settings(max_examples=200, deadline=None)
@given(cases())
def test_explain_has_a_sentence_for_every_rule(case: Case) -> None:
    """Every rule, matched or not, says why."""
    rules, question = case
    verdicts = explain(book(*rules), question)

    assert [verdict.rule for verdict in verdicts] == [rule.id for rule in rules]
    assert all(verdict.rule in verdict.sentence and verdict.sentence.endswith(".") for verdict in verdicts)


@settings(max_examples=200, deadline=None)
@given(cases())
def test_every_refusal_is_a_sentence(case: Case) -> None:
    """A no always says something, beside a word of the ask."""
    rules, question = case
    decision = decide(book(*rules), question)

    if isinstance(decision, Denied):
        assert decision.sentence.endswith(".")
        assert decision.field in {"resource", "level", "length", "reason", "delivery", "person"}


@settings(max_examples=200, deadline=None)
@given(cases())
def test_whatever_is_allowed_is_within_reach(case: Case) -> None:
    """A form never hides what the rules would lend, however little of its name has been typed."""
    rules, question = case
    place = question.entitlement.place

    if isinstance(decide(book(*rules), question), Allowed):
        assert all(
            may_see(book(*rules), question.principal, place.bucket, place.key[:typed])
            for typed in range(len(place.key) + 1)
        )


@settings(max_examples=200, deadline=None)
@given(st.lists(deny_rules, max_size=4, unique_by=lambda rule: rule.id), principals, st.sampled_from(PLACES))
def test_nothing_is_within_reach_where_no_rule_lends(rules: list[Rule], principal: Principal, place: str) -> None:
    """Without a rule that lends, a form suggests nothing."""
    bucket, _, prefix = place.partition("/")

    assert not may_see(book(*rules), principal, bucket, prefix)


@settings(max_examples=200, deadline=None)
@given(allow_rules(), questions)
def test_a_rule_that_is_no_obstacle_allows(rule: AllowRule, question: Question) -> None:
    """A rule made to fit the ask in everything allows it: refusals are never for nothing."""
    decision = decide(book(rule), question)
    (verdict,) = explain(book(rule), question)

    assert isinstance(decision, Allowed) is verdict.applies
