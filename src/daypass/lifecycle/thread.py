"""
What people say about a request is kept with it.

Slack may tell the same thing twice; each saying, each change of it and its deletion are journalled once, known by the
message's own time. What looks like a secret is masked before anything is written, for the journal is for good.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.principal import DAYPASS, PrincipalId
from daypass.model.secret import masked
from daypass.ports import Ledger

LONGEST_SAID = 2000
"""Characters of one message that are kept."""


class How(StrEnum):
    """What was done with a message."""

    SAID = "said"
    EDITED = "edited"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadMessage:
    """One thing said in the thread of a request."""

    author: PrincipalId
    channel: str
    ts: str
    """The message's own time in Slack, by which it is known there."""
    text: str
    how: How = How.SAID
    changed: str = ""
    """When it was edited, as Slack has it."""


def keep(subject: GrantId, saying: ThreadMessage, *, ledger: Ledger, now: datetime) -> bool:
    """
    Journal what was said, once. False when it was journalled before. Raises NotFound.

    The request's row is left alone, so that a discussion never stands in the way of a click. The price: two processes
    that are told the same within the same milliseconds may both write it down.
    """
    request = ledger.request(subject)
    known = {_key(event) for event in ledger.story(request.id) if event.kind is EntryKind.THREAD_SAID}
    event = _event(request.id, saying, now)
    if _key(event) in known:
        return False
    ledger.record(Fact(event=event, told=False))
    return True


def _event(subject: GrantId, saying: ThreadMessage, now: datetime) -> Event:
    """Who deleted a message Slack does not say: it may have been somebody else, so the entry is nobody's."""
    deleted = saying.how is How.DELETED
    text = "" if deleted else masked(saying.text)
    details: dict[str, Detail] = {
        "how": saying.how.value,
        "author": saying.author,
        "channel": saying.channel,
        "ts": saying.ts,
        "changed": saying.changed,
        "text": text[:LONGEST_SAID],
        "cut": len(text) > LONGEST_SAID,
    }
    actor = DAYPASS if deleted else saying.author
    return Event(kind=EntryKind.THREAD_SAID, at=now, actor=actor, subject=subject, details=details)


def _key(event: Event) -> tuple[Detail, ...]:
    return tuple(event.details.get(name) for name in ("how", "channel", "ts", "changed"))
