"""An answer is lost and somebody posts again: the same decision is answered as it was, and changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.lifecycle.cancel import cancel
from daypass.lifecycle.end.end import revoke
from daypass.model.errors import AskedAlready, TooLate
from daypass.model.grant import Delivery, Grant, GrantId
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId
from daypass.model.request import Request
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from tests.flow.conftest import Walk
from tests.hands import Meanwhile
from tests.makers import ANN, BOB, EVE, HOUR, READ_REPORTS


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


@pytest.mark.parametrize("ended", [denied, revoked, done, cancelled])
def test_what_is_over_is_asked_for_again_at_once(
    walk: Walk, ended: Callable[[Walk], tuple[GrantId, Callable[[], object]]]
):
    """Within the same moment: while it waits or is live it is refused, and then it is a new ask."""
    before, end = ended(walk)
    with pytest.raises(AskedAlready, match=before):
        walk.ask(once=True)
    end()

    assert walk.ask(once=True).id != before


def test_only_the_same_in_every_word_within_a_moment_is_refused(walk: Walk):
    """Another level, place, time, reason or person is another ask; so is the same one a minute later."""
    first = walk.ask(once=True)
    others: list[dict[str, object]] = [
        {"entitlement": replace(READ_REPORTS, levels=frozenset({Level.LIST}))},
        {"entitlement": replace(READ_REPORTS, resource=parse_resource("acme-reports/2025/"))},
        {"term": Term(length=2 * HOUR)},
        {"delivery": Delivery.SESSION},
        {"reason": "INC-43"},
        {"requestor": BOB},
    ]
    made = [walk.ask(once=True, **other).id for other in others]
    with pytest.raises(AskedAlready, match=f"You asked for this 1 second ago: it is request {first.id}"):
        walk.ask(once=True)
    walk.clock.forward(timedelta(minutes=1))

    assert len({first.id, *made, walk.ask(once=True).id}) == 8


def test_of_two_same_asks_at_one_moment_one_is_filed(walk: Walk):
    """Two windows, one instant: the second is seen by the first's commit, whatever key each has."""
    walk.aws = Meanwhile(held=walk.aws.held, happening=[lambda: walk.ask(once=True, key="b")])
    with pytest.raises(AskedAlready):
        walk.ask(once=True, key="a")

    assert len(walk.ledger.requests()) == 1


def test_one_ask_delivered_twice_at_one_moment_is_one_request(walk: Walk):
    """It is not taken for another one: both deliveries are answered with what was filed."""
    filed: list[Request] = []
    walk.aws = Meanwhile(held=walk.aws.held, happening=[lambda: filed.append(walk.ask(once=True, key="a"))])

    assert walk.ask(once=True, key="a").id == filed[0].id
    assert len(walk.ledger.requests()) == 1


def take_away(walk: Walk, grant_id: GrantId, by: PrincipalId, reason: str = "enough") -> Grant:
    """Somebody takes it away."""
    known = walk.enders
    return revoke(grant_id, by=by, reason=reason, enders=known, now=walk.clock())


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


def test_a_second_reason_is_never_dropped_in_silence(walk: Walk) -> None:
    """Denied or taken away again in other words it is refused: the first words stand. Without any it is as it was."""
    request, bare, grant = walk.ask().id, walk.ask(reason="INC-43").id, walk.active(reason="INC-44").id
    walk.deny(request, "use the dashboard")
    walk.deny(bare, "")
    take_away(walk, grant, BOB)
    assert walk.deny(request, "").id == request
    told = [walk.story(one) for one in (request, bare, grant)]

    with pytest.raises(TooLate, match="The reason given then stands; tell U0ANN yourself"):
        walk.deny(request, "because policy")
    with pytest.raises(TooLate, match="without a reason, and that stands; tell U0ANN yourself"):
        walk.deny(bare, "because policy")
    with pytest.raises(TooLate, match="The reason given then stands"):
        take_away(walk, grant, BOB, "laptop stolen")
    assert [walk.story(one)[: len(before)] for one, before in zip((request, bare, grant), told, strict=True)] == told


def test_a_different_decision_is_told_who_decided_what_and_when(walk: Walk) -> None:
    """Bob approved half an hour at noon; an hour, a denial and Eve's click all come too late."""
    request, decide = approved(walk)
    decide()
    late = [lambda: walk.click(request, length=HOUR), lambda: walk.deny(request), lambda: walk.click(request, by=EVE)]

    for again in late:
        with pytest.raises(TooLate, match="approved by U0BOB already, for 30 minutes, on 23 Nov at 12:00 UTC"):
            again()


def test_what_somebody_else_ended_is_told_with_who_and_when(walk: Walk) -> None:
    """Ann says that she is done with what Bob has taken away."""
    grant, decide = revoked(walk)
    decide()

    with pytest.raises(TooLate, match="That was U0BOB, on 23 Nov at 12:00 UTC"):
        walk.drop(grant)


def test_more_time_asked_later_or_for_longer_is_another_request(walk: Walk) -> None:
    """Within two minutes the same words are the same; after that, or in other words, they are not."""
    grant, decide = extended(walk)
    first = decide()
    assert isinstance(first, Request)

    assert more(walk, grant, 2 * HOUR).id != first.id
    walk.clock.forward(timedelta(minutes=3))
    assert more(walk, grant, HOUR).id != first.id
