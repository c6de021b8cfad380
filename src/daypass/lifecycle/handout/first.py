"""
Write down with a grant that something of it is about to be handed out, before it is.

    this commit, then the ending    the ending knows that sessions may be open, and has them denied in AWS
    the ending, then this commit    refused, and nothing is opened

Both go through the grant's row, so there is no third case. A grant of which nothing was handed out ends without a deny.

A deny takes room on the role of sessions, and the room is everybody's. So nobody gets anything new handed out while too
many of their grants were ended early and their sessions could still be open. Ending is never held back by it.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from daypass.lifecycle.retries import tries
from daypass.model.errors import Conflict, NotAllowed, Unavailable
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, Grant, GrantState
from daypass.model.principal import PrincipalId
from daypass.ports import Ledger

MOST_CUT_OFF = 20
"""Grants of one person that were ended early and whose sessions could still be open."""

SAID_FROM = 15
"""Of how many on whoever ends one more is told of the most."""

LONGEST_SESSION = timedelta(hours=12)
"""AWS's longest session of a role (IAM/latest/UserGuide/id_roles_manage_sessions)."""

_LONGEST_GRANT = timedelta(days=400)
"""No grant that was approved before that can have a session open."""


def about_to_hand_out(find: Callable[[], Grant], *, by: PrincipalId, ledger: Ledger, now: datetime) -> Grant:
    """
    Find the grant, and write down that something of it is handed out for the first time, if it is.

    Raises what `find` raises, NotAllowed when too many grants of its person were cut off, and Unavailable.
    """
    for _ in tries():
        grant = find()
        if grant.handed_out or grant.delivery is Delivery.POLICY:
            return grant
        must_have_room(grant.principal, ledger=ledger, now=now)
        opened = replace(grant, handed_out=True)
        event = Event(kind=EntryKind.VENDING_BEGUN, at=now, actor=by, subject=grant.id)
        try:
            ledger.record(Fact(event=event, changes=(opened,), told=False, keeps_place=True))
        except Conflict:
            continue
        return replace(opened, revision=opened.revision + 1)
    raise Unavailable("Too many people are changing this grant at once; try again in a moment.")


def must_have_room(principal: PrincipalId, *, ledger: Ledger, now: datetime) -> None:
    """Raise NotAllowed while too many grants of this person were ended early with sessions that could be open."""
    over = cut_off(principal, ledger=ledger, now=now)
    if len(over) < MOST_CUT_OFF:
        return
    again = sorted(over)[len(over) - MOST_CUT_OFF]
    raise NotAllowed(
        f"{len(over)} of your grants were ended early and their sessions could still be open; {MOST_CUT_OFF} is the "
        f"most, because each takes room in AWS that everybody shares. You can be handed something new from "
        f"{again:%Y-%m-%d %H:%M} UTC on. Until then ask with `--as policy`, which needs no session."
    )


def room_left(grant: Grant, *, ledger: Ledger, now: datetime) -> str:
    """Say, when a grant is ended early, how near its person comes to the most; nothing while that is far off."""
    if not grant.handed_out:
        return ""
    number = len(cut_off(grant.principal, ledger=ledger, now=now)) + 1
    if number < SAID_FROM:
        return ""
    return (
        f"{number} grants were ended early and their sessions could still be open; at {MOST_CUT_OFF} nothing new is "
        "handed out until the first of them is over. `--as policy` needs no session."
    )


def cut_off(principal: PrincipalId, *, ledger: Ledger, now: datetime) -> list[datetime]:
    """Until when the sessions of each grant of this person that was ended early could be open."""
    ended = ledger.grants(
        principal=principal, states=(GrantState.ENDING, GrantState.ENDED), approved_after=now - _LONGEST_GRANT
    )
    return [until for until in _open_until(ended) if now < until]


def _open_until(ended: Iterable[Grant]) -> Iterable[datetime]:
    for grant in ended:
        lease, ending = grant.lease, grant.ending
        if grant.handed_out and lease is not None and ending is not None and ending.at < lease.ends:
            yield min(lease.ends, ending.at + LONGEST_SESSION)
