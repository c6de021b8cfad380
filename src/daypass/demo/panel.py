"""The page beside the local Slack: what AWS holds, what a person's own keys may do now, and the journal."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from botocore.exceptions import BotoCoreError, ClientError

from daypass.demo.ministack import MiniStack
from daypass.demo.observe import TRIES, Action, held, may
from daypass.demo.signin import SignIn
from daypass.demo.world import PEOPLE, KeyPair

_STATIC = Path(__file__).with_name("panel_static")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
)
Journal = Callable[[], dict[str, Any]]


@dataclass(kw_only=True)
class Panel:
    """The page's server."""

    aws: MiniStack
    keys: dict[str, KeyPair]
    journal: Journal
    """Reads the journal, verified: {"verdict": sentence, "entries": [...]}."""
    hints: Callable[[str], list[str]]
    """Commands a person may try in a terminal."""
    sign_in: SignIn
    """Where the console button leads; served beside the page."""

    async def start(self) -> str:
        """Listen on a free port of 127.0.0.1; returns the address."""
        app = web.Application()
        app.router.add_get("/", self._page)
        app.router.add_get("/state", self._state)
        self.sign_in.add_routes(app.router)
        app.router.add_static("/static", _STATIC)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        address = f"http://localhost:{self._runner.addresses[0][1]}"
        self.address = address
        return address

    async def stop(self) -> None:
        """Listen no more."""
        await self._runner.cleanup()

    async def _page(self, _: web.Request) -> web.Response:
        text = (_STATIC / "panel.html").read_text(encoding="utf-8")
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": _POLICY})

    async def _state(self, request: web.Request) -> web.Response:
        person = request.query.get("person", "")
        return web.json_response(await asyncio.to_thread(self._look, person if person in self.keys else PEOPLE[0].id))

    def _look(self, person_id: str) -> dict[str, Any]:
        person = next(one for one in PEOPLE if one.id == person_id)
        return {
            "now": datetime.now(UTC).strftime("%H:%M:%S"),
            "person": person.real_name,
            "may": [{"wish": str(wish), "answer": self._answer(person_id, wish)} for wish in TRIES],
            "held": held(self.aws),
            "journal": self.journal(),
            "hints": self.hints(person_id),
        }

    def _answer(self, person_id: str, wish: Action) -> str:
        try:
            return "allowed" if may(self.keys[person_id], self.aws.endpoint, wish) else "denied"
        except (BotoCoreError, ClientError):
            return "no answer"
