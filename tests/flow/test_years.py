"""What a person's look, click or line costs, and a round of each chore: the same in the first week and after years."""

from pathlib import Path

import pytest

from daypass.lifecycle.rule_changes.past_requests import past
from tests.counting import counting, grown
from tests.everyday import PROOFS, actions, settled
from tests.flow.conftest import Walk
from tests.years import write_years

FEW, MANY = 400, 2_000


def costs(folder: Path, over: int) -> tuple[dict[str, int], dict[str, int]]:
    """The steps of SQLite's machine that each thing takes when it is done for the second time, and the statements."""
    with counting() as counted:
        walk = settled(f"sqlite:///{folder / f'{over}.db'}", over)
        done = actions(walk, folder)
        for action in done.values():
            action()
        for name, action in done.items():
            counted.calling("everyday", name, action)()
        walk.end()
    by_name = {key.removeprefix("everyday.").removesuffix(":0"): call for key, call in counted.calls.items()}
    return {key: steps for key, (steps, _) in by_name.items()}, {key: len(said) for key, (_, said) in by_name.items()}


@pytest.mark.heavy
def test_nothing_that_people_or_chores_do_costs_more_after_years(tmp_path: Path):
    """Neither more statements nor more of the database's work, however many grants have ended."""
    few, statements = costs(tmp_path, FEW)
    many, later = costs(tmp_path, MANY)

    assert {name for name, number in later.items() if number != statements[name]} <= PROOFS
    assert grown(few, many, whole=PROOFS) == {}


def test_past_requests_are_read_as_they_are_sent(tmp_path: Path):
    """The first line needs some of the newest alone, and all of them are never held at a time."""
    with counting() as counted:
        walk = Walk(f"sqlite:///{tmp_path / 'daypass.db'}")
        write_years(walk.database, 2_000, until=walk.clock())
        lines = past(judge=walk.judge, most=2_000)
        counted.steps = 0
        first = next(lines)
        read, rest = counted.steps, sum(1 for _ in lines)

    assert first.endswith(b"\n")
    assert rest > 0
    assert read < counted.steps / 4
