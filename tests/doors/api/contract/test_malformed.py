"""Whatever bytes come in, at whatever address, with a login or without one: no 5xx, and no traceback."""

import collections
from pathlib import Path

import pytest
import structlog

from tests.doors.api.contract.malformed import Dice, sent, status
from tests.doors.api.contract.world import a_world

_SEED = 4
_FEW, _MANY = 400, 20_000


def _stumbles(folder: Path, seed: object, times: int) -> tuple[list[str], collections.Counter[int]]:
    """Send so many requests; return those that made the service stumble, and how often each status came."""
    found, seen = [], collections.Counter[int]()
    with a_world(folder) as house, structlog.testing.capture_logs() as logged:
        dice = Dice.over(house.described, house.tokens.values(), seed)
        for _ in range(times):
            request, whole = dice.request()
            answer = sent(house.port, request, whole=whole)
            seen[status(answer)] += 1
            if status(answer) >= 500 or (logged and "trace" in logged[-1]):
                found.append(f"{request[:600]!r}: {answer[:600]!r}: {logged[-1:]}")
                logged.clear()
    return found, seen


def test_no_bytes_at_any_address_make_the_service_stumble(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """Paths, queries, headers, framing and bodies, each of them wrong now and then."""
    found, seen = _stumbles(tmp_path, _SEED, _FEW)

    assert not found, f"drawn by {_SEED}: {found}"
    assert {200, 400, 401, 404, 405, 415, 422} <= seen.keys(), f"drawn by {_SEED}, too little was tried: {seen}"
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.long
def test_no_bytes_in_thousands_make_the_service_stumble(tmp_path: Path, request: pytest.FixtureRequest):
    """The same for longer."""
    seed = f"{request.config.getoption('--seed', None)}/{request.node.nodeid}"
    found, seen = _stumbles(tmp_path, seed, _MANY)

    assert not found, f"drawn by {seed}: {found[:5]}"
    assert seen[0] < _MANY / 5, f"drawn by {seed}: {seen}"
