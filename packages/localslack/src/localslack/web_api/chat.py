"""
chat.*: posting, changing and taking away messages.

https://docs.slack.dev/reference/methods/chat.postMessage and its neighbours.
"""

from typing import Any

from localslack import payloads
from localslack.block_kit.check import complaints_about_message
from localslack.block_kit.finish import finished
from localslack.web_api.call import Call, method
from localslack.wire import Json, RefusedError
from localslack.workspace import Channel, Kind, Message

LONGEST_TEXT = 40_000


def accepted_blocks(blocks: Any) -> list[Json]:
    """Give the blocks as Slack stores them. Raises RefusedError invalid_blocks."""
    if blocks is None:
        return []
    if not isinstance(blocks, list):
        raise RefusedError("invalid_blocks_format")
    if complaints := complaints_about_message(blocks):
        messages = [f"[ERROR] {complaint}" for complaint in complaints]
        raise RefusedError("invalid_blocks", errors=complaints, response_metadata={"messages": messages})
    return finished(blocks)


def _content(call: Call) -> tuple[str, list[Json]]:
    text, blocks = call.text("text"), accepted_blocks(call.json("blocks", "invalid_blocks_format"))
    if not text and not blocks and not call.arguments.get("attachments"):
        raise RefusedError("no_text")
    return text[:LONGEST_TEXT], blocks


def _writable(call: Call) -> Channel:
    channel, app = call.channel(), call.world.app
    if channel.archived:
        raise RefusedError("is_archived")
    may_walk_in = channel.kind is Kind.PUBLIC and "chat:write.public" in app.manifest.bot_scopes
    if app.bot_user_id not in channel.members and not may_walk_in:
        raise RefusedError("not_in_channel")
    return channel


def _own_message(call: Call, error: str) -> Message:
    channel = call.channel()
    found = call.world.workspace.find(channel.id, call.need("ts"))
    if found is None or found.only_for is not None:
        raise RefusedError("message_not_found")
    if not found.by_app:
        raise RefusedError(error)
    return found


@method("chat.postMessage", "chat:write")
async def post_message(call: Call) -> Json:
    """Post for everyone in the conversation."""
    world, channel = call.world, _writable(call)
    text, blocks = _content(call)
    thread = call.text("thread_ts") or None
    if thread and world.workspace.find(channel.id, thread) is None:
        raise RefusedError("thread_not_found")
    posted = world.workspace.add(
        Message(
            channel=channel.id,
            ts=world.workspace.mint_ts(),
            user=world.app.bot_user_id,
            text=text,
            blocks=blocks,
            by_app=True,
            thread_ts=thread,
            metadata=call.json("metadata"),
        )
    )
    return {"channel": channel.id, "ts": posted.ts, "message": payloads.message(world, posted)}


@method("chat.postEphemeral", "chat:write")
async def post_ephemeral(call: Call) -> Json:
    """Post for one person, who must be in the conversation."""
    world, channel = call.world, _writable(call)
    reader = call.need("user")
    if reader not in channel.members:
        raise RefusedError("user_not_in_channel")
    text, blocks = _content(call)
    posted = world.workspace.add(
        Message(
            channel=channel.id,
            ts=world.workspace.mint_ts(),
            user=world.app.bot_user_id,
            text=text,
            blocks=blocks,
            by_app=True,
            thread_ts=call.text("thread_ts") or None,
            only_for=reader,
        )
    )
    return {"message_ts": posted.ts}


@method("chat.update", "chat:write")
async def update(call: Call) -> Json:
    """Change a message of the app; blocks that are not given stay, an empty list removes them."""
    world = call.world
    found = _own_message(call, "cant_update_message")
    text, blocks = call.text("text"), call.json("blocks", "invalid_blocks_format")
    if not text and blocks is None:
        raise RefusedError("no_text")
    if blocks is not None:
        found.blocks = accepted_blocks(blocks)
    found.text = text or found.text
    found.metadata = call.json("metadata") or found.metadata
    found.edited_ts = world.workspace.mint_ts()
    found.problem = None
    world.workspace.touched(found)
    return {"channel": found.channel, "ts": found.ts, "text": found.text, "message": payloads.message(world, found)}


@method("chat.delete", "chat:write")
async def delete(call: Call) -> Json:
    """Take a message of the app away."""
    found = _own_message(call, "cant_delete_message")
    call.world.workspace.remove(found)
    return {"channel": found.channel, "ts": found.ts}


@method("chat.getPermalink")
async def permalink(call: Call) -> Json:
    """Give a link to a message."""
    channel, ts = call.channel(), call.need("message_ts")
    if call.world.workspace.find(channel.id, ts) is None:
        raise RefusedError("message_not_found")
    return {"channel": channel.id, "permalink": f"{call.world.base_url}/archives/{channel.id}/p{ts.replace('.', '')}"}
