"""
Deliveries over signed HTTP, as Slack sends them to an app with a request URL.

Signature: https://docs.slack.dev/authentication/verifying-requests-from-slack.
"""

import asyncio
import hashlib
import hmac
import json
from http import HTTPStatus

import aiohttp

from localslack.deliveries import Answer, Delivery, Failure, Family
from localslack.world import World


def signature(secret: str, timestamp: str, body: str) -> str:
    """Sign a body as Slack does: v0, HMAC-SHA256 over version, timestamp and body."""
    signed = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class HttpCarrier:
    """Posts deliveries to the app's request URLs and waits the three seconds for each answer."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._session: aiohttp.ClientSession | None = None

    async def carry(self, delivery: Delivery) -> Answer:
        """Send one delivery; a failure is an answer too."""
        url = self._url(delivery)
        if not url:
            return Answer(failure=Failure.NOBODY)
        body, content_type = delivery.body()
        delivery.headers = delivery.headers or self._headers(delivery, body, content_type)
        try:
            async with asyncio.timeout(self._world.ack_seconds):
                return await self._post(url, body, delivery.headers)
        except TimeoutError:
            return Answer(failure=Failure.TIMEOUT)
        except aiohttp.ClientError:
            return Answer(failure=Failure.UNREACHABLE)

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _url(self, delivery: Delivery) -> str:
        app, manifest = self._world.app, self._world.app.manifest
        if app.request_url:
            return app.request_url
        match delivery.family:
            case Family.COMMAND:
                command = manifest.command(delivery.payload["command"])
                return command.url if command else ""
            case Family.OPTIONS:
                return manifest.options_url or manifest.interactivity_url
            case Family.INTERACTION:
                return manifest.interactivity_url
            case Family.EVENT:
                return manifest.events_url

    def _headers(self, delivery: Delivery, body: str, content_type: str) -> dict[str, str]:
        timestamp = str(int(self._world.clock()))
        headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "Accept": "application/json,*/*",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(self._world.app.signing_secret, timestamp, body),
        }
        if delivery.attempt:
            headers["X-Slack-Retry-Num"] = str(delivery.attempt)
            headers["X-Slack-Retry-Reason"] = delivery.retry_reason
        return headers

    async def _post(self, url: str, body: str, headers: dict[str, str]) -> Answer:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.post(url, data=body.encode(), headers=headers) as response:
            text = await response.text()
            quiet = response.headers.get("X-Slack-No-Retry") == "1"
            if response.status != HTTPStatus.OK:
                return Answer(failure=Failure.STATUS, status=response.status, text=text, wants_no_retry=quiet)
            return Answer(payload=_json_object(response, text), text=text, wants_no_retry=quiet)


def _json_object(response: aiohttp.ClientResponse, text: str) -> dict[str, object] | None:
    if response.content_type != "application/json" or not text.strip():
        return None
    try:
        loaded = json.loads(text)
    except ValueError:
        return None
    return loaded if isinstance(loaded, dict) else None
