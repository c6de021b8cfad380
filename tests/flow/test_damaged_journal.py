"""A journal that was found damaged: the owners of the rules hear of each thing once, and when it is over."""

from datetime import timedelta

import pytest

from daypass.journal.damage import BookDamaged
from daypass.model.event import EntryKind, Event
from daypass.model.finding import JournalFinding
from daypass.model.record import Validity
from daypass.reconcile.journal_damage import DamageReports
from daypass.store.journal import SqlBook
from tests.flow.conftest import Walk
from tests.heads import HandHead
from tests.store.edits import edit

GONE = "Entry 3 of the journal is missing."
FORGED = "Row 9 of the journal claims a place."
DAMAGED, MENDED = EntryKind.JOURNAL_DAMAGED, EntryKind.JOURNAL_MENDED


class Machine:
    """One process that tells of damage, and looks when it is told to."""

    def __init__(self, walk: Walk, name: str = "web-1") -> None:
        self._walk, self._reports = walk, DamageReports(source=name, ledger=walk.ledger)

    def looks(self, *found: str, times: int = 1, scrubbed: bool = False) -> None:
        """Look, with this found wrong; a quarter of a minute passes with each look."""
        for _ in range(times):
            self._reports.report(found, scrubbed=scrubbed, now=self._walk.clock.forward(timedelta(seconds=15)))


def _news(walk: Walk) -> list[Event]:
    return [event for event in walk.journal() if event.kind in {DAMAGED, MENDED}]


def _kinds(walk: Walk) -> list[EntryKind]:
    return [event.kind for event in _news(walk)]


def test_each_finding_is_told_once_and_again_when_it_is_over(walk: Walk) -> None:
    """However often it is looked at; what else is still wrong is counted."""
    machine = Machine(walk)
    machine.looks(GONE, times=5, scrubbed=True)
    machine.looks(GONE, FORGED, times=5)
    machine.looks(FORGED, times=3)
    machine.looks(times=3)

    told = [(event.kind, event.details["because"], event.details["number"]) for event in _news(walk)]
    assert told == [(DAMAGED, GONE, 0), (DAMAGED, FORGED, 0), (MENDED, GONE, 1), (MENDED, FORGED, 0)]
    machine.looks(GONE, times=2)
    assert _kinds(walk)[4:] == [DAMAGED]


def test_a_new_replica_that_waits_for_a_moment_is_no_news(walk: Walk) -> None:
    """What is gone at the next look was nobody's to mend."""
    machine = Machine(walk)
    machine.looks("This process remembers no head.")
    machine.looks(times=3)

    assert _news(walk) == []


def test_two_machines_that_find_the_same_tell_it_once(walk: Walk) -> None:
    """Nor is it told anew when one of them notices sooner than the other that it is over."""
    one, other = Machine(walk), Machine(walk, "web-2")
    for _ in range(3):
        one.looks(GONE)
        other.looks(GONE)
    one.looks()
    other.looks(GONE, times=3)
    other.looks()

    assert _kinds(walk) == [DAMAGED, MENDED]


@pytest.mark.parametrize(("name", "hours", "closed"), [("web-1", 0, True), ("web-2", 47, False), ("web-2", 49, True)])
def test_after_a_restart_only_a_journal_gone_over_as_a_whole_is_in_order(
    walk: Walk, name: str, hours: int, closed: bool
) -> None:
    """That a process has found nothing yet says nothing; what another machine found is that one's for two days."""
    Machine(walk).looks(GONE, times=2)
    walk.clock.forward(timedelta(hours=hours))
    restarted = Machine(walk, name)
    restarted.looks(times=3)
    assert _kinds(walk) == [DAMAGED]

    restarted.looks(scrubbed=True)

    assert _kinds(walk) == ([DAMAGED, MENDED] if closed else [DAMAGED])
    assert len(walk.ledger.all(JournalFinding, states=(Validity.OPEN,))) == (0 if closed else 1)


def test_a_lost_head_is_told_and_so_is_that_an_operator_accepted_the_journal(walk: Walk) -> None:
    """As the running process has it: found by the fold, over when the accepted head is read."""
    walk.active()
    head, machine = HandHead(), Machine(walk)
    lost = SqlBook(walk.database, head)
    with pytest.raises(BookDamaged):
        lost.fold()
    machine.looks(*walk.database.damage.found, times=2)
    lost.accept()
    lost.fold()
    machine.looks(*walk.database.damage.found)

    assert _kinds(walk) == [DAMAGED, MENDED]
    assert "remembers no head" in str(_news(walk)[0].details["because"])


def test_a_scrub_that_found_an_edit_is_no_whole_journal(walk: Walk) -> None:
    """Only one that went through, over every entry, counts."""
    walk.active()
    walk.book.fold()
    damage = walk.database.damage
    edit(walk.database, "UPDATE journal SET mac = previous WHERE id = 2")
    with pytest.raises(BookDamaged):
        walk.book.scrub()
    assert (len(damage.found), damage.scrubbed) == (1, False)


def test_a_scrub_that_went_through_is_a_whole_journal(walk: Walk) -> None:
    """Every entry was as it was signed."""
    walk.active()
    walk.book.fold()
    walk.book.scrub()

    assert walk.database.damage.scrubbed
