"""
Every rule, and what it makes of one ask: what `decide` says, shown in full.

This goes through the document from its first rule to its last, without the index that `decide` uses, so that each
is a check on the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from daypass.model.decision import Approvers, Circumstances, Question, RuleId, Stage
from daypass.model.length import words_for_length
from daypass.rules.describe.refusals import say, say_escape, say_unknown
from daypass.rules.evaluate.checks import escapes, hurdles, open_ticket, reviewers, stages
from daypass.rules.rule.evaluation import RuleEvaluation
from daypass.rules.rule.rule import AllowRule, DenyRule, Rule
from daypass.rules.rule.rulebook import RuleBook

_NAMED = 6
"""How many of those who decide are named in one sentence."""


class RuleKind(StrEnum):
    """What a rule is there for."""

    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleVerdict:
    """What one rule makes of the ask, and why."""

    rule: RuleId
    effect: RuleKind
    applies: bool
    """An allowing rule would allow it as it is; a denying rule strikes."""
    decides: bool
    """It settled the matter: a denial that strikes, or without any the first rule that allows."""
    sentence: str


def explain(book: RuleBook, question: Question, around: Circumstances | None = None) -> list[RuleVerdict]:
    """Go through every rule in the order of the document."""
    scene = RuleEvaluation(question=question, around=around, marked=book.marked)
    verdicts = [_judged(rule, scene) for rule in book.rules]
    deciding = _deciding(verdicts, active=question.principal.active)
    return [replace(verdict, decides=verdict.rule in deciding) for verdict in verdicts]


def _judged(rule: Rule, scene: RuleEvaluation) -> RuleVerdict:
    match rule:
        case AllowRule():
            found = tuple(hurdles(rule, scene))
            sentence = say(found, rule, scene) if found else _yes(rule, scene)
            return _verdict(rule.id, RuleKind.ALLOW, applies=not found, sentence=sentence)
        case DenyRule():
            off = next(escapes(rule, scene), None)
            sentence = say_escape(off, rule) if off else _no(rule, scene)
            return _verdict(rule.id, RuleKind.DENY, applies=off is None, sentence=sentence)


def _verdict(rule: RuleId, effect: RuleKind, *, applies: bool, sentence: str) -> RuleVerdict:
    return RuleVerdict(rule=rule, effect=effect, applies=applies, decides=False, sentence=sentence)


def _deciding(verdicts: list[RuleVerdict], *, active: bool) -> set[RuleId]:
    if not active:
        return set()
    applying = [verdict for verdict in verdicts if verdict.applies]
    denials = {verdict.rule for verdict in applying if verdict.effect is RuleKind.DENY}
    return denials or {verdict.rule for verdict in applying[:1]}


def _no(rule: DenyRule, scene: RuleEvaluation) -> str:
    return f"Rule {rule.id} denies this: {rule.because}{say_unknown(rule, scene)}"


def _yes(rule: AllowRule, scene: RuleEvaluation) -> str:
    found = stages(rule, scene)
    who = f"when {_order(found)}" if found else "at once"
    default, longest = words_for_length(rule.default), words_for_length(rule.longest)
    return f"Rule {rule.id} lends this {who}, for {default} or up to {longest}{''.join(_besides(rule, scene))}."


def _besides(rule: AllowRule, scene: RuleEvaluation) -> Iterator[str]:
    """Say what comes with it."""
    if scene.question.ahead:
        yield f", to begin at most {words_for_length(rule.ahead)} from now"
    if rule.second_factor:
        yield ", with a passkey"
    if rule.channel:
        yield f", in {rule.channel}"
    if rule.ticket:
        yield f", until {open_ticket(rule.ticket, scene)} closes"
    if rule.break_glass:
        within, who = words_for_length(rule.break_glass.within), _names(reviewers(rule.break_glass, scene))
        yield f"; within {within} one of {who} looks at what was done"


def _order(stages: tuple[Stage, ...]) -> str:
    """Say how many of whom agree, in which order."""
    if len(stages) == 1:
        return f"{_whom(stages[0])} agree{'s' if stages[0].needed == 1 else ''}"
    return f"first {', then '.join(f'{stage.name} ({_whom(stage)})' for stage in stages)} agree"


def _whom(stage: Stage) -> str:
    later = (f" (after {words_for_length(each.after)} also {_names(each.approvers)})" for each in stage.later)
    return "".join([f"{stage.needed} of {_names(stage.approvers)}", *later])


def _names(approvers: Approvers) -> str:
    names = sorted([*approvers.people, *approvers.slack_groups, *approvers.groups])
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return ", ".join([*names[:_NAMED], *more]) or "nobody"
