"""
Who may see what.

    a request, its grant and its story   see lifecycle/visibility, the one answer for every door
    the journal's export, any entry      those who may decide on anything
    checkpoint, key, proofs              everybody who is logged in: they are hashes and signatures

What somebody may not see is not there: they are told `not found`, as for an id that nobody drew.
"""

from collections.abc import Iterable
from contextlib import suppress

from daypass.doors.services import Services
from daypass.model.errors import DaypassError, NotYours
from daypass.model.event import Event
from daypass.model.principal import Principal, PrincipalId, SlackGroupId
from daypass.model.request import Request
from daypass.rules.rule.rule import AllowRule

_MOST_LOOKED_UP = 40


def may_audit(viewer: Principal, services: Services) -> bool:
    """Whether this person may read the whole journal."""
    rules = services.rules().rules
    return any(rule.approvers.include(viewer) for rule in rules if isinstance(rule, AllowRule))


def must_audit(viewer: Principal, services: Services) -> None:
    """Raise NotYours for somebody who may not read the whole journal."""
    if not may_audit(viewer, services):
        raise NotYours(
            "The whole journal is for those who may decide on something; `daypass show` has your own part of it."
        )


def names(
    principals: Iterable[PrincipalId], services: Services, *, groups: Iterable[SlackGroupId] = ()
) -> dict[str, str]:
    """
    Read the names of people, and of Slack `groups`; a group that the directory cannot tell of is left out.

    Whose name was read within a day is not looked up for it again, and of a long list only some are: a list must not
    use up what Slack allows. The others go by their ids.
    """
    people = sorted({one for one in principals if one.startswith(("U", "W"))})
    known = {one: services.directory.last_known(one) for one in people}
    unknown = [one for one in people if known[one] is None][:_MOST_LOOKED_UP]
    found: dict[str, str] = {one: person.name if person else one for one, person in known.items()}
    found |= {one: _as_known(one, services).name for one in unknown}
    for group in sorted(set(groups)):
        with suppress(DaypassError):
            found[group] = services.directory.group_name(group)
    return found


def known_names(principals: Iterable[PrincipalId], services: Services) -> dict[str, str]:
    """Name people as they were last read, and ask nobody: for what ends something, which waits for no directory."""
    found = {one: services.directory.last_known(one) for one in principals}
    return {one: person.name for one, person in found.items() if person is not None}


def named_in(request: Request, story: Iterable[Event] = ()) -> tuple[set[PrincipalId], set[SlackGroupId]]:
    """The people and Slack groups of whom a request, its stages and its story speak."""
    people: set[PrincipalId] = {request.requestor, request.principal, *request.approvers.people}
    groups = set(request.approvers.slack_groups)
    for stage in request.stages:
        everybody = stage.everybody()
        people |= everybody.people | {one.principal for one in stage.skipped}
        groups |= everybody.slack_groups
    for event in story:
        listed = [one for value in event.details.values() if isinstance(value, tuple) for one in value]
        people |= {event.actor, *(PrincipalId(one) for one in listed if one.startswith(("U", "W")))}
        groups |= {SlackGroupId(one) for one in listed if one.startswith("S")}
    return people, groups


def _as_known(principal_id: PrincipalId, services: Services) -> Principal:
    """The person, or their id alone: who has left, or cannot be asked for now, does not hide what they did."""
    return services.judge.person(principal_id) or Principal(id=principal_id, name=principal_id, active=False)
