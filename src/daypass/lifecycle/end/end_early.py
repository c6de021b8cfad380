"""
End a grant before its time: the one step that `drop`, `revoke` and the loop share.

From the commit on nothing is vended for it, and it is due at once, so that a worker takes it out of AWS. Somebody else
may move the row at the same moment (a worker activates it): then it is read again and ended as it is now.
"""

from datetime import datetime

from daypass.lifecycle.end.pending_extensions import closings
from daypass.lifecycle.idempotency import moment
from daypass.lifecycle.retries import tries
from daypass.model.errors import Conflict, TooLate, Unavailable
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Ending, Grant, GrantId, GrantState, Why
from daypass.model.text import Person, Text, text_of
from daypass.ports import Ledger

_ENDED = {
    Why.EXPIRED: "Its time is over.",
    Why.DONE: "The one who had it said they were done.",
    Why.REVOKED: "It was taken away by a colleague.",
    Why.VANISHED: "Somebody removed it in AWS by hand, so it was closed.",
    Why.LEFT: "The account of the person, or of whoever answers for the bot, was deactivated.",
    Why.REFUSED: "It was refused when it was to begin, as the rules and people had changed since its approval.",
    Why.RESTORED: "Daypass's database was restored from a backup in which this was approved only; ask again.",
    Why.TICKET: "The ticket that it was for was closed.",
}


def finish(grant_id: GrantId, ending: Ending, *, ledger: Ledger) -> Grant:
    """Move a grant to `ending`. Raises TooLate when it is ending or has ended already."""
    for _ in tries():
        grant = ledger.grant(grant_id)
        must_live(grant, ending.at)
        ended = grant.ending_now(ending)
        try:
            ledger.record(Fact(event=ending_event(grant, ending), changes=(ended,)), *closings(grant, ending, ledger))
        except Conflict:
            continue
        return ended
    raise Unavailable("Too many people are changing this grant at once; try again in a moment.")


def ending_event(grant: Grant, ending: Ending) -> Event:
    """The journal's words for a grant that begins to end."""
    return Event(
        kind=EntryKind.GRANT_ENDING,
        at=ending.at,
        actor=ending.by,
        subject=grant.id,
        details={"why": ending.why.value, "note": ending.note},
    )


def how_it_ended(grant: Grant) -> str:
    """Say in a sentence why a grant cannot be used any more."""
    return _sentence(grant.ending)


def how_closed(closed: Ending, extends: GrantId | None) -> str:
    """Say in a sentence why a request was closed without a decision."""
    if extends is None or closed.why is Why.LEFT:
        return f"It was closed. {_sentence(closed)}"
    return f"It was closed with {extends}, which it would have extended. {_sentence(closed)}"


def _sentence(ending: Ending | None) -> str:
    if ending is None:
        return "Its time is over."
    return _ENDED.get(ending.why, "It could not be put into AWS.")


def must_live(grant: Grant, now: datetime) -> None:
    """Raise TooLate for a grant that is ending or has ended."""
    if has_ended(grant, now):
        raise TooLate(text_of(f"This grant has ended already. {how_it_ended(grant)}", by_whom(grant)))


def has_ended(grant: Grant, now: datetime) -> bool:
    """Whether nothing can be done with it any more: it was ended, or its time is over."""
    over = grant.lease is not None and now >= grant.lease.ends
    return grant.state in {GrantState.ENDING, GrantState.ENDED} or over


def on(grant: Grant) -> str:
    """Say when it ended: ` on 08 May at 12:00 UTC`; its date where nobody ended it before."""
    moments = [grant.ending.at if grant.ending else None, grant.lease.ends if grant.lease else None]
    ended = min((one for one in moments if one is not None), default=None)
    return f" on {moment(ended)}" if ended else ""


def by_whom(grant: Grant) -> Text:
    """Say who ended it and when, to those who have to do with it: ` That was Bob, on 08 May at 12:00 UTC.`."""
    known = grant.ending is not None and grant.ending.why in {Why.DONE, Why.REVOKED}
    who = (" ", Person(grant.ending.by), ",") if grant.ending is not None and known else ""
    return text_of(" That was", who, f"{on(grant)}.")
