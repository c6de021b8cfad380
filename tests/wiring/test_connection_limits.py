"""One address cannot use up the connections of everybody; a proxy that the operator named may hold all of them."""

import asyncio
import fcntl
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse

from daypass.wiring.connection_limits import (
    _SOCKETS,
    AddressConnections,
    _close_the_silent,
    _limit_the_unread,
    room_for,
    thinned_out,
)
from daypass.wiring.listener import listen
from tests.servers.process import free_port, listening

MOST, TOO_MANY = 40, 100
STRANGER, ANOTHER = "127.0.0.5", "127.0.0.6"
PATIENCE_S = 20.0


@contextmanager
def serving(**crowd: object) -> Iterator[int]:
    """A listener that looks at its connections every tenth of a second; gives its port."""
    port, stop, loop = free_port(), asyncio.Event(), asyncio.new_event_loop()

    async def run() -> None:
        async with thinned_out(port, AddressConnections(most=MOST, every_s=0.1, **crowd)):  # type: ignore[arg-type]
            await listen(PlainTextResponse("ok"), "127.0.0.1", port, stop)

    running = threading.Thread(target=lambda: loop.run_until_complete(run()))
    running.start()
    while not listening(port):
        time.sleep(0.02)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(stop.set)
        running.join()
        loop.close()


def held(stack: ExitStack, port: int, count: int, source: str) -> list[socket.socket]:
    """Open so many silent connections from one address."""
    made = [
        stack.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE_S, (source, 0)))
        for _ in range(count)
    ]
    for one in made:
        one.setblocking(False)
    return made


def is_open(one: socket.socket) -> bool:
    """Whether the other side has not closed it."""
    try:
        return one.recv(1) != b""
    except BlockingIOError:
        return True


def files_open() -> int:
    """How many descriptors there are of anything but sockets, which the listener opens when it comes to it."""
    return sum(1 for one in _SOCKETS.iterdir() if one.exists() and not one.is_socket())


def until(question: Callable[[], object]) -> None:
    """Wait for it to come about."""
    deadline = time.monotonic() + PATIENCE_S
    while not question():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.02)


def test_an_address_that_holds_too_many_loses_the_silent_ones():
    """Somebody else's stay, and so does what its own people have just said."""
    with serving() as port, ExitStack() as stack:
        others = held(stack, port, 5, ANOTHER)
        strangers = held(stack, port, TOO_MANY, STRANGER)
        until(lambda: sum(map(is_open, strangers)) == MOST)
        with socket.create_connection(("127.0.0.1", port), PATIENCE_S, (STRANGER, 0)) as asking:
            asking.sendall(b"GET / HTTP/1.1\r\nHost: daypass\r\nConnection: close\r\n\r\n")
            answer = asking.recv(4096)

        assert answer.startswith(b"HTTP/1.1 200 ")
        assert all(map(is_open, others))


def test_a_trusted_proxy_may_hold_any_number():
    """Whoever it speaks for is another question."""
    with serving(trusted=(ip_network("127.0.0.5/32"),)) as port, ExitStack() as stack:
        proxys = held(stack, port, TOO_MANY, STRANGER)
        strangers = held(stack, port, TOO_MANY, ANOTHER)
        until(lambda: sum(map(is_open, strangers)) == MOST)

        assert all(map(is_open, proxys))


@pytest.fixture
def limited() -> Iterator[None]:
    """A process that may have few files open, as services begin on many systems."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("limited")
def test_a_process_makes_room_for_its_connections():
    """As far as the system lets it."""
    room_for(5_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    assert soft == (6_000 if hard == resource.RLIM_INFINITY else min(6_000, hard))


def test_with_few_files_there_are_fewer_connections():
    """What signs and ends needs files too, and the operator is told; in a process of its own, as a limit stays."""
    tried = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 1024))\n"
        "from daypass.wiring.connection_limits import room_for; print(room_for(10_000), room_for(500))"
    )
    ran = subprocess.run([sys.executable, "-c", tried], capture_output=True, text=True, check=True)

    assert ran.stdout.splitlines()[-1] == "724 500"
    assert ran.stdout.count("listener.few_files") == 1


def test_looking_at_the_connections_leaves_no_file_open():
    """Of every file that is no socket a copy stayed open, and of each copy one more at the next look."""
    with serving() as port, ExitStack() as stack:
        held(stack, port, TOO_MANY, STRANGER)
        before = files_open()
        for _ in range(5):
            _close_the_silent(port, AddressConnections(most=MOST))

        assert files_open() <= before


def test_whoever_looks_at_its_sockets_lets_go_of_no_files_lock(tmp_path: Path):
    """SQLite's locks are the process's: to close a copy of its file would let another process write at once."""
    locked = tmp_path / "daypass.db"
    with locked.open("w") as file, socket.create_server(("127.0.0.1", 0)) as listening:
        fcntl.lockf(file, fcntl.LOCK_EX)
        assert _limit_the_unread(listening.getsockname()[1], 30_000)
        tried = (
            "import fcntl, sys; file = open(sys.argv[1], 'w')\n"
            "try: fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)\n"
            "except OSError: print('held')"
        )
        ran = subprocess.run([sys.executable, "-c", tried, str(locked)], capture_output=True, text=True, check=True)

    assert ran.stdout == "held\n"
