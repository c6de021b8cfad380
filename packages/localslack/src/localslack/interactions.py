"""
The payloads that tell an app what a person did, built from what is on that person's screen.

Shapes: https://docs.slack.dev/reference/interaction-payloads and
https://docs.slack.dev/interactivity/implementing-slash-commands#app_command_handling.
"""

import re
from typing import Any

from localslack import payloads
from localslack.choices import action_of
from localslack.deliveries import Delivery, Family
from localslack.form_state import state_values
from localslack.manifest import SlashCommand
from localslack.surfaces import View
from localslack.wire import Json
from localslack.workspace import Channel, Kind, Message
from localslack.world import World

Surface = Message | View
"""What a person can use elements of."""
Used = tuple[str, Json]
"""An element with the id of its block."""
_CHANNEL_TYPES = {Kind.DIRECT: "im", Kind.PUBLIC: "channel", Kind.PRIVATE: "group", Kind.GROUP: "mpim"}


def of_command(world: World, person: str, channel: Channel, command: SlashCommand, text: str) -> Delivery:
    """Tell of a slash command."""
    payload = {
        "token": world.app.verification_token,
        "team_id": world.workspace.team_id,
        "team_domain": world.workspace.domain,
        "channel_id": channel.id,
        "channel_name": payloads.brief_channel(channel)["name"],
        "user_id": person,
        "user_name": world.workspace.person(person).name,
        "command": command.command,
        "text": _escaped(world, text) if command.should_escape else text,
        "api_app_id": world.app.app_id,
        "is_enterprise_install": "false",
        "response_url": world.base_url + world.tickets.response_url(channel=channel.id, person=person),
        "trigger_id": world.tickets.trigger(person),
    }
    return Delivery(family=Family.COMMAND, payload=payload, person=person)


def of_shortcut(world: World, person: str, callback_id: str) -> Delivery:
    """Tell of a global shortcut, which knows no channel."""
    user = payloads.brief_person(world, person)
    payload = {
        "type": "shortcut",
        "token": world.app.verification_token,
        "action_ts": world.workspace.mint_ts(),
        "team": payloads.team(world),
        "user": {key: user[key] for key in ("id", "username", "team_id")},
        "is_enterprise_install": False,
        "enterprise": None,
        "callback_id": callback_id,
        "trigger_id": world.tickets.trigger(person),
    }
    return Delivery(family=Family.INTERACTION, payload=payload, person=person)


def of_action(world: World, person: str, surface: Surface, used: Used, value: Any) -> Delivery:
    """Tell of a pressed button or a picked value."""
    block_id, element = used
    from_view = surface.id if isinstance(surface, View) and surface.type == "modal" else None
    payload = payloads.interaction(world, "block_actions", person) | {
        "trigger_id": world.tickets.trigger(person, from_view=from_view),
        "actions": [action_of(element, block_id, value, world.workspace.mint_ts())],
        **_where(world, surface),
    }
    if isinstance(surface, Message):
        ticket = world.tickets.response_url(channel=surface.channel, person=person, message_ts=surface.ts)
        payload["response_url"] = world.base_url + ticket
        payload["state"] = {"values": state_values(surface.blocks, surface.choices.get(person, {}))}
    return Delivery(family=Family.INTERACTION, payload=payload, person=person)


def of_typing(world: World, person: str, surface: Surface, used: Used, typed: str) -> Delivery:
    """Tell of letters typed into an external select."""
    block_id, element = used
    payload = payloads.interaction(world, "block_suggestion", person) | {
        "action_id": element["action_id"],
        "block_id": block_id,
        "value": typed,
        **_where(world, surface),
    }
    return Delivery(family=Family.OPTIONS, payload=payload, person=person)


def of_event(world: World, event: Json) -> Delivery | None:
    """Tell of an event; None when the app did not subscribe to it."""
    kind = f"message.{event['channel_type']}" if event["type"] == "message" else event["type"]
    # Slack's names in manifests differ from those in payloads for these two.
    kind = {"message.channel": "message.channels", "message.group": "message.groups"}.get(kind, kind)
    if kind not in world.app.manifest.bot_events:
        return None
    known = {"team_id": world.workspace.team_id, "enterprise_id": None, "is_enterprise_install": False}
    payload = {
        "token": world.app.verification_token,
        "team_id": world.workspace.team_id,
        "context_team_id": world.workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": world.app.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{world.workspace.mint_ts().replace('.', '')}",
        "event_time": int(world.clock()),
        "authorizations": [{**known, "user_id": world.app.bot_user_id, "is_bot": True}],
        "is_ext_shared_channel": False,
    }
    return Delivery(family=Family.EVENT, payload=payload, person=str(event.get("user", "")))


def message_event(world: World, message: Message, channel: Channel) -> Json:
    """Give the event of a new message; of a reply, with the author of what it replies to."""
    root = world.workspace.find(channel.id, message.thread_ts or "")
    parent = {"parent_user_id": root.user} if root else {}
    return (
        payloads.message(world, message)
        | parent
        | {
            "channel": channel.id,
            "event_ts": message.ts,
            "channel_type": _CHANNEL_TYPES[channel.kind],
        }
    )


def change_event(world: World, channel: Channel, change: Json) -> Json:
    """Give the event of a message that was changed or deleted (https://docs.slack.dev/reference/events/message)."""
    ts = world.workspace.mint_ts()
    known = {"type": "message", "hidden": True, "channel": channel.id, "ts": ts, "event_ts": ts}
    return {**known, "channel_type": _CHANNEL_TYPES[channel.kind], **change}


def _where(world: World, surface: Surface) -> Json:
    """Give the part of a payload that says where it happened; ephemeral messages are not shown."""
    if isinstance(surface, View):
        return {"container": {"type": "view", "view_id": surface.id}, "view": payloads.view(world, surface)}
    container: Json = {
        "type": "message",
        "message_ts": surface.ts,
        "channel_id": surface.channel,
        "is_ephemeral": surface.only_for is not None,
    }
    if surface.thread_ts:
        container["thread_ts"] = surface.thread_ts
    where = {"container": container, "channel": payloads.brief_channel(world.workspace.channel(surface.channel))}
    return where if surface.only_for else where | {"message": payloads.message(world, surface)}


def _escaped(world: World, text: str) -> str:
    """Write @name, #channel and what looks like a link as Slack does for commands with `should_escape`."""
    workspace = world.workspace
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"(?<!\S)(https?://[^\s|]+)", r"<\1>", text)
    text = re.sub(r"(?<!\S)((?:[\w-]+\.)+(?:com|org|net|io)(?:/\S*)?)(?!\S)", r"<http://\1|\1>", text)
    people = {p.name: f"<@{p.id}|{p.name}>" for p in workspace.people.values()}
    groups = {g.handle: f"<!subteam^{g.id}|@{g.handle}>" for g in workspace.groups.values()}
    named = {name.lower(): who for name, who in (people | groups).items()}  # as whoever picks from the list types it
    channels = {c.name: f"<#{c.id}|{c.name}>" for c in workspace.channels.values()}
    text = re.sub(r"(?<!\S)@([\w.-]+)", lambda m: named.get(m[1].lower(), m[0]), text)
    return re.sub(r"(?<!\S)#([\w-]+)", lambda m: channels.get(m[1], m[0]), text)
