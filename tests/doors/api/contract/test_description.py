"""
The service answers as its description says, whoever calls, and whatever they send (OpenAPI, schemathesis).

schemathesis takes a second to import, which only those pay who run these tests.
"""

import time
from pathlib import Path

import pytest

from tests.doors.api.contract.world import a_world

_SEED = 20261130
_WHO = ("requestor", "approver", "owner", "bot")
_A_MINUTE = 60.0
_EACH = 5


def test_no_answer_is_undocumented(tmp_path: Path):
    """Each of the four at a quarter of the operations, once with what they allow and once with what they forbid."""
    from tests.doors.api.contract.conformance import Conformance  # noqa: PLC0415 - see above

    with a_world(tmp_path) as house:
        calls = Conformance(house)
        found = [
            complaint
            for number, who in enumerate(_WHO)
            for complaint in calls.complaints(who, _SEED, each=1, share=slice(number, None, len(_WHO)))
        ]

    assert not found, f"drawn by {_SEED}: {found}"


@pytest.mark.long
@pytest.mark.parametrize("who", _WHO)
def test_no_answer_is_undocumented_for_a_minute(tmp_path: Path, request: pytest.FixtureRequest, who: str):
    """Every operation again and again, each time in another house, as the last calls shut it."""
    from tests.doors.api.contract.conformance import Conformance  # noqa: PLC0415 - see above

    seed, until = f"{request.config.getoption('--seed', None)}/{request.node.nodeid}", time.monotonic() + _A_MINUTE
    turn = 0
    while time.monotonic() < until:
        turn += 1
        with a_world(tmp_path / str(turn)) as house:
            found = list(Conformance(house).complaints(who, f"{seed}/{turn}", each=_EACH))

        assert not found, f"drawn by {seed}, turn {turn}: " + "\n\n".join(found)
