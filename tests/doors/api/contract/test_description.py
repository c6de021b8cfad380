"""
The service answers as its description says, whoever knocks, and whatever they send (OpenAPI, schemathesis).

schemathesis takes a second to import, which only those pay who run these tests.
"""

import time
from pathlib import Path

import pytest

from tests.doors.api.contract.laid_out import laid_out

_SEED = 20261130
_WHO = ("requestor", "approver", "owner", "bot")
_A_MINUTE = 60.0
_EACH = 5


def test_no_answer_is_undocumented(tmp_path: Path):
    """Each of the four at a quarter of the operations, once with what they allow and once with what they forbid."""
    from tests.doors.api.contract.knocking import Knocks  # noqa: PLC0415 - see above

    with laid_out(tmp_path) as house:
        knocks = Knocks(house)
        found = [
            complaint
            for number, who in enumerate(_WHO)
            for complaint in knocks.complaints(who, _SEED, each=1, share=slice(number, None, len(_WHO)))
        ]

    assert not found, f"drawn by {_SEED}: {found}"


@pytest.mark.long
@pytest.mark.parametrize("who", _WHO)
def test_no_answer_is_undocumented_for_a_minute(tmp_path: Path, request: pytest.FixtureRequest, who: str):
    """Every operation again and again, each time in another house, as the last knocks shut it."""
    from tests.doors.api.contract.knocking import Knocks  # noqa: PLC0415 - see above

    seed, until = f"{request.config.getoption('--seed', None)}/{request.node.nodeid}", time.monotonic() + _A_MINUTE
    turn = 0
    while time.monotonic() < until:
        turn += 1
        with laid_out(tmp_path / str(turn)) as house:
            found = list(Knocks(house).complaints(who, f"{seed}/{turn}", each=_EACH))

        assert not found, f"drawn by {seed}, turn {turn}: " + "\n\n".join(found)
