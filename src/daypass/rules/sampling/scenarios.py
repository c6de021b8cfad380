"""
The moments, buckets and words that suit a rule: where everything that it wants besides the ask is so.

Where a condition has several ways to be met, each is tried: both ends of every window of the day, each value of a tag,
each account, each schedule.

It knows what such patterns are usually made of, and answers nothing rather than words that do not fit.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from daypass.model.decision import Circumstances, Question, ScheduleName, Ticket, TicketId
from daypass.model.principal import Principal, PrincipalId
from daypass.rules.match.opening_hours import ALL_DAY, AS_REQUESTOR, open_at, zone
from daypass.rules.match.reason_words import Wording
from daypass.rules.rule.conditions import Conditions
from daypass.rules.rule.rule import AllowRule, Rule
from daypass.rules.rule.rulebook import RuleBook
from daypass.rules.sampling.probes import Probe

_SOMEBODY = PrincipalId("U0PROBE")
"""Stands for whoever is on call and whoever owns a bucket."""
_REASON = "A probe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suit:
    """What suits a rule, one way."""

    at: datetime
    """By the wall clock of the person where `floating`, else a moment."""
    floating: bool = False
    reason: str = _REASON
    ticket: TicketId | None = None
    urgent: bool = False
    on_call: ScheduleName | None = None
    """The schedule in which the person is on call."""
    tags: Mapping[str, str] = field(default_factory=dict)
    account: str = ""
    live_grants: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What every suit has in common: everything that the rules of two books name besides people."""

    schedules: frozenset[ScheduleName]
    owner_tags: frozenset[str]

    @classmethod
    def of(cls, *books: RuleBook) -> "Scenario":
        """Gather the schedules and the tags for owners."""
        rules = [rule for book in books for rule in book.rules]
        sources = [step.every_source() for rule in rules if isinstance(rule, AllowRule) for step in rule.stages]
        conditions = [rule.when.on_call for rule in rules if rule.when]
        return cls(
            schedules=frozenset[ScheduleName]().union(*conditions, *(one.schedules for one in sources)),
            owner_tags=frozenset[str]().union(*(one.owner_tags for one in sources)),
        )

    def around(self, suit: Suit, person: Principal) -> Circumstances:
        """What is so around somebody who asks in this suit."""
        here = {schedule: frozenset({_SOMEBODY}) for schedule in self.schedules}
        mine = {suit.on_call: frozenset({_SOMEBODY, person.id})} if suit.on_call else {}
        own = zone(person.tz) if suit.floating else None
        return Circumstances(
            at=suit.at.replace(tzinfo=own) if own else suit.at,
            on_call=here | mine,
            tags=suit.tags,
            account=suit.account,
            owners=dict.fromkeys(self.owner_tags, _SOMEBODY),
            tickets={suit.ticket: Ticket(id=suit.ticket, open=True)} if suit.ticket else {},
            live_grants=suit.live_grants,
        )


def asking(suit: Suit, probe: Probe, person: Principal) -> Question:
    """Ask for a thing, as it suits the rule."""
    return Question(
        principal=person,
        entitlement=probe.entitlement,
        length=probe.length,
        delivery=probe.delivery,
        reason=suit.reason,
        urgent=suit.urgent,
    )


def suits(versions: Iterable[Rule], at: datetime) -> list[Suit]:
    """Every way that suits one of the versions of a rule; each once."""
    found: list[Suit] = []
    for suit in (suit for rule in versions for suit in _suits(rule, at)):
        if suit not in found:
            found.append(suit)
    return found


def _suits(rule: Rule, at: datetime) -> Iterator[Suit]:
    """Yield one suit that fits everything, and then each other way to meet one condition."""
    plain = _said(rule, at)
    when = rule.when or Conditions()
    moments = list(_moments(when, plain))
    first = replace(
        moments[0] if moments else plain,
        tags=next(_tags(when), {}),
        account=min(when.accounts, default=""),
        on_call=min(when.on_call, default=None),
    )
    yield first
    yield from (replace(first, at=one.at, floating=one.floating) for one in moments)
    yield from (replace(first, tags=tags) for tags in _tags(when))
    yield from (replace(first, account=account) for account in sorted(when.accounts))
    yield from (replace(first, on_call=schedule) for schedule in sorted(when.on_call))
    if when.fewer_grants_than is not None:
        yield replace(first, live_grants=when.fewer_grants_than - 1)


def _said(rule: Rule, at: datetime) -> Suit:
    """Say all that the rule wants to hear."""
    heard = [rule.when.reason if rule.when else None]
    ticket: Wording | None = None
    if isinstance(rule, AllowRule):
        ticket = rule.ticket
        heard += [rule.reason_matching, ticket]
    words = [made_up(one) for one in heard if one]
    return Suit(
        at=at,
        reason=" ".join([_REASON, *words]),
        ticket=TicketId(made_up(ticket)) if ticket else None,
        urgent=isinstance(rule, AllowRule) and rule.break_glass is not None,
    )


def _moments(when: Conditions, plain: Suit) -> Iterator[Suit]:
    """Yield the first and the last minute of each window of the day, on the next day on which it opens."""
    floating = when.zone == AS_REQUESTOR
    clock = ZoneInfo("UTC") if floating else zone(when.zone)
    if not when.zone or clock is None:
        return
    midnight = plain.at.astimezone(clock).replace(hour=0, minute=0, second=0, microsecond=0)
    for window in when.hours or (ALL_DAY,):
        for minute in (window.opens, window.closes - 1):
            days = (midnight + timedelta(days=day, minutes=minute) for day in range(8))
            if found := next((one for one in days if open_at(one, clock, when.days, when.hours)), None):
                yield replace(plain, at=found, floating=floating)


def _tags(when: Conditions) -> Iterator[Mapping[str, str]]:
    """Yield tags that are met, each value once."""
    first = {name: min(values) for name, values in when.tags}
    if when.tags:
        yield first
    for name, values in when.tags:
        yield from (first | {name: value} for value in sorted(values) if value != first[name])


_CLASSES = {"d": "0", "w": "a", "s": " ", "D": "x", "W": "-", "S": "x"}
_NOTHING = {"b", "B", "A", "z"}
_COUNT = re.compile(r"\{([0-9]+)(?:,[0-9]*)?\}|[+*?]\??")
_RANGE = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")
_OPTIONS = re.compile(r"\((?:\?(?:P?<\w+>|[a-z]*:))?")
_MOST = 64


def made_up(wording: Wording) -> str:
    """Make up words that the pattern finds; empty when none come to mind."""
    text, _ = _either(wording.text, 0)
    return text if wording.within(text) else ""


def _either(pattern: str, position: int) -> tuple[str, int]:
    """Read up to a closing bracket; of several ways the first is taken."""
    found, first = "", None
    while position < len(pattern) and pattern[position] != ")":
        if pattern[position] == "|":
            found, first, position = "", found if first is None else first, position + 1
            continue
        one, position = _one(pattern, position)
        times, position = _times(pattern, position)
        found += one * times
    return found if first is None else first, position + 1


def _one(pattern: str, position: int) -> tuple[str, int]:
    sign = pattern[position]
    if options := _OPTIONS.match(pattern, position):
        return _either(pattern, options.end())
    if within := _RANGE.match(pattern, position):
        return next(_members(within.group()), "x"), within.end()
    if sign == "\\":
        one = pattern[position + 1 : position + 2]
        return "" if one in _NOTHING else _CLASSES.get(one, one), position + 2
    return "" if sign in "^$" else "x" if sign == "." else sign, position + 1


def _members(within: str) -> Iterator[str]:
    """Yield a few characters that a class in square brackets has."""
    inner = within[1:-1]
    if inner.startswith("^"):
        yield from islice((sign for sign in "xX0-" if sign not in inner), 1)
    elif inner.startswith("\\"):
        yield _CLASSES.get(inner[1:2], inner[1:2])
    else:
        yield inner[:1]


def _times(pattern: str, position: int) -> tuple[int, int]:
    count = _COUNT.match(pattern, position)
    if count is None:
        return 1, position
    return min(int(count.group(1) or 1), _MOST), count.end()
