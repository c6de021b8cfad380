"""An open house for each test of the web door."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.doors.house import House, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Open the house at noon."""
    with open_house(tmp_path) as house:
        yield house


@pytest.fixture
def visitor(house: House) -> Iterator[httpx2.Client]:
    """Somebody with a browser."""
    with house.client() as client:
        client.headers |= {"Accept": "text/html,*/*", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"}
        yield client
