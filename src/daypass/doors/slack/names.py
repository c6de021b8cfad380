"""
How people and groups are named, so that Slack tells them or does not.

A mention in a channel rings. So those who are asked are mentioned when they are few, or as the group that they are; all
others, people and groups, are named without being rung up.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from daypass.doors.services import Services
from daypass.doors.slack.blocks import code, escape
from daypass.doors.slack.texts import requests as texts
from daypass.model.decision import Approvers
from daypass.model.errors import DaypassError
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.model.request import Request

MOST_RUNG = 3
"""People that one message in a channel mentions; a group counts as itself."""
_MOST_LOOKED_UP = 40
_ID = re.compile(r"\b[UW][A-Z0-9]{3,}\b")
_GROUP = re.compile(r"\bS0[A-Z0-9]{2,}\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Who is named how, in one message."""

    quiet: Mapping[PrincipalId, str] = field(default_factory=dict)
    """Names of those who are not mentioned; everybody else is."""
    groups: Mapping[SlackGroupId, str] = field(default_factory=dict)
    """Names of Slack groups where they are not mentioned, such as @leads."""
    private: bool = False
    """One person alone will read it: then a group may be mentioned, and nobody is rung up."""

    def person(self, one: PrincipalId) -> str:
        """Name one."""
        return escape(self.quiet[one]) if one in self.quiet else texts.person(one)

    def people(self, some: Iterable[PrincipalId]) -> str:
        """Name several."""
        return _some([self.person(one) for one in some])

    def group(self, one: SlackGroupId) -> str:
        """Name a Slack group without ringing it up; by its id where it has no name that is known."""
        if self.private:
            return f"<!subteam^{one}>"
        return f"*{escape(self.groups[one])}*" if one in self.groups else code(one)

    def deciders(self, approvers: Approvers, *, rung: bool = True) -> str:
        """Name those who may decide; their Slack groups as mentions only if they are to be `rung`."""
        groups = [f"<!subteam^{one}>" if rung else self.group(one) for one in sorted(approvers.slack_groups)]
        people = [self.person(one) for one in sorted(approvers.people)]
        return _some([*people, *groups, *(code(one) for one in sorted(approvers.groups))]) or texts.NOBODY

    def sentence(self, text: str) -> str:
        """Make a sentence of ours that has ids in it readable."""
        named = _ID.sub(lambda found: self.person(PrincipalId(found[0])), escape(text))
        if self.private:
            return _GROUP.sub(r"<!subteam^\g<0>>", named)
        return _GROUP.sub(
            lambda found: self.group(SlackGroupId(found[0])) if found[0] in self.groups else found[0], named
        )


OPENLY = Naming(private=True)
"""Everybody is mentioned: for direct messages, where nobody else is told."""


def in_private(services: Services, sentences: Iterable[str]) -> Naming:
    """Name the people and groups of some sentences of ours for one reader."""
    people = {PrincipalId(one) for sentence in sentences for one in _ID.findall(sentence)}
    return Naming(quiet=_names(services, people), private=True)


def for_channel(services: Services, request: Request) -> Naming:
    """Mention those who are asked now if they are few; name all others who are spoken of."""
    asked = request.asked.people if len(request.asked.people) <= MOST_RUNG else frozenset()
    return Naming(
        quiet=_names(services, _spoken_of(request) - asked - {request.requestor}),
        groups=group_names(services, _groups_of(request)),
    )


def aloud(approvers: Approvers) -> str:
    """The mentions that call these: their groups, and the people if they are few; nothing when they are a crowd."""
    people = sorted(approvers.people) if len(approvers.people) <= MOST_RUNG else []
    return _some([*(texts.person(one) for one in people), *(f"<!subteam^{one}>" for one in approvers.slack_groups)])


def _groups_of(request: Request) -> set[SlackGroupId]:
    """Every Slack group that the approvers' message may name."""
    staged = {group for stage in request.stages for group in stage.everybody().slack_groups}
    return {*request.approvers.slack_groups, *staged, *groups_in(why for stage in request.stages for why in stage.why)}


def _spoken_of(request: Request) -> set[PrincipalId]:
    """Everybody whom the approvers' message may name."""
    people = {*request.approvers.people, *(approval.by for approval in request.approvals)}
    for stage in request.stages:
        people |= stage.everybody().people | {one.principal for one in stage.skipped}
        sentences = (*stage.why, *(one.why for one in stage.skipped))
        people |= {PrincipalId(one) for sentence in sentences for one in _ID.findall(sentence)}
    return people


def group_names(services: Services, groups: Iterable[SlackGroupId]) -> dict[SlackGroupId, str]:
    """The names of Slack groups; one whose name cannot be found out is left out."""
    named: dict[SlackGroupId, str] = {}
    for one in sorted(groups)[:_MOST_LOOKED_UP]:
        with suppress(DaypassError):
            named[one] = services.directory.group_name(one)
    return named


def groups_in(texts_: Iterable[str]) -> set[SlackGroupId]:
    """The ids of Slack groups that stand in sentences of ours."""
    return {SlackGroupId(one) for text in texts_ for one in _GROUP.findall(text)}


def _names(services: Services, people: Iterable[PrincipalId]) -> dict[PrincipalId, str]:
    """Their names; of who is not to be found, and of a crowd's rest, the id."""
    ordered = sorted(people)
    return {one: _name(services, one) if at < _MOST_LOOKED_UP else one for at, one in enumerate(ordered)}


def _name(services: Services, one: PrincipalId) -> str:
    try:
        return services.directory.principal(one).name
    except DaypassError:
        return one


def _some(named: list[str]) -> str:
    return texts.some(named)
