"""Ask once more for what one asked for before: the same in every word, judged anew."""

from dataclasses import dataclass, replace
from datetime import datetime

from daypass.model.errors import NotFound, NotYours
from daypass.model.grant import GrantId
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId
from daypass.model.request import Ask, Request
from daypass.ports import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """That somebody asks again, the last one when no id is given; what is said here is changed of it."""

    by: PrincipalId
    request_id: GrantId | None = None
    term: Term | None = None
    reason: str = ""
    key: str = ""


def once_more(repeat: Repeat, *, ledger: Ledger, now: datetime) -> Ask:
    """
    Make the ask of an earlier request; `submit` judges it like any other.

    An end that was said as a moment becomes the length that it came to; break glass and recurrence are not repeated.
    Raises NotFound when there is none, NotYours for somebody else's.
    """
    by, said = repeat.by, repeat.request_id
    before = _last(by, ledger) if said is None else ledger.request(said)
    if before.requestor != by:
        raise NotYours("Somebody else asked for that; ask for it in your own words.")
    return Ask(
        requestor=by,
        wish=replace(
            before.ask.wish,
            term=repeat.term or _same(before, now),
            reason=repeat.reason or before.reason,
            note="" if repeat.reason else before.ask.wish.note,
            recurs=None,
        ),
        beneficiary=before.beneficiary,
        key=repeat.key,
    )


def _last(by: PrincipalId, ledger: Ledger) -> Request:
    """The last thing asked for; the windows of what recurs were not asked for by themselves."""
    mine = ledger.each_request(requestor=by)
    last = next((one for one in mine if one.series is None), None)
    if last is None:
        raise NotFound("You have asked for nothing yet.")
    return last


def _same(before: Request, now: datetime) -> Term | None:
    if before.recurs is not None:
        return None
    if before.term.until is None:
        return Term(length=before.term.length)
    starts = before.term.starts or before.filed_at
    return Term(length=before.term.lease(min(starts, now)).length)
