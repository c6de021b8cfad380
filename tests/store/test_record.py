"""Ledger.record: rows, journal and outbox are one commit, or nothing is."""

from dataclasses import replace

import pytest

from daypass.model.errors import Conflict, NotFound
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.link import Link
from daypass.model.principal import DAYPASS
from daypass.model.request import Approval, RequestState
from daypass.store.codec import Altered
from tests.makers import BOB, NOON
from tests.store.facts import HOLD, a_grant, a_request, at, ending, fact, stored


def test_a_recorded_row_is_read_back_as_it_was(ledger):
    """A new row comes back equal, at the next revision."""
    request, grant = a_request(), a_grant()

    ledger.record(fact(request, grant))

    assert ledger.request(request.id) == replace(request, revision=1)
    assert ledger.grant(grant.id) == stored(grant)


def test_a_change_is_made_on_the_revision_it_was_read_with(ledger):
    """Reading, changing and recording moves the row on by one."""
    grant = a_grant()
    ledger.record(fact(grant))

    ledger.record(fact(ending(ledger.grant(grant.id))))

    assert ledger.grant(grant.id) == replace(ending(grant), revision=2)


def test_whose_a_grant_is_is_written_once(ledger):
    """Columns that never change are left alone: a stored grant that is given to somebody else is refused."""
    grant = a_grant()
    ledger.record(fact(grant))
    assert grant.principal != BOB

    ledger.record(fact(replace(ending(stored(grant)), principal=BOB)))

    with pytest.raises(Altered, match="its principal is"):
        ledger.grant(grant.id)


def test_whoever_is_second_is_told_and_writes_nothing(ledger, outbox):
    """A change on an older revision raises Conflict and leaves no row, entry or line behind."""
    grant = a_grant()
    ledger.record(fact(grant))
    ledger.record(fact(ending(stored(grant))))

    with pytest.raises(Conflict, match=grant.id):
        ledger.record(fact(a_request(grant_id=grant.id), ending(stored(grant))))

    assert len(ledger.story(grant.id)) == 2
    with pytest.raises(NotFound):
        ledger.request(grant.id)
    assert len(outbox.claim(now=NOON, hold=HOLD, limit=10)) == 1


def test_one_stale_fact_holds_back_all_that_were_to_be_written_with_it(ledger):
    """One call is one commit: the good fact beside a stale one is not written either."""
    grant, other = a_grant(), a_grant()
    ledger.record(fact(grant))

    with pytest.raises(Conflict):
        ledger.record(fact(other), fact(grant))

    assert ledger.grants() == [stored(grant)]


def test_a_new_row_that_is_there_already_is_a_conflict(ledger):
    """Revision 0 means new, so a second insert of the same id is refused."""
    request = a_request()
    ledger.record(fact(request))

    with pytest.raises(Conflict):
        ledger.record(fact(request))


def test_a_row_that_was_never_stored_cannot_be_changed(ledger):
    """A revision above 0 of a row that is not there (a restored backup) is a conflict, not an insert."""
    with pytest.raises(Conflict):
        ledger.record(fact(replace(a_grant(), revision=3)))

    assert ledger.grants() == []


def test_several_facts_about_one_row_may_be_recorded_together(ledger):
    """The second carries the revision that the first one makes."""
    grant = a_grant()

    ledger.record(fact(grant), fact(ending(stored(grant)), kind=EntryKind.GRANT_ENDING))

    assert ledger.grant(grant.id) == replace(ending(grant), revision=2)
    assert [event.kind for event in ledger.story(grant.id)] == [EntryKind.GRANT_PROVISIONING, EntryKind.GRANT_ENDING]


def test_of_many_facts_only_those_whose_row_moved_are_left_out(ledger):
    """record_each writes the others, and gives back the facts it left out."""
    moved, good = a_grant(), [a_grant() for _ in range(3)]
    ledger.record(fact(moved), *map(fact, good))
    ledger.record(fact(ending(stored(moved))))
    stale = fact(ending(stored(moved)), kind=EntryKind.GRANT_ENDED)

    left_out = ledger.record_each([fact(ending(stored(good[0]))), stale, *(fact(ending(stored(g))) for g in good[1:])])

    assert left_out == [stale]
    assert [ledger.grant(grant.id).revision for grant in good] == [2, 2, 2]
    assert EntryKind.GRANT_ENDED not in {event.kind for event in ledger.story(moved.id)}


def test_a_fact_left_out_of_many_leaves_no_part_of_itself(ledger):
    """Where one of a fact's rows has moved, its other rows are not written."""
    grant = a_grant()
    ledger.record(fact(grant))
    half = fact(a_request(grant_id=grant.id), grant)

    assert ledger.record_each([half]) == [half]
    assert ledger.requests() == []


@pytest.mark.heavy
def test_more_facts_than_a_statement_takes_are_still_one_commit(ledger):
    """The store cuts long lists of keys into several statements."""
    many = [a_grant() for _ in range(2500)]

    assert ledger.record_each([fact(grant) for grant in many]) == []
    assert ledger.record_each([fact(ending(stored(grant))) for grant in many]) == []
    assert len(ledger.grants(ids=[grant.id for grant in many])) == 2500


def test_nothing_to_record_is_no_error(ledger):
    """An empty commit is done at once."""
    ledger.record()

    assert ledger.record_each([]) == []


def test_an_event_is_read_back_as_it_was(ledger):
    """Every sort of detail survives the journal, order and microseconds included."""
    request = a_request()
    event = Event(
        kind=EntryKind.REQUEST_FILED,
        at=at(0.000001),
        actor=DAYPASS,
        subject=request.id,
        details={"why": "“ünï” \u2028\x00", "count": 3, "yes": True, "none": None, "many": ("a", "b")},
    )

    ledger.record(Fact(event=event, changes=(request,)))

    assert ledger.story(request.id) == [event]


def test_a_story_is_told_in_the_order_in_which_it_happened(ledger):
    """Entries of one subject come back oldest first, those of others do not."""
    grant, other = a_grant(), a_grant()
    for number in range(5):
        ledger.record(Fact(event=fact(grant, number=number).event), Fact(event=fact(other).event))

    assert [event.details["number"] for event in ledger.story(grant.id)] == [0, 1, 2, 3, 4]


def test_a_link_is_known_by_its_hash_alone(ledger):
    """A link comes back by the SHA-256 of its token; another hash finds nothing."""
    link = Link(token_hash="ab" * 32, grant=a_grant().id, key="2026/q1.csv", made_at=at(0.5))

    ledger.record(fact(link, kind=EntryKind.LINK_MADE, told=False))

    assert ledger.link("ab" * 32) == replace(link, revision=1)
    with pytest.raises(NotFound):
        ledger.link("cd" * 32)


def test_a_link_is_written_once(ledger):
    """The same token again is a conflict."""
    link = Link(token_hash="ab" * 32, grant=a_grant().id, key="k", made_at=NOON)
    ledger.record(fact(link))

    with pytest.raises(Conflict):
        ledger.record(fact(link))


def test_a_decision_and_its_grant_are_one_commit(ledger):
    """An approved request and its grant appear together, with the words of the approval."""
    request = a_request()
    ledger.record(fact(request))
    approval = Approval(by=BOB, at=at(1), rule=request.rule, note="fine")
    decided = replace(request, revision=1).decided(RequestState.APPROVED, approval)

    ledger.record(fact(decided, replace(a_grant(), id=request.id)))

    assert ledger.request(request.id) == replace(decided, revision=2)
    assert ledger.grant(request.id).revision == 1
