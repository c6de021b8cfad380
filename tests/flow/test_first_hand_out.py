"""Handing out and ending go through one row: what was handed out is known to whoever ends it, and nothing overtakes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from daypass.lifecycle.attempts import Attempts
from daypass.lifecycle.end.end import drop
from daypass.lifecycle.handout import links
from daypass.lifecycle.handout.first import MOST_CUT_OFF, about_to_hand_out, cut_off
from daypass.lifecycle.handout.links import Visitor
from daypass.model.errors import NotAllowed, TooLate
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, Ending, Grant, GrantId, GrantState, Why, new_grant_id
from daypass.store.ledger import SqlLedger
from tests.flow.conftest import Walk
from tests.makers import ANN

MINUTE = timedelta(minutes=1)


class Overtaken(SqlLedger):
    """A ledger in which something happens after a grant was read, once."""

    meanwhile: Callable[[], object] | None = None

    def grant(self, grant_id: GrantId) -> Grant:
        """Read it, and let it happen."""
        found = super().grant(grant_id)
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            happens()
        return found


def credentials(walk: Walk, grant: Grant, ledger: SqlLedger | None = None) -> str:
    """Ask for Ann's credentials."""
    vended = replace(walk.handout, ledger=ledger or walk.ledger).credentials(grant.id, by=ANN)
    return vended.access_key_id


def done(walk: Walk, grant: Grant, ledger: SqlLedger | None = None) -> None:
    """Ann says that she is done."""
    drop(grant.id, by=ANN, ledger=ledger or walk.ledger, now=walk.clock())


def test_b12_an_ending_that_meets_a_hand_out_knows_of_it(walk: Walk) -> None:
    """The hand-out writes first, after the ending has read: what ends is a grant of which something was handed out."""
    grant, overtaken = walk.active(delivery=Delivery.SESSION), Overtaken(walk.database)
    overtaken.meanwhile = lambda: about_to_hand_out(
        lambda: walk.ledger.grant(grant.id), by=ANN, ledger=walk.ledger, now=walk.clock()
    )
    done(walk, grant, overtaken)

    ended = walk.ledger.grant(grant.id)
    assert (ended.state, ended.handed_out) == (GrantState.ENDING, True)


def test_b12_a_hand_out_that_meets_an_ending_opens_nothing(walk: Walk) -> None:
    """The ending writes first, after the hand-out has read: no session of a grant that ends without a deny."""
    grant, overtaken = walk.active(delivery=Delivery.SESSION), Overtaken(walk.database)
    opened: list[GrantId] = []
    overtaken.meanwhile = lambda: done(walk, grant)
    walk.vendor.takes(lambda: opened.append(grant.id))

    with pytest.raises(TooLate):
        credentials(walk, grant, overtaken)
    assert opened == []
    assert not walk.ledger.grant(grant.id).handed_out


class Noting:
    """A vendor that notes, whenever it is asked for anything, whether the grant's row says so."""

    def __init__(self, walk: Walk, grant: Grant) -> None:
        """Look at this grant."""
        self._walk, self._grant = walk, grant
        self.noted: list[bool] = []

    def __getattr__(self, name: str) -> Any:
        """Note it, and hand out as the other one does."""

        def noting(*said: Any, **named: Any) -> Any:
            self.noted.append(self._walk.ledger.grant(self._grant.id).handed_out)
            return getattr(self._walk.vendor, name)(*said, **named)

        return noting


@pytest.mark.parametrize("way", ["credentials", "console", "get_url", "put_url", "post_form", "manifest", "link"])
def test_b12_every_way_of_handing_out_is_written_down_before_it(walk: Walk, way: str) -> None:
    """At the moment that a session would be opened the row says so already."""
    delivery = Delivery.SESSION if way in {"credentials", "console"} else Delivery.LINK
    grant = walk.active(delivery=delivery)
    vendor, key = Noting(walk, grant), "2026/q1.csv"
    handout = replace(walk.handout, vendor=vendor)
    match way:
        case "get_url" | "put_url":
            getattr(handout, way)(grant.id, key, by=ANN)
        case "post_form":
            handout.post_form(grant.id, by=ANN, least=0, most=1)
        case "link":
            token = links.make(grant.id, key, by=ANN, ledger=walk.ledger, now=walk.clock())
            links.follow(
                token, visitor=Visitor(address="203.0.113.7", agent="curl"), attempts=Attempts(), handout=handout
            )
        case _:
            getattr(handout, way)(grant.id, by=ANN)

    assert vendor.noted == [True]
    assert len(walk.told(grant.id, EntryKind.VENDING_BEGUN)) == 1


def test_b12_the_first_hand_out_takes_the_grant_from_no_worker(walk: Walk) -> None:
    """Whoever holds the row goes on holding it."""
    grant = walk.active(delivery=Delivery.SESSION)
    claim = walk.queue.take(grant.id, now=walk.clock(), hold=MINUTE)
    assert claim is not None
    credentials(walk, grant)

    assert walk.queue.renew(claim, now=walk.clock(), hold=MINUTE)


def ended_early(walk: Walk, number: int) -> None:
    """So many grants of Ann's were handed out and ended early at this moment."""
    like = walk.active(delivery=Delivery.SESSION)
    for _ in range(number):
        live = replace(like, id=new_grant_id(), handed_out=True, revision=0)
        over = live.ending_now(Ending(why=Why.DONE, by=ANN, at=walk.clock())).ended(walk.clock())
        event = Event(kind=EntryKind.GRANT_ENDED, at=walk.clock(), actor=ANN, subject=over.id)
        walk.ledger.record(Fact(event=event, changes=(over,), told=False))


def test_b12_who_used_up_their_room_is_handed_nothing_new_until_the_first_is_over(walk: Walk) -> None:
    """The room for denies is everybody's. The refusal says how many, until when, and what to do instead."""
    ended_early(walk, MOST_CUT_OFF)
    walk.clock.forward(30 * MINUTE)
    fresh = walk.active(delivery=Delivery.SESSION)

    with pytest.raises(NotAllowed, match=r"20 of your grants .* from 2026-11-23 13:00 UTC on.*--as policy"):
        credentials(walk, fresh)
    done(walk, fresh)
    walk.clock.forward(30 * MINUTE)
    assert credentials(walk, walk.active(delivery=Delivery.SESSION))


def test_b12_room_is_used_up_by_nobody_else(walk: Walk) -> None:
    """One grant fewer, and what was handed out before, are handed out."""
    used = walk.active(delivery=Delivery.SESSION)
    credentials(walk, used)
    ended_early(walk, MOST_CUT_OFF - 1)
    fresh = walk.active(delivery=Delivery.SESSION)
    credentials(walk, fresh)
    done(walk, fresh)

    ending = walk.ledger.grant(fresh.id).ending
    assert ending is not None
    assert ending.note.startswith("20 grants were ended early")
    assert len(cut_off(ANN, ledger=walk.ledger, now=walk.clock())) == MOST_CUT_OFF
    assert credentials(walk, used)
