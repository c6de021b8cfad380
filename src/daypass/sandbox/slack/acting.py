"""
What people do, and what Slack tells the app about it.

The browser client and the test driver both act through here, so a test presses the very buttons
that a reader of the page presses. Every refusal of the app is shown to the person as Slack does.
"""

import re
from typing import Any

from daypass.sandbox.slack import payloads, posting
from daypass.sandbox.slack.block_kit.check import complaints_about_options
from daypass.sandbox.slack.choosing import NotThereError, action_of, as_value
from daypass.sandbox.slack.courier import Courier
from daypass.sandbox.slack.deliveries import Answer, Delivery, Failure, Family
from daypass.sandbox.slack.form_state import elements_of, options_of, state_values
from daypass.sandbox.slack.surfaces import View
from daypass.sandbox.slack.wire import Json, RefusedError
from daypass.sandbox.slack.workspace import Channel, Kind, Message
from daypass.sandbox.slack.world import World

TROUBLE = "We had some trouble connecting. Try again?"
NOT_INTERACTIVE = "This app is not configured to handle interactive responses."
SHORTEST_QUERY = 3
Surface = Message | View


class Acting:
    """The hands of all people in one workspace."""

    def __init__(self, world: World, courier: Courier) -> None:
        self._world = world
        self._courier = courier

    # Writing ---------------------------------------------------------------------------------

    async def write(self, person: str, channel: Channel, text: str, thread_ts: str | None = None) -> Answer | None:
        """Send what was typed: a slash command goes to the app, everything else is a message."""
        if text.startswith("/"):
            return await self.command(person, channel, text)
        message = Message(
            channel=channel.id, ts=self._world.workspace.mint_ts(), user=person, text=_escape(text), thread_ts=thread_ts
        )
        self._world.workspace.add(message)
        self._tell_of_message(message, channel)
        return None

    async def command(self, person: str, channel: Channel, line: str) -> Answer:
        """Run a slash command; the answer, or Slack's word on its failure, goes to the person."""
        world = self._world
        name, _, rest = line.strip().partition(" ")
        known = world.app.manifest.command(name)
        if known is None or "commands" not in world.app.manifest.bot_scopes:
            self._say(person, channel, f"`{name}` is not a valid command.")
            return Answer(failure=Failure.NOBODY)
        payload = {
            "token": world.app.verification_token,
            "team_id": world.workspace.team_id,
            "team_domain": world.workspace.domain,
            "channel_id": channel.id,
            "channel_name": payloads.brief_channel(channel)["name"],
            "user_id": person,
            "user_name": world.workspace.person(person).name,
            "command": name,
            "text": self._escaped(rest.strip()) if known.should_escape else rest.strip(),
            "api_app_id": world.app.app_id,
            "is_enterprise_install": "false",
            "response_url": world.base_url + world.tickets.response_url(channel=channel.id, person=person),
            "trigger_id": world.tickets.trigger(person),
        }
        answer = await self._courier.send(Delivery(family=Family.COMMAND, payload=payload, person=person))
        self._show_command_answer(person, channel, name, answer)
        return answer

    async def shortcut(self, person: str, callback_id: str) -> Answer:
        """Run a global shortcut. Raises NotThereError when the app has none of that name."""
        world = self._world
        if world.app.manifest.shortcut(callback_id) is None:
            raise NotThereError(f"The app's manifest has no shortcut {callback_id!r}.")
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
        return await self._courier.send(Delivery(family=Family.INTERACTION, payload=payload, person=person))

    # Using what a message or view shows ------------------------------------------------------

    async def use(
        self,
        person: str,
        surface: Surface,
        block_id: str,
        element: Json,
        given: Any = None,
        *,
        offered: list[Json] | None = None,
    ) -> Answer | None:
        """
        Press a button, or pick or type a value.

        The app hears of it at once, except of fields in input blocks that do not dispatch; gives
        the app's answer, or None when it was not told.
        """
        if element["type"] == "button":
            value = None
        elif element["type"] == "overflow":
            value = as_value({**element, "type": "static_select"}, given)
        else:
            value = as_value(element, given, offered)
            self._choose(person, surface, block_id, element, value)
            if not _dispatches(surface, block_id):
                return None
        return await self._tell_of_action(person, surface, element, block_id, value)

    async def suggestions(self, person: str, surface: Surface, block_id: str, element: Json, typed: str) -> list[Json]:
        """Ask the app what to offer for these letters; nothing below the element's minimum."""
        if len(typed) < element.get("min_query_length", SHORTEST_QUERY):
            return []
        payload = payloads.interaction(self._world, "block_suggestion", person) | {
            "action_id": element["action_id"],
            "block_id": block_id,
            "value": typed,
            **self._where(surface),
        }
        answer = await self._courier.send(Delivery(family=Family.OPTIONS, payload=payload, person=person))
        if answer.failure is not None or complaints_about_options(answer.payload):
            raise NotThereError("The options could not be loaded.")
        return options_of(answer.payload or {})

    async def open_home(self, person: str, tab: str = "home") -> None:
        """Open the app's Home or Messages tab; the app hears of it as an event."""
        world = self._world
        event: Json = {
            "type": "app_home_opened",
            "user": person,
            "channel": self.direct(person).id,
            "tab": tab,
            "event_ts": world.workspace.mint_ts(),
        }
        home = world.surfaces.home(person)
        if tab == "home" and home is not None:
            event["view"] = payloads.view(world, home)
        self.event(event)

    def event(self, event: Json) -> None:
        """Send an event of any kind, if the app subscribed to it."""
        world = self._world
        kind = event["type"]
        if kind == "message":
            kind = f"message.{event['channel_type']}"
        if kind not in world.app.manifest.bot_events:
            return
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
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": world.workspace.team_id,
                    "user_id": world.app.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
        }
        self._courier.send_event(Delivery(family=Family.EVENT, payload=payload, person=str(event.get("user", ""))))

    def direct(self, person: str) -> Channel:
        """Give the person's conversation with the app."""
        members = frozenset({person, self._world.app.bot_user_id})
        return self._world.workspace.conversation(members, Kind.DIRECT)

    # Inside ----------------------------------------------------------------------------------

    def _choose(self, person: str, surface: Surface, block_id: str, element: Json, value: Any) -> None:
        key = (block_id, element["action_id"])
        if isinstance(surface, View):
            surface.choices[key] = value
            surface.errors.pop(block_id, None)
        else:
            surface.choices.setdefault(person, {})[key] = value

    async def _tell_of_action(self, person: str, surface: Surface, element: Json, block_id: str, value: Any) -> Answer:
        world = self._world
        if not world.app.manifest.interactivity:
            self._show_problem(surface, NOT_INTERACTIVE)
            return Answer(failure=Failure.NOBODY)
        from_view = surface.id if isinstance(surface, View) and surface.type == "modal" else None
        payload = payloads.interaction(world, "block_actions", person) | {
            "trigger_id": world.tickets.trigger(person, from_view=from_view),
            "actions": [action_of(element, block_id, value, world.workspace.mint_ts())],
            **self._where(surface),
        }
        if isinstance(surface, Message):
            ticket = world.tickets.response_url(channel=surface.channel, person=person, message_ts=surface.ts)
            payload["response_url"] = world.base_url + ticket
            payload["state"] = {"values": state_values(surface.blocks, surface.choices.get(person, {}))}
        answer = await self._courier.send(Delivery(family=Family.INTERACTION, payload=payload, person=person))
        self._show_problem(surface, _sentence(answer))
        return answer

    def _where(self, surface: Surface) -> Json:
        """Give the part of a payload that says where it happened."""
        world = self._world
        if isinstance(surface, View):
            return {"container": {"type": "view", "view_id": surface.id}, "view": payloads.view(world, surface)}
        channel = world.workspace.channel(surface.channel)
        where: Json = {
            "container": {
                "type": "message",
                "message_ts": surface.ts,
                "channel_id": surface.channel,
                "is_ephemeral": surface.only_for is not None,
            },
            "channel": payloads.brief_channel(channel),
        }
        if surface.thread_ts:
            where["container"]["thread_ts"] = surface.thread_ts
        return where if surface.only_for else where | {"message": payloads.message(world, surface)}

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
            error = Failure.UNREACHABLE if answer.failure is not Failure.TIMEOUT else answer.failure
            self._say(person, channel, f'{name} failed with the error "{error}"')
            return
        content = answer.payload or ({"text": answer.text} if answer.text.strip() else None)
        if content is None:
            return
        try:
            posting.from_app(self._world, channel=channel.id, person=person, content=content)
        except RefusedError as refusal:
            self._say(person, channel, f'{name} failed with the error "{refusal.error}"')

    def _say(self, person: str, channel: Channel, text: str) -> None:
        posting.from_slackbot(self._world, channel=channel.id, person=person, text=text)

    def _tell_of_message(self, message: Message, channel: Channel) -> None:
        bot = self._world.app.bot_user_id
        types = {Kind.DIRECT: "im", Kind.PUBLIC: "channel", Kind.PRIVATE: "group", Kind.GROUP: "mpim"}
        event = payloads.message(self._world, message) | {
            "channel": channel.id,
            "event_ts": message.ts,
            "channel_type": types[channel.kind],
        }
        if bot not in channel.members:
            return
        if channel.kind is not Kind.DIRECT and f"<@{bot}>" in message.text:
            self.event({**event, "type": "app_mention"})
        self.event(event)

    def _escaped(self, text: str) -> str:
        """Write @name and #channel as Slack does for commands with `should_escape`."""
        people = {p.name: f"<@{p.id}|{p.name}>" for p in self._world.workspace.people.values()}
        groups = {g.handle: f"<!subteam^{g.id}|@{g.handle}>" for g in self._world.workspace.groups.values()}
        channels = {c.name: f"<#{c.id}|{c.name}>" for c in self._world.workspace.channels.values()}
        text = re.sub(r"(?<!\S)@([\w.-]+)", lambda m: (people | groups).get(m[1], m[0]), text)
        return re.sub(r"(?<!\S)#([\w-]+)", lambda m: channels.get(m[1], m[0]), text)


def _escape(text: str) -> str:
    """Escape what a person typed, as Slack stores it; mentions stay."""
    text = text.replace("&", "&amp;")
    return re.sub(r"<(?![@#!])", "&lt;", text)


def _dispatches(surface: Surface, block_id: str) -> bool:
    block = next(block for block in surface.blocks if block["block_id"] == block_id)
    return block["type"] != "input" or bool(block.get("dispatch_action"))


def find_element(surface: Surface, action_id: str, block_id: str = "") -> tuple[str, Json]:
    """Find an element by its action id. Raises NotThereError, naming what is there."""
    there = list(elements_of(surface.blocks))
    for found_in, element in there:
        if element["action_id"] == action_id and block_id in ("", found_in):
            return found_in, element
    names = ", ".join(sorted({element["action_id"] for _, element in there})) or "nothing"
    raise NotThereError(f"There is no {action_id!r} to use; there is: {names}.")


def _sentence(answer: Answer) -> str | None:
    match answer.failure:
        case None:
            return None
        case Failure.TIMEOUT:
            return "Operation timed out. Apps need to respond within 3 seconds."
        case Failure.STATUS:
            return f"This app responded with Status Code {answer.status}"
        case _:
            return TROUBLE
