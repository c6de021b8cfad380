"""Who is asked to decide: the configured channel, or each approver by direct message."""

import structlog

from daypass.doors.desk import Desk
from daypass.model.errors import NotFound
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.model.request import Request

log = structlog.get_logger()


def approvers(desk: Desk, request: Request) -> list[PrincipalId]:
    """
    Everyone who may decide in the stage that waits, each once, never the requestor.

    Those named by themselves come before members of groups.

    A group that is gone is passed over. Raises Unavailable while Slack does not say who is in a group.
    """
    named = sorted(request.asked.people)
    members = [one for group in sorted(request.asked.slack_groups) for one in _members(desk, group, request)]
    return [one for one in dict.fromkeys([*named, *members]) if one != request.requestor]


def _members(desk: Desk, group: SlackGroupId, request: Request) -> list[PrincipalId]:
    try:
        return sorted(desk.directory.members(group))
    except NotFound:
        log.warning("slack.group_gone", grant=request.id, group=group)
        return []
