"""
Everything Daypass knows of what was done behind a broken glass, in order and in words, for the one who reviews it.

Grants that prolonged the access belong to it, and so does whatever was handed out of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from daypass.lifecycle.break_glass.review import find_review
from daypass.lifecycle.story import in_order, words
from daypass.model.break_glass import GlassReview
from daypass.model.event import EntryKind, Event
from daypass.model.grant import Delivery, Grant, GrantId
from daypass.model.request import Request
from daypass.ports import Ledger

_AWS_COMES_LATER = (
    "This is all that Daypass did and was asked. What was then done in AWS is in CloudTrail, "
    "a quarter of an hour later, "
)


def where_in_cloudtrail(grant: Grant) -> str:
    """Where a reviewer finds what was done: sessions are known by their names, a policy by whom it was given to."""
    if grant.delivery is not Delivery.POLICY:
        return f"{_AWS_COMES_LATER}under the sessions that are named here."
    owner = grant.aws.arn if grant.aws else "the person's own identity"
    return (
        f"{_AWS_COMES_LATER}under {owner}: the access was a policy on it whose name ends in {grant.id}. Nothing was "
        "handed out here, and what that identity may do anyway is there too."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that happened, to the grant of the review or to one that prolonged it."""

    grant: GrantId
    event: Event

    @property
    def words(self) -> str:
        """What happened, without who did it: `was handed AWS credentials (ASIA...)`."""
        return words(self.event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A review, what it is about, and everything that happened."""

    review: GlassReview
    request: Request
    grant: Grant
    lines: tuple[Line, ...]
    """Oldest first."""
    handed_out: int
    """How often credentials, console addresses and links were handed out."""
    clicks: int
    """How often a link was followed."""
    note: str
    """Where in AWS's own records the rest is found."""


def dossier(review_id: GrantId, *, ledger: Ledger) -> Dossier:
    """Gather what is known. Raises NotFound when no glass was broken with this id."""
    review = find_review(review_id, ledger)
    request = ledger.request(review_id)
    events = in_order(event for one in _with_extensions(request, ledger) for event in ledger.story(one))
    kinds = [event.kind for event in events]
    return Dossier(
        review=review,
        request=request,
        grant=ledger.grant(review_id),
        lines=tuple(Line(grant=event.subject or review_id, event=event) for event in events),
        handed_out=sum(kind in _HANDED for kind in kinds),
        clicks=sum(_times(event) for event in events if event.kind is EntryKind.LINK_USED),
        note=where_in_cloudtrail(ledger.grant(review_id)),
    )


def _times(event: Event) -> int:
    """How often it was, where one entry stands for several."""
    count = event.details.get("count")
    return count if isinstance(count, int) else 1


_HANDED = {EntryKind.CREDENTIALS_VENDED, EntryKind.CONSOLE_VENDED, EntryKind.LINK_MADE}


def _with_extensions(request: Request, ledger: Ledger) -> Iterator[GrantId]:
    """The grant, and those that prolonged it, and those that prolonged these."""
    yield from sorted({request.id, *(one.id for one in ledger.chain(request.id))})
