"""The houses of the end-to-end tests: one on each AWS, standing as long as a file of tests needs it."""

from collections.abc import Iterator

import pytest

from tests.deliveries.world import World
from tests.e2e.house import House
from tests.servers.ceph import Ceph
from tests.servers.ministack import MiniStack


@pytest.fixture(scope="module")
def ministack_world(ministack: MiniStack) -> World:
    """Return buckets, people and roles on MiniStack."""
    return World(ministack)


@pytest.fixture(scope="module")
def ministack_house(ministack_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Yield a house on MiniStack."""
    with House(ministack_world, tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(scope="module")
def ceph_house(ceph: Ceph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Yield a house on Ceph."""
    with House(World(ceph), tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest.fixture(params=["ministack", "ceph"], scope="module")
def house(request: pytest.FixtureRequest) -> House:
    """Return the house on each AWS in turn: a test that asks for this runs once on every one."""
    found: House = request.getfixturevalue(f"{request.param}_house")
    return found
