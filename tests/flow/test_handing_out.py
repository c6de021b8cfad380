"""What a live grant hands over, to whom, and what the journal keeps of it."""

from datetime import timedelta

import pytest

from daypass.lifecycle.end.end import drop
from daypass.lifecycle.handout import links
from daypass.lifecycle.handout.links import Visitor
from daypass.model.errors import BadInput, NotFound, NotYours, TooLate
from daypass.model.event import EntryKind
from daypass.model.grant import Delivery, Grant
from daypass.model.lease import Term
from tests.flow.conftest import Walk
from tests.makers import ANN, BOB, HOUR, NOON

SOMEBODY = Visitor(address="203.0.113.7", agent="curl/8.5")


def credentials(walk: Walk, grant: Grant, by: str = ANN) -> str:
    """Ask for credentials as Ann, or as the test says."""
    vended = walk.handout.credentials(grant.id, by=by)  # type: ignore[arg-type]
    return vended.access_key_id


def follow(walk: Walk, token: str) -> str:
    """Click a link."""
    return links.follow(token, visitor=SOMEBODY, attempts=walk.services.attempts, handout=walk.handout)


def test_credentials_are_journalled_by_their_key_id_alone(walk: Walk) -> None:
    """The entry joins the session to CloudTrail and opens nothing."""
    grant = walk.active(delivery=Delivery.SESSION)
    key_id = credentials(walk, grant)

    last = walk.story(grant.id)[-1]
    assert last.kind is EntryKind.CREDENTIALS_VENDED
    assert last.details == {"access_key_id": key_id, "expires_at": (NOON + HOUR).isoformat()}


def test_somebody_elses_grant_hands_nothing_over(walk: Walk) -> None:
    """Bob approved it and still gets no credentials of it; that he tried is kept."""
    grant = walk.active(delivery=Delivery.SESSION)

    with pytest.raises(NotYours):
        credentials(walk, grant, by=BOB)
    assert walk.story(grant.id)[-1].kind is EntryKind.VENDING_REFUSED


def test_nothing_is_handed_over_before_it_is_active(walk: Walk) -> None:
    """Approved is not active."""
    grant = walk.approve(walk.ask(delivery=Delivery.SESSION).id)

    with pytest.raises(TooLate, match="not active yet"):
        credentials(walk, grant)


def test_what_begins_later_says_when(walk: Walk) -> None:
    """Not that it will be there in a few seconds."""
    starts = walk.clock() + timedelta(days=1)
    asked = walk.ask(delivery=Delivery.SESSION, term=Term(length=HOUR, starts=starts))
    grant = walk.approve(asked.id)

    with pytest.raises(TooLate, match="it begins on 24 Nov at 12:00 UTC"):
        credentials(walk, grant)


def test_nothing_is_handed_over_from_the_second_of_the_end_on(walk: Walk) -> None:
    """At 12:59:59 yes, at 13:00:00 no, also while no worker has looked."""
    grant = walk.active(delivery=Delivery.SESSION)
    walk.clock.forward(HOUR - timedelta(seconds=1))
    credentials(walk, grant)
    walk.clock.forward(timedelta(seconds=1))

    with pytest.raises(TooLate, match="over"):
        credentials(walk, grant)


def test_vending_stops_at_the_moment_of_done(walk: Walk) -> None:
    """From the commit on, before AWS is told, nothing is vended."""
    grant = walk.active(delivery=Delivery.SESSION)
    walk.drop(grant.id)

    with pytest.raises(TooLate, match="done"):
        credentials(walk, grant)


def test_a_session_of_a_grant_ended_meanwhile_is_not_handed_over(walk: Walk) -> None:
    """Ended while AWS was asked: the credentials stay here."""
    grant = walk.active(delivery=Delivery.SESSION)

    class Slow(type(walk.vendor)):  # type: ignore[misc]  # the vendor of this walk, only slower
        def credentials(self, one, now):
            drop(one.id, by=ANN, ledger=walk.ledger, now=now)
            return super().credentials(one, now)

    walk.vendor = Slow()
    with pytest.raises(TooLate, match="just been ended"):
        credentials(walk, grant)
    assert EntryKind.CREDENTIALS_VENDED not in [event.kind for event in walk.story(grant.id)]


def test_another_delivery_says_how_to_use_it(walk: Walk) -> None:
    """A policy has no credentials to hand out; the sentence says what to use."""
    grant = walk.active(delivery=Delivery.POLICY)

    with pytest.raises(BadInput, match="your own keys"):
        credentials(walk, grant)


def test_an_extension_goes_on_under_the_first_id(walk: Walk) -> None:
    """A profile set up with the first grant keeps working while an extension of it lives."""
    first = walk.active(delivery=Delivery.SESSION)
    walk.clock.forward(HOUR / 2)
    more = walk.extend(first.id)
    walk.approve(more.id)
    walk.loop.run_until_idle()
    walk.clock.forward(HOUR * 3 / 4)
    walk.loop.run_until_idle()

    assert credentials(walk, first) == f"ASIA{more.id}"


def test_a_link_names_who_used_it_and_lives_sixty_seconds_a_click(walk: Walk) -> None:
    """Each click is an entry with address and agent; the token itself is nowhere in the journal."""
    grant = walk.active(delivery=Delivery.LINK)
    token = links.make(grant.id, "2026/q1.csv", by=ANN, ledger=walk.ledger, now=walk.clock())
    assert follow(walk, token).startswith("https://s3.invalid/2026/q1.csv")

    story = walk.story(grant.id)
    assert story[-1].kind is EntryKind.LINK_USED
    assert (story[-1].details["address"], story[-1].details["agent"]) == ("203.0.113.7", "curl/8.5")
    assert token not in str(story)


def test_a_link_ends_with_its_grant_and_says_why(walk: Walk) -> None:
    """After I'm done the link is gone, and that somebody came is kept."""
    grant = walk.active(delivery=Delivery.LINK)
    token = links.make(grant.id, "2026/q1.csv", by=ANN, ledger=walk.ledger, now=walk.clock())
    walk.drop(grant.id)

    with pytest.raises(TooLate, match="done"):
        follow(walk, token)
    assert walk.story(grant.id)[-1].kind is EntryKind.LINK_REFUSED


def test_a_link_that_nobody_made_opens_nothing(walk: Walk) -> None:
    """A guessed token is not found."""
    with pytest.raises(NotFound):
        follow(walk, "guess")


@pytest.mark.parametrize("key", ["2025/q4.csv", "2026", "2026/", "", "../2026/q1.csv"])
def test_a_link_leads_nowhere_outside_the_grant(walk: Walk, key: str) -> None:
    """Another prefix, the prefix itself, nothing, a way up: refused."""
    grant = walk.active(delivery=Delivery.LINK)

    with pytest.raises(BadInput, match=r"(?:not an|which) object within"):
        links.make(grant.id, key, by=ANN, ledger=walk.ledger, now=walk.clock())


def test_f5_what_is_handed_out_is_dated_when_it_was_made(walk: Walk) -> None:
    """AWS took eight seconds to open the session: the journal says when the person got it, not when they asked."""
    grant = walk.active(delivery=Delivery.SESSION)
    walk.vendor.takes(lambda: walk.clock.forward(timedelta(seconds=8)))
    credentials(walk, grant)

    assert walk.story(grant.id)[-1].at == NOON + timedelta(seconds=8)


def test_a_link_that_was_ended_while_its_url_was_made_opens_nothing(walk: Walk) -> None:
    """From the moment of `done` on, also for a click that was under way."""
    grant = walk.active(delivery=Delivery.LINK)
    token = links.make(grant.id, "2026/q1.csv", by=ANN, ledger=walk.ledger, now=walk.clock())
    walk.vendor.takes(lambda: walk.drop(grant.id))

    with pytest.raises(TooLate):
        follow(walk, token)
