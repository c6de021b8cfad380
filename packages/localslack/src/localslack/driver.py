"""
Acting as a person in a test: type, click, choose, submit, and look at the screen.

An `Actor` can only use what the person could see, and waits for what is to come with a limit, so
a test says what happens and never sleeps.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from localslack.choices import NotThereError
from localslack.deliveries import Answer
from localslack.form_state import SLOTS, elements_of
from localslack.interactions import Surface, Used
from localslack.modals import Submitted, Submitting
from localslack.people import Acting, find_element
from localslack.surfaces import View
from localslack.wire import Json
from localslack.workspace import Channel, Message, texts_in
from localslack.world import World

PATIENCE = 5.0
"""Seconds that the waiting methods wait unless told otherwise."""
T = TypeVar("T")


class Actor:
    """One person's hands and eyes. Channels go by id, by name, or "dm" for the app's messages."""

    def __init__(self, person_id: str, world: World, acting: Acting, submitting: Submitting) -> None:
        self.id = person_id
        self._world, self._acting, self._submitting = world, acting, submitting

    def messages(self, channel: str = "dm") -> list[Message]:
        """Give what the person sees in a conversation, oldest first, as copies; no ephemerals."""
        return [m for m in self._seen(channel) if m.only_for is None]

    def ephemerals(self, channel: str | None = None) -> list[Message]:
        """Give the messages only this person sees, in one conversation or in all."""
        places = (
            [channel] if channel else [c.id for c in self._world.workspace.channels.values() if self.id in c.members]
        )
        return [m for place in places for m in self._seen(place) if m.only_for == self.id]

    def modal(self) -> View | None:
        """Give the modal on top of the person's screen."""
        return copy.deepcopy(self._world.surfaces.modal(self.id))

    def home(self) -> View | None:
        """Give the person's App Home as last published."""
        return copy.deepcopy(self._world.surfaces.home(self.id))

    async def wait_for_message(
        self, containing: str = "", *, channel: str = "dm", after: str = "", within: float = PATIENCE
    ) -> Message:
        """Wait for a message (not ephemeral) whose visible text contains this, newer than `after`."""
        return await self._wait(
            lambda: _match(self.messages(channel), containing, after), f"message {containing!r}", within
        )

    async def wait_for_ephemeral(
        self, containing: str = "", *, channel: str | None = None, within: float = PATIENCE
    ) -> Message:
        """Wait for a message only this person sees."""
        return await self._wait(
            lambda: _match(self.ephemerals(channel), containing, ""), f"ephemeral {containing!r}", within
        )

    async def wait_for_modal(self, title: str = "", *, within: float = PATIENCE) -> View:
        """Wait for a modal whose title contains this."""
        return await self._wait(lambda: _titled(self.modal(), title), f"modal {title!r}", within)

    async def wait_for_home(self, containing: str = "", *, within: float = PATIENCE) -> View:
        """Wait for an App Home that shows this text."""
        return await self._wait(lambda: _showing(self.home(), containing), f"home {containing!r}", within)

    async def wait_for_change(self, message: Message, containing: str = "", *, within: float = PATIENCE) -> Message:
        """Wait until a message is not what it was, and contains this; gives the new one."""

        def changed() -> Message | None:
            now = self._world.workspace.find(message.channel, message.ts)
            is_new = now is not None and (now.text, now.blocks) != (message.text, message.blocks)
            return copy.deepcopy(now) if now and is_new and containing in now.visible_text else None

        return await self._wait(changed, f"change to {containing!r}", within)

    async def wait_until(self, question: Callable[[], T | None], *, within: float = PATIENCE) -> T:
        """Wait until any question is answered with something true."""
        return await self._wait(question, "the answer", within)

    async def command(self, name: str, text: str = "", *, channel: str = "dm") -> Answer:
        """Type a slash command and press Enter; gives what the app answered within 3 seconds."""
        return await self._acting.command(self.id, self._channel(channel), f"{name} {text}")

    async def say(self, text: str, *, channel: str = "dm", thread_ts: str | None = None) -> Answer | None:
        """Write a message, or a slash command as one line."""
        return await self._acting.write(self.id, self._channel(channel), text, thread_ts)

    async def edit(self, message: Message, text: str) -> None:
        """Change a message of one's own."""
        self._acting.edit(message, text)

    async def erase(self, message: Message) -> None:
        """Take a message of one's own away."""
        self._acting.erase(message)

    async def shortcut(self, callback_id: str) -> Answer:
        """Run a global shortcut."""
        return await self._acting.shortcut(self.id, callback_id)

    async def open_home(self, tab: str = "home") -> None:
        """Open the app's Home tab."""
        self._acting.open_home(self.id, tab)

    async def click(
        self, surface: Surface, action_id: str, value: Any = None, *, block_id: str = "", as_seen: bool = False
    ) -> Answer | None:
        """
        Use an element of a message, modal or home.

        `value` is the option's value or text, a date, a text. The surface is looked up again, as
        it is now on the screen; `as_seen` uses the old copy, as when a click crosses an update.
        Raises NotThereError when it is not on the screen any more.
        """
        shown = surface if as_seen else self._now(surface)
        used = find_element(shown, action_id, block_id)
        offered = await self._offered(shown, used, value)
        return await self._acting.use(self.id, shown, used, value, offered=offered)

    choose = click

    async def type_ahead(self, surface: Surface, action_id: str, typed: str, *, block_id: str = "") -> list[Json]:
        """Type into an external select; gives the options the app offers."""
        shown = self._now(surface)
        return await self._acting.suggestions(self.id, shown, find_element(shown, action_id, block_id), typed)

    async def fill(self, view: View, values: Mapping[str, Any]) -> None:
        """Fill fields, named by block id or action id; fields that dispatch tell the app at once."""
        for name, value in values.items():
            shown = self._now(view)
            used = _field(shown, name)
            offered = await self._offered(shown, used, value)
            await self._acting.use(self.id, shown, used, value, offered=offered)

    async def submit(self, view: View, values: Mapping[str, Any] | None = None) -> Submitted:
        """Fill fields, then press the submit button."""
        await self.fill(view, values or {})
        shown = self._now_view(view)
        if shown.submit is None:
            raise NotThereError("This modal has no submit button.")
        return await self._submitting.submit(shown)

    async def close(self, view: View) -> None:
        """Press the cancel button."""
        await self._submitting.close(self._now_view(view))

    def _channel(self, named: str) -> Channel:
        workspace = self._world.workspace
        if named == "dm":
            return self._acting.direct(self.id)
        by_name = [c for c in workspace.channels.values() if named.removeprefix("#") == c.name]
        channel = by_name[0] if by_name else workspace.channel(named)
        if self.id not in channel.members:
            raise NotThereError(f"{self.id} is not in {named!r}.")
        return channel

    def _seen(self, channel: str) -> list[Message]:
        return copy.deepcopy(self._world.workspace.visible_to(self.id, self._channel(channel).id))

    def _now(self, surface: Surface) -> Surface:
        if isinstance(surface, View):
            return self._now_view(surface)
        message = self._world.workspace.find(surface.channel, surface.ts)
        if message is None or message.only_for not in (None, self.id):
            raise NotThereError("This message is not on the screen any more.")
        return message

    def _now_view(self, view: View) -> View:
        for shown in (self._world.surfaces.modal(self.id), self._world.surfaces.home(self.id)):
            if shown is not None and shown.id == view.id:
                return shown
        raise NotThereError("This view is not on the screen any more.")

    async def _offered(self, shown: Surface, used: Used, value: Any) -> list[Json] | None:
        """Look up what a typeahead offers for a value given as text."""
        if not used[1]["type"].endswith("external_select") or value is None:
            return None
        wanted = value if isinstance(value, list) else [value]
        offered: list[Json] = []
        for each in wanted:
            if isinstance(each, dict):
                offered.append(each)
            else:
                offered += await self._acting.suggestions(self.id, shown, used, each)
        return offered

    async def _wait(self, question: Callable[[], T | None], what: str, within: float) -> T:
        try:
            return await self._world.changes.until(question, within=within)
        except TimeoutError:
            raise TimeoutError(f"{self.id} waited {within} s for {what} in vain; on screen: {self._screen()}") from None

    def _screen(self) -> str:
        modal = self.modal()
        told = [f"{m.channel}: {m.visible_text!r}" for m in [*self.messages(), *self.ephemerals()][-6:]]
        return "; ".join(
            [*told, f"modal: {_title(modal)!r} {modal.errors or modal.problem or ''}" if modal else "no modal"]
        )


def _match(messages: list[Message], containing: str, after: str) -> Message | None:
    return next((m for m in reversed(messages) if containing in f"{m.text}\n{m.visible_text}" and m.ts > after), None)


def _title(view: View | None) -> str:
    return view.title["text"] if view is not None and view.title else ""


def _titled(view: View | None, title: str) -> View | None:
    return view if view is not None and title in _title(view) else None


def _showing(view: View | None, containing: str) -> View | None:
    return view if view is not None and containing in "\n".join(texts_in(view.blocks)) else None


def _field(view: Surface, name: str) -> Used:
    for block_id, element in elements_of(view.blocks):
        if name in (block_id, element["action_id"]) and element["type"] in SLOTS:
            return block_id, element
    return find_element(view, name)
