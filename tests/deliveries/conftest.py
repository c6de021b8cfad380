"""The world of each server, made once for a file of tests."""

from collections.abc import Iterator

import pytest

from daypass.ports.fence import Free, writing_under
from tests.deliveries.world import World
from tests.servers.ceph import Ceph
from tests.servers.ministack import MiniStack


@pytest.fixture(autouse=True)
def _worker() -> Iterator[None]:
    """Let the tests write to AWS as a worker would who has the grant's claim."""
    with writing_under(Free("a test of the deliveries")):
        yield


@pytest.fixture(scope="module")
def ministack_world(ministack: MiniStack) -> World:
    """Return a world on MiniStack."""
    return World(ministack)


@pytest.fixture(scope="module")
def ceph_world(ceph: Ceph) -> World:
    """Return a world on Ceph."""
    return World(ceph)


@pytest.fixture(params=["ministack", "ceph"])
def world(request: pytest.FixtureRequest) -> World:
    """Return the world of each AWS in turn: a test that asks for this runs once on every one."""
    found: World = request.getfixturevalue(f"{request.param}_world")
    return found
