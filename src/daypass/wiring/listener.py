"""
Listen for HTTP, with limits that keep strangers from using it up. Every port of ours is opened here.

    connections at a time       10,000, silent ones too, or as many as files may be open; of one address fewer
                                (wiring/connection_limits)
    a head, and between two     10 seconds, then the connection is closed
    a head                      64 KiB, then 431
    a body                      doors/limits; whoever is answered before all of it is read is told `Connection: close`
    an answer                   30 seconds in which whoever asked takes nothing of it, however long it takes
"""

import asyncio
import gc
import os
import signal
import socket
from dataclasses import dataclass

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daypass.model.errors import Misconfigured
from daypass.wiring.connection_limits import let_go_of_unread, room_for

_BACKLOG, _CONNECTIONS = 1024, 10_000
"""Granian takes 128 connections by itself, silent ones too: so many would keep everybody else from ending anything."""
_HEAD_S, _LARGEST_HEAD = 10.0, 64 * 1024
_UNREAD_S = 30.0
_DRAIN_S = 5.0


def must_be_free(host: str, port: int) -> None:
    """
    Raise Misconfigured when nobody can listen there.

    The server shares its port with whoever asks for that (SO_REUSEPORT), so a second Daypass would not notice the
    first, and each would get half of what is asked.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise Misconfigured(f"The service cannot listen on {host}:{port}: {why.lower()}.") from None


def told_to_stop() -> asyncio.Event:
    """Return what SIGINT and SIGTERM set, from now on."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """For how long a client is waited for, in seconds."""

    head_s: float = _HEAD_S
    """For the head of a request."""
    unread_s: float = _UNREAD_S
    """For it to read its answer."""


WAITS = Timeouts()


async def listen(app: ASGIApp, host: str, port: int, stop: asyncio.Event, *, waits: Timeouts = WAITS) -> None:
    """Serve an application until told to stop, and let it finish what it is at. Raises Misconfigured when it cannot."""
    most = room_for(_CONNECTIONS)
    _keep_for_good()
    server = Server(
        _closing(app),
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=int(1000 * waits.head_s), max_buffer_size=_LARGEST_HEAD),
        websockets=False,
        log_enabled=False,
        backlog=_BACKLOG,
        backpressure=most,
    )
    serving, told = asyncio.create_task(server.serve()), asyncio.create_task(stop.wait())
    limiting = asyncio.create_task(let_go_of_unread(port, within_s=waits.unread_s))
    await asyncio.wait({serving, told}, return_when=asyncio.FIRST_COMPLETED)
    limiting.cancel()
    if not stop.is_set():
        told.cancel()
        raise Misconfigured(f"The service cannot listen on {host}:{port}; is something else there?")
    server.stop()  # type: ignore[no-untyped-call]  # granian's
    await asyncio.wait({serving}, timeout=_DRAIN_S)


def _keep_for_good() -> None:
    """
    Let garbage collection pass over what is there as the process begins to listen: all of it stays until the end.

    That is some hundred thousand objects: to look through them stops every thread for a tenth of a second, in which
    nobody is answered.
    """
    gc.collect()
    gc.freeze()


def _closing(app: ASGIApp) -> ASGIApp:
    """
    Say that the connection closes when an answer comes before the whole body was read.

    The server closes it then, as the rest may come yet, and does not say so: a client that keeps its connections would
    send its next request there, and get no answer (RFC 9112, section 9.6).
    """

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _brings_a_body(Headers(scope=scope)):
            await app(scope, receive, send)
            return
        whole = False

        async def reading() -> Message:
            nonlocal whole
            message = await receive()
            whole = whole or (message["type"] == "http.request" and not message.get("more_body", False))
            return message

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and not whole:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await app(scope, reading, sending)

    return answered


def _brings_a_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
