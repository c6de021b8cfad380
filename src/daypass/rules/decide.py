"""
The decision: deny beats all, silence is no, and one rule alone sets the limits.

The first rule of the document that allows the ask as it is decides, and its limits are the only ones: lengths of
several rules are never mixed (law 10). When nothing allows it, the person is told what stands in the way of the
rule that comes nearest.
"""

from collections.abc import Iterable, Sequence

from daypass.model.decision import Allowed, Circumstances, Decision, Denied, Question
from daypass.model.entitlement import Level
from daypass.rules.book import RuleBook
from daypass.rules.filling import askers, left
from daypass.rules.hurdles import FIELD, Hurdle, escapes, hurdles, say
from daypass.rules.rule import AllowRule, DenyRule


def decide(book: RuleBook, question: Question, around: Circumstances | None = None) -> Decision:  # noqa: ARG001 - no rule looks around yet
    """
    Answer the question. Pure, and the same whenever it is asked: at the request and again at the click.

    `around` is what `needs` asked for; None knows nothing besides the question.
    """
    if not question.principal.active:
        return Denied(sentence=f"The Slack account of {question.principal.name} is deactivated.", field="person")
    place = question.entitlement.place
    rules = list(book.concerning(question.principal, f"{place.bucket}/{place.key}"))
    denials = [rule for rule in rules if isinstance(rule, DenyRule) and strikes(rule, question)]
    if denials:
        return forbidden(denials, question)
    allowing = [rule for rule in rules if isinstance(rule, AllowRule)]
    for rule in allowing:
        if allows(rule, question):
            return allowed(rule, question)
    return refused(allowing, question)


def allows(rule: AllowRule, question: Question) -> bool:
    """Whether nothing stands between this ask and the rule."""
    return next(hurdles(rule, question), None) is None


def strikes(rule: DenyRule, question: Question) -> bool:
    """Whether the denying rule touches this ask."""
    return next(escapes(rule, question), None) is None


def allowed(rule: AllowRule, question: Question) -> Allowed:
    """Yes, under this rule. Who asks and who would have it are not among those who decide."""
    stages = left(rule.stages, askers(question))
    return Allowed(rule=rule.id, default=rule.default, longest=rule.longest, stages=stages)


def forbidden(denials: Sequence[DenyRule], question: Question) -> Denied:
    """No, because of rules that say so. Who asked for too much at once is told which part is denied."""
    first = denials[0]
    sentence = first.because
    if not first.contains(question.entitlement.place):
        part = ", ".join(pattern.text for pattern in first.places if pattern.overlaps(question.entitlement.place))
        sentence += f" This is about {part}, which is part of what you asked for; ask for something beside it."
    return Denied(sentence=sentence, because=tuple(rule.id for rule in denials), field="resource")


def refused(rules: Iterable[AllowRule], question: Question) -> Denied:
    """No, because nothing says yes; the sentence is about the rule that comes nearest."""
    near = [(_distance(found), rule, found) for rule in rules if (found := _near(rule, question))]
    if not near:
        return Denied(sentence=_silence(question), field="resource")
    _, rule, found = min(near, key=lambda each: each[0])
    return Denied(sentence=say(found, rule, question), field=FIELD[found[0]])


def _near(rule: AllowRule, question: Question) -> tuple[Hurdle, ...]:
    return tuple(hurdles(rule, question)) if rule.overlaps(question.entitlement.place) else ()


def _distance(found: tuple[Hurdle, ...]) -> tuple[bool, int]:
    # A rule for another place is further off than one that only wants the ask put differently.
    return Hurdle.PLACE in found, len(found)


def _silence(question: Question) -> str:
    levels = " and ".join(level for level in Level if level in question.entitlement.levels)
    return f"No rule lends you {levels} on {question.entitlement.place}, and what no rule lends is refused."
