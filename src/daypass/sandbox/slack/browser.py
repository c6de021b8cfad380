"""The browser client's routes. (The pages themselves follow.)"""

from aiohttp import web

from daypass.sandbox.slack.acting import Acting
from daypass.sandbox.slack.submitting import Submitting
from daypass.sandbox.slack.world import World


class Browser:
    """Serves the pages and their live updates."""

    def __init__(self, world: World, acting: Acting, submitting: Submitting, *, panel_url: str) -> None:
        self._world, self._acting, self._submitting = world, acting, submitting
        self._panel_url = panel_url

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the pages to the server."""

    async def close(self) -> None:
        """End the live updates."""
