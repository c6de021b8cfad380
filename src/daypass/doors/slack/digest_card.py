"""
The message that lists many requests: a line for each, with a button that shows it while it waits, and else its outcome.

Which requests it lists is remembered beside it, so that a decision changes it whichever process it comes to.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_

from daypass.doors.slack.blocks import Block, Note, button, context, section
from daypass.doors.slack.names import aloud
from daypass.doors.slack.postings import RequestPostings
from daypass.doors.slack.texts import digest as said
from daypass.doors.slack.texts import labels, outcomes
from daypass.doors.slack.texts import requests as texts
from daypass.model.decision import Approvers
from daypass.model.grant import GrantId
from daypass.model.request import RequestState
from daypass.ports import Message
from daypass.views.request import RequestView

SHOW = "digest.show"
LISTED_IN, LISTS = "digest", "lists"
"""What a request's list is remembered by, and what a list's requests are."""
_MOST_LINES = 40
"""A message holds 50 blocks."""


def digest(pictures: Sequence[RequestView]) -> Note:
    """Draw the message that lists them: those who decide on what waits are called once, for all of it."""
    waiting = [one.request for one in pictures if one.request.state is RequestState.PENDING]
    called = aloud(reduce(or_, (one.asked for one in waiting), Approvers()))
    people = texts.some(list(dict.fromkeys(texts.person(one.requestor) for one in waiting)))
    title = said.title(len(waiting)) if waiting else said.none_waits(len(pictures))
    rest = len(pictures) - _MOST_LINES
    blocks = [section(f"*{title}* {called}".strip()), *map(_line, pictures[:_MOST_LINES])]
    text = said.in_one_line(len(waiting), people) if waiting else title
    return Note(text=text, blocks=(*blocks, context(said.hint(rest))))


def _line(picture: RequestView) -> Block:
    request = picture.request
    text = f"{outcomes.asked_in_full(request, picture.grant)}\n{texts.reference(request)}"
    if request.state is not RequestState.PENDING:
        return section(text)
    shown = button(labels.SHOW_REQUEST, SHOW, request.id, spoken=texts.spoken(labels.SHOW_REQUEST, request))
    return section(text, accessory=shown)


async def remember_list(remembered: RequestPostings, message: Message, pictures: Sequence[RequestView]) -> None:
    """Write down which requests a message lists."""
    for one in pictures:
        await remembered.remember(one.request.id, LISTED_IN, message)
        await remembered.remember(_list_id(message), LISTS, Message(channel=one.request.id, ts=message.ts))


async def listed_in(remembered: RequestPostings, message: Message) -> list[GrantId]:
    """The requests that a message lists, in its order."""
    return [GrantId(one.channel) for one in await remembered.recall(_list_id(message), LISTS)]


def _list_id(message: Message) -> GrantId:
    return GrantId(f"list-{message.channel}-{message.ts}")
