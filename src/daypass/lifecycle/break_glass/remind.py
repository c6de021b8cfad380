"""
Remind those who review of what waits for them, until one of them has closed it.

    an hour after the glass was broken, then once a day, and every four hours once the review is overdue

Nobody is reminded while the access lasts: a review is of what is over. An emergency keeps no office hours, and there is
no last reminder. Two workers that find the same reminder due change the same row, so that one of them comes second and
says nothing.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from daypass.lifecycle.break_glass.review import lasting, open_reviews
from daypass.model.break_glass import GlassReview
from daypass.model.errors import Conflict
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.principal import DAYPASS
from daypass.ports import Ledger

FIRST_PAUSE = timedelta(hours=1)
DAILY = timedelta(days=1)
WHEN_OVERDUE = timedelta(hours=4)


def remind_reviews(*, ledger: Ledger, now: datetime) -> int:
    """Remind of every review that has waited long enough; returns how many there were."""
    count = 0
    for review in open_reviews(ledger):
        if now >= _next(review, now) and not lasting(review, ledger):
            with suppress(Conflict):  # somebody closed it, or another worker was first
                ledger.record(_fact(review, now))
                count += 1
    return count


def _next(review: GlassReview, now: datetime) -> datetime:
    """When the next reminder is due, counted from the last one, so that an outage does not end with several at once."""
    if review.reminded_at is None:
        return min(review.at + FIRST_PAUSE, review.due)
    return review.reminded_at + (WHEN_OVERDUE if now >= review.due else DAILY)


def _fact(review: GlassReview, now: datetime) -> Fact:
    reminded = replace(review, reminded_at=now, reminders=review.reminders + 1)
    details: dict[str, Detail] = {
        "number": reminded.reminders,
        "due": review.due.isoformat(),
        "overdue": now >= review.due,
        "people": tuple(sorted(review.reviewers.people)),
        "slack_groups": tuple(sorted(review.reviewers.slack_groups)),
    }
    event = Event(kind=EntryKind.GLASS_REMINDED, at=now, actor=DAYPASS, subject=review.id, details=details)
    return Fact(event=event, changes=(reminded,))
