"""One Web API call with its arguments, and the register of methods."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from localslack.installation import TokenKind
from localslack.wire import Json, RefusedError, faulty_arguments
from localslack.workspace import Channel, Kind
from localslack.world import World

MAX_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call that was let in; arguments come from a query, a form or a JSON body alike."""

    world: World
    arguments: dict[str, Any]

    def text(self, name: str, default: str = "") -> str:
        """Give an argument as text."""
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def need(self, name: str) -> str:
        """Give an argument that must be there. Raises RefusedError invalid_arguments."""
        if not (value := self.text(name)):
            raise faulty_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Give an argument as yes or no."""
        value = self.arguments.get(name)
        return default if value is None else str(value).lower() in ("1", "true")

    def json(self, name: str, error: str = "invalid_arguments") -> Any:
        """Give an argument that is JSON, or a string of JSON as in forms; None when absent."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise RefusedError(error) from None

    def channel(self, name: str = "channel") -> Channel:
        """
        Find the conversation an argument names: an id, a #name, or a person to write to.

        Raises RefusedError channel_not_found, also for conversations the app cannot see.
        """
        workspace, bot = self.world.workspace, self.world.app.bot_user_id
        wanted = self.need(name)
        if wanted in workspace.people:
            if workspace.people[wanted].deleted or wanted == bot:
                raise RefusedError("channel_not_found")
            return workspace.conversation(frozenset({wanted, bot}), Kind.DIRECT)
        by_name = [c for c in workspace.channels.values() if wanted.removeprefix("#") == c.name]
        found = by_name[0] if by_name else workspace.channel(wanted)
        if found.kind is not Kind.PUBLIC and bot not in found.members:
            raise RefusedError("channel_not_found")
        return found

    def page(self, items: list[Any]) -> tuple[list[Any], Json]:
        """Cut a list by `limit` and `cursor`; gives the page and its response_metadata."""
        limit = min(int(self.text("limit") or MAX_PAGE), MAX_PAGE)
        start = _offset(self.text("cursor"))
        following = str(start + limit) if start + limit < len(items) else ""
        return items[start : start + limit], {"next_cursor": f"next:{following}" if following else ""}


def _offset(cursor: str) -> int:
    if not cursor:
        return 0
    if not cursor.startswith("next:") or not cursor[5:].isdigit():
        raise RefusedError("invalid_cursor")
    return int(cursor[5:])


Method = Callable[[Call], Awaitable[Json]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A method with what it takes to call it."""

    run: Method
    scopes: tuple[str, ...]
    token: TokenKind


METHODS: dict[str, Registered] = {}


def method(name: str, *scopes: str, token: TokenKind = TokenKind.BOT) -> Callable[[Method], Method]:
    """Register a method under Slack's name; one of the scopes is needed to call it."""

    def register(run: Method) -> Method:
        METHODS[name] = Registered(run=run, scopes=scopes, token=token)
        return run

    return register
