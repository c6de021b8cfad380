"""Ledger: what is read, in which order, and what is not found."""

from dataclasses import replace

import pytest

from daypass.model.errors import DaypassError, NotFound
from daypass.model.grant import GrantState
from daypass.model.request import Approval, RequestState
from tests.makers import ANN, BOB, EVE, changed
from tests.store.facts import a_grant, a_request, at, ending, fact


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


@pytest.mark.heavy
def test_all_requests_and_grants_come_newest_first_however_many(ledger):
    """Twelve hundred, of which hundreds are of one moment: each is there once, at once and one after the other."""
    filed = [a_request(filed_at=at(number // 400)) for number in range(1200)]
    given = [a_grant(approved_at=at(number // 400)) for number in range(1200)]
    ledger.record_each([*map(fact, filed), *map(fact, given)])

    requests, grants = ledger.requests(), ledger.grants(states=(GrantState.APPROVED,))

    assert sorted(one.id for one in requests) == sorted(one.id for one in filed)
    assert [one.filed_at for one in requests] == sorted((one.filed_at for one in filed), reverse=True)
    assert list(ledger.each_request()) == requests
    assert sorted(one.id for one in grants) == sorted(one.id for one in given)
    assert list(ledger.each_grant(states=(GrantState.APPROVED,))) == grants
    assert [one.id for one in ledger.lapsed(filed_before=at(9))] == [one.id for one in reversed(requests)]
    assert ledger.requests(ids=[one.id for one in filed]) == requests


def test_a_page_of_a_persons_list_says_how_long_the_list_is(ledger):
    """The second two of five; those of others and of other states are not counted."""
    filed = [a_request(filed_at=at(minute)) for minute in (3, 1, 5, 2, 4)]
    ended = [ending(a_grant(GrantState.ACTIVE, approved_at=at(minute))).ended(at(9)) for minute in (3, 1, 2)]
    ledger.record(*map(fact, filed), *map(fact, ended), fact(a_grant()), fact(changed(a_request(), requestor=EVE)))

    requests = ledger.page_of_requests(requestor=ANN, states=(RequestState.PENDING,), skip=2, size=2)
    grants = ledger.page_of_grants(principal=ANN, states=(GrantState.ENDED,), skip=0, size=2)

    assert ([one.filed_at for one in requests.items], requests.total) == ([at(3), at(2)], 5)
    assert ([one.approved_at for one in grants.items], grants.total) == ([at(3), at(2)], 3)


def test_a_chain_is_found_whole_from_its_first_grant(ledger):
    """Oldest first, the ended ones too; what prolongs something else is not among them."""
    first, other = a_grant(approved_at=at(1)), a_grant()
    second = replace(a_grant(approved_at=at(2)), extends=first.id)
    third = replace(ending(a_grant(GrantState.ACTIVE, approved_at=at(3))), extends=second.id, root=first.id)
    ledger.record(*map(fact, (third, other, second, first)))

    assert [one.id for one in ledger.chain(first.id)] == [first.id, second.id, third.id]


def test_requests_of_one_person_are_theirs_alone(ledger):
    """Ann's list does not show Eve's."""
    ledger.record(fact(a_request()), fact(changed(a_request(), requestor=EVE)))

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
    assert [grant.id for grant in ledger.grants(ids=(old.id, eves.id))] == [eves.id, old.id]
    assert ledger.grants(ids=()) == []


def test_requests_nobody_decided_come_oldest_first(ledger):
    """Only pending ones, filed before the moment; one filed at that very moment still has time."""
    first, second, edge = (a_request(filed_at=at(minute)) for minute in (1, 2, 3))
    decided = a_request(filed_at=at(1)).decided(RequestState.CANCELLED)
    ledger.record(fact(second), fact(first), fact(edge), fact(decided))

    assert [request.id for request in ledger.lapsed(filed_before=at(3))] == [first.id, second.id]
