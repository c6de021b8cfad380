"""Where those who may decide are asked: the rule's channel, the house's channel, or each of them by direct message."""

from collections.abc import Sequence
from datetime import datetime

from daypass.doors.services import Services
from daypass.doors.slack.workspace import SlackSettings
from daypass.lifecycle.approval.escalation import open_now
from daypass.lifecycle.approval.remind import people_of
from daypass.model.errors import NotFound
from daypass.model.principal import PrincipalId
from daypass.model.request import Request


def channels(request: Request, settings: SlackSettings) -> Sequence[str]:
    """The channels to ask in, the first one that can be written in; none when people are asked directly."""
    wanted = (request.channel, settings.approvals_channel)
    return list(dict.fromkeys(channel for channel in wanted if channel))


def approvers(services: Services, request: Request, now: datetime) -> list[PrincipalId]:
    """
    Everyone who may decide now in the stage that waits and has not, each once, never a party of the request.

    Raises Unavailable while Slack does not say who is in a group.
    """
    return people_of(open_now(request, now), request, services.directory)


def may_be_asked(services: Services, one: PrincipalId) -> bool:
    """Whether somebody could decide at all: nothing of a request is sent to a guest, or to somebody of elsewhere."""
    try:
        return services.directory.principal(one).may_decide
    except NotFound:
        return False
