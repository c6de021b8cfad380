"""
The decision: deny beats all, silence is no, and one rule alone sets the limits.

The first rule of the document that allows the ask as it is decides, and its limits are the only ones: lengths of
several rules are never mixed (law 10). When nothing allows it, the person is told what stands in the way of the
rule that comes nearest.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from daypass.model.decision import Aftermath, Allowed, Circumstances, Decision, Denied, Question, RuleId
from daypass.model.entitlement import ordered
from daypass.model.principal import SlackGroupId
from daypass.rules.decide.outcome import lacking
from daypass.rules.describe.denial import OFFERS, refusal
from daypass.rules.describe.refusals import say_unknown
from daypass.rules.evaluate.checks import escapes, hurdles, open_ticket, plain, reviewers, stages
from daypass.rules.rule.evaluation import RuleEvaluation
from daypass.rules.rule.rule import AllowRule, DenyRule, Rule
from daypass.rules.rule.rulebook import RuleBook
from daypass.rules.rule.unmet import FIELD, Unmet

_FURTHEST_FIRST = (
    frozenset({Unmet.PLACE}),
    frozenset({Unmet.URGENT}),
    frozenset({Unmet.PERSON}),
    frozenset({Unmet.LEVEL}),
    frozenset({Unmet.EXTRAS}),
    frozenset(
        {
            Unmet.TIME,
            Unmet.ON_CALL,
            Unmet.LIVE_GRANTS,
            Unmet.TAGS,
            Unmet.ACCOUNT,
            Unmet.SENSITIVITY,
            Unmet.APPROVERS,
            Unmet.REVIEWERS,
        }
    ),
    frozenset({Unmet.DELIVERY}),
    frozenset({Unmet.LENGTH, Unmet.AHEAD}),
)
"""
What puts a rule further off than anything after it: what it lends must be what was asked for before anything else
counts, and what no other words of the person's would change counts for more than what they would.
"""
_Distance = tuple[tuple[bool, ...], int]


def decide(book: RuleBook, question: Question, around: Circumstances | None = None) -> Decision:
    """
    Answer the question. Pure, and the same whenever it is asked: at the request and again at the click.

    `around` is what `needs` asked for; None knows nothing besides the question.
    """
    sure = _decide(book, question, around)
    unread = question.principal.unread
    if not unread:
        return sure
    within = replace(question.principal, slack_groups=question.principal.slack_groups | unread, unread=frozenset())
    perhaps = _decide(book, replace(question, principal=within), around)
    if isinstance(perhaps, Denied) and isinstance(sure, Allowed):  # a rule that denies may be about this person
        return replace(perhaps, lacking=_unread(book, perhaps.because, unread))
    if isinstance(sure, Denied) and isinstance(perhaps, Allowed):
        return replace(sure, lacking=_unread(book, [perhaps.rule], unread))
    if isinstance(sure, Denied) and isinstance(perhaps, Denied) and not sure.lacking:
        return replace(sure, lacking=perhaps.lacking)
    return sure


def _unread(book: RuleBook, rules: Iterable[RuleId], unread: frozenset[SlackGroupId]) -> str:
    """Say which group of which rule cannot be read."""
    named = set(rules)
    rule = next((one for one in book.rules if one.id in named and one.who.slack_groups & unread), None)
    groups = ", ".join(sorted(rule.who.slack_groups & unread if rule else unread))
    whose = f", which the rule {rule.id} names" if rule else ""
    return f"Slack does not say now who is in {groups}{whose}. This is decided once it does; try again in a moment."


def _decide(book: RuleBook, question: Question, around: Circumstances | None) -> Decision:
    if not question.principal.active:
        return Denied(sentence=f"The Slack account of {question.principal.name} is deactivated.", field="person")
    scene = RuleEvaluation(question=question, around=around, marked=book.marked)
    place = question.entitlement.resource
    rules = list(book.concerning(question.principal, place.address))
    denials = [rule for rule in rules if isinstance(rule, DenyRule) and strikes(rule, scene)]
    if denials:
        return replace(forbidden(denials, scene), lacking=lacking(denials, _allowing(rules), scene))
    allowing = list(_allowing(rules))
    for rule in allowing:
        if allows(rule, scene):
            return allowed(rule, scene)
    return replace(refused(allowing, scene), lacking=lacking([], allowing, scene))


def _allowing(rules: Iterable[Rule]) -> Iterator[AllowRule]:
    return (rule for rule in rules if isinstance(rule, AllowRule))


def allows(rule: AllowRule, scene: RuleEvaluation) -> bool:
    """Whether nothing stands between this ask and the rule. Most are for another place, so that is asked first."""
    return rule.may_contain(scene.name) and next(hurdles(rule, scene), None) is None


def strikes(rule: DenyRule, scene: RuleEvaluation) -> bool:
    """Whether the denying rule touches this ask. Whether its levels do is soonest said."""
    return not scene.levels.isdisjoint(rule.levels) and next(escapes(rule, scene), None) is None


def allowed(rule: AllowRule, scene: RuleEvaluation) -> Allowed:
    """Yes, under this rule. Who asks and who would have it are not among those who decide, now or afterwards."""
    glass = rule.break_glass
    return Allowed(
        rule=rule.id,
        default=rule.default,
        longest=rule.longest,
        stages=stages(rule, scene),
        second_factor=rule.second_factor,
        channel=rule.channel,
        ticket=open_ticket(rule.ticket, scene) if rule.ticket else None,
        aftermath=Aftermath(reviewers=reviewers(glass, scene), within=glass.within) if glass else None,
    )


def forbidden(denials: Sequence[DenyRule], scene: RuleEvaluation) -> Denied:
    """No, because of rules that say so. Who asked for too much at once is told which part is denied."""
    first, place = denials[0], scene.question.entitlement.resource
    sentence = first.because
    if not first.contains(place):
        part = ", ".join(str(pattern) for pattern in first.places if pattern.overlaps(place))
        sentence += f" This is about {part}, which is part of what you asked for; ask for something beside it."
    sentence += say_unknown(first, scene)
    return Denied(sentence=sentence, because=tuple(rule.id for rule in denials), field="resource")


def refused(rules: Iterable[AllowRule], scene: RuleEvaluation) -> Denied:
    """No, because nothing says yes; the sentence is about the rule that comes nearest."""
    nearest = _nearest(rules, scene)
    if nearest is None:
        return _silence(scene.question)
    rule, found = nearest
    return Denied(sentence=refusal(found, rule, scene), field=FIELD[found[0]])


def _nearest(rules: Iterable[AllowRule], scene: RuleEvaluation) -> tuple[AllowRule, tuple[Unmet, ...]] | None:
    """
    Find the first of those rules that comes nearest: by place and level, by its conditions, by its length.

    What stands there whatever is so around the ask is soon found, and the rest only puts the rule further off: one
    that is further off by that alone is not looked at any further.
    """
    near = [(_distance(tuple(plain(rule, scene))), rule) for rule in rules if _concerns(rule, scene)]
    best: tuple[_Distance, int] | None = None
    chosen: tuple[AllowRule, tuple[Unmet, ...]] | None = None
    for position, (least, rule) in sorted(enumerate(near), key=lambda each: each[1][0]):
        if best is not None and least > best[0]:
            break
        found = tuple(hurdles(rule, scene))
        if best is None or (_distance(found), position) < best:
            best, chosen = (_distance(found), position), (rule, found)
    return chosen


def _concerns(rule: AllowRule, scene: RuleEvaluation) -> bool:
    """Whether the ask is told of this rule: what is lent without breaking glass is no answer in an emergency."""
    wrong = scene.question.urgent and rule.break_glass is None
    return not wrong and rule.overlaps(scene.question.entitlement.resource)


def _distance(found: tuple[Unmet, ...]) -> _Distance:
    return tuple(not kinds.isdisjoint(found) for kinds in _FURTHEST_FIRST), len(found)


def _silence(question: Question) -> Denied:
    levels = " and ".join(ordered(question.entitlement.levels))
    what = f"{levels} on {question.entitlement.resource}"
    if question.urgent:
        sentence = f"Denied: no emergency rule covers {what} for you. Request it without --urgent."
        return Denied(sentence=sentence, field="command")
    if question.asker:
        return Denied(sentence=f"Denied: no rule covers {what} for {question.principal.name}.", field="resource")
    return Denied(sentence=f"Denied: no rule covers {what} for you. {OFFERS}", silent=True, field="resource")
