"""How a calendar is fetched, from a real server on this machine."""

import gzip
import socket
import threading
import time
from contextlib import suppress

import pytest

from daypass.model.errors import Misconfigured, Throttled, Unavailable
from daypass.sources.fetch import fetch_calendar
from tests.facts.on_call.host import hosting

SECRET = "/private-5up3r/basic.ics"


def test_a_calendar_is_read_as_it_is():
    """The bytes of the answer are the calendar."""
    with hosting(lambda _path: (200, {}, b"BEGIN:VCALENDAR")) as host:
        assert fetch_calendar(host.url + SECRET) == b"BEGIN:VCALENDAR"


def test_a_redirect_within_the_host_is_followed():
    """A calendar may move on its own host."""
    with hosting(lambda path: (200, {}, b"here") if path == "/new" else (302, {"Location": "/new"}, b"")) as host:
        assert fetch_calendar(host.url + SECRET) == b"here"


def test_a_redirect_to_another_host_is_not_followed():
    """A calendar's host cannot send us anywhere else."""
    with (
        hosting(lambda _path: (200, {}, b"stolen")) as other,
        hosting(lambda _path: (302, {"Location": f"{other.url}/x"}, b"")) as host,
    ):
        with pytest.raises(Misconfigured, match="moved to another host"):
            fetch_calendar(host.url + SECRET)

        assert other.paths == []


def test_redirects_come_to_an_end():
    """A host that sends us round and round is given up."""
    with hosting(lambda _path: (302, {"Location": "/again"}, b"")) as host:
        with pytest.raises(Unavailable, match="without end"):
            fetch_calendar(host.url)

        assert len(host.paths) == 4


@pytest.mark.parametrize(
    ("status", "kind"), [(401, Unavailable), (404, Unavailable), (429, Throttled), (500, Unavailable)]
)
def test_a_refusal_is_told_without_the_secret_path(status, kind):
    """A status that is no calendar is Unavailable, and the address's secret stays secret."""
    with hosting(lambda _path: (status, {}, b"")) as host, pytest.raises(kind) as raised:
        fetch_calendar(host.url + SECRET)

    assert "5up3r" not in raised.value.report


def test_a_calendar_over_one_mebibyte_is_refused():
    """The answer is bounded, at exactly 1 MiB."""
    with hosting(lambda path: (200, {}, b"x" * ((1 << 20) + (path == "/more")))) as host:
        assert len(fetch_calendar(host.url)) == 1 << 20
        with pytest.raises(Misconfigured, match="larger than 1024 KiB"):
            fetch_calendar(host.url + "/more")


def test_a_packed_answer_is_not_unpacked():
    """A small packed answer could unpack to a large one."""
    packed = gzip.compress(b"x" * (1 << 24))
    with (
        hosting(lambda _path: (200, {"Content-Encoding": "gzip"}, packed)) as host,
        pytest.raises(Unavailable, match="packed"),
    ):
        fetch_calendar(host.url)


def test_a_silent_host_is_given_up():
    """A host that does not answer in time is Unavailable."""

    def late(_path):
        time.sleep(0.5)
        return 200, {}, b""

    with hosting(late) as host, pytest.raises(Unavailable, match="in time"):
        fetch_calendar(host.url, patience_s=0.1)


def test_a_host_that_drips_is_given_up():
    """A body that comes a byte at a time does not renew the patience."""
    listener = socket.create_server(("127.0.0.1", 0))

    def drip():
        with listener, listener.accept()[0] as line, suppress(OSError):
            line.recv(1 << 16)
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _ in range(100):
                line.sendall(b"x")
                time.sleep(0.05)

    thread = threading.Thread(target=drip)
    thread.start()
    begun = time.monotonic()
    with pytest.raises(Unavailable, match="in time"):
        fetch_calendar(f"http://127.0.0.1:{listener.getsockname()[1]}/", patience_s=0.3)
    took = time.monotonic() - begun
    thread.join()

    assert took < 2


def test_a_host_that_is_not_there_is_unavailable():
    """Nobody listening is Unavailable, without the path."""
    with hosting(lambda _path: (200, {}, b"")) as host:
        gone = host.url
    with pytest.raises(Unavailable, match="does not answer") as raised:
        fetch_calendar(gone + SECRET)

    assert "5up3r" not in raised.value.report


@pytest.mark.parametrize(
    "url",
    [
        "http://calendar.example.com/5up3r",
        "ftp://127.0.0.1/5up3r",
        "file:///5up3r",
        "5up3r",
        "https://",
        "https://a:b/",
    ],
)
def test_an_address_that_will_not_do_is_refused_before_any_call(url):
    """HTTPS is a must but for this machine, and the sentence does not repeat the path."""
    with pytest.raises(Misconfigured, match="https://") as raised:
        fetch_calendar(url)

    assert "5up3r" not in raised.value.report
