"""conversations.* and users.conversations: where the app can write and read."""

from localslack import payloads
from localslack.web_api.call import Call, method
from localslack.wire import Json, RefusedError
from localslack.workspace import Channel, Kind, Message

READ_SCOPES = {
    Kind.PUBLIC: "channels:read",
    Kind.PRIVATE: "groups:read",
    Kind.DIRECT: "im:read",
    Kind.GROUP: "mpim:read",
}
HISTORY_SCOPES = {kind: scope.replace(":read", ":history") for kind, scope in READ_SCOPES.items()}
_ANY_READ = tuple(READ_SCOPES.values())
_ANY_HISTORY = tuple(HISTORY_SCOPES.values())


@method("conversations.open", "im:write", "mpim:write")
async def open_conversation(call: Call) -> Json:
    """Open the direct message with a person, or with several."""
    world = call.world
    if call.text("channel"):
        return {"channel": {"id": call.channel().id}}
    wanted = frozenset(each for each in call.text("users").split(",") if each)
    if not wanted:
        raise RefusedError("users_list_not_supplied")
    for person_id in wanted:
        if world.workspace.person(person_id).deleted:
            raise RefusedError("user_disabled")
    if wanted == {world.app.bot_user_id}:
        raise RefusedError("cannot_dm_bot")
    kind = Kind.DIRECT if len(wanted) == 1 else Kind.GROUP
    world.app.require_scope("im:write" if kind is Kind.DIRECT else "mpim:write")
    channel = world.workspace.conversation(wanted | {world.app.bot_user_id}, kind)
    if call.flag("return_im"):
        return {"channel": payloads.conversation(world, channel)}
    return {"channel": {"id": channel.id}}


@method("conversations.info", *_ANY_READ)
async def info(call: Call) -> Json:
    """Describe one conversation."""
    channel = call.channel()
    call.world.app.require_scope(READ_SCOPES[channel.kind])
    return {"channel": payloads.conversation(call.world, channel)}


@method("conversations.list", *_ANY_READ)
async def list_all(call: Call) -> Json:
    """List the conversations of the wanted types, page by page."""
    return _listed(call, [c for c in call.world.workspace.channels.values() if _seen(call, c)])


@method("users.conversations", *_ANY_READ)
async def of_user(call: Call) -> Json:
    """List the conversations that a person, or the app itself, is in."""
    member = call.text("user") or call.world.app.bot_user_id
    call.world.workspace.person(member)
    everything = call.world.workspace.channels.values()
    return _listed(call, [c for c in everything if member in c.members and _seen(call, c)])


@method("conversations.members", *_ANY_READ)
async def members(call: Call) -> Json:
    """List who is in a conversation."""
    channel = call.channel()
    call.world.app.require_scope(READ_SCOPES[channel.kind])
    page, metadata = call.page(sorted(channel.members))
    return {"members": page, "response_metadata": metadata}


@method("conversations.join", "channels:join")
async def join(call: Call) -> Json:
    """Let the app join a public channel."""
    channel = call.channel()
    if channel.kind is not Kind.PUBLIC:
        raise RefusedError("method_not_supported_for_channel_type")
    if channel.archived:
        raise RefusedError("is_archived")
    channel.members.add(call.world.app.bot_user_id)
    return {"channel": payloads.conversation(call.world, channel)}


@method("conversations.history", *_ANY_HISTORY)
async def history(call: Call) -> Json:
    """Read a conversation, newest first."""
    shown = [m for m in reversed(_readable(call)) if m.thread_ts in (None, m.ts)]
    page, metadata = call.page([payloads.message(call.world, m) for m in shown])
    return {"messages": page, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


@method("conversations.replies", *_ANY_HISTORY)
async def replies(call: Call) -> Json:
    """Read a thread, its first message included."""
    wanted = call.need("ts")
    shown = [m for m in _readable(call) if wanted in (m.ts, m.thread_ts)]
    if not shown:
        raise RefusedError("thread_not_found")
    return {"messages": [payloads.message(call.world, m) for m in shown], "has_more": False}


def _readable(call: Call) -> list[Message]:
    channel, app = call.channel(), call.world.app
    app.require_scope(HISTORY_SCOPES[channel.kind])
    if app.bot_user_id not in channel.members:
        raise RefusedError("not_in_channel")
    return [m for m in call.world.workspace.messages[channel.id] if m.only_for is None]


def _seen(call: Call, channel: Channel) -> bool:
    return channel.kind is Kind.PUBLIC or call.world.app.bot_user_id in channel.members


def _listed(call: Call, channels: list[Channel]) -> Json:
    types = [Kind(each.strip()) for each in (call.text("types") or Kind.PUBLIC).split(",") if each.strip() in set(Kind)]
    if not types:
        raise RefusedError("invalid_types")
    for kind in types:
        call.world.app.require_scope(READ_SCOPES[kind])
    wanted = [c for c in channels if c.kind in types and not (c.archived and call.flag("exclude_archived"))]
    page, metadata = call.page([payloads.conversation(call.world, channel) for channel in wanted])
    return {"channels": page, "response_metadata": metadata}
