"""What must be known besides a question before the rules can answer it."""

from functools import reduce
from operator import or_

from daypass.model.decision import Needs, Question
from daypass.rules.approval.approvers import needed_by
from daypass.rules.evaluate.checks import escapes, plain
from daypass.rules.match.reason_words import tickets
from daypass.rules.rule.conditions import Met, judged, needed
from daypass.rules.rule.evaluation import RuleEvaluation
from daypass.rules.rule.rule import AllowRule, DenyRule, Rule
from daypass.rules.rule.rulebook import RuleBook


def needs(book: RuleBook, question: Question) -> Needs:
    """What the rules that could answer the question look at, so that nothing else is looked up."""
    if not question.principal.active:
        return Needs()
    scene = RuleEvaluation(question=question, marked=book.marked)
    place = question.entitlement.resource
    rules = book.concerning(question.principal, place.address)
    return reduce(or_, (_of(rule, scene) for rule in rules if not _settled(rule, scene)), Needs())


def _settled(rule: Rule, scene: RuleEvaluation) -> bool:
    """Whether the rule does not answer, whatever there is to know besides."""
    match rule:
        case DenyRule():
            return next(escapes(rule, scene), None) is not None
        case AllowRule():
            unmet = rule.when and any(met is Met.NO for _, met in judged(rule.when, scene, lends=True))
            nameless = rule.ticket and not tickets(rule.ticket, scene.question.reason)
            return bool(unmet or nameless) or next(plain(rule, scene), None) is not None


def _of(rule: Rule, scene: RuleEvaluation) -> Needs:
    found = needed(rule.when) if rule.when else Needs()
    if isinstance(rule, DenyRule):
        return found
    named = frozenset(tickets(rule.ticket, scene.question.reason)) if rule.ticket else frozenset()
    deciding = (needed_by(step, scene.question.principal) for step in rule.stages)
    return reduce(or_, deciding, found | Needs(tickets=named))
