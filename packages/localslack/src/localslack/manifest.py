"""
What the app was granted, read from its manifest as Slack reads it.

A scope, command, shortcut or event that the manifest does not name does not exist for the app:
that is how a test finds out that the manifest in the repository is too small.
https://docs.slack.dev/reference/app-manifest
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from localslack.wire import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class SlashCommand:
    """One slash command of the app."""

    command: str
    description: str = ""
    usage_hint: str = ""
    url: str = ""
    should_escape: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """One shortcut of the app; only global ones can be run here."""

    name: str
    callback_id: str
    description: str = ""
    type: str = "global"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The parts of an app manifest that decide what may travel."""

    name: str
    bot_scopes: frozenset[str]
    commands: tuple[SlashCommand, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    bot_events: frozenset[str] = frozenset()
    events_url: str = ""
    interactivity: bool = False
    interactivity_url: str = ""
    options_url: str = ""
    home_tab: bool = False
    messages_tab: bool = False
    messages_tab_read_only: bool = False
    socket_mode: bool = False

    @classmethod
    def parse(cls, document: Json) -> Self:
        """Read a manifest in the form of Slack's app settings (already JSON or YAML-loaded)."""
        features = document.get("features", {})
        settings = document.get("settings", {})
        home = features.get("app_home", {})
        interactivity = settings.get("interactivity", {})
        events = settings.get("event_subscriptions", {})
        return cls(
            name=document["display_information"]["name"],
            bot_scopes=frozenset(document.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
            commands=tuple(SlashCommand(**each) for each in features.get("slash_commands", [])),
            shortcuts=tuple(Shortcut(**each) for each in features.get("shortcuts", [])),
            bot_events=frozenset(events.get("bot_events", [])),
            events_url=events.get("request_url", ""),
            interactivity=interactivity.get("is_enabled", False),
            interactivity_url=interactivity.get("request_url", ""),
            options_url=interactivity.get("message_menu_options_url", ""),
            home_tab=home.get("home_tab_enabled", False),
            messages_tab=home.get("messages_tab_enabled", False),
            messages_tab_read_only=home.get("messages_tab_read_only_enabled", False),
            socket_mode=settings.get("socket_mode_enabled", False),
        )

    def command(self, name: str) -> SlashCommand | None:
        """Find a slash command by its name, slash included."""
        return next((each for each in self.commands if each.command == name), None)

    def shortcut(self, callback_id: str) -> Shortcut | None:
        """Find a global shortcut."""
        return next((each for each in self.shortcuts if each.callback_id == callback_id), None)


def generous_manifest(*, name: str = "App", commands: Iterable[str] = ("/app",), socket_mode: bool = False) -> Json:
    """Give the manifest of an app that is allowed everything, with these slash commands and one shortcut."""
    listed = [{"command": command, "description": f"Ask {name}", "should_escape": True} for command in commands]
    return {
        "display_information": {"name": name},
        "features": {
            "bot_user": {"display_name": name.lower(), "always_online": True},
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "slash_commands": listed,
            "shortcuts": [
                {
                    "name": "Open a form",
                    "type": "global",
                    "callback_id": "open_form",
                    "description": "A form of the app",
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(_EVERY_SCOPE)}},
        "settings": {
            "event_subscriptions": {"bot_events": ["app_home_opened", "message.im", "app_mention"]},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": socket_mode,
        },
    }


_EVERY_SCOPE = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:read",
    "mpim:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
)
