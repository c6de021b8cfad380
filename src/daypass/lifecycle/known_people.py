"""
Write down who owns the rules, and who is in the groups that the rules name.

It is for a day when the rules cannot be read or nobody says who is in a group: then these people may still end access
(end/permissions). Nothing is given by it. A row is written when it changes, and no more often.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from daypass.lifecycle.bounded_lookups import owners_of
from daypass.lifecycle.judge import Judge
from daypass.model.decision import Approvers
from daypass.model.errors import Conflict, NotFound
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.known import KnownGroup, KnownOwners
from daypass.model.principal import DAYPASS, GroupName, PrincipalId, SlackGroupId
from daypass.ports import Ledger, Records
from daypass.rules.load.read import RuleBook
from daypass.rules.rule.rule import AllowRule, Rule

Group = SlackGroupId | GroupName


def remember(*, judge: Judge, now: datetime) -> int:
    """
    Write down what has changed; returns how many rows.

    Raises Unavailable as soon as somebody does not answer: what was written down before stands.
    """
    rules, ledger = judge.rules(), judge.ledger
    count = _owners(rules, ledger, now)
    for group in named_groups(rules):
        try:
            people = tuple(sorted(judge.people.members(group)))
        except NotFound:  # it was disabled or removed, so that nobody is in it
            people = ()
        count += _group(group, people, ledger, now)
    return count


def named_groups(rules: RuleBook) -> list[Group]:
    """Every group whose members may decide, review or change the rules."""
    found: set[Group] = set()
    for one in [owners_of(rules), *(each for rule in rules.rules for each in _deciding(rule))]:
        found |= {*one.slack_groups, *one.groups}
    return sorted(found)


def slack_groups_of(rules: RuleBook) -> frozenset[SlackGroupId]:
    """Every Slack user group that the rules name, for whatever."""
    deciding = [owners_of(rules), *(each for rule in rules.rules for each in _deciding(rule))]
    found = {group for one in deciding for group in one.slack_groups}
    return frozenset(found).union(*(rule.who.slack_groups for rule in rules.rules))


def _deciding(rule: Rule) -> Iterator[Approvers]:
    if isinstance(rule, AllowRule):
        yield rule.approvers
        if rule.break_glass is not None:
            yield rule.break_glass.reviewers


def _owners(rules: RuleBook, ledger: Ledger, now: datetime) -> int:
    named = owners_of(rules)
    before = _find_owners(ledger)
    if before is not None and before.named == named:
        return 0
    row = KnownOwners(named=named, digest=rules.digest, at=now, revision=before.revision if before else 0)
    told: dict[str, Detail] = {
        "people": tuple(sorted(named.people)),
        "groups": tuple(sorted([*named.slack_groups, *named.groups])),
        "digest": rules.digest,
    }
    return _record(EntryKind.OWNERS_REMEMBERED, row, told, ledger, now)


def _group(group: Group, people: tuple[PrincipalId, ...], ledger: Ledger, now: datetime) -> int:
    before = _find_group(group, ledger)
    if before is not None and before.people == people:
        return 0
    known = before or KnownGroup(group=group, people=(), at=now)
    row = replace(known, people=people, at=now)
    return _record(EntryKind.GROUP_REMEMBERED, row, {"group": group, "members": len(people)}, ledger, now)


def _record(
    kind: EntryKind, row: KnownGroup | KnownOwners, told: dict[str, Detail], ledger: Ledger, now: datetime
) -> int:
    with suppress(Conflict):  # another worker was first
        ledger.record(Fact(event=Event(kind=kind, at=now, actor=DAYPASS, details=told), changes=(row,), told=False))
        return 1
    return 0


def _find_owners(records: Records) -> KnownOwners | None:
    try:
        return records.find(KnownOwners, "owners")
    except NotFound:
        return None


def _find_group(group: Group, records: Records) -> KnownGroup | None:
    try:
        return records.find(KnownGroup, group)
    except NotFound:
        return None
