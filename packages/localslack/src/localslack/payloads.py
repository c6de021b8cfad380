"""
The objects Slack shows an app: people, channels, messages, views, and what happened to them.

Shapes follow https://docs.slack.dev/reference/interaction-payloads and
https://docs.slack.dev/reference/objects; keys an app may rely on are all there.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from localslack.form_state import state_values
from localslack.surfaces import View
from localslack.wire import Json
from localslack.workspace import Channel, Kind, Message, Person, UserGroup
from localslack.world import World

SECRET_NAMES = {Kind.DIRECT: "directmessage", Kind.PRIVATE: "privategroup", Kind.GROUP: "privategroup"}
"""The names Slack puts in payloads for conversations it does not name."""


def team(world: World) -> Json:
    """Give the team as in interactions."""
    return {"id": world.workspace.team_id, "domain": world.workspace.domain}


def brief_person(world: World, person_id: str) -> Json:
    """Give a person as in interactions."""
    person = world.workspace.person(person_id)
    team_id = person.team_id or world.workspace.team_id
    return {"id": person_id, "username": person.name, "name": person.name, "team_id": team_id}


def user(world: World, person: Person, *, with_email: bool) -> Json:
    """Give a person as in `users.info`."""
    return {
        name: value for name, value in _user(world, person, with_email=with_email).items() if name not in person.unsaid
    }


def _user(world: World, person: Person, *, with_email: bool) -> Json:
    offset = datetime.now(ZoneInfo(person.tz)).utcoffset()
    profile: Json = {
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "title": person.title,
        "team": person.team_id or world.workspace.team_id,
    }
    if with_email and person.email:
        profile["email"] = person.email
    if person.is_bot:
        profile |= {"api_app_id": world.app.app_id, "bot_id": world.app.bot_id}
    known: Json = {
        "id": person.id,
        "team_id": person.team_id or world.workspace.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "profile": profile,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 1_760_000_000,
    }
    if person.enterprise_user is not None:
        known["enterprise_user"] = person.enterprise_user
    if person.team_id:
        known["is_stranger"] = person.is_stranger
    if person.deleted:
        return known
    return known | {
        "color": "9f69e7",
        "real_name": person.real_name,
        "tz": person.tz,
        "tz_label": person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "is_email_confirmed": True,
        "who_can_share_contact_card": "EVERYONE",
    }


def conversation(world: World, channel: Channel) -> Json:
    """Give a channel as in `conversations.info`."""
    bot = world.app.bot_user_id
    known: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.kind is Kind.DIRECT,
        "is_org_shared": False,
        "context_team_id": world.workspace.team_id,
        "updated": channel.created * 1000,
    }
    if channel.kind is Kind.DIRECT:
        other = next(iter(channel.members - {bot}), bot)
        return known | {"user": other, "is_user_deleted": world.workspace.person(other).deleted, "priority": 0}
    return known | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind is Kind.PUBLIC,
        "is_group": channel.kind is Kind.PRIVATE,
        "is_mpim": channel.kind is Kind.GROUP,
        "is_private": channel.kind is not Kind.PUBLIC,
        "is_general": channel.name == "general",
        "is_shared": False,
        "is_ext_shared": False,
        "is_member": bot in channel.members,
        "creator": min(channel.members, default=bot),
        "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def brief_channel(channel: Channel) -> Json:
    """Give a channel as in interactions, where private ones are not named."""
    return {"id": channel.id, "name": SECRET_NAMES.get(channel.kind, channel.name)}


def user_group(world: World, group: UserGroup, *, with_users: bool) -> Json:
    """Give a user group as in `usergroups.list`."""
    known: Json = {
        "id": group.id,
        "team_id": world.workspace.team_id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 1_760_000_000,
        "date_update": 1_760_000_000,
        "date_delete": 1_760_000_000 if group.disabled else 0,
        "auto_type": None,
        "user_count": len(group.users),
        "prefs": {"channels": [], "groups": []},
    }
    return known | {"users": list(group.users)} if with_users else known


def message(world: World, shown: Message) -> Json:
    """Give a message as in `chat.postMessage` and in interactions."""
    known: Json = {
        "user": shown.user,
        "type": "message",
        "ts": shown.ts,
        "text": shown.text,
        "team": world.workspace.team_id,
    }
    if shown.by_app:
        profile = {
            "id": world.app.bot_id,
            "app_id": world.app.app_id,
            "name": world.app.manifest.name,
            "deleted": False,
        }
        known |= {"bot_id": world.app.bot_id, "app_id": world.app.app_id, "bot_profile": profile}
    if shown.thread_ts:
        known["thread_ts"] = shown.thread_ts
    if shown.edited_ts:
        known["edited"] = {"user": world.app.bot_id if shown.by_app else shown.user, "ts": shown.edited_ts}
    if shown.metadata:
        known["metadata"] = shown.metadata
    return known | {"blocks": shown.blocks} if shown.blocks else known


def view(world: World, shown: View) -> Json:
    """Give a view as in `views.open` and in interactions."""
    return {
        "id": shown.id,
        "team_id": world.workspace.team_id,
        "type": shown.type,
        "blocks": shown.blocks,
        "private_metadata": shown.private_metadata,
        "callback_id": shown.callback_id,
        "state": {"values": state_values(shown.blocks, shown.choices)},
        "hash": shown.hash,
        "title": shown.title or {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": shown.clear_on_close,
        "notify_on_close": shown.notify_on_close,
        "close": shown.close,
        "submit": shown.submit,
        "previous_view_id": shown.previous_view_id,
        "root_view_id": shown.root_view_id,
        "app_id": world.app.app_id,
        "external_id": shown.external_id,
        "app_installed_team_id": world.workspace.team_id,
        "bot_id": world.app.bot_id,
    }


def interaction(world: World, kind: str, person_id: str) -> Json:
    """Give what every interaction payload begins with."""
    return {
        "type": kind,
        "team": team(world),
        "user": brief_person(world, person_id),
        "api_app_id": world.app.app_id,
        "token": world.app.verification_token,
        "enterprise": None,
        "is_enterprise_install": False,
    }
