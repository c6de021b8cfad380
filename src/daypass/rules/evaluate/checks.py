"""
What stands between an ask and a rule, in the order in which a person is told.

An allowing rule decides when nothing stands in the way. A denying rule strikes when nothing keeps it off. What could
not be found out stands in the way of the one and keeps nothing off the other.
"""

from collections.abc import Iterator
from datetime import timedelta

from daypass.model.decision import Approvers, Question, Stage, TicketId
from daypass.resources.registry import implied
from daypass.rules.approval.approvers import stages_for
from daypass.rules.approval.quorum import shortage
from daypass.rules.match.reason_words import Wording, is_called, tickets
from daypass.rules.rule.conditions import Met, judged
from daypass.rules.rule.evaluation import RuleEvaluation
from daypass.rules.rule.rule import AllowRule, DenyRule, Emergency
from daypass.rules.rule.unmet import Unmet

_LEAST = timedelta(seconds=1)


def hurdles(rule: AllowRule, scene: RuleEvaluation) -> Iterator[Unmet]:
    """Go through everything that keeps this rule from allowing the ask as it is."""
    yield from plain(rule, scene)
    if rule.ticket and open_ticket(rule.ticket, scene) is None:
        yield Unmet.TICKET
    if rule.when:
        yield from (hurdle for hurdle, met in judged(rule.when, scene, lends=True) if met is not Met.YES)
    if rule.stages and shortage(stages(rule, scene)):
        yield Unmet.APPROVERS
    if rule.break_glass and not reviewers(rule.break_glass, scene):
        yield Unmet.REVIEWERS


def escapes(rule: DenyRule, scene: RuleEvaluation) -> Iterator[Unmet]:
    """Go through everything that keeps this denying rule off the ask."""
    question, entitlement = scene.question, scene.question.entitlement
    if rule.paused:
        yield Unmet.PAUSED
    if not rule.is_for(question.principal):
        yield Unmet.PERSON
    if not rule.overlaps(entitlement.resource):
        yield Unmet.PLACE
    if implied(entitlement.levels, entitlement.resource.kind).isdisjoint(rule.levels):
        yield Unmet.LEVEL
    if rule.extras and entitlement.options.isdisjoint(rule.extras):
        yield Unmet.EXTRAS
    if question.delivery not in rule.deliveries:
        yield Unmet.DELIVERY
    if rule.when:
        yield from (hurdle for hurdle, met in judged(rule.when, scene, lends=False) if met is Met.NO)


def unknown(rule: AllowRule | DenyRule, scene: RuleEvaluation) -> frozenset[Unmet]:
    """What of the rule's conditions could not be found out."""
    lends = isinstance(rule, AllowRule)
    when = judged(rule.when, scene, lends=lends) if rule.when else ()
    found = {hurdle for hurdle, met in when if met is Met.UNKNOWN}
    if isinstance(rule, AllowRule) and rule.ticket and not_looked_up(rule.ticket, scene):
        found.add(Unmet.TICKET)
    return frozenset(found)


def stages(rule: AllowRule, scene: RuleEvaluation) -> tuple[Stage, ...]:
    """Who decides, as it stands for this ask."""
    return stages_for(rule.stages, scene.question, scene.around, scene.colleagues)


def reviewers(glass: Emergency, scene: RuleEvaluation) -> Approvers:
    """Who looks at it afterwards: nobody of those who ask or would have it."""
    named = glass.reviewers
    return Approvers(
        people=named.people - scene.colleagues.asking, slack_groups=named.slack_groups, groups=named.groups
    )


def open_ticket(ticket: Wording, scene: RuleEvaluation) -> TicketId | None:
    """The first ticket that the reason names and that is open, if what the tracker calls it by now will do too."""
    known = scene.around.tickets if scene.around else {}
    found = (known[one] for one in tickets(ticket, scene.question.reason) if one in known)
    return next((one.id for one in found if one.open and is_called(ticket, one.id)), None)


def plain(rule: AllowRule, scene: RuleEvaluation) -> Iterator[Unmet]:
    """Go through what stands in the way whatever is so around the ask."""
    question, entitlement = scene.question, scene.question.entitlement
    if rule.paused:
        yield Unmet.PAUSED
    if question.urgent is not (rule.break_glass is not None):
        yield Unmet.URGENT
    if not rule.is_for(question.principal):
        yield Unmet.PERSON
    if not rule.contains(entitlement.resource):
        yield Unmet.PLACE
    if not entitlement.levels <= implied(rule.levels, rule.kind):
        yield Unmet.LEVEL
    if not entitlement.options <= rule.extras:
        yield Unmet.EXTRAS
    if question.delivery not in rule.deliveries:
        yield Unmet.DELIVERY
    yield from _timely(rule, question)
    if _reason_lacks(rule, question.reason):
        yield Unmet.REASON


def _timely(rule: AllowRule, question: Question) -> Iterator[Unmet]:
    if not _fits(rule, question.length, question.already):
        yield Unmet.LENGTH
    if question.ahead > rule.ahead:
        yield Unmet.AHEAD


def _fits(rule: AllowRule, length: timedelta | None, already: timedelta) -> bool:
    """Whether the whole length, with what it prolongs, is within the rule's."""
    if length is None:
        return rule.default + already <= rule.longest
    return length >= _LEAST and length + already <= rule.longest


def _reason_lacks(rule: AllowRule, reason: str) -> bool:
    if rule.reason_matching:
        return not rule.reason_matching.within(reason)
    return rule.reason_required and not reason.strip()


def not_looked_up(ticket: Wording, scene: RuleEvaluation) -> list[TicketId]:
    """The tickets that the reason names and of which the tracker did not say anything."""
    around = scene.around
    known = around.tickets.keys() | around.no_tickets if around else frozenset[TicketId]()
    return [one for one in tickets(ticket, scene.question.reason) if one not in known]
