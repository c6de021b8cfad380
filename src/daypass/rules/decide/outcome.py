"""
What a decision comes to, and whether a no hangs on something that could not be found out.

    a denying rule strikes, and is sure to          refused
    each that strikes does so for want of a fact    an outage, if something allows it or might
    nothing allows it                               an outage, if a rule is kept from it by missing facts alone

A time zone that nobody knows is no outage: it is not known in a moment either. Nor is an owner's tag that names nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from daypass.model.decision import Allowed, Decision, Denied, RuleId
from daypass.model.length import words_for_length
from daypass.rules.approval.approvers import outages
from daypass.rules.describe.refusals import could_not, could_not_ticket
from daypass.rules.describe.rules import agreeing
from daypass.rules.document.shape_example import Expected
from daypass.rules.evaluate.checks import hurdles, plain, unknown
from daypass.rules.rule.evaluation import RuleEvaluation
from daypass.rules.rule.rule import AllowRule, DenyRule, Rule
from daypass.rules.rule.unmet import Unmet

_NONE = RuleId("")


def outcome(decision: Decision) -> Expected:
    """In one word, what a decision comes to."""
    if isinstance(decision, Denied):
        return Expected.DENIED
    return Expected.AT_ONCE if decision.at_once else Expected.ALLOWED


def asked_first(decision: Decision) -> frozenset[str]:
    """The ids of all who are asked at once, people and groups."""
    if not isinstance(decision, Allowed) or decision.at_once:
        return frozenset()
    first = decision.stages[0].approvers
    return frozenset[str]([*first.people, *first.slack_groups, *first.groups])


def deciding(decision: Decision) -> tuple[RuleId, ...]:
    """The rules that a decision rests on: the one that lends, or all that deny; none when nothing lends."""
    return (decision.rule,) if isinstance(decision, Allowed) else decision.because


def differ(old: Decision, new: Decision) -> bool:
    """
    Whether the person, or those who decide, would notice: yes or no, how long, or who is asked and how.

    Another rule with the same to say is no difference, nor is a no in other words.
    """
    if isinstance(old, Allowed) and isinstance(new, Allowed):
        return replace(old, rule=_NONE) != replace(new, rule=_NONE)
    return outcome(old) is not outcome(new)


def differ_for(length: timedelta | None, old: Decision, new: Decision) -> bool:
    """
    Whether somebody who asks for this length would notice; for the default where they say none.

    What others could ask for at most is no difference to a request of one hour.
    """
    if isinstance(old, Allowed) and isinstance(new, Allowed):
        same = replace(new, longest=old.longest, default=old.default if length is not None else new.default)
        return differ(old, same)
    return differ(old, new)


def in_short(decision: Decision) -> str:
    """Say a decision in half a sentence."""
    if isinstance(decision, Denied):
        return f"denied: {decision.sentence.removeprefix('Denied: ').removesuffix('.')}"
    longest = f"for up to {words_for_length(decision.longest)} (rule {decision.rule})"
    if decision.at_once:
        return f"allowed at once {longest}"
    return f"allowed when {agreeing(decision.stages)} {longest}"


_SOURCES = {
    Unmet.TICKET: "the ticket tracker",
    Unmet.ON_CALL: "the on-call schedule",
    Unmet.LIVE_GRANTS: "the database",
    Unmet.TAGS: "AWS",
    Unmet.ACCOUNT: "AWS",
    Unmet.APPROVERS: "the place that says who decides",
}


def lacking(denials: Sequence[DenyRule], allowing: Iterable[AllowRule], scene: RuleEvaluation) -> str:
    """Say what is missing and what to do, where the answer might be yes if it were known; else nothing."""
    if not all(_missing(rule, scene) for rule in denials):
        return ""
    might = next((rule for rule in allowing if _might_allow(rule, scene)), None)
    if might is None:
        return ""
    if denials:
        return _say(denials[0], _missing(denials[0], scene))
    stands = set(hurdles(might, scene))
    return _say(might, {hurdle: fact for hurdle, fact in _missing(might, scene).items() if hurdle in stands})


def _say(rule: Rule, missing: Mapping[Unmet, str]) -> str:
    facts = " and ".join(missing.values())
    sources = " and ".join(dict.fromkeys(_SOURCES[one] for one in missing))
    return (
        f"{facts[:1].upper()}{facts[1:]}, and rule {rule.id} needs it: {sources} gives no answer now. Nothing was "
        "refused. Try again in a moment; if it lasts, tell whoever runs Daypass."
    )


def _might_allow(rule: AllowRule, scene: RuleEvaluation) -> bool:
    if not rule.may_contain(scene.name) or next(plain(rule, scene), None) is not None:
        return False
    return set(hurdles(rule, scene)) <= _missing(rule, scene).keys()


def _missing(rule: Rule, scene: RuleEvaluation) -> dict[Unmet, str]:
    """What of a rule could not be found out, in words."""
    said = {}
    for hurdle in sorted(unknown(rule, scene) & _SOURCES.keys(), key=list(Unmet).index):
        ticket = rule.ticket if isinstance(rule, AllowRule) and hurdle is Unmet.TICKET else None
        said[hurdle] = could_not_ticket(ticket, scene) if ticket else could_not(hurdle, rule, scene)
    if isinstance(rule, AllowRule):
        people = outages(rule.stages, scene.question, scene.around, scene.colleagues)
        said |= {Unmet.APPROVERS: " and ".join(people)} if people else {}
    return said
