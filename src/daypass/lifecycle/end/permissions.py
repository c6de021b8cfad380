"""
Who may end something: by the ledger alone, and besides by what can be asked now.

    the one who has it, who asked for it, who answers for the robot that has it
    who approved it, and those who were to decide on it: their ids and groups are kept with the request
    the owners of the rules, as they could last be read
    those who may decide on it now, when that can be asked

Whoever is in a group is looked up in the ledger, where a worker writes it down once a minute. Nobody here
is refused for want of an answer. Who is known to have left ends only what is theirs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from daypass.lifecycle.bounded_lookups import Lookups
from daypass.model.bot import Bot
from daypass.model.decision import Approvers
from daypass.model.errors import Misconfigured, NotFound, NotYours
from daypass.model.known import KnownGroup, KnownOwners
from daypass.model.principal import ROBOT, GroupName, Principal, PrincipalId, SlackGroupId
from daypass.model.request import Request
from daypass.ports import Ledger, Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Enders:
    """Who may end something, at the moment of asking."""

    ledger: Ledger
    lookups: Lookups
    """What can be looked up besides: it adds people, and refuses only those who are known to have left."""

    def may_end(self, request: Request, by: PrincipalId, now: datetime) -> bool:
        """Whether this person may end what came of a request, or turn it down."""
        return by in whose(request, self.ledger) or self.may_end_for_others(request, by, now)

    def may_end_for_others(self, request: Request, by: PrincipalId, now: datetime) -> bool:
        """Whether this person is one of those who may end it though it is not theirs."""
        if by.startswith(ROBOT):
            return False
        person = self.lookups.person(by)
        if person is not None and not person.active:
            return False
        named = asked_then(request)
        if by in approved(request) or includes(named, by, self.ledger):
            return True
        if person is not None and named.include(person):
            return True
        if self.owns(by):
            return True
        now_named = self.lookups.deciders_if_known(request, now)
        return now_named is not None and person is not None and now_named.include(person)

    def owns(self, by: PrincipalId) -> bool:
        """Whether this person owns the rules: as they could last be read, or as they are now."""
        if by.startswith(ROBOT):
            return False
        person = self.lookups.person(by)
        if person is not None and not person.active:
            return False
        known = _known_owners(self.ledger)
        if known is not None and includes(known, by, self.ledger):
            return True
        named = self.lookups.owners_if_known()
        if named is None:
            return False
        return includes(named, by, self.ledger) or (person is not None and named.include(person))

    def must_own(self, by: PrincipalId) -> None:
        """Raise NotYours for somebody who does not own the rules."""
        person = self.lookups.person(by)
        if person is not None and not person.active:
            raise NotYours("Your Slack account is deactivated.")
        if not self.owns(by):
            raise NotYours("You are not among the owners of the rules; they are named under `owners` in them.")


def known_owners(records: Records) -> frozenset[PrincipalId]:
    """Everybody who owned the rules as they could last be read, by the ledger alone."""
    named = _known_owners(records)
    if named is None:
        return frozenset()
    groups: Iterable[str] = (*named.slack_groups, *named.groups)
    return named.people.union(*(_members(group, records) for group in groups))


def includes(approvers: Approvers, by: PrincipalId, records: Records) -> bool:
    """Whether somebody is named, or is in a named group as the ledger last had it."""
    groups: Iterable[str] = (*approvers.slack_groups, *approvers.groups)
    return by in approvers.people or any(by in _members(group, records) for group in groups)


def remembered(by: PrincipalId, records: Records) -> Principal:
    """Somebody as the ledger knows them: by their id, and by the groups that they were last seen in."""
    groups = [one.group for one in records.all(KnownGroup) if by in one.people]
    return Principal(
        id=by,
        name=by,
        slack_groups=frozenset(SlackGroupId(one) for one in groups if ":" not in one),
        groups=frozenset(GroupName(one) for one in groups if ":" in one),
    )


def asked_then(request: Request) -> Approvers:
    """Everybody who was to decide on a request when it was filed, who was passed over as away among them."""
    passed_over = frozenset(one.principal for stage in request.stages for one in stage.skipped)
    found = request.approvers | Approvers(people=passed_over)
    for stage in request.stages:
        found |= stage.everybody()
    return found


def approved(request: Request) -> frozenset[PrincipalId]:
    """Everybody who has approved a request."""
    last = [request.approval] if request.approval else []
    return frozenset(one.by for one in (*request.approvals, *last))


def whose(request: Request, records: Records) -> frozenset[PrincipalId]:
    """Whose it is, and who answers for the robots among them, by the ledger alone."""
    sides = frozenset({request.requestor, request.principal})
    return sides | {owner for one in sides if (owner := _owner(one, records)) is not None}


def _owner(one: PrincipalId, records: Records) -> PrincipalId | None:
    if not one.startswith(ROBOT):
        return None
    try:
        return records.find(Bot, one).owner
    except (NotFound, Misconfigured):  # a row that cannot be read adds nobody, and refuses nobody
        return None


def _known_owners(records: Records) -> Approvers | None:
    try:
        return records.find(KnownOwners, "owners").named
    except (NotFound, Misconfigured):  # a row that cannot be read adds nobody, and refuses nobody
        return None


def _members(group: str, records: Records) -> tuple[PrincipalId, ...]:
    try:
        return records.find(KnownGroup, group).people
    except (NotFound, Misconfigured):  # a row that cannot be read adds nobody, and refuses nobody
        return ()
