"""An answer is lost and somebody posts again: the same decision is answered as it was, and changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.lifecycle.cancel import cancel
from daypass.lifecycle.revoke import revoke
from daypass.model.errors import TooLate
from daypass.model.grant import Grant, GrantId
from daypass.model.principal import PrincipalId
from daypass.model.request import Request
from tests.flow.conftest import Walk
from tests.hands import asked
from tests.makers import ANN, BOB, EVE, HOUR


def approved(walk: Walk) -> tuple[GrantId, Callable[[], object]]:
    """Bob approves for half an hour."""
    request = walk.ask()
    return request.id, lambda: walk.click(request.id, length=HOUR / 2)


def denied(walk: Walk) -> tuple[GrantId, Callable[[], object]]:
    """Bob denies."""
    request = walk.ask()
    return request.id, lambda: walk.deny(request.id)


def revoked(walk: Walk) -> tuple[GrantId, Callable[[], object]]:
    """Bob takes it away."""
    grant = walk.active()
    return grant.id, lambda: take_away(walk, grant.id, BOB)


def done(walk: Walk) -> tuple[GrantId, Callable[[], object]]:
    """Ann is done."""
    grant = walk.active()
    return grant.id, lambda: walk.drop(grant.id)


def cancelled(walk: Walk) -> tuple[GrantId, Callable[[], object]]:
    """Ann takes it back."""
    request = walk.ask()
    return request.id, lambda: cancel(request.id, by=ANN, ledger=walk.ledger, now=walk.clock())


def extended(walk: Walk) -> tuple[GrantId, Callable[[], object]]:
    """Ann asks for an hour more."""
    grant = walk.active()
    return grant.id, lambda: more(walk, grant.id, HOUR)


def take_away(walk: Walk, grant_id: GrantId, by: PrincipalId) -> Grant:
    """Somebody takes it away."""
    known = asked(walk.directory, walk.rules, walk.ledger)
    return revoke(grant_id, by=by, reason="enough", asked=known, ledger=walk.ledger, now=walk.clock())


def more(walk: Walk, grant_id: GrantId, length: timedelta) -> Request:
    """Ann asks for more time."""
    return walk.extend(grant_id, length)


@pytest.mark.parametrize("verb", [approved, denied, revoked, done, cancelled, extended])
def test_the_same_decision_again_is_answered_as_it_was(
    walk: Walk, verb: Callable[[Walk], tuple[GrantId, Callable[[], object]]]
) -> None:
    """A minute later it is the same value, and the journal has nothing more to say."""
    subject, decide = verb(walk)
    first, told = decide(), walk.story(subject)
    walk.clock.forward(timedelta(minutes=1))

    assert identity(decide()) == identity(first)
    assert walk.story(subject) == told


def identity(answer: object) -> object:
    """What an answer is about, at whatever revision it was read."""
    assert isinstance(answer, Request | Grant)
    return replace(answer, revision=0)


def test_the_same_approval_in_advance_again_is_the_same_one(walk: Walk) -> None:
    """A moment later it is one; for another length it is another."""
    first = walk.allow()
    walk.clock.forward(timedelta(minutes=1))

    assert walk.allow().id == first.id
    assert walk.allow(2 * HOUR).id != first.id


def test_a_different_decision_is_told_who_decided_what_and_when(walk: Walk) -> None:
    """Bob approved half an hour at noon; an hour, a denial and Eve's click all come too late."""
    request, decide = approved(walk)
    decide()
    late = [lambda: walk.click(request, length=HOUR), lambda: walk.deny(request), lambda: walk.click(request, by=EVE)]

    for again in late:
        with pytest.raises(TooLate, match="approved by <@U0BOB> already, for 30 minutes, on 23 Nov at 12:00 UTC"):
            again()


def test_what_somebody_else_ended_is_told_with_who_and_when(walk: Walk) -> None:
    """Ann says that she is done with what Bob has taken away."""
    grant, decide = revoked(walk)
    decide()

    with pytest.raises(TooLate, match="That was <@U0BOB>, on 23 Nov at 12:00 UTC"):
        walk.drop(grant)


def test_more_time_asked_later_or_for_longer_is_another_request(walk: Walk) -> None:
    """Within two minutes the same words are the same; after that, or in other words, they are not."""
    grant, decide = extended(walk)
    first = decide()
    assert isinstance(first, Request)

    assert more(walk, grant, 2 * HOUR).id != first.id
    walk.clock.forward(timedelta(minutes=3))
    assert more(walk, grant, HOUR).id != first.id
