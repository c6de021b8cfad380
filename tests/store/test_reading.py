"""Ledger: what is read, in which order, and what is not found."""

from dataclasses import replace

import pytest

from daypass.model.errors import DaypassError, NotFound
from daypass.model.grant import GrantState
from daypass.model.request import Approval, RequestState
from tests.makers import ANN, BOB, EVE
from tests.store.facts import a_grant, a_request, at, fact


@pytest.mark.parametrize("strange", ["abcdefgh2345", "", "' OR 1=1 --", "a" * 5000, "ünï"])
def test_an_unknown_id_is_not_found(ledger, strange):
    """Whatever a person types as an id, the answer is a sentence."""
    with pytest.raises(NotFound):
        ledger.grant(strange)
    with pytest.raises(NotFound):
        ledger.request(strange)


@pytest.mark.parametrize("strange", ["\x00", "\ud800"])
def test_a_sign_no_database_can_keep_is_refused_with_a_sentence(ledger, strange):
    """A NUL or half a surrogate pair is the asker's mistake, never a crash."""
    with pytest.raises(DaypassError):
        ledger.grant(strange)


def test_requests_come_newest_first_up_to_the_limit(ledger):
    """Of five, the three newest."""
    filed = [a_request(filed_at=at(minute)) for minute in (3, 1, 5, 2, 4)]
    ledger.record(*map(fact, filed))

    assert [request.filed_at for request in ledger.requests(limit=3)] == [at(5), at(4), at(3)]


def test_requests_of_one_person_are_theirs_alone(ledger):
    """Ann's list does not show Eve's."""
    ledger.record(fact(a_request()), fact(replace(a_request(), requestor=EVE)))

    assert {request.requestor for request in ledger.requests(requestor=ANN)} == {ANN}
    assert ledger.requests(requestor=BOB) == []


def test_requests_are_found_by_their_states(ledger):
    """Several states are one list, still newest first; no state at all is an empty one."""
    pending = a_request(filed_at=at(1))
    denied = a_request(filed_at=at(2)).decided(RequestState.DENIED, Approval(by=BOB, at=at(3), rule=pending.rule))
    cancelled = a_request(filed_at=at(3)).decided(RequestState.CANCELLED)
    ledger.record(fact(pending), fact(denied), fact(cancelled))

    found = ledger.requests(states=(RequestState.PENDING, RequestState.DENIED))

    assert [request.id for request in found] == [denied.id, pending.id]
    assert ledger.requests(states=()) == []


def test_grants_are_found_by_person_state_and_id(ledger):
    """Each condition narrows the list; the newest stands first."""
    old, new = a_grant(approved_at=at(1)), a_grant(GrantState.ACTIVE, approved_at=at(2))
    eves = replace(a_grant(approved_at=at(3)), principal=EVE)
    ledger.record(fact(old), fact(new), fact(eves))

    assert [grant.id for grant in ledger.grants()] == [eves.id, new.id, old.id]
    assert [grant.id for grant in ledger.grants(principal=ANN)] == [new.id, old.id]
    assert [grant.id for grant in ledger.grants(principal=ANN, states=(GrantState.ACTIVE,))] == [new.id]
    assert [grant.id for grant in ledger.grants(ids=(old.id, eves.id), limit=1)] == [eves.id]
    assert ledger.grants(ids=()) == []


def test_requests_nobody_decided_come_oldest_first(ledger):
    """Only pending ones, filed before the moment; one filed at that very moment still has time."""
    first, second, edge = (a_request(filed_at=at(minute)) for minute in (1, 2, 3))
    decided = a_request(filed_at=at(1)).decided(RequestState.CANCELLED)
    ledger.record(fact(second), fact(first), fact(edge), fact(decided))

    assert [request.id for request in ledger.lapsed(filed_before=at(3))] == [first.id, second.id]
    assert [request.id for request in ledger.lapsed(filed_before=at(3), limit=1)] == [first.id]
