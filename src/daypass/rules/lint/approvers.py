"""Rules that cannot be decided, and rules that those who ask decide: what is sure from the document alone."""

from collections.abc import Iterator

from daypass.model.decision import Approvers
from daypass.model.length import words_for_length
from daypass.rules.approval.quorum import certain, left, never_filled, shortage
from daypass.rules.approval.stage import RuleStage
from daypass.rules.lint.overlaps import finding
from daypass.rules.rule.finding import Finding, FindingKind
from daypass.rules.rule.people import NamedPeople
from daypass.rules.rule.rule import AllowRule
from daypass.rules.rule.rulebook import RuleBook

_TOO_FEW = "whoever of those who may ask does, too few others are named to decide"


def of_deciders(book: RuleBook, rule: AllowRule) -> Iterator[Finding]:
    """Find stages that cannot be filled, whoever asks; then those that the requestors fill themselves."""
    never = f"Rule {rule.id} never allows anything:"
    short = shortage(left(certain(rule.stages), frozenset()))
    if short and never_filled(rule.stages):
        named = f"only {short.named} {'is' if short.named == 1 else 'are'} named" if short.named else "nobody is named"
        needed = "1 person" if short.needed == 1 else f"{short.needed} different people"
        sentence = f"{never} {' and '.join(short.stages)} must have {needed} and {named}."
        yield finding(book, rule, FindingKind.NO_APPROVER, sentence, "Name more people, or a Slack group.")
    elif _only_themselves(rule):
        alone = len(rule.who.people) == 1 and rule.approvers.people == rule.who.people
        why = "the one person who may ask is the only one who decides" if alone else _TOO_FEW
        yield finding(book, rule, FindingKind.SELF_APPROVAL, f"{never} {why}.", "Name another approver.")
    elif rule.stages and all(_among(step, rule.who) for step in rule.stages):
        sentence = f"Whoever decides on rule {rule.id} may ask under it too: two of them can lend each other all of it."
        yield finding(book, rule, FindingKind.SELF_APPROVAL, sentence, "Let somebody decide who may not ask.")
    for step in rule.stages:
        yield from _idle_hand_overs(book, rule, step)


def _only_themselves(rule: AllowRule) -> bool:
    """Whether for each person who may ask too few others are named."""
    known = (
        rule.stages and rule.who.people and not (rule.who.anyone or rule.who.slack_groups or rule.who.directory_groups)
    )
    return bool(known) and all(never_filled(rule.stages, frozenset({one})) for one in rule.who.people)


def _among(step: RuleStage, who: NamedPeople) -> bool:
    """Whether those who are asked in a step, two at least, are all named among those who may ask."""
    several = step.approvers.slack_groups or step.approvers.groups or len(step.approvers.people) > 1
    return (
        bool(several)
        and not step.sources
        and step.approvers.people <= who.people
        and step.approvers.slack_groups <= who.slack_groups
        and step.approvers.groups <= who.directory_groups
    )


def _idle_hand_overs(book: RuleBook, rule: AllowRule, step: RuleStage) -> Iterator[Finding]:
    """Find a hand-over to nobody who could not decide before it."""
    so_far, sources = step.approvers, step.sources
    for each in step.later:
        if not each.sources and _within(each.approvers, so_far):
            sentence = f"After {words_for_length(each.after)} rule {rule.id} is handed over to nobody new"
            where = "." if len(rule.stages) == 1 else f", at stage {step.name}."
            yield finding(
                book, rule, FindingKind.NO_APPROVER, sentence + where, "Name somebody who does not decide before."
            )
        so_far, sources = so_far | each.approvers, sources | each.sources


def _within(these: Approvers, those: Approvers) -> bool:
    return these.people <= those.people and these.slack_groups <= those.slack_groups and these.groups <= those.groups
