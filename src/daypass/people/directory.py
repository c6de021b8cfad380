"""
The directory whole: who somebody is by Slack, the people file and AWS.

    id        who it is                name, time zone, groups, status   groups, manager, other accounts   AWS identity
    U.., W..  a person                 Slack                             people file, Slack                map, tag
    bot:..    a robot                  the records                       people file                       map
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from daypass.model.errors import DaypassError, Misconfigured, NotFound, Unavailable
from daypass.model.principal import ROBOT, Away, AwsIdentity, GroupName, Principal, PrincipalId, SlackGroupId
from daypass.people.aws_identities import AwsIdentities
from daypass.people.bots import BotDirectory
from daypass.people.group_source import GroupSource
from daypass.people.last_known import LastKnown
from daypass.people.people_file import PeopleFile, PeopleFileOnDisk
from daypass.people.slack_people import SlackPeople


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the directory may be given besides Slack and AWS identities."""

    register: PeopleFileOnDisk | None = None
    """The people file."""
    group_sources: tuple[GroupSource, ...] = ()
    """Besides the people file."""
    robots: BotDirectory | None = None
    absence: Callable[[PrincipalId], Away | None] | None = None
    """What somebody has said of their own absence, if it is not over."""


class PeopleDirectory:
    """Answers to the port Directory."""

    def __init__(
        self, slack: SlackPeople, aws: AwsIdentities, *, beside: Beside | None = None, clock: Callable[[], float]
    ) -> None:
        """Combine Slack with people's AWS identities and, where given, with what is known besides."""
        self._slack = slack
        self._aws = aws
        self._beside = beside or Beside()
        self._group_sources = _group_sources(self._beside)
        self._last_known = LastKnown(clock=clock)

    def principal(self, principal_id: PrincipalId) -> Principal:
        """Read one person or robot. Raises NotFound for nobody, Misconfigured for two AWS identities."""
        try:
            known = self.known(principal_id)
            person = replace(known, aws=self._aws.with_unique_id(known.aws))
        except Unavailable:
            raise
        except DaypassError:
            self._last_known.forget(principal_id)
            raise
        self._last_known.keep(person)
        return person

    def has_left(self, principal_id: PrincipalId) -> bool:
        """Whether Slack says now that somebody's account is deleted; of a robot it never does."""
        return not principal_id.startswith(ROBOT) and self._slack.has_left(principal_id)

    def last_known(self, principal_id: PrincipalId) -> Principal | None:
        """Remember somebody as they were last read here, at most a day ago."""
        return self._last_known.find(principal_id)

    def members(self, group: SlackGroupId | GroupName) -> frozenset[PrincipalId]:
        """Read who is in a Slack user group or in a group of another directory (`file:analysts`). Raises NotFound."""
        source, colon, _ = group.partition(":")
        if not colon:
            return self._slack.members(SlackGroupId(group))
        if source not in self._group_sources:
            raise NotFound(f"There is no directory here that has the group {group}.")
        return self._group_sources[source].members(GroupName(group))

    def group_name(self, group: SlackGroupId) -> str:
        """What people call a Slack user group: `@leads`. Raises NotFound for one that is unknown or disabled."""
        return self._slack.group_name(group)

    def by_email(self, email: str) -> PrincipalId:
        """Find whose an e-mail address is in Slack. Raises NotFound for nobody's."""
        return self._slack.by_email(email)

    def everybody(self) -> list[Principal]:
        """
        List all people there are in Slack, with their groups, managers and other accounts.

        Without AWS identities and absences, which would be a question for each. Raises Unavailable, Throttled.
        """
        register = self._register()
        return [
            replace(
                one,
                groups=_groups_of(one, (register, *self._beside.group_sources)),
                manager=_manager_of(one, register),
                same_as=self._other_accounts(one, register),
            )
            for one in self._slack.everybody()
        ]

    def identities(self) -> dict[PrincipalId, AwsIdentity]:
        """Read everybody's AWS identity. Raises Misconfigured, naming all that are claimed more than once."""
        return self._aws.everyone()

    def known(self, principal_id: PrincipalId) -> Principal:
        """Read somebody but for the unique id that only AWS has. Raises as `principal` does."""
        register = self._register()
        person = self._found(principal_id)
        return replace(
            person,
            aws=self._aws_of(person),
            groups=_groups_of(person, self._group_sources.values()),
            manager=_manager_of(person, register),
            same_as=self._other_accounts(person, register),
            away=_together(self._own_word(person), person.away),
        )

    def _register(self) -> PeopleFile:
        return self._beside.register.now() if self._beside.register else PeopleFile()

    def _other_accounts(self, person: Principal, register: PeopleFile) -> frozenset[PrincipalId]:
        """Every other id of the same person: an account of an account is one too, by Slack or by the people file."""
        found = {person.id, *person.same_as}
        ahead = [*found]
        while ahead:
            one = ahead.pop()
            more = (self._slack.others(one) | register.same.get(one, frozenset())) - found
            found |= more
            ahead.extend(more)
        return frozenset(found - {person.id})

    def _found(self, principal_id: PrincipalId) -> Principal:
        if not principal_id.startswith(ROBOT):
            return self._slack.principal(principal_id)
        if self._beside.robots is None:
            raise NotFound(f"There is no robot {principal_id}.")
        return self._beside.robots.principal(principal_id)

    def _aws_of(self, person: Principal) -> AwsIdentity | None:
        """The identity that one of their ids has. Raises Misconfigured when two have different ones."""
        found = {one.arn: one for one in map(self._aws.of, sorted(person.ids)) if one}
        if len(found) > 1:
            raise Misconfigured(f"{' and '.join(sorted(person.ids))} are one person with {len(found)} AWS identities.")
        return next(iter(found.values()), None)

    def _own_word(self, person: Principal) -> Away | None:
        if self._beside.absence is None or person.robot:
            return None
        return next(filter(None, map(self._beside.absence, sorted(person.ids))), None)


def _group_sources(beside: Beside) -> dict[str, GroupSource]:
    sources = (*((beside.register,) if beside.register else ()), *beside.group_sources)
    return {source.name: source for source in sources}


def _groups_of(person: Principal, sources: Iterable[GroupSource | PeopleFile]) -> frozenset[GroupName]:
    return frozenset[GroupName]().union(*(source.groups_of(one) for source in sources for one in person.ids))


def _manager_of(person: Principal, register: PeopleFile) -> PrincipalId | None:
    return next((register.managers[one] for one in sorted(person.ids) if one in register.managers), None)


def _together(said: Away | None, status: Away | None) -> Away | None:
    """Put somebody's own word and their status together: away until the later end, with the one they named."""
    if said is None or status is None:
        return said or status
    until = max(said.until, status.until) if said.until and status.until else None
    return Away(until=until, delegate=said.delegate)
