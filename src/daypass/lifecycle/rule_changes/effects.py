"""
What a text would change for people, before anybody agrees to it.

Looked at is everybody whom the directory lists. When it does not list them now, those whom either text names, by id or
by group, and those who asked lately; then that is said with the numbers, and so is whatever else was not looked at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice

from daypass.lifecycle.judge import Judge
from daypass.lifecycle.parties import Parties
from daypass.model.decision import Circumstances, Needs, Question
from daypass.model.errors import DaypassError, NotFound, Refusal
from daypass.model.grant import GrantId
from daypass.model.principal import GroupName, Principal, PrincipalId, SlackGroupId
from daypass.model.request import RequestState
from daypass.rules.evaluate.needs import needs
from daypass.rules.load.read import RuleBook
from daypass.rules.sampling.effects import ChangeEffect, effect

MOST_PEOPLE = 300
"""So many people are looked up one by one: each may be a call to Slack."""
_LATELY = 500
_MOST_PENDING = 200

Waiting = tuple[GrantId, Question, Circumstances]


def effects(old: RuleBook, new: RuleBook, *, judge: Judge, now: datetime) -> ChangeEffect:
    """Compare two texts for everybody and for the requests that wait."""
    looking = _Looking(old, new, judge, now)
    people, pending = looking.people(), looking.pending()
    found = effect(old, new, people=people, pending=pending, at=now)
    return replace(found, lacking=(*looking.lacking, *found.lacking))


@dataclass(slots=True)
class _Looking:
    """Who and what is looked at, and what could not be."""

    old: RuleBook
    new: RuleBook
    judge: Judge
    now: datetime
    lacking: list[str] = field(default_factory=list)

    def people(self) -> list[Principal]:
        """Everybody, and the robots that are named."""
        named = dict.fromkeys(chain(self._named(self.old), self._named(self.new)))
        try:
            listed = {one.id: one for one in self.judge.people.everybody()}
        except DaypassError:
            self.lacking.append("Slack does not list everybody now, so there may be more.")
            listed = {}
            named |= dict.fromkeys(request.principal for request in islice(self.judge.ledger.each_request(), _LATELY))
        beside = [one for one in named if one not in listed]
        return [*listed.values(), *self._looked_up(beside)]

    def _looked_up(self, people: list[PrincipalId]) -> Iterator[Principal]:
        """Look some people up one by one, and say of how many that could not be done."""
        unknown = max(0, len(people) - MOST_PEOPLE)
        for one in islice(people, MOST_PEOPLE):
            try:
                yield self.judge.people.principal(one)
            except NotFound:
                continue  # nobody can gain by it
            except DaypassError:
                unknown += 1
        if unknown:
            who = "1 person who is named" if unknown == 1 else f"{unknown} people who are named"
            self.lacking.append(f"{who} could not be looked up and {'is' if unknown == 1 else 'are'} not counted.")

    def _named(self, book: RuleBook) -> Iterator[PrincipalId]:
        for rule in book.rules:
            yield from sorted(rule.who.people)
            groups: list[SlackGroupId | GroupName] = [
                *sorted(rule.who.slack_groups),
                *sorted(rule.who.directory_groups),
            ]
            for group in groups:
                yield from self._members(group)

    def _members(self, group: SlackGroupId | GroupName) -> list[PrincipalId]:
        try:
            return sorted(self.judge.people.members(group))
        except NotFound:
            return []
        except DaypassError:
            sentence = f"Who is in {group} could not be found out."
            self.lacking.extend([sentence] if sentence not in self.lacking else [])
            return []

    def pending(self) -> list[Waiting]:
        """The requests that wait, with all that either text wants to know."""
        found, unknown, hazy = [], 0, 0
        every = self.judge.ledger.each_request(states=(RequestState.PENDING,))
        waiting = list(islice(every, _MOST_PENDING + 1))
        for request in waiting[:_MOST_PENDING]:
            ask = request.ask
            try:
                parties = Parties.of(ask, self.judge.people)
                before, after = (
                    self.judge.under(rules).evaluate(ask, self.now, parties=parties) for rules in (self.old, self.new)
                )
                around = _both(before.around, after.around)
                hazy += _lacks(needs(self.old, before.question) | needs(self.new, before.question), around)
                found.append((request.id, before.question, around))
            except Refusal:
                continue  # one that could not be approved now either way
            except DaypassError:
                unknown += 1
        if unknown:
            what = "1 request that waits" if unknown == 1 else f"{unknown} requests that wait"
            self.lacking.append(f"{what} could not be looked at.")
        if hazy:
            what = "1 request that waits hangs" if hazy == 1 else f"{hazy} requests that wait hang"
            self.lacking.append(f"{what} on what could not be found out now.")
        if len(waiting) > _MOST_PENDING:
            self.lacking.append(f"Of the requests that wait, only the newest {_MOST_PENDING} were looked at.")
        return found


def _lacks(needed: Needs, around: Circumstances) -> bool:
    """Whether anything outside that the rules look at could not be found out."""
    return bool(
        needed.tickets - around.tickets.keys()
        or needed.schedules - around.on_call.keys()
        or needed.slack_groups - around.slack_groups.keys()
        or needed.groups - around.groups.keys()
        or (needed.tags and around.tags is None)
    )


def _both(one: Circumstances, other: Circumstances) -> Circumstances:
    """All that was found out for either text."""
    return replace(
        one,
        people={**one.people, **other.people},
        strangers=one.strangers | other.strangers,
        slack_groups={**one.slack_groups, **other.slack_groups},
        groups={**one.groups, **other.groups},
        on_call={**one.on_call, **other.on_call},
        account=one.account if one.account is not None else other.account,
        tags=one.tags if one.tags is not None else other.tags,
        owners={**one.owners, **other.owners},
        no_owners={**one.no_owners, **other.no_owners},
        tickets={**one.tickets, **other.tickets},
        live_grants=one.live_grants if one.live_grants is not None else other.live_grants,
    )
