"""Whatever is recorded in whatever order on whatever revisions: a fact is written whole, or not at all."""

from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from daypass.model.errors import Conflict, NotFound
from daypass.model.grant import Grant
from daypass.model.request import Request
from daypass.store.ledger import SqlLedger
from tests.examples import examples
from tests.store.facts import a_grant, a_request, fact

ROWS = ("r0", "r1", "g0", "g1")
FACTS = st.lists(
    st.dictionaries(st.sampled_from(ROWS), st.integers(min_value=0, max_value=3), min_size=1, max_size=3),
    min_size=1,
    max_size=4,
)
CALLS = st.lists(st.tuples(st.booleans(), FACTS), min_size=1, max_size=12)


class Paper:
    """The ledger as one would keep it by hand: how often each row was written, and the facts that stand."""

    def __init__(self) -> None:
        """Begin with nothing written."""
        self.revisions = dict.fromkeys(ROWS, 0)
        self.entries: Counter[str] = Counter()

    def all_or_none(self, wanted: list[dict[str, int]]) -> None:
        """Write them all, or leave the paper as it was."""
        before = dict(self.revisions), Counter(self.entries)
        written = [self.one(each) for each in wanted]
        if not all(written):
            self.revisions, self.entries = before

    def one(self, wanted: dict[str, int]) -> bool:
        """Write one fact if every row of it is where it was read."""
        if any(self.revisions[row] != revision for row, revision in wanted.items()):
            return False
        for row in wanted:
            self.revisions[row] += 1
        self.entries[next(iter(wanted))] += 1
        return True


@settings(examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CALLS)
def test_stale_revisions_never_commit_half_a_fact(database, calls):
    """After any sequence of calls the rows and the journal are those of the ledger kept by hand."""
    ledger, paper = SqlLedger(database), Paper()
    rows: dict[str, Request | Grant] = {"r0": a_request(), "r1": a_request(), "g0": a_grant(), "g1": a_grant()}
    for together, wanted in calls:
        facts = [fact(*(replace(rows[row], revision=at) for row, at in each.items())) for each in wanted]
        if together:
            paper.all_or_none(wanted)
            _record(ledger, facts)
        else:
            left_out = ledger.record_each(facts)
            assert left_out == [fact for fact, each in zip(facts, wanted, strict=True) if not paper.one(each)]

    assert {row: _revision(ledger, value) for row, value in rows.items()} == paper.revisions
    assert {row: len(ledger.story(value.id)) for row, value in rows.items()} == {
        row: paper.entries[row] for row in ROWS
    }


def _record(ledger, facts):
    try:
        ledger.record(*facts)
    except Conflict:
        return


def _revision(ledger, value):
    try:
        return (ledger.request if hasattr(value, "requestor") else ledger.grant)(value.id).revision
    except NotFound:
        return 0
