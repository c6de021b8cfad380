"""The same ask twice within a moment, as Slack says it: when the first one was, and the way to its message."""

from daypass.doors.services import Services
from daypass.doors.slack.blocks import sentence
from daypass.doors.slack.interaction import SLACK_FAILED, Interaction
from daypass.doors.slack.spoken import refusal as refusal_sentence
from daypass.doors.slack.texts import requests as texts
from daypass.doors.slack.verbs import in_thread
from daypass.model.errors import AskedAlready
from daypass.model.grant import GrantId


async def asked_already(turn: Interaction, error: AskedAlready, services: Services) -> str:
    """The refusal, in mrkdwn, with a link where Slack has one."""
    link = await _link(turn, GrantId(error.request), services)
    return f"{sentence(refusal_sentence(error))} {texts.to_message(link)}".strip()


async def _link(turn: Interaction, subject: GrantId, services: Services) -> str:
    """The address of the person's own message about a request; empty where it is not posted yet, or not found."""
    known = await in_thread(lambda: services.postings.recall(subject, "status"))
    if not known:
        return ""
    message = known[0]
    try:
        found = await turn.client.chat_getPermalink(channel=message.channel, message_ts=message.ts)
    except SLACK_FAILED:
        return ""
    return str(found["permalink"])
