"""An open house for each test of the API."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.doors.house import House, open_house
from tests.makers import ANN, BOB, EVE


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Open the house at noon."""
    with open_house(tmp_path) as house:
        yield house


@pytest.fixture
def ann(house: House) -> Iterator[httpx2.Client]:
    """Ann, who asks. She lives in Berlin."""
    with house.client(ANN) as client:
        yield client


@pytest.fixture
def bob(house: House) -> Iterator[httpx2.Client]:
    """Bob, who decides."""
    with house.client(BOB) as client:
        yield client


@pytest.fixture
def eve(house: House) -> Iterator[httpx2.Client]:
    """Eve, to whom nothing is lent."""
    with house.client(EVE) as client:
        yield client


@pytest.fixture
def nobody(house: House) -> Iterator[httpx2.Client]:
    """Somebody who is not logged in."""
    with house.client() as client:
        yield client
