"""
Whether a no hangs on something that could not be found out: then it is no refusal, and can be asked again.

    a denying rule strikes, and is sure to          refused
    each that strikes does so for want of a fact    an outage, if something allows it or might
    nothing allows it                               an outage, if a rule is kept from it by missing facts alone

A time zone that nobody knows is no outage: it is not known in a moment either. Nor is an owner's tag that names nobody.
"""

from collections.abc import Iterable, Mapping, Sequence

from daypass.rules.approval.approvers import outages
from daypass.rules.decide.checks import hurdles, plain, unknown
from daypass.rules.decide.evaluation import RuleEvaluation
from daypass.rules.decide.rule import AllowRule, DenyRule, Rule
from daypass.rules.decide.unmet import Unmet
from daypass.rules.describe.refusals import could_not, could_not_ticket

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
