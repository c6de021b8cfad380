"""
How many connections one address may hold, so that a stranger with one of them cannot use up the room of everybody.

The server accepts by itself and does not say from whom. So this process looks at its own sockets once a second: of an
address that holds more than it may, those are closed that have been silent for longest. Of IPv6 a whole /64 counts as
one address. A proxy that the operator named holds as many as there are: whom it speaks for is limited in doors/limits.
"""

import asyncio
import os
import resource
import socket
import struct
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from daypass.doors.address import Networks, is_trusted
from daypass.model.network import read_address, whose

_EVERY_S = 1.0
_SOCKETS = Path("/proc/self/fd")
_LAST_DATA_RECEIVED = 52
"""Where Linux's `struct tcp_info` says how many milliseconds ago the other side last sent something."""
_SPARE = 1_000
"""Files that a process needs besides its connections: databases, logs, Slack, AWS."""

log = structlog.get_logger()


def room_for(connections: int) -> None:
    """Let this process open so many and what it needs besides, as far as it may: many systems begin with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _SPARE
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """How many connections one address may hold."""

    most: int
    trusted: Networks = ()
    """Proxies, which may hold any number."""
    every_s: float = _EVERY_S


@asynccontextmanager
async def thinned_out(port: int, crowd: Crowd) -> AsyncIterator[None]:
    """Hold every address to so many connections at a port of ours, for as long as the block lasts."""
    task = asyncio.create_task(_thin_out(port, crowd))
    try:
        yield
    finally:
        task.cancel()


async def _thin_out(port: int, crowd: Crowd) -> None:
    while True:
        await asyncio.sleep(crowd.every_s)
        if _opened() <= crowd.most:
            continue
        if closed := await asyncio.to_thread(_close_the_silent, port, crowd):
            log.warning("listener.crowded", closed=closed, most=crowd.most)


def _opened() -> int:
    """How many files this process has open, which is soon said; 0 where the system does not say."""
    try:
        return sum(1 for _ in _SOCKETS.iterdir())
    except OSError:
        return 0


def _close_the_silent(port: int, crowd: Crowd) -> int:
    """Close what is too much of each address; gives how many that were."""
    held = defaultdict[str, list[tuple[int, int]]](list)
    for descriptor, peer, silent_ms in _connections(port):
        address = read_address(peer)
        if address is not None and not is_trusted(address, crowd.trusted):
            held[whose(str(address))].append((silent_ms, descriptor))
    crowds = [sorted(each, reverse=True)[: len(each) - crowd.most] for each in held.values() if len(each) > crowd.most]
    return sum(_closed(port, descriptor) for crowd in crowds for _, descriptor in crowd)


def _connections(port: int) -> Iterator[tuple[int, str, int]]:
    """Every connection that somebody made to this port: its descriptor, from where, and how long it has been silent."""
    for found in list(_SOCKETS.iterdir()):
        with suppress(OSError, ValueError), _ours(port, int(found.name)) as opened:
            info = opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA_RECEIVED + 4)
            (silent_ms,) = struct.unpack_from("=I", info, _LAST_DATA_RECEIVED)
            yield int(found.name), opened.getpeername()[0], silent_ms


def _closed(port: int, descriptor: int) -> bool:
    """Close one in both directions; the server, whose it is, finds it ended."""
    with suppress(OSError, ValueError), _ours(port, descriptor) as opened:
        opened.shutdown(socket.SHUT_RDWR)
        return True
    return False


def _ours(port: int, descriptor: int) -> socket.socket:
    """The same connection under a descriptor of its own, as the server may close its at any moment. Raises OSError."""
    opened = socket.socket(fileno=os.dup(descriptor))
    if opened.family in {socket.AF_INET, socket.AF_INET6} and opened.getsockname()[1] == port:
        return opened
    opened.close()
    raise OSError
