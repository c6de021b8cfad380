"""
Rules as a person reads them: each in one or two plain sentences.

Ids stay as they are; whoever shows the sentence puts names in their place.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from daypass.model.decision import HandOver, Stage
from daypass.model.entitlement import ordered
from daypass.model.grant import Delivery
from daypass.model.length import words_for_length
from daypass.rules.approval.stage import LateApprovers, RuleStage, Sources
from daypass.rules.describe.refusals import conditions
from daypass.rules.document.shape import AHEAD, UNSAID
from daypass.rules.rule.people import NamedPeople
from daypass.rules.rule.rule import AllowRule, DenyRule, Rule

_NAMED = 6
"""How many are named in one sentence."""


def in_words(rule: Rule) -> str:
    """Say what a rule does. Who asks is never among those who decide, which is not said anew for every rule."""
    said = _lends(rule) if isinstance(rule, AllowRule) else _denies(rule)
    return " ".join([*(["Paused, and counts for nothing:"] if rule.paused else []), *map(_sentence, said)])


def agreeing(stages: Sequence[RuleStage] | Sequence[Stage]) -> str:
    """Say how many of whom must agree, in which order: `2 of U0BOB, U0CID and U0DEE agree`."""
    if len(stages) == 1:
        one = stages[0].needed == 1
        return f"{_whom(stages[0])} {'agrees' if one else 'agree'}"
    turns = [_whom(stage).removesuffix(",") for stage in stages]
    return f"first {', then '.join(turns)} agree"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lends(rule: AllowRule) -> Iterator[str]:
    what = f"{_who(rule.who)} may {_words(rule.levels)} {_places(rule)}"
    longest, default = words_for_length(rule.longest), words_for_length(rule.default)
    how_long = f"for {longest}" if longest == default else f"for up to {longest}, {default} by default"
    when = f"when {agreeing(rule.stages)}" if rule.stages else "at once, without asking anybody"
    yield f"{what}{_extras(rule)}{_delivery(rule.deliveries, unsaid=UNSAID)} {how_long}, {when}."
    yield from _only(rule)
    yield from _wanted(rule)


def _denies(rule: DenyRule) -> Iterator[str]:
    who = "Nobody may" if rule.who.anyone else f"{_who(rule.who)} may not"
    extras = f" with {_words(rule.extras, 'or')}" if rule.extras else ""
    what = f"{_words(rule.levels, 'or')} anything in {_places(rule)}"
    yield f"{who} {what}{extras}{_delivery(rule.deliveries, unsaid=Delivery)}."
    yield from _only(rule)
    yield rule.because


def _only(rule: Rule) -> Iterator[str]:
    """Say when the rule holds, if it does not always."""
    if rule.when:
        yield f"Only {', and only '.join(conditions(rule.when).values())}."


def _wanted(rule: AllowRule) -> Iterator[str]:
    """Say what is wanted besides: reasons, tickets, passkeys, a review."""
    if rule.ticket:
        yield f"The reason must name an open ticket such as “{rule.ticket}”."
    if rule.reason_matching:
        yield f"The reason must have “{rule.reason_matching}” in it."
    elif not rule.reason_required:
        yield "No reason is needed."
    if rule.ahead != AHEAD:
        yield f"It can be asked for at most {words_for_length(rule.ahead)} ahead."
    if raised := rule.limits:
        much = [(raised.pending, "requests waiting"), (raised.live, "live grants")]
        said = " and ".join(f"{number} {what}" for number, what in much if number)
        yield f"Who asks under it may have up to {said or 'as much as anybody'} at a time."
    if rule.guests:
        yield "Guests of the workspace may too."
    if rule.second_factor:
        yield "Approvers say so with their passkey too."
    if rule.channel:
        yield f"It is decided in {rule.channel}."
    if glass := rule.break_glass:
        reviewers = Stage(name="review", approvers=glass.reviewers)
        within = words_for_length(glass.within)
        yield f"Only by breaking glass, in an emergency; {_whom(reviewers)} must review it within {within}."


def _who(who: NamedPeople) -> str:
    groups = [f"members of {group}" for group in sorted([*who.slack_groups, *who.directory_groups])]
    return "Anyone" if who.anyone else _listed([*sorted(who.people), *groups])


def _whom(stage: RuleStage | Stage) -> str:
    later = [f"after {words_for_length(each.after)} also {_listed(_deciders(each))}" for each in stage.later]
    return f"{', '.join([_count(stage), *later])}," if later else _count(stage)


def _count(stage: RuleStage | Stage) -> str:
    deciders = _deciders(stage)
    one_person = len(deciders) == 1 and not (stage.approvers.slack_groups or stage.approvers.groups)
    if stage.needed is None:
        return f"all of {_listed(deciders)}"
    if stage.needed == 1:
        return f"{'' if one_person else 'one of '}{_listed(deciders)}"
    return f"{stage.needed} of {_listed(deciders)}"


def _deciders(stage: RuleStage | Stage | LateApprovers | HandOver) -> list[str]:
    named = stage.approvers
    sources = stage.sources if isinstance(stage, RuleStage | LateApprovers) else Sources()
    return [
        *(["their manager"] if sources.manager else []),
        *(f"the bucket's {tag}" for tag in sorted(sources.owner_tags)),
        *(f"whoever is on call for {schedule}" for schedule in sorted(sources.schedules)),
        *sorted([*named.people, *named.slack_groups, *named.groups]),
    ]


def _listed(names: Sequence[str]) -> str:
    """Join names with commas and a last `and`; many are cut short."""
    shown = [*names[:_NAMED], *([f"{len(names) - _NAMED} more"] if len(names) > _NAMED else [])]
    *front, last = shown or ["nobody"]
    return f"{', '.join(front)} and {last}" if front else last


def _places(rule: Rule) -> str:
    return _listed([str(pattern) for pattern in rule.places])


def _words(chosen: Iterable[str], word: str = "and") -> str:
    return f" {word} ".join(ordered(chosen))


def _kinds(kinds: type[StrEnum], chosen: Iterable[str], word: str = "and") -> str:
    return f" {word} ".join(kind for kind in kinds if kind in set(chosen))


def _extras(rule: AllowRule) -> str:
    return f", with {_words(rule.extras)} where asked for," if rule.extras else ""


def _delivery(deliveries: frozenset[Delivery], *, unsaid: Iterable[Delivery]) -> str:
    """Say how, where it is not what a rule means that says nothing."""
    if deliveries == frozenset(unsaid):
        return ""
    return f" as a {_kinds(Delivery, deliveries, 'or')}"
