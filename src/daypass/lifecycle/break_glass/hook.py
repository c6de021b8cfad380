"""
Call the operator's hook when glass was broken, so that a telephone rings whatever becomes of Slack.

    POST, JSON: event, id, who, name, what, reason, until, at, address
    X-Daypass-Timestamp   seconds since 1970
    X-Daypass-Signature   v0=HMAC-SHA256(secret, "v0:" timestamp ":" body), in hex, as Slack signs

That a call is begun is written down before it, with the moment of the next try, so that two workers never make the same
one. A call that is answered with 2xx is made once; one that is not is made again, later and later up to an hour, for as
long as the review is open, and for a week in any case. Who receives it may see it twice when a worker dies between the
answer and the note of it: the id says so.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from daypass.lifecycle.break_glass.review import find_review
from daypass.lifecycle.retries import overtaken
from daypass.model.break_glass import GlassReview
from daypass.model.errors import Conflict, Unavailable
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.principal import DAYPASS
from daypass.model.record import Validity
from daypass.ports import Directory, Ledger

CLOSED_TOO = timedelta(days=7)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)

log = structlog.get_logger()

Call = Callable[[bytes, Mapping[str, str]], None]
"""Posts a body with headers. Raises Unavailable unless it is answered with 2xx, within ten seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """The operator's hook: how it is called, and how the call is signed."""

    call: Call
    secret: str = field(repr=False)
    public_url: str


def call_hook(hook: Hook, *, directory: Directory, ledger: Ledger, now: datetime) -> int:
    """Call for every broken glass of which the hook has not heard; returns for how many it answered."""
    count = 0
    for review in _unheard(ledger, now):
        try:
            _begin(review, ledger, now)
        except Conflict:  # another worker was first, or somebody closed it: look again next time
            continue
        body = _body(review, hook.public_url, directory, ledger, now)
        try:
            hook.call(body, signed(body, hook.secret, now))
        except Unavailable as failure:  # most likely it is away for all of them
            log.warning("glass.hook_failed", grant=review.id, tries=review.hook_tries + 1, error=failure.report)
            break
        _note_heard(review.id, ledger, now)
        count += 1
    return count


def signed(body: bytes, secret: str, now: datetime) -> dict[str, str]:
    """The headers that prove that a call is ours, and when it was made."""
    timestamp = str(int(now.timestamp()))
    signature = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Daypass-Timestamp": timestamp,
        "X-Daypass-Signature": f"v0={signature}",
    }


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many calls: fifteen seconds, doubled each time, an hour at most."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << min(tries - 1, 16)))


def _unheard(ledger: Ledger, now: datetime) -> list[GlassReview]:
    """Those that are due, the least tried first, so that none stands in another's way."""
    closed = ledger.all(GlassReview, states=(Validity.CLOSED,), since=now - CLOSED_TOO)
    waiting = [
        review
        for review in (*ledger.all(GlassReview, states=(Validity.OPEN,)), *closed)
        if review.hook_sent_at is None and (review.hook_next is None or now >= review.hook_next)
    ]
    return sorted(waiting, key=lambda review: (review.hook_tries, review.at))


def _begin(review: GlassReview, ledger: Ledger, now: datetime) -> None:
    tries = review.hook_tries + 1
    calling = replace(review, hook_tries=tries, hook_next=now + pause_after(tries))
    _record(EntryKind.GLASS_CALLING, calling, {"number": tries}, ledger, now)


def _note_heard(review_id: GrantId, ledger: Ledger, now: datetime) -> None:
    def once() -> None:
        heard = replace(find_review(review_id, ledger), hook_sent_at=now)
        _record(EntryKind.GLASS_CALLED, heard, {"number": heard.hook_tries}, ledger, now)

    overtaken(once)


def _record(kind: EntryKind, review: GlassReview, details: dict[str, Detail], ledger: Ledger, now: datetime) -> None:
    event = Event(kind=kind, at=now, actor=DAYPASS, subject=review.id, details=details)
    ledger.record(Fact(event=event, changes=(review,), told=False))


def _body(review: GlassReview, public_url: str, directory: Directory, ledger: Ledger, now: datetime) -> bytes:
    request, grant = ledger.request(review.id), ledger.grant(review.id)
    known = directory.last_known(review.principal)
    lease = grant.lease or request.term.lease(now)
    levels = "+".join(sorted(request.entitlement.levels))
    told = {
        "event": EntryKind.GLASS_BROKEN.value,
        "id": review.id,
        "who": review.principal,
        "name": known.name if known else review.principal,
        "what": f"{levels} {request.entitlement.resource}",
        "reason": request.reason,
        "until": lease.ends.isoformat(),
        "at": review.at.isoformat(),
        "address": f"{public_url}/v1/glass/{review.id}",
    }
    return json.dumps(told, ensure_ascii=False).encode()
