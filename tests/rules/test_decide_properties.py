"""What holds of every decision, whatever the rules and whatever is asked."""

import random
import re
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from daypass.doors.language import parse_request, split
from daypass.model.decision import Allowed, Circumstances, Denied, Question
from daypass.model.grant import Delivery
from daypass.model.principal import Principal
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Option
from daypass.rules.approval.quorum import askers
from daypass.rules.decide.decision import decide
from daypass.rules.evaluate.checks import hurdles, unknown
from daypass.rules.evaluate.needs import needs
from daypass.rules.explain.explain import RuleKind, explain
from daypass.rules.explain.suggestable import may_name, may_see
from daypass.rules.rule.evaluation import RuleEvaluation
from daypass.rules.rule.people import NamedPeople
from daypass.rules.rule.rule import AllowRule, DenyRule, Rule
from daypass.rules.rule.unmet import FIELD, Unmet
from tests.examples import examples
from tests.rules.conditioned import World, worlds
from tests.rules.worlds import HOUR, PLACES, allow_rules, book, deny_rules, fitting, levels, principals, questions

SOME_DAY = datetime(2026, 5, 4, 12, tzinfo=UTC)


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
    strikes = [v.rule for v in world.explain() if v.effect is RuleKind.DENY and v.applies]

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
            assert [(v.rule, v.effect) for v in deciding] == [(decision.rule, RuleKind.ALLOW)]
        case Denied():
            assert [(v.rule, v.effect) for v in deciding] == [(rule, RuleKind.DENY) for rule in decision.because]


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
    place = world.question.entitlement.resource

    if isinstance(world.decide(), Allowed):
        assert all(
            may_see(world.book(), world.question.principal, place.root, place.inner[:typed])
            for typed in range(len(place.inner) + 1)
        )
        assert may_name(
            world.book(), world.question.principal, place.root, place.inner, levels=world.question.entitlement.levels
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
def test_who_is_refused_is_told_of_the_rule_that_fits_in_level_and_resource_first(world: World) -> None:
    """Then in its conditions, then in delivery and length; looked for in every rule, and in no clever order."""
    decision = world.decide()
    if not isinstance(decision, Denied) or decision.because or not world.question.principal.active:
        return
    scene = RuleEvaluation(question=world.question, around=world.around, marked=world.book().marked)
    mine = {Unmet.DELIVERY, Unmet.LENGTH, Unmet.AHEAD, Unmet.REASON, Unmet.WORDING, Unmet.TICKET}
    what = {Unmet.PLACE, Unmet.URGENT, Unmet.PERSON, Unmet.LEVEL, Unmet.EXTRAS}
    near = [
        (
            *(one in found for one in (Unmet.PLACE, Unmet.URGENT, Unmet.PERSON, Unmet.LEVEL, Unmet.EXTRAS)),
            bool(set(found) - mine - what),
            Unmet.DELIVERY in found,
            Unmet.LENGTH in found or Unmet.AHEAD in found,
            len(found),
            position,
        )
        for position, rule in enumerate(world.rules)
        if isinstance(rule, AllowRule)
        and not rule.paused
        and not (world.question.urgent and rule.break_glass is None)
        and rule.who.include(world.question.principal, guests=True)
        and rule.overlaps(world.question.entitlement.resource)
        and (found := list(hurdles(rule, scene)))
    ]
    none = "no emergency rule covers" if world.question.urgent else "no rule covers"
    assert (f"(rule {world.rules[min(near)[-1]].id})" if near else none) in decision.sentence


@st.composite
def near_misses(draw: st.DrawFn) -> World:
    """Draw a rule that decides at once, and an ask that fits it but for a few of its words."""
    only = frozenset({draw(st.sampled_from(list(Delivery)))})
    rule = replace(draw(allow_rules()), stages=(), who=NamedPeople(anyone=True), deliveries=only)
    question = draw(fitting(rule, draw(questions)))
    what, wrong = question.entitlement, {one for one in list(FIELD)[3:10] if draw(st.booleans())}
    what = replace(
        what,
        resource=parse_resource(draw(st.sampled_from(PLACES))) if Unmet.PLACE in wrong else what.resource,
        levels=draw(levels) if Unmet.LEVEL in wrong else what.levels,
        options=frozenset(Option) if Unmet.EXTRAS in wrong else what.options,
    )
    question = replace(
        question,
        entitlement=what,
        length=rule.longest + draw(st.sampled_from([HOUR, -rule.longest]))
        if Unmet.LENGTH in wrong
        else question.length,
        delivery=draw(st.sampled_from(list(Delivery))) if Unmet.DELIVERY in wrong else question.delivery,
        reason="" if Unmet.REASON in wrong else question.reason,
        ahead=rule.ahead + HOUR if Unmet.AHEAD in wrong else question.ahead,
    )
    return World(rules=[rule], question=replace(question, asker=None), around=None)


@given(worlds())
def test_what_a_refusal_suggests_is_not_refused_for_the_same_reason(world: World) -> None:
    """Typed as it stands, it leaves nothing in the way of that rule but what could not be found out before."""
    holds_when_typed(world)


@examples(200)
@given(near_misses())
def test_what_is_suggested_where_words_stand_in_the_way_is_allowed(world: World) -> None:
    """Of one rule, without conditions and approvers."""
    typed = holds_when_typed(world)

    assert typed is None or isinstance(decide(world.book(), typed.question), Allowed)


def holds_when_typed(world: World) -> RuleEvaluation | None:
    """Type what a refusal suggests; gives the ask that comes of it, or None where nothing is suggested."""
    decision = world.decide()
    suggested = re.search(r"\(rule (\w+)\)\. Try (.*)\.$", decision.sentence) if isinstance(decision, Denied) else None
    if suggested is None or suggested[2] == "again in a moment":
        return None
    scene = RuleEvaluation(question=world.question, around=world.around, marked=world.book().marked)
    rule = next(one for one in world.rules if one.id == suggested[1])
    assert isinstance(rule, AllowRule)
    typed = as_suggested(scene, suggested[2])

    assert set(hurdles(rule, typed)) <= unknown(rule, scene)
    assert decide(world.book(), typed.question, typed.around) != decision
    return typed


def as_suggested(scene: RuleEvaluation, words: str) -> RuleEvaluation:
    """The same ask with what is suggested in place of what was said."""
    question, what = scene.question, scene.question.entitlement
    at = scene.around.at if scene.around else SOME_DAY
    now = at - question.ahead
    said, _, without = words.partition("without")
    draft = parse_request(split(said), now=now, tz="UTC")
    entitlement = replace(
        what,
        resource=draft.place or what.resource,
        levels=draft.levels or what.levels,
        options=frozenset(one for one in what.options if one not in without),
    )
    starts = now if "--start now" in words else draft.term.starts if draft.term and draft.term.starts else at
    return replace(
        scene,
        around=replace(scene.around, at=starts) if scene.around else None,
        question=replace(
            question,
            entitlement=entitlement,
            length=draft.term.length if draft.term else question.length,
            delivery=draft.delivery or question.delivery,
            reason=draft.reason or question.reason,
            ahead=starts - now,
        ),
    )
