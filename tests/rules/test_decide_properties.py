"""What holds of every decision, whatever the rules and whatever is asked."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from daypass.model.decision import Allowed, Circumstances, Denied, Question
from daypass.model.principal import Principal
from daypass.rules.decide import decide
from daypass.rules.explain import Effect, explain
from daypass.rules.filling import askers
from daypass.rules.hurdle import Hurdle
from daypass.rules.hurdles import hurdles
from daypass.rules.needs import needs
from daypass.rules.reach import may_see
from daypass.rules.rule import AllowRule, DenyRule, Rule
from daypass.rules.scene import Scene
from tests.examples import examples
from tests.rules.conditioned import World, worlds
from tests.rules.worlds import PLACES, allow_rules, book, deny_rules, principals, questions


@examples(100)
@given(worlds(), deny_rules, st.data())
def test_a_further_denial_never_turns_a_no_into_a_yes_and_never_widens(
    world: World, denial: DenyRule, data: st.DataObject
) -> None:
    """Adding a denying rule anywhere leaves the decision as it was, or makes it a no."""
    rules = world.rules
    where = data.draw(st.integers(min_value=0, max_value=len(rules)))
    before = world.decide()

    after = world.decide(*rules[:where], denial, *rules[where:])

    assert after == before or isinstance(after, Denied)


@examples(100)
@given(st.lists(deny_rules, max_size=4, unique_by=lambda rule: rule.id), questions)
def test_silence_is_no(rules: list[Rule], question: Question) -> None:
    """Where no rule lends, nothing is allowed."""
    assert isinstance(decide(book(*rules), question), Denied)


@examples(100)
@given(worlds())
def test_nothing_is_allowed_that_a_denial_touches(world: World) -> None:
    """When any denying rule strikes, every rule that lends is overruled, and the denials are named."""
    strikes = [v.rule for v in world.explain() if v.effect is Effect.DENY and v.applies]

    decision = world.decide()

    if strikes and world.question.principal.active:
        assert isinstance(decision, Denied)
        assert list(decision.because) == strikes


@examples(100)
@given(worlds())
def test_the_limits_are_those_of_one_rule_that_allows_alone(world: World) -> None:
    """Default, longest and approvers come from the deciding rule, which would decide the same by itself."""
    question, decision = world.question, world.decide()

    if isinstance(decision, Allowed):
        (rule,) = [rule for rule in world.rules if rule.id == decision.rule]
        assert isinstance(rule, AllowRule)
        assert (decision.default, decision.longest) == (rule.default, rule.longest)
        assert world.decide(rule) == decision
        assert (question.length or rule.default) + question.already <= rule.longest


@examples(100)
@given(worlds())
def test_the_first_rule_that_allows_decides(world: World) -> None:
    """No rule before the deciding one allows the ask when it stands alone."""
    rules, decision = world.rules, world.decide()

    if isinstance(decision, Allowed):
        earlier = rules[: [rule.id for rule in rules].index(decision.rule)]
        assert all(isinstance(world.decide(rule), Denied) for rule in earlier)


@examples(100)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_rules_that_do_not_speak_of_the_ask_does_not_matter(world: World, dice: random.Random) -> None:
    """Whether it is a yes or a no depends on which rules there are, never on their order."""
    shuffled = world.rules.copy()
    dice.shuffle(shuffled)

    before, after = world.decide(), world.decide(*shuffled)

    assert isinstance(before, Allowed) is isinstance(after, Allowed)


@examples(100)
@given(worlds())
def test_nobody_is_an_approver_of_their_own_request(world: World) -> None:
    """Who decides is somebody else: the requestor is never among the people, and somebody else always could be."""
    decision = world.decide()

    if isinstance(decision, Allowed):
        assert world.question.principal.id not in decision.approvers.people
        assert decision.at_once or decision.approvers.people or decision.approvers.slack_groups


@examples(100)
@given(worlds())
def test_a_deactivated_account_is_lent_nothing(world: World) -> None:
    """Whatever the rules say."""
    if not world.question.principal.active:
        assert isinstance(world.decide(), Denied)


@examples(100)
@given(worlds())
def test_explain_agrees_with_decide(world: World) -> None:
    """Rule by rule, without the index, comes to the same decision by the same rules."""
    decision = world.decide()
    deciding = [verdict for verdict in world.explain() if verdict.decides]

    match decision:
        case Allowed():
            assert [(v.rule, v.effect) for v in deciding] == [(decision.rule, Effect.ALLOW)]
        case Denied():
            assert [(v.rule, v.effect) for v in deciding] == [(rule, Effect.DENY) for rule in decision.because]


@examples(100)
@given(worlds())
def test_explain_has_a_sentence_for_every_rule(world: World) -> None:
    """Every rule, matched or not, says why."""
    verdicts = world.explain()

    assert [verdict.rule for verdict in verdicts] == [rule.id for rule in world.rules]
    assert all(verdict.rule in verdict.sentence and verdict.sentence.endswith(".") for verdict in verdicts)


@examples(100)
@given(worlds())
def test_every_refusal_is_a_sentence(world: World) -> None:
    """A no always says something, beside a word of the ask."""
    decision = world.decide()

    if isinstance(decision, Denied):
        assert decision.sentence.endswith(".")
        assert decision.field in {"resource", "level", "length", "reason", "delivery", "person", "start", "command"}


@examples(100)
@given(worlds())
def test_whatever_is_allowed_is_within_reach(world: World) -> None:
    """A form never hides what the rules would lend, however little of its name has been typed."""
    place = world.question.entitlement.place

    if isinstance(world.decide(), Allowed):
        assert all(
            may_see(world.book(), world.question.principal, place.bucket, place.key[:typed])
            for typed in range(len(place.key) + 1)
        )


@examples(100)
@given(st.lists(deny_rules, max_size=4, unique_by=lambda rule: rule.id), principals, st.sampled_from(PLACES))
def test_nothing_is_within_reach_where_no_rule_lends(rules: list[Rule], principal: Principal, place: str) -> None:
    """Without a rule that lends, a form suggests nothing."""
    bucket, _, prefix = place.partition("/")

    assert not may_see(book(*rules), principal, bucket, prefix)


@examples(100)
@given(allow_rules(), questions)
def test_a_rule_that_is_no_obstacle_allows(rule: AllowRule, question: Question) -> None:
    """A rule made to fit the ask in everything allows it: refusals are never for nothing."""
    decision = decide(book(rule), question)
    (verdict,) = explain(book(rule), question)

    assert isinstance(decision, Allowed) is verdict.applies


@examples(100)
@given(worlds(), st.sampled_from(["on_call", "account", "tags", "tickets", "live_grants", "all"]))
def test_knowing_less_never_allows_more(world: World, lacking: str) -> None:
    """What is allowed while something could not be found out is allowed when it is known too."""
    around = world.around
    if around is None:
        return
    nothing = Circumstances(at=around.at)
    less = None if lacking == "all" else replace(around, **{lacking: getattr(nothing, lacking)})

    if isinstance(decide(world.book(), world.question, less), Allowed):
        assert isinstance(world.decide(), Allowed)


@examples(100)
@given(worlds())
def test_what_is_needed_is_all_that_the_decision_hangs_on(world: World) -> None:
    """Knowing besides what the rules did not ask for changes nothing."""
    around = world.around
    if around is None:
        return
    needed = needs(world.book(), world.question)
    known = Circumstances(
        at=around.at,
        on_call={name: who for name, who in around.on_call.items() if name in needed.schedules},
        account=around.account if needed.tags else None,
        tags=around.tags if needed.tags else None,
        tickets={name: ticket for name, ticket in around.tickets.items() if name in needed.tickets},
        live_grants=around.live_grants if needed.live_grants else None,
    )

    decision, enough = world.decide(), decide(world.book(), world.question, known)

    match decision, enough:
        case Denied(), Denied():
            assert enough.because == decision.because
        case _:
            assert enough == decision


@examples(100)
@given(worlds())
def test_a_paused_rule_counts_for_nothing(world: World) -> None:
    """Without it, the decision is the same."""
    counting = [rule for rule in world.rules if not rule.paused]
    book_of_them = replace(world.book(), rules=tuple(counting))

    assert decide(book_of_them, world.question, world.around) == world.decide()


@examples(100)
@given(worlds())
def test_an_urgent_ask_is_answered_by_rules_for_breaking_glass_alone(world: World) -> None:
    """And these answer no other; none of those who ask looks at it afterwards, but somebody does."""
    decision, question = world.decide(), world.question

    if isinstance(decision, Allowed):
        assert (decision.aftermath is not None) is question.urgent
    if isinstance(decision, Allowed) and decision.aftermath:
        assert decision.at_once
        assert decision.aftermath.reviewers
        assert askers(question).isdisjoint(decision.aftermath.reviewers.people)


@examples(100)
@given(worlds())
def test_the_ticket_that_a_grant_hangs_on_is_open(world: World) -> None:
    """It is named in the reason, and known to be open."""
    decision = world.decide()

    if isinstance(decision, Allowed) and decision.ticket:
        assert decision.ticket in world.question.reason
        assert world.around
        assert world.around.tickets[decision.ticket].open


@given(worlds())
def test_who_is_refused_is_told_of_the_first_rule_that_the_fewest_things_stand_before(world: World) -> None:
    """Counted for every rule that has something to do with the place, and in no clever order."""
    decision = world.decide()
    if not isinstance(decision, Denied) or decision.because or not world.question.principal.active:
        return
    scene = Scene(question=world.question, around=world.around, marked=world.book().marked)
    near = [
        (Hurdle.PLACE in found, Hurdle.URGENT in found, len(found), position)
        for position, rule in enumerate(world.rules)
        if isinstance(rule, AllowRule)
        and not rule.paused
        and not (world.question.urgent and rule.break_glass is None)
        and rule.who.include(world.question.principal, guests=True)
        and rule.overlaps(world.question.entitlement.place)
        and (found := list(hurdles(rule, scene)))
    ]
    nearest = (
        f"Rule {world.rules[min(near)[3]].id} "
        if near
        else "No rule lets"
        if world.question.urgent
        else "No rule lends"
    )
    assert decision.sentence.startswith(nearest)
