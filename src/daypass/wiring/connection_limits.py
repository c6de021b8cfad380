"""
How many connections one address may hold, so that a stranger with one of them cannot use up the room of everybody.

The server accepts by itself and does not say from whom. So this process looks at its own sockets once a second: of an
address that holds more than it may, those are closed that have been silent for longest. Of IPv6 a whole /64 counts as
one address. A proxy that the operator named holds as many as there are: whom it speaks for is limited in doors/limits.
In the same way, by its own sockets, it has those closed whose answer nobody reads.
"""

import asyncio
import os
import resource
import socket
import stat
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
"""Files that a process may have besides its connections: databases, logs, Slack, AWS."""
_NEEDED = 300
"""Of these, so many it cannot do without, however few there may be."""
_SOON_S = 0.05

log = structlog.get_logger()


def room_for(connections: int) -> int:
    """
    Let this process open so many and what it needs besides, as far as it may: many systems begin with 1,024.

    Gives how many connections there is room for: silent ones must not take the files that signing and ending need.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _SPARE
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    room = min(connections, max(most - _NEEDED, most // 2))
    if room < connections:
        log.warning("listener.few_files", open_files=hard, connections=room, wanted=connections)
    return room


async def let_go_of_unread(port: int, *, within_s: float) -> None:
    """
    Have the system close what whoever asked takes nothing of for so long: the server itself never does.

    It is an option of the listening socket, which every connection inherits (TCP_USER_TIMEOUT, tcp(7)).
    """
    within_ms = int(1000 * within_s)
    while not await asyncio.to_thread(_limit_the_unread, port, within_ms):  # noqa: ASYNC110 - nobody tells when it is
        await asyncio.sleep(_SOON_S)
    await asyncio.to_thread(_limit_the_unread, port, within_ms)  # what was accepted at the same moment


def _limit_the_unread(port: int, within_ms: int) -> bool:
    """Set the option on every socket of the port; whether one listens."""
    listens = False
    for found in list(_SOCKETS.iterdir()) if _SOCKETS.exists() else ():
        with suppress(OSError, ValueError), _ours(port, int(found.name)) as opened:
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, within_ms)
            listens = listens or bool(opened.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    return listens


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressConnections:
    """How many connections one address may hold."""

    most: int
    trusted: Networks = ()
    """Proxies, which may hold any number."""
    every_s: float = _EVERY_S


@asynccontextmanager
async def thinned_out(port: int, crowd: AddressConnections) -> AsyncIterator[None]:
    """Hold every address to so many connections at a port of ours, for as long as the block lasts."""
    task = asyncio.create_task(_thin_out(port, crowd))
    try:
        yield
    finally:
        task.cancel()


async def _thin_out(port: int, crowd: AddressConnections) -> None:
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


def _close_the_silent(port: int, crowd: AddressConnections) -> int:
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
    """
    The same connection under a descriptor of its own, as the server may close its at any moment. Raises OSError.

    No file is ever copied: to close one copy of SQLite's file lets go of every lock that this process has on it
    (fcntl(2), F_SETLK), and two processes would then write at once.
    """
    if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
        raise OSError
    copied = os.dup(descriptor)
    if not stat.S_ISSOCK(os.fstat(copied).st_mode):  # a file has the number by now: its copy is left open on purpose
        raise OSError
    opened = socket.socket(fileno=copied)
    if opened.family in {socket.AF_INET, socket.AF_INET6} and opened.getsockname()[1] == port:
        return opened
    opened.close()
    raise OSError
