"""
What people do, and what they see of the app's answer.

The browser client and the test driver both act through here, so a test presses the very buttons
that a reader of the page presses. Every failure of the app is shown to the person as Slack does.
"""

import re
from typing import Any

from localslack import answers, interactions, payloads
from localslack.block_kit.check import complaints_about_options
from localslack.choices import NotThereError, as_value
from localslack.courier import Courier
from localslack.deliveries import Answer, Failure
from localslack.form_state import elements_of, options_of
from localslack.interactions import Surface, Used
from localslack.surfaces import View
from localslack.wire import Json, RefusedError
from localslack.workspace import Channel, Kind, Message
from localslack.world import World

TROUBLE = "We had some trouble connecting. Try again?"
TOO_LATE = "Operation timed out. Apps need to respond within 3 seconds."
NOT_INTERACTIVE = "This app is not configured to handle interactive responses."
SHORTEST_QUERY = 3
"""Letters an external select waits for when the app does not say."""


class Acting:
    """The hands of all people in one workspace."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world = world
        self._courier = courier

    async def write(self, person: str, channel: Channel, text: str, thread_ts: str | None = None) -> Answer | None:
        """Send what was typed: a slash command goes to the app, everything else is a message."""
        if text.startswith("/"):
            return await self.command(person, channel, text)
        ts = self._world.workspace.mint_ts()
        message = Message(channel=channel.id, ts=ts, user=person, text=_escape(text), thread_ts=thread_ts)
        self._world.workspace.add(message)
        self._tell_of_message(message, channel)
        return None

    def edit(self, message: Message, text: str) -> None:
        """Change what a person wrote; the app hears of it."""
        message = self._written(message)
        before = payloads.message(self._world, message)
        message.text, message.edited_ts = _escape(text), self._world.workspace.mint_ts()
        self._world.workspace.touched(message)
        after = payloads.message(self._world, message)
        self._tell_of_change(message, {"subtype": "message_changed", "message": after, "previous_message": before})

    def erase(self, message: Message) -> None:
        """Take away what a person wrote; the app hears of it."""
        message = self._written(message)
        before = payloads.message(self._world, message)
        self._world.workspace.remove(message)
        self._tell_of_change(
            message, {"subtype": "message_deleted", "deleted_ts": message.ts, "previous_message": before}
        )

    async def command(self, person: str, channel: Channel, line: str) -> Answer:
        """Run a slash command; the answer, or Slack's word on its failure, goes to the person."""
        name, _, text = line.strip().partition(" ")
        app = self._world.app
        command = app.manifest.command(name)
        if command is None or "commands" not in app.manifest.bot_scopes:
            self._say(person, channel, f"`{name}` is not a valid command.")
            return Answer(failure=Failure.NOBODY)
        told = interactions.of_command(self._world, person, channel, command, text.strip())
        answer = await self._courier.send(told)
        self._show_command_answer(person, channel, name, answer)
        return answer

    async def shortcut(self, person: str, callback_id: str) -> Answer:
        """Run a global shortcut. Raises NotThereError when the app has none of that name."""
        if self._world.app.manifest.shortcut(callback_id) is None:
            raise NotThereError(f"The app's manifest has no shortcut {callback_id!r}.")
        return await self._courier.send(interactions.of_shortcut(self._world, person, callback_id))

    async def use(
        self, person: str, surface: Surface, used: Used, given: Any, *, offered: list[Json] | None = None
    ) -> Answer | None:
        """
        Press a button, or pick or type a value.

        The app hears of it at once, except of fields in input blocks that do not dispatch; gives
        the app's answer, or None when it was not told. Raises NotThereError for unknown options.
        """
        block_id, element = used
        if element["type"] in ("button", "overflow"):
            value = None if element["type"] == "button" else as_value({**element, "type": "static_select"}, given)
        else:
            value = self.set_value(person, surface, used, given, offered=offered)
            if not _dispatches(surface, block_id):
                return None
        if not self._world.app.manifest.interactivity:
            self._show_problem(surface, NOT_INTERACTIVE)
            return Answer(failure=Failure.NOBODY)
        told = interactions.of_action(self._world, person, surface, used, value)
        answer = await self._courier.send(told)
        self._show_problem(surface, sentence_for(answer))
        return answer

    def set_value(
        self, person: str, surface: Surface, used: Used, given: Any, *, offered: list[Json] | None = None
    ) -> Any:
        """Note a pick or a text without telling the app; gives the value that would travel."""
        block_id, element = used
        value = as_value(element, given, offered)
        if isinstance(surface, View):
            surface.choices[block_id, element["action_id"]] = value
            surface.errors.pop(block_id, None)
        else:
            surface.choices.setdefault(person, {})[block_id, element["action_id"]] = value
        return value

    async def suggestions(self, person: str, surface: Surface, used: Used, typed: str) -> list[Json]:
        """
        Ask the app what to offer for these letters; nothing below the element's minimum.

        Raises NotThereError when the app answers nothing that could be shown.
        """
        if len(typed) < used[1].get("min_query_length", SHORTEST_QUERY):
            return []
        told = interactions.of_typing(self._world, person, surface, used, typed)
        answer = await self._courier.send(told)
        if answer.failure is not None or complaints_about_options(answer.payload):
            raise NotThereError("The options could not be loaded.")
        return options_of(answer.payload or {})

    def open_home(self, person: str, tab: str = "home") -> None:
        """Open the app's Home or Messages tab; the app hears of it as an event."""
        world, home = self._world, self._world.surfaces.home(person)
        event: Json = {
            "type": "app_home_opened",
            "user": person,
            "channel": self.direct(person).id,
            "tab": tab,
            "event_ts": world.workspace.mint_ts(),
        }
        if tab == "home" and home is not None:
            event["view"] = payloads.view(world, home)
        self.event(event)

    def event(self, event: Json) -> None:
        """Send an event of any kind, if the app subscribed to it."""
        told = interactions.of_event(self._world, event)
        if told is not None:
            self._courier.send_event(told)

    def direct(self, person: str) -> Channel:
        """Give the person's conversation with the app."""
        members = frozenset({person, self._world.app.bot_user_id})
        return self._world.workspace.conversation(members, Kind.DIRECT)

    def _tell_of_message(self, message: Message, channel: Channel) -> None:
        bot = self._world.app.bot_user_id
        if bot not in channel.members:
            return
        event = interactions.message_event(self._world, message, channel)
        if channel.kind is not Kind.DIRECT and f"<@{bot}>" in message.text:
            self.event({**event, "type": "app_mention"})
        self.event(event)

    def _written(self, seen: Message) -> Message:
        """The message behind what somebody sees of it. Raises NotThereError."""
        found = self._world.workspace.find(seen.channel, seen.ts)
        if found is None:
            raise NotThereError("The message is not there any more.")
        return found

    def _tell_of_change(self, message: Message, change: Json) -> None:
        channel = self._world.workspace.channel(message.channel)
        if self._world.app.bot_user_id in channel.members:
            self.event(interactions.change_event(self._world, channel, change))

    def _show_problem(self, surface: Surface, sentence: str | None) -> None:
        if surface.problem == sentence:
            return
        surface.problem = sentence
        if isinstance(surface, View):
            self._world.surfaces.touched(surface)
        else:
            self._world.workspace.touched(surface)

    def _show_command_answer(self, person: str, channel: Channel, name: str, answer: Answer) -> None:
        if answer.failure is not None:
            error = Failure.TIMEOUT if answer.failure is Failure.TIMEOUT else Failure.UNREACHABLE
            self._say(person, channel, f'{name} failed with the error "{error}"')
            return
        content = answer.payload or ({"text": answer.text} if answer.text.strip() else None)
        if content is None:
            return
        try:
            answers.from_app(self._world, channel=channel.id, person=person, content=content)
        except RefusedError as refusal:
            self._say(person, channel, f'{name} failed with the error "{refusal.error}"')

    def _say(self, person: str, channel: Channel, text: str) -> None:
        answers.from_slackbot(self._world, channel=channel.id, person=person, text=text)


def find_element(surface: Surface, action_id: str, block_id: str = "") -> Used:
    """Find an element by its action id. Raises NotThereError, naming what is there."""
    there = list(elements_of(surface.blocks))
    for found_in, element in there:
        if element["action_id"] == action_id and block_id in ("", found_in):
            return found_in, element
    names = ", ".join(sorted({element["action_id"] for _, element in there})) or "nothing"
    raise NotThereError(f"There is no {action_id!r} to use; there is: {names}.")


def sentence_for(answer: Answer) -> str | None:
    """Give what Slack tells a person when the app's answer failed."""
    match answer.failure:
        case None:
            return None
        case Failure.TIMEOUT:
            return TOO_LATE
        case Failure.STATUS:
            return f"This app responded with Status Code {answer.status}"
        case _:
            return TROUBLE


def _escape(text: str) -> str:
    """Escape what a person typed, as Slack stores it; mentions stay."""
    return re.sub(r"<(?![@#!])", "&lt;", text.replace("&", "&amp;"))


def _dispatches(surface: Surface, block_id: str) -> bool:
    block = next(block for block in surface.blocks if block["block_id"] == block_id)
    return block["type"] != "input" or bool(block.get("dispatch_action"))
