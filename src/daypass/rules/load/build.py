"""Shapes that were read without a fault, made into the rules that the judges look at."""

from collections.abc import Mapping

from daypass.model.decision import Approvers, RuleId, ScheduleName
from daypass.resources.registry import kind_called
from daypass.rules.document.shape import AllowShape, DenyShape
from daypass.rules.document.shape_approval import PeopleShape
from daypass.rules.document.shape_conditions import BreakGlassShape, MatchingShape, WhenShape
from daypass.rules.load.approval import named, steps
from daypass.rules.match.reason_words import TICKET, Wording
from daypass.rules.rule.conditions import Conditions
from daypass.rules.rule.finding import FindingKind
from daypass.rules.rule.people import ANYONE, NamedPeople, everybody
from daypass.rules.rule.rule import AllowRule, DenyRule, Emergency, Raised

Groups = Mapping[str, NamedPeople]


def allow_rule(shape: AllowShape, groups: Groups, *, line: int) -> AllowRule:
    """Make a rule that lends."""
    return AllowRule(
        id=RuleId(shape.id),
        line=line,
        about=shape.about,
        paused=shape.paused,
        meant=frozenset(map(FindingKind, shape.meant)),
        who=_people(shape.who, groups),
        levels=frozenset(shape.may),
        extras=frozenset(shape.extras or ()),
        places=tuple(pattern.in_account(shape.account or "") for pattern in shape.on),
        when=conditions(shape.when),
        default=shape.length.default,
        longest=shape.length.max,
        ahead=shape.ahead,
        guests=shape.guests,
        limits=Raised(pending=shape.limits.pending, live=shape.limits.live) if shape.limits else None,
        reason_required=shape.reason != "optional",
        reason_matching=shape.reason.matching if isinstance(shape.reason, MatchingShape) else None,
        ticket=_ticket(shape.ticket),
        deliveries=frozenset(shape.delivery),
        stages=steps(shape.approve, groups),
        second_factor=shape.second_factor is not None,
        channel=shape.channel or "",
        break_glass=_break_glass(shape.break_glass, groups),
    )


def deny_rule(shape: DenyShape, groups: Groups, *, line: int) -> DenyRule:
    """Make a rule that denies."""
    return DenyRule(
        id=RuleId(shape.id),
        line=line,
        about=shape.about,
        paused=shape.paused,
        meant=frozenset(map(FindingKind, shape.meant)),
        who=_people(shape.who, groups),
        levels=frozenset(shape.may or (level.word for level in kind_called(shape.on[0].kind).levels)),
        extras=frozenset(shape.extras or ()),
        places=tuple(pattern.in_account(account) for account in _denied_in(shape) for pattern in shape.on),
        when=conditions(shape.when),
        deliveries=frozenset(shape.delivery),
        because=shape.because.strip() or f"Rule {shape.id} forbids this.",
    )


def _denied_in(shape: DenyShape) -> tuple[str, ...]:
    """
    The accounts in which a denial holds: the home account too, where it names one.

    The number may be that of the home account, which the rules do not know: what cannot be told is not read as nothing.
    """
    return (shape.account, "") if shape.account else ("",)


def conditions(shape: WhenShape | None) -> Conditions | None:
    """Make the conditions of a rule."""
    if shape is None:
        return None
    return Conditions(
        days=shape.weekdays(),
        hours=tuple(shape.hours or ()),
        zone=shape.zone or "",
        reason=shape.reason,
        on_call=frozenset(map(ScheduleName, shape.on_call or ())),
        fewer_grants_than=shape.live_grants.under if shape.live_grants else None,
        tags=tuple((name, frozenset(values)) for name, values in (shape.tags or {}).items()),
        accounts=frozenset(shape.account or ()),
        sensitivity=frozenset(shape.sensitivity or ()),
    )


def _people(who: PeopleShape | str, groups: Groups) -> NamedPeople:
    return everybody(named(who), groups) if isinstance(who, PeopleShape) else ANYONE


def _ticket(shape: MatchingShape | str | None) -> Wording | None:
    if shape is None:
        return None
    return shape.matching if isinstance(shape, MatchingShape) else TICKET


def _break_glass(shape: BreakGlassShape | None, groups: Groups) -> Emergency | None:
    if shape is None:
        return None
    found = everybody(named(shape.review), groups)
    reviewers = Approvers(people=found.people, slack_groups=found.slack_groups, groups=found.directory_groups)
    return Emergency(reviewers=reviewers, within=shape.within)
