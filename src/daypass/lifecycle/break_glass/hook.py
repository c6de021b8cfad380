"""
Call the operator's hook when glass was broken, so that a telephone rings whatever becomes of Slack.

    POST, JSON: event, id, who, name, what, reason, until, at, address
    X-Daypass-Timestamp   seconds since 1970
    X-Daypass-Signature   v0=HMAC-SHA256(secret, "v0:" timestamp ":" body), in hex, as Slack signs

The hook is a listener of the outbox: one worker at a time holds the line of a broken glass. That a call is begun is
written down before it. A call that is answered with 2xx is made once; one that is not is made again, later and later up
to an hour, for as long as the review is open, and for a week in any case. Who receives it may see it twice when a
worker dies between the answer and the note of it: the id says so.
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
from daypass.model.errors import NotFound, Unavailable
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.principal import DAYPASS
from daypass.ports import Directory, Ledger, Notice, Outbox

CLOSED_TOO = timedelta(days=7)
HOLD = timedelta(seconds=90)
"""How long a line is ours, longer than a call may take; a process that dies gives it back after that."""
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


def call_hook(hook: Hook, *, outbox: Outbox, directory: Directory, ledger: Ledger, now: datetime) -> int:
    """Call for every broken glass of which the hook has not heard; returns for how many it answered."""
    count = 0
    while lines := outbox.claim(now=now, hold=HOLD, limit=1):
        [line] = lines
        owed = _owed(line, ledger, now)
        if owed is not None:
            tries = _begin(owed, ledger, now)
            body = _body(owed, hook.public_url, directory, ledger, now)
            try:
                hook.call(body, signed(body, hook.secret, now))
            except Unavailable as failure:  # most likely it is away for all of them
                log.warning("glass.hook_failed", grant=owed.id, tries=tries, error=failure.report)
                outbox.delay(line.id, until=now + pause_after(tries), error=failure.report)
                break
            _note_heard(owed.id, ledger, now)
            count += 1
        outbox.sent(line.id)
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


def _owed(line: Notice, ledger: Ledger, now: datetime) -> GlassReview | None:
    """The review to call for; None for one that was heard of, or closed so long ago that nobody need be woken."""
    try:
        review = find_review(GrantId(line.event.subject or ""), ledger)
    except NotFound:
        log.warning("glass.nothing_to_call_for", grant=line.event.subject)
        return None
    long_ago = review.closed_at is not None and review.closed_at < now - CLOSED_TOO
    return None if review.hook_sent_at is not None or long_ago else review


def _begin(review: GlassReview, ledger: Ledger, now: datetime) -> int:
    """Write down that a call is begun, before it; returns how many were."""

    def once() -> int:
        found = find_review(review.id, ledger)
        calling = replace(found, hook_tries=found.hook_tries + 1)
        _record(EntryKind.GLASS_CALLING, calling, {"number": calling.hook_tries}, ledger, now)
        return calling.hook_tries

    return overtaken(once)


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
