"""
What a text would change for people, before anybody agrees to it.

There is no list of everybody: looked at are those whom either text names, by id or by group, and those who asked or
had something lately. Whom the directory cannot tell of now is left out.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice

from daypass.lifecycle.parties import Parties
from daypass.lifecycle.weighing import as_ask, matter
from daypass.model.decision import Circumstances, Question
from daypass.model.errors import DaypassError
from daypass.model.grant import GrantId
from daypass.model.principal import GroupName, Principal, PrincipalId, SlackGroupId
from daypass.model.request import RequestState
from daypass.ports import Directory, Ledger
from daypass.rules.document import RuleBook
from daypass.rules.effect import Effect, effect

MOST_PEOPLE = 300
"""So many people are looked up at most: each may be a call to Slack."""
_LATELY = 500
_MOST_PENDING = 100

Waiting = tuple[GrantId, Question, Circumstances]


def effects(old: RuleBook, new: RuleBook, *, directory: Directory, ledger: Ledger, now: datetime) -> Effect:
    """Compare two texts for the people that are known of and the requests that wait."""
    people = islice(_people(old, new, directory, ledger), MOST_PEOPLE)
    return effect(old, new, people=people, pending=_waiting(old, new, directory, ledger, now), at=now)


def _people(old: RuleBook, new: RuleBook, directory: Directory, ledger: Ledger) -> Iterator[Principal]:
    for one in dict.fromkeys(chain(_named(old, directory), _named(new, directory), _lately(ledger))):
        with suppress(DaypassError):
            yield directory.principal(one)


def _named(book: RuleBook, directory: Directory) -> Iterator[PrincipalId]:
    for rule in book.rules:
        yield from sorted(rule.who.people)
        groups: list[SlackGroupId | GroupName] = [*sorted(rule.who.slack_groups), *sorted(rule.who.directory_groups)]
        for group in groups:
            with suppress(DaypassError):
                yield from sorted(directory.members(group))


def _lately(ledger: Ledger) -> Iterator[PrincipalId]:
    for request in ledger.requests(limit=_LATELY):
        yield request.principal


def _waiting(old: RuleBook, new: RuleBook, directory: Directory, ledger: Ledger, now: datetime) -> Iterator[Waiting]:
    for request in ledger.requests(states=(RequestState.PENDING,), limit=_MOST_PENDING):
        ask = as_ask(request)
        with suppress(DaypassError):  # one that could not be approved now either way
            parties = Parties.of(ask, directory)
            before, after = (
                matter(ask, parties, rules=rules, directory=directory, ledger=ledger, now=now) for rules in (old, new)
            )
            yield request.id, before.question, _both(before.around, after.around)


def _both(one: Circumstances, other: Circumstances) -> Circumstances:
    """All that was found out for either text."""
    return replace(
        one,
        people={**one.people, **other.people},
        slack_groups={**one.slack_groups, **other.slack_groups},
        groups={**one.groups, **other.groups},
        on_call={**one.on_call, **other.on_call},
        account=one.account if one.account is not None else other.account,
        tags=one.tags if one.tags is not None else other.tags,
        owners={**one.owners, **other.owners},
        tickets={**one.tickets, **other.tickets},
        live_grants=one.live_grants if one.live_grants is not None else other.live_grants,
    )
