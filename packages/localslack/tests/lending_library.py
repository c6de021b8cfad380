"""
A small Bolt app that uses an app can do with Slack: it lends books.

`/app` answers or opens a form with a typeahead; the form posts a message with a select and
buttons; the buttons change it; the App Home counts; a person writing gets an answer.
"""

import asyncio
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from localslack import BlockingSlack, LoopThread

Json = dict[str, Any]
BOOKS = ("acme-almanac", "acme-atlas", "zoology")


def plain(text: str) -> Json:
    """Make a plain text object."""
    return {"type": "plain_text", "text": text}


def option(name: str) -> Json:
    """Make an option."""
    return {"text": plain(name), "value": name}


FORM: Json = {
    "type": "modal",
    "callback_id": "borrow",
    "title": plain("Borrow a book"),
    "submit": plain("Ask"),
    "close": plain("Cancel"),
    "notify_on_close": True,
    "private_metadata": "shelf-7",
    "blocks": [
        {
            "type": "input",
            "block_id": "book",
            "label": plain("Book"),
            "element": {"type": "external_select", "action_id": "find_book", "min_query_length": 1},
        },
        {
            "type": "input",
            "block_id": "days",
            "label": plain("Days"),
            "element": {"type": "number_input", "action_id": "days", "is_decimal_allowed": False, "min_value": "1"},
        },
        {
            "type": "input",
            "block_id": "note",
            "optional": True,
            "label": plain("Note"),
            "element": {"type": "plain_text_input", "action_id": "note"},
        },
    ],
}


SPECIAL: dict[str, Json] = {
    "push": {"response_action": "push", "view": {**FORM, "title": plain("On top")}},
    "update": {"response_action": "update", "view": {**FORM, "title": plain("Changed")}},
    "clear": {"response_action": "clear"},
    "nonsense": {"response_action": "errors", "errors": {"no_such_block": "Lost."}},
}
"""Answers to a submission that a note in the form asks for."""


def ask_blocks(book: str, days: str) -> list[Json]:
    """Make the message that asks the librarian."""
    lengths = [option("1 day"), option("7 days")]
    return [
        {"type": "section", "block_id": "what", "text": {"type": "mrkdwn", "text": f"*{book}* for {days} days?"}},
        {
            "type": "actions",
            "block_id": "decide",
            "elements": [
                {"type": "static_select", "action_id": "length", "options": lengths, "initial_option": lengths[0]},
                {"type": "button", "action_id": "lend", "value": book, "style": "primary", "text": plain("Lend")},
                {"type": "button", "action_id": "refuse", "value": book, "style": "danger", "text": plain("Refuse")},
            ],
        },
    ]


def build(app: AsyncApp) -> None:
    """Give the app its listeners."""
    listen_to_commands(app)
    listen_to_form(app)
    listen_to_buttons(app)
    listen_to_events(app)


def listen_to_commands(app: AsyncApp) -> None:
    """Answer the slash command and the shortcut."""

    @app.command("/app")
    async def run(ack: AsyncAck, body: Json, client: AsyncWebClient, respond: AsyncRespond) -> None:
        match body["text"].split():
            case ["sleep"]:
                await asyncio.sleep(0.5)
            case ["form"]:
                await ack()
                await client.views_open(trigger_id=body["trigger_id"], view=FORM)
            case ["respond", times]:
                await ack()
                for n in range(int(times)):
                    await respond(f"answer {n}")
            case _:
                await ack(f"You said: {body['text']}")

    @app.shortcut("open_form")
    async def open_form(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)


def listen_to_form(app: AsyncApp) -> None:
    """Answer the form: typeahead, submission, closing."""

    @app.options("find_book")
    async def find(ack: AsyncAck, payload: Json) -> None:
        await ack(options=[option(book) for book in BOOKS if payload["value"] in book])

    @app.view("borrow")
    async def borrow(ack: AsyncAck, body: Json, view: Json, client: AsyncWebClient) -> None:
        values = view["state"]["values"]
        book, days = values["book"]["find_book"]["selected_option"]["value"], values["days"]["days"]["value"]
        if special := SPECIAL.get(values["note"]["note"]["value"]):
            await ack(**special)
        elif int(days) > 30:
            await ack(response_action="errors", errors={"days": "At most 30 days."})
        else:
            await ack()
            text = f"<@{body['user']['id']}> asks for {book}"
            await client.chat_postMessage(channel="C0PROJECT", text=text, blocks=ask_blocks(book, days))

    @app.view_closed("borrow")
    async def closed(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text="Perhaps another time.")


def listen_to_buttons(app: AsyncApp) -> None:
    """Answer the message that asks the librarian."""

    @app.action("length")
    async def note_length(ack: AsyncAck) -> None:
        await ack()

    @app.action("lend")
    async def lend(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
        await ack()
        length = body["state"]["values"]["decide"]["length"]["selected_option"]["value"]
        text = f"Lent {body['actions'][0]['value']} for {length} by <@{body['user']['id']}>"
        section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
        await client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text=text, blocks=[section])

    @app.action("refuse")
    async def refuse(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond("Refused.", replace_original=True)


def listen_to_events(app: AsyncApp) -> None:
    """Answer the home and what people write."""

    @app.event("app_home_opened")
    async def home(event: Json, client: AsyncWebClient) -> None:
        shelf = [{"type": "section", "text": plain(f"Book {number}")} for number in range(60)]
        view = {"type": "home", "blocks": [{"type": "header", "text": plain("Your books")}, *shelf]}
        await client.views_publish(user_id=event["user"], view=view)

    @app.event("message")
    async def answer(event: Json, client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=event["channel"], text=f"You wrote {event['text']}")


class LendingLibrary:
    """The app, running in a thread of its own, connected the way the Slack expects."""

    def __init__(self, slack: BlockingSlack) -> None:
        self._slack = slack
        self._thread = LoopThread("lending-library")

    def __enter__(self) -> Self:
        """Start."""
        self._thread.run(self._start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._thread.run(self._stop())
        self._thread.close()

    async def _start(self) -> None:
        client = AsyncWebClient(token=self._slack.bot_token, base_url=self._slack.api_url)
        app = AsyncApp(client=client, signing_secret=self._slack.signing_secret)
        build(app)
        self._runner = web.AppRunner(app.web_app("/slack/events"), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._slack.connect_app(f"http://127.0.0.1:{self._runner.addresses[0][1]}/slack/events")
        self._handler = None
        if self._slack.inner.world.app.socket_mode:
            self._handler = AsyncSocketModeHandler(app, self._slack.app_token, ping_interval=0.3)
            await self._handler.connect_async()

    async def _stop(self) -> None:
        if self._handler is not None:
            await self._handler.close_async()
        await self._runner.cleanup()
