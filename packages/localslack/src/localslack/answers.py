"""
How an app's answer becomes messages: the body of a slash command's answer and of a response URL.

https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import json
from http import HTTPStatus
from typing import Any

from aiohttp import web

from localslack.tickets import ResponseUrl
from localslack.web_api.chat import accepted_blocks
from localslack.wire import Json, RefusedError
from localslack.workspace import SLACKBOT, Message
from localslack.world import World


def from_app(world: World, *, channel: str, person: str, content: Json) -> Message:
    """Show an app's answer: to everyone when it says `in_channel`, else to the person alone."""
    text, blocks = str(content.get("text", "")), accepted_blocks(content.get("blocks"))
    if not text and not blocks:
        raise RefusedError("no_text", status=400)
    return world.workspace.add(
        Message(
            channel=channel,
            ts=world.workspace.mint_ts(),
            user=world.app.bot_user_id,
            text=text,
            blocks=blocks,
            by_app=True,
            thread_ts=content.get("thread_ts"),
            only_for=None if content.get("response_type") == "in_channel" else person,
        )
    )


def from_slackbot(world: World, *, channel: str, person: str, text: str) -> Message:
    """Show a sentence of Slack's own to one person."""
    message = Message(channel=channel, ts=world.workspace.mint_ts(), user=SLACKBOT, text=text, only_for=person)
    return world.workspace.add(message)


async def serve_response_url(world: World, request: web.Request) -> web.Response:
    """Take one answer at a response URL."""
    if world.faults.unavailable:
        return web.Response(status=503, text="upstream connect error")
    try:
        world.faults.bite("response_url")
        ticket = world.tickets.use_response(request.match_info["key"])
        _apply(world, ticket, _content(await request.text()))
    except RefusedError as refusal:
        status = HTTPStatus.NOT_FOUND if refusal.status == HTTPStatus.OK else refusal.status
        return web.json_response(refusal.answer(), status=status, headers=refusal.headers)
    return web.Response(text="ok")


def _content(body: str) -> Json:
    try:
        loaded: Any = json.loads(body)
    except ValueError:
        raise RefusedError("invalid_payload", status=400) from None
    if not isinstance(loaded, dict):
        raise RefusedError("invalid_payload", status=400)
    return loaded


def _apply(world: World, ticket: ResponseUrl, content: Json) -> None:
    original = world.workspace.find(ticket.channel, ticket.message_ts or "")
    if content.get("delete_original"):
        if original is not None:
            world.workspace.remove(original)
    elif content.get("replace_original") and original is not None:
        original.blocks = accepted_blocks(content.get("blocks"))
        original.text = str(content.get("text", ""))
        original.problem = None
        if original.only_for is None:
            original.edited_ts = world.workspace.mint_ts()
        world.workspace.touched(original)
    else:
        from_app(world, channel=ticket.channel, person=ticket.person, content=content)
