"""
The same Slack for code that is not async: it lives on a loop in a thread of its own.

Every method does what its namesake in `LocalSlack` or `Actor` does and waits for it.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from localslack.deliveries import Answer, Delivery
from localslack.driver import PATIENCE, Actor
from localslack.faults import Faults
from localslack.installation import TokenState
from localslack.interactions import Surface
from localslack.modals import Submitted
from localslack.server import LocalSlack
from localslack.surfaces import View
from localslack.wire import Json
from localslack.workspace import Message
from localslack.world import ApiCall

T = TypeVar("T")
LONGEST_WAIT = 60.0


_LAST_WORDS_S = 3.0
"""Given to tasks that are cancelled."""


class LoopThread:
    """An event loop in a thread; also good for the app under test."""

    def __init__(self, name: str = "loop") -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], *, within: float = LONGEST_WAIT) -> T:
        """Run a coroutine on the loop and give its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(within)

    def ask(self, question: Callable[[], T]) -> T:
        """Call a function on the loop and give its result."""

        async def asked() -> T:
            return question()

        return self.run(asked())

    def close(self) -> None:
        """End the loop and the thread, and whatever still runs on it before that."""
        self.run(_end_all())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()


async def _end_all() -> None:
    """Cancel every task of this loop but this one; none is left to be destroyed half-way."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=_LAST_WORDS_S)


class BlockingActor:
    """One person's hands and eyes; see `Actor`."""

    def __init__(self, actor: Actor, thread: LoopThread) -> None:
        self.id = actor.id
        self._actor, self._thread = actor, thread

    def messages(self, channel: str = "dm") -> list[Message]:
        """See `Actor.messages`."""
        return self._thread.ask(lambda: self._actor.messages(channel))

    def ephemerals(self, channel: str | None = None) -> list[Message]:
        """See `Actor.ephemerals`."""
        return self._thread.ask(lambda: self._actor.ephemerals(channel))

    def modal(self) -> View | None:
        """See `Actor.modal`."""
        return self._thread.ask(self._actor.modal)

    def home(self) -> View | None:
        """See `Actor.home`."""
        return self._thread.ask(self._actor.home)

    def wait_for_message(
        self, containing: str = "", *, channel: str = "dm", after: str = "", within: float = PATIENCE
    ) -> Message:
        """See `Actor.wait_for_message`."""
        return self._thread.run(self._actor.wait_for_message(containing, channel=channel, after=after, within=within))

    def wait_for_ephemeral(
        self, containing: str = "", *, channel: str | None = None, within: float = PATIENCE
    ) -> Message:
        """See `Actor.wait_for_ephemeral`."""
        return self._thread.run(self._actor.wait_for_ephemeral(containing, channel=channel, within=within))

    def wait_for_modal(self, title: str = "", *, within: float = PATIENCE) -> View:
        """See `Actor.wait_for_modal`."""
        return self._thread.run(self._actor.wait_for_modal(title, within=within))

    def wait_for_home(self, containing: str = "", *, within: float = PATIENCE) -> View:
        """See `Actor.wait_for_home`."""
        return self._thread.run(self._actor.wait_for_home(containing, within=within))

    def wait_for_change(self, message: Message, containing: str = "", *, within: float = PATIENCE) -> Message:
        """See `Actor.wait_for_change`."""
        return self._thread.run(self._actor.wait_for_change(message, containing, within=within))

    def wait_until(self, question: Callable[[], T | None], *, within: float = PATIENCE) -> T:
        """See `Actor.wait_until`; the question is asked on the loop of the Slack."""
        return self._thread.run(self._actor.wait_until(question, within=within))

    def command(self, name: str, text: str = "", *, channel: str = "dm") -> Answer:
        """See `Actor.command`."""
        return self._thread.run(self._actor.command(name, text, channel=channel))

    def say(self, text: str, *, channel: str = "dm", thread_ts: str | None = None) -> Answer | None:
        """See `Actor.say`."""
        return self._thread.run(self._actor.say(text, channel=channel, thread_ts=thread_ts))

    def edit(self, message: Message, text: str) -> None:
        """See `Actor.edit`."""
        self._thread.run(self._actor.edit(message, text))

    def erase(self, message: Message) -> None:
        """See `Actor.erase`."""
        self._thread.run(self._actor.erase(message))

    def shortcut(self, callback_id: str) -> Answer:
        """See `Actor.shortcut`."""
        return self._thread.run(self._actor.shortcut(callback_id))

    def open_home(self, tab: str = "home") -> None:
        """See `Actor.open_home`."""
        self._thread.run(self._actor.open_home(tab))

    def click(
        self, surface: Surface, action_id: str, value: Any = None, *, block_id: str = "", as_seen: bool = False
    ) -> Answer | None:
        """See `Actor.click`."""
        return self._thread.run(self._actor.click(surface, action_id, value, block_id=block_id, as_seen=as_seen))

    choose = click

    def type_ahead(self, surface: Surface, action_id: str, typed: str, *, block_id: str = "") -> list[Json]:
        """See `Actor.type_ahead`."""
        return self._thread.run(self._actor.type_ahead(surface, action_id, typed, block_id=block_id))

    def fill(self, view: View, values: Mapping[str, Any]) -> None:
        """See `Actor.fill`."""
        self._thread.run(self._actor.fill(view, values))

    def submit(self, view: View, values: Mapping[str, Any] | None = None) -> Submitted:
        """See `Actor.submit`."""
        return self._thread.run(self._actor.submit(view, values))

    def close(self, view: View) -> None:
        """See `Actor.close`."""
        self._thread.run(self._actor.close(view))


class BlockingSlack:
    """A `LocalSlack` in a thread; takes the same arguments. Use it as a context manager."""

    def __init__(self, **settings: Any) -> None:
        self._thread = LoopThread("local-slack")
        self.inner = self._thread.ask(lambda: LocalSlack(**settings))

    def start(self) -> Self:
        """See `LocalSlack.start`."""
        self._thread.run(self.inner.start())
        return self

    def stop(self) -> None:
        """See `LocalSlack.stop`; the thread ends too."""
        self._thread.run(self.inner.stop())
        self._thread.close()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    @property
    def url(self) -> str:
        """See `LocalSlack.url`."""
        return self.inner.url

    @property
    def api_url(self) -> str:
        """See `LocalSlack.api_url`."""
        return self.inner.api_url

    @property
    def bot_token(self) -> str:
        """See `LocalSlack.bot_token`."""
        return self.inner.bot_token

    @property
    def app_token(self) -> str:
        """See `LocalSlack.app_token`."""
        return self.inner.app_token

    @property
    def signing_secret(self) -> str:
        """See `LocalSlack.signing_secret`."""
        return self.inner.signing_secret

    @property
    def faults(self) -> Faults:
        """See `LocalSlack.faults`."""
        return self.inner.faults

    @property
    def calls(self) -> list[ApiCall]:
        """See `LocalSlack.calls`."""
        return list(self.inner.calls)

    @property
    def deliveries(self) -> list[Delivery]:
        """See `LocalSlack.deliveries`."""
        return list(self.inner.deliveries)

    @property
    def sockets(self) -> int:
        """See `LocalSlack.sockets`."""
        return self.inner.sockets

    def connect_app(self, request_url: str) -> None:
        """See `LocalSlack.connect_app`."""
        self.inner.connect_app(request_url)

    def person(self, person_id: str) -> BlockingActor:
        """See `LocalSlack.person`."""
        return BlockingActor(self.inner.person(person_id), self._thread)

    def replay(self, delivery: Delivery, *, as_recorded: bool = False) -> Answer:
        """See `LocalSlack.replay`."""
        return self._thread.run(self.inner.replay(delivery, as_recorded=as_recorded))

    def event(self, event: Json) -> None:
        """See `LocalSlack.event`."""
        self._thread.ask(lambda: self.inner.event(event))

    def settle(self) -> None:
        """See `LocalSlack.settle`."""
        self._thread.run(self.inner.settle())

    def go_down(self) -> None:
        """See `LocalSlack.go_down`."""
        self._thread.run(self.inner.go_down())

    def come_back(self) -> None:
        """See `LocalSlack.come_back`."""
        self._thread.run(self.inner.come_back())

    def drop_socket(self) -> None:
        """See `LocalSlack.drop_socket`."""
        self._thread.run(self.inner.drop_socket())

    def frame(self, text: str) -> None:
        """See `LocalSlack.frame`."""
        self._thread.run(self.inner.frame(text))

    def refresh_socket(self) -> None:
        """See `LocalSlack.refresh_socket`."""
        self._thread.run(self.inner.refresh_socket())

    def set_token(self, state: TokenState) -> None:
        """See `LocalSlack.set_token`."""
        self.inner.set_token(state)

    def tell_of_person(self, person_id: str, **fields: object) -> None:
        """See `LocalSlack.tell_of_person`."""
        self._thread.ask(lambda: self.inner.tell_of_person(person_id, **fields))

    def change_person(self, person_id: str, **fields: object) -> None:
        """See `LocalSlack.change_person`."""
        self._thread.ask(lambda: self.inner.change_person(person_id, **fields))
