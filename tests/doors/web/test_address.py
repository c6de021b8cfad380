"""Where a visitor comes from, when proxies stand between."""

from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from daypass.doors.address import _say_unreadable, visitor_address
from daypass.model.network import whose

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("8.8.8.8", [], "8.8.8.8"),
        ("8.8.8.8", ["1.1.1.1"], "8.8.8.8"),
        ("10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6, 1.1.1.1, 10.0.0.2"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6", "1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["1.1.1.1, nonsense"], "unknown"),
        ("10.0.0.1", ["6.6.6.6, nonsense, 10.0.0.2"], "unknown"),
        ("10.0.0.1", ["nonsense, 1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["8.8.8.8, "], "unknown"),
        ("10.0.0.1", ["unknown"], "unknown"),
        ("10.0.0.1", ["8.8.8.8:4711"], "8.8.8.8"),
        ("10.0.0.1", ["6.6.6.6:1, 8.8.8.8:4711, 10.0.0.2:80"], "8.8.8.8"),
        ("10.0.0.1", ["[2606:4700::1]:443"], "2606:4700::1"),
        ("10.0.0.1", ["[2606:4700::1]"], "2606:4700::1"),
        ("10.0.0.1", ["[::ffff:8.8.8.8]:443"], "8.8.8.8"),
        ("10.0.0.1", ["8.8.8.8:port"], "unknown"),
        ("10.0.0.1", ["8.8.8.8:4711:1"], "unknown"),
        ("10.0.0.1", ["10.0.0.2"], "10.0.0.2"),
        ("::ffff:10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("fd00::1", ["1.1.1.1"], "1.1.1.1"),
        (None, ["1.1.1.1"], "unknown"),
        ("testclient", [], "unknown"),
    ],
)
def test_only_what_a_trusted_proxy_wrote_is_believed(peer, forwarded, address):
    """Read from the right, up to the first address that is no proxy's."""
    assert visitor_address(peer, forwarded, PROXIES) == address


@given(st.lists(st.text()))
def test_whatever_a_stranger_writes_their_own_address_is_kept(forwarded):
    """The header of somebody who is no proxy changes nothing."""
    assert visitor_address("8.8.8.8", forwarded, PROXIES) == "8.8.8.8"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("unknown", "unknown", True),
    ],
)
def test_who_has_many_addresses_is_one(one, other, same):
    """Of IPv6 everybody has as many as they like; of IPv4 each is somebody's."""
    assert (whose(one) == whose(other)) is same


@given(st.text())
def test_what_a_trusted_proxy_wrote_and_nobody_can_read_is_never_taken_for_the_proxy(written):
    """The proxy may be private, and whoever asks is not."""
    assert not visitor_address("10.0.0.1", [f"8.8.8.8, {written}"], (ip_network("10.0.0.1"),)).startswith("10.0.0.1")


def test_a_proxy_that_cannot_be_read_is_named_in_the_log_once():
    """The operator learns that nobody is told apart; what was written is anybody's, and is not repeated."""
    _say_unreadable.cache_clear()
    with capture_logs() as told:
        for _ in range(3):
            visitor_address("10.0.0.1", ["evil words"], PROXIES)

    assert [(one["event"], one["proxy"]) for one in told] == [("proxy.unreadable", "10.0.0.1")]
    assert "evil" not in str(told)
