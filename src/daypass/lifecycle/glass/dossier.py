"""
Everything Daypass knows of what was done behind a broken glass, in order and in words, for the one who reviews it.

Grants that prolonged the access belong to it, and so does whatever was handed out of them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from daypass.lifecycle.glass.review import find_review
from daypass.model.event import Detail, Event, Kind
from daypass.model.grant import Grant, GrantId
from daypass.model.kept import GlassReview
from daypass.model.principal import PrincipalId
from daypass.model.request import Request
from daypass.ports import Ledger

AWS_COMES_LATER = (
    "This is what Daypass handed out and was told. What was then done with it in AWS stands in CloudTrail, "
    "a quarter of an hour later, under the sessions that are named here."
)
_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that happened."""

    at: datetime
    by: PrincipalId
    grant: GrantId
    kind: Kind
    words: str
    """Without its subject: `was handed AWS credentials (ASIA...)`."""


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
    note: str = AWS_COMES_LATER


def dossier(review_id: GrantId, *, ledger: Ledger) -> Dossier:
    """Gather what is known. Raises NotFound when no glass was broken with this id."""
    review = find_review(review_id, ledger)
    request = ledger.request(review_id)
    events = sorted(
        (event for one in _with_extensions(request, ledger) for event in ledger.story(one)), key=lambda each: each.at
    )
    kinds = [event.kind for event in events]
    return Dossier(
        review=review,
        request=request,
        grant=ledger.grant(review_id),
        lines=tuple(_line(event, review_id) for event in events),
        handed_out=sum(kind in _HANDED for kind in kinds),
        clicks=kinds.count(Kind.LINK_USED),
    )


_HANDED = {Kind.CREDENTIALS_VENDED, Kind.CONSOLE_VENDED, Kind.LINK_MADE}


def _with_extensions(request: Request, ledger: Ledger) -> Iterator[GrantId]:
    """The request, and those that prolonged it, and those that prolonged these."""
    theirs = ledger.requests(requestor=request.requestor, limit=_MOST)
    chain = {request.id}
    while more := {one.id for one in theirs if one.extends in chain} - chain:
        chain |= more
    yield from sorted(chain)


def _line(event: Event, review_id: GrantId) -> Line:
    told, say = _Told(event.details), _WORDS.get(event.kind)
    return Line(
        at=event.at,
        by=event.actor,
        grant=event.subject or review_id,
        kind=event.kind,
        words=say(told) if say else event.kind.value,
    )


class _Told:
    """An event's details as words; one that is not there is empty."""

    def __init__(self, details: Mapping[str, Detail]) -> None:
        self._details = details

    def __getitem__(self, name: str) -> str:
        value = self._details.get(name)
        return "" if value is None else str(value)

    def after(self, lead: str, name: str) -> str:
        """The detail after some words; nothing when it is not there."""
        return f"{lead}{self[name]}" if self[name] else ""


def _link_made(told: _Told) -> str:
    what = {"link": "a Daypass link", "POST": "a form to upload with"}.get(told["method"], f"a {told['method']} URL")
    return f"was handed {what}{told.after(' to ', 'key')}{told.after(' to everything in ', 'manifest')}"


def _visit(verb: str) -> Callable[[_Told], str]:
    def say(told: _Told) -> str:
        return f"{verb} {told['key']} from {told['address']} with «{told['agent']}»{told.after(': ', 'because')}"

    return say


def _said(told: _Told) -> str:
    return f"{told['how'] or 'said'}: {told['text']}" if told["text"] else told["how"]


_WORDS: Mapping[Kind, Callable[[_Told], str]] = {
    Kind.REQUEST_FILED: lambda told: f"asked for {told['entitlement']} as a {told['delivery']}: {told['reason']}",
    Kind.REQUEST_APPROVED: lambda told: f"approved it by the rule «{told['rule']}»",
    Kind.GLASS_BROKEN: lambda told: f"broke the glass; the review is due {told['review_due']}",
    Kind.CODE_USED: lambda _: "used a sealed code",
    Kind.GRANT_PROVISIONING: lambda told: f"began to put it into AWS{told.after(', until ', 'ends')}",
    Kind.GRANT_ACTIVATED: lambda told: f"saw it live in AWS{told.after(', until ', 'ends')}",
    Kind.GRANT_WARNED: lambda _: "said that it is about to end",
    Kind.GRANT_ENDING: lambda told: f"ended it ({told['why']}){told.after(': ', 'note')}",
    Kind.GRANT_ENDED: lambda told: (
        f"saw nothing of it left in AWS{told.after(' (', 'why')}{')' if told['why'] else ''}"
    ),
    Kind.GRANT_STUCK: lambda told: f"could not get it done yet{told.after(': ', 'error')}",
    Kind.CREDENTIALS_VENDED: lambda told: (
        f"was handed AWS credentials ({told['access_key_id']}), good until {told['expires_at']}"
    ),
    Kind.CONSOLE_VENDED: lambda _: "was handed a sign-in address of the AWS console",
    Kind.LINK_MADE: _link_made,
    Kind.LINK_USED: _visit("opened"),
    Kind.LINK_REFUSED: _visit("was refused"),
    Kind.VENDING_REFUSED: lambda told: f"was handed nothing{told.after(': ', 'because')}",
    Kind.THREAD_SAID: _said,
    Kind.GLASS_CALLING: lambda told: f"called the operator's hook (try {told['number']})",
    Kind.GLASS_CALLED: lambda _: "was heard by the operator's hook",
    Kind.GLASS_REMINDED: lambda told: f"reminded those who review (number {told['number']})",
    Kind.GLASS_REVIEWED: lambda told: f"closed the review: {told['note']}",
}
