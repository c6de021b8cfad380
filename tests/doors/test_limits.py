"""How many requests of one visitor may be under way, whoever's connections they come by."""

import asyncio

from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from daypass.doors.limits import BodyLimit, VisitorRequests
from tests.doors.house import PROXY

MOST = 2


def statuses(*visitors: tuple[str, str]) -> list[int]:
    """Send a request from each (peer, X-Forwarded-For) while all before it are under way; what each is answered."""

    async def run() -> list[int]:
        release = asyncio.Event()

        async def slow(scope: Scope, receive: Receive, send: Send) -> None:
            await release.wait()
            await PlainTextResponse("ok")(scope, receive, send)

        app = BodyLimit(slow, may_send_rules=lambda _: False, crowd=VisitorRequests((PROXY,), MOST))

        async def one(peer: str, forwarded: str) -> int:
            answered: list[int] = []

            async def receive() -> Message:
                return {"type": "http.request", "body": b"", "more_body": False}

            async def send(message: Message) -> None:
                answered.append(message.get("status", 0))

            headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
            scope = {"type": "http", "path": "/", "method": "GET", "headers": headers, "client": (peer, 1)}
            await app(scope, receive, send)
            return answered[0]

        asked = [asyncio.create_task(one(*visitor)) for visitor in visitors]
        await asyncio.sleep(0)
        release.set()
        first = await asyncio.gather(*asked)
        return [*first, await one(*visitors[0])]

    return asyncio.run(run())


def test_a_visitor_has_so_many_requests_under_way_and_no_more():
    """Others are answered meanwhile, and so is the visitor afterwards."""
    stranger, other = ("192.0.2.5", ""), ("192.0.2.6", "")

    assert statuses(stranger, stranger, stranger, other) == [200, 200, 429, 200, 200]


def test_behind_a_trusted_proxy_a_visitor_is_told_apart_from_the_proxy():
    """By what the proxy wrote last; what a stranger writes before that is nothing."""
    proxy = str(PROXY.network_address)
    stranger, forged, other = (proxy, "192.0.2.5"), (proxy, "192.0.2.9, 192.0.2.5"), (proxy, "192.0.2.6")

    assert statuses(stranger, forged, stranger, other, other) == [200, 200, 429, 200, 200, 200]


def test_a_household_of_ipv6_is_one_visitor():
    """Anybody has 2^64 addresses to choose from."""
    assert statuses(("2001:db8::1", ""), ("2001:db8::2", ""), ("2001:db8::3", "")) == [200, 200, 429, 200]
