"""A grant and what prolongs it are one access: ended as one, and not prolonged once it was ended."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import update

from daypass.lifecycle.end.end import revoke
from daypass.lifecycle.end.pending_extensions import close_orphans
from daypass.model.errors import TooLate
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Grant, GrantId, GrantState, new_grant_id
from daypass.model.request import Request, RequestState
from daypass.store.tables import requests
from tests.flow.conftest import Walk
from tests.hands import Meanwhile
from tests.makers import ANN, BOB, HOUR


def more(walk: Walk, grant_id: GrantId) -> Request:
    """Ann asks for an hour more."""
    return walk.extend(grant_id)


def done(walk: Walk, grant_id: GrantId) -> Grant:
    """Ann says that she is done."""
    return walk.drop(grant_id)


def taken(walk: Walk, grant_id: GrantId) -> Grant:
    """Bob takes it away."""
    return revoke(grant_id, by=BOB, reason="enough", enders=walk.enders, now=walk.clock())


End = Callable[[Walk, GrantId], Grant]
ends = pytest.mark.parametrize("end", [done, taken])


def prolonged(walk: Walk) -> list[GrantId]:
    """Ann has a grant, one that prolongs it and one that prolongs that; all are active."""
    chain = [walk.active().id]
    for _ in range(2):
        walk.clock.forward(HOUR / 4)
        chain.append(walk.approve(more(walk, chain[-1]).id).id)
        walk.loop.run_until_idle()
    return chain


@ends
@pytest.mark.parametrize("which", [0, 1, 2], ids=["the first", "the middle", "the last"])
def test_whichever_of_them_is_ended_nothing_is_left(walk: Walk, end: End, which: int) -> None:
    """AWS allows nothing of it any more, each ends with words of its own, and what Ann has besides stays."""
    other = walk.active()
    chain = prolonged(walk)
    end(walk, chain[which])
    walk.loop.run_until_idle()

    assert not any(walk.aws.allows(one, walk.clock()) for one in chain)
    assert all([event.kind for event in walk.story(one)].count(EntryKind.GRANT_ENDING) == 1 for one in chain)
    assert walk.ledger.grant(other.id).state is GrantState.ACTIVE


@pytest.mark.heavy
@ends
def test_all_of_it_ends_however_many_grants_there_are_besides(walk: Walk, end: End) -> None:
    """Ann's access was prolonged; then she was given more than a thousand small ones, which stay as they are."""
    first, *others = prolonged(walk)
    tiny = [replace(walk.ledger.grant(first), id=new_grant_id(), root=None, revision=0) for _ in range(1005)]
    tiny = [replace(one, approved_at=walk.clock() + HOUR / 4) for one in tiny]
    given = Event(kind=EntryKind.REQUEST_APPROVED, at=walk.clock(), actor=BOB)
    walk.ledger.record_each([Fact(event=given, changes=(one,), told=False) for one in tiny])
    end(walk, first)
    walk.loop.run_until_idle()

    assert not any(walk.aws.allows(one, walk.clock()) for one in (first, *others))
    assert {walk.ledger.grant(one).state for one in (first, *others)} == {GrantState.ENDED}
    assert len(walk.ledger.grants(principal=ANN, states=[GrantState.ACTIVE])) == 1005


@pytest.mark.heavy
def test_a_chain_is_ended_whole_however_long_it_is(walk: Walk) -> None:
    """Prolonged eleven hundred times; whoever ends the first or the last ends all."""
    first = walk.active()
    chain = [first]
    for _ in range(1100):
        chain.append(replace(first, id=new_grant_id(), extends=chain[-1].id, root=first.id, revision=0))
    given = Event(kind=EntryKind.REQUEST_APPROVED, at=walk.clock(), actor=BOB)
    walk.ledger.record_each([Fact(event=given, changes=(one,), told=False) for one in chain[1:]])
    taken(walk, first.id)

    assert walk.ledger.grants(principal=ANN, states=[GrantState.APPROVED, GrantState.ACTIVE]) == []


@ends
def test_what_was_ended_is_not_prolonged_by_a_later_click(walk: Walk, end: End) -> None:
    """Ann's ask for more was waiting; after the end nobody's approval of it counts, and Bob reads why."""
    grant = walk.active()
    request = more(walk, grant.id)
    end(walk, grant.id)
    with pytest.raises(TooLate, match=f"closed with {grant.id}, which it would have extended"):
        walk.click(request.id)
    assert [one.id for one in walk.ledger.grants()] == [grant.id]


@ends
def test_what_would_prolong_it_is_closed_with_it(walk: Walk, end: End) -> None:
    """In the same commit, wherever in the chain it would go on; what else Ann asked for waits on."""
    chain, other = prolonged(walk), walk.ask()
    waiting = [more(walk, chain[0]), more(walk, chain[-1])]
    end(walk, chain[1])

    for request in waiting:
        closed = walk.ledger.request(request.id)
        assert closed.state is RequestState.CANCELLED
        ending = walk.ledger.grant(chain[1]).ending
        assert ending is not None
        assert closed.closed == replace(ending, note="")
        assert [event.details["extends"] for event in walk.told(request.id, EntryKind.REQUEST_CANCELLED)] == [
            request.extends
        ]
    assert walk.ledger.request(other.id).state is RequestState.PENDING


def test_what_would_prolong_access_that_vanished_is_closed_soon(walk: Walk) -> None:
    """However it ended, except by its time: nobody has to look at a button that does nothing."""
    grant, ends = walk.active(), walk.active()
    request, waits = more(walk, grant.id), more(walk, ends.id)
    walk.aws.held.pop(grant.id)
    walk.clock.forward(HOUR * 0.9)
    walk.loop.run_until_idle()
    walk.clock.forward(HOUR)
    walk.loop.run_until_idle()
    assert close_orphans(ledger=walk.ledger, now=walk.clock()) == 1

    assert walk.ledger.request(request.id).state is RequestState.CANCELLED
    assert walk.ledger.request(waits.id).state is RequestState.PENDING


@ends
def test_a_row_that_cannot_be_read_keeps_no_access(walk: Walk, end: End) -> None:
    """Somebody wrote into the row of the first ask, beside which all of it is ended: what goes on from it ends."""
    chain = prolonged(walk)
    with walk.database.writing() as connection:
        connection.execute(update(requests).where(requests.c.id == chain[0]).values(body="{}"))
    end(walk, chain[1])

    assert {walk.ledger.grant(one).state for one in chain} == {GrantState.ENDING}


def test_what_ran_out_while_its_prolongation_waited_is_prolonged(walk: Walk) -> None:
    """Bob was at lunch."""
    grant = walk.active()
    request = more(walk, grant.id)
    walk.clock.forward(HOUR)
    walk.loop.run_until_idle()
    assert walk.approve(request.id).extends == grant.id


@ends
def test_it_is_ended_while_its_prolongation_is_approved(walk: Walk, end: End) -> None:
    """The end is written while Bob's approval is being judged: the approval is judged again, and refused."""
    grant = walk.active()
    request = more(walk, grant.id)
    walk.aws = Meanwhile(held=walk.aws.held, happening=[lambda: end(walk, grant.id)])
    with pytest.raises(TooLate):
        walk.click(request.id)
    assert walk.ledger.request(request.id).state is RequestState.CANCELLED


def test_it_is_ended_while_more_of_it_is_lent_at_once(walk: Walk) -> None:
    """The same where nobody is asked."""
    grant = walk.active()
    walk.change_rules("approve: {anyone_of:", "approve: at-once #")
    walk.aws = Meanwhile(held=walk.aws.held, happening=[lambda: done(walk, grant.id)])
    with pytest.raises(TooLate):
        more(walk, grant.id)
    assert [one.id for one in walk.ledger.grants()] == [grant.id]
