"""A change that is watched: it decides beside the rules in force, and where it would differ is kept."""

from datetime import timedelta

import pytest

from daypass.lifecycle.rule_changes.shadow import differences
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId, new_grant_id
from daypass.model.request import RequestState
from daypass.model.rule_change import RulesChange
from tests.flow.conftest import Walk
from tests.makers import BOB, EVE, RULES

WEEK = timedelta(days=7)


def watch(walk: Walk, old: str, new: str) -> GrantId:
    """Eve proposes other rules, to be watched for a week."""
    change = RulesChange(
        id=new_grant_id(),
        author=EVE,
        base=1,
        text=RULES.replace(old, new),
        note="",
        filed_at=walk.clock(),
        shadow_until=walk.clock() + WEEK,
    )
    proposed = Event(kind=EntryKind.RULES_PROPOSED, at=walk.clock(), actor=EVE, subject=change.id)
    walk.ledger.record(Fact(event=proposed, changes=(change,)))
    return change.id


@pytest.mark.parametrize(
    ("old", "new", "asked"),
    [("max: 8h", "max: 8h", 0), ("people: [U0ANN, U0BOB]}\n    may", "people: [U0BOB]}\n    may", 2)],
    ids=["the same", "without Ann"],
)
def test_where_it_would_differ_is_kept_at_the_ask_and_at_the_click(walk: Walk, old: str, new: str, asked: int) -> None:
    """And what really happens is what the rules in force say."""
    change = watch(walk, old, new)
    request = walk.ask()
    walk.approve(request.id, by=BOB)
    found = differences(change, walk.ledger)
    assert len(found) == asked
    assert {event.details["request"] for event in found} <= {request.id}
    assert walk.ledger.request(request.id).state is RequestState.APPROVED


def test_after_its_week_it_is_watched_no_more(walk: Walk) -> None:
    """A change that nobody decided on costs nothing for ever."""
    change = watch(walk, "people: [U0ANN, U0BOB]}\n    may", "people: [U0BOB]}\n    may")
    walk.clock.forward(WEEK)
    walk.ask()
    assert differences(change, walk.ledger) == []
