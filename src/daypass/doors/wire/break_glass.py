"""Break glass on the wire: sealed codes and what one gives, reviews, and everything that is known of what was done."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from daypass.doors.wire.access import RequestOut
from daypass.doors.wire.approval import ApproversOut
from daypass.doors.wire.handout import TokenOut
from daypass.doors.wire.inputs import Incoming
from daypass.doors.wire.outputs import WireOut
from daypass.doors.wire.words import DeliveryText, LevelText, PlaceText, ReasonText, ShortText, TermText, Whole, drawn
from daypass.lifecycle.break_glass.codes import LONGEST, MOST_CODES
from daypass.lifecycle.break_glass.dossier import Dossier, Line
from daypass.model.break_glass import GlassReview


class BreakGlassIn(Incoming):
    """A sealed code, and what is needed at once."""

    code: ShortText = Field(repr=False)
    level: LevelText = Field(examples=["read"])
    resource: PlaceText = Field(examples=["acme-reports/2026/"])
    for_: TermText | None = Field(default=None, alias="for", examples=["1h"])
    reason: ReasonText = ""
    delivery: DeliveryText | None = Field(default=None, description="session, policy or link")


class BrokenOut(TokenOut):
    """What a code gave: a token that hands out what was lent, and the request."""

    name: str
    tz: str
    request: RequestOut


class SealCodes(Incoming):
    """How many codes to seal, and for how long."""

    count: Annotated[Whole, drawn(minimum=1, maximum=MOST_CODES)] = Field(default=10, description="20 at most")
    days: Annotated[Whole, drawn(minimum=1, maximum=LONGEST.days)] = Field(default=90, description="180 at most")


class SealedOut(WireOut):
    """New codes, shown this once."""

    codes: list[str] = Field(repr=False)
    ends: datetime


class CodesLeftOut(WireOut):
    """How many sealed codes still count."""

    left: int
    ends: datetime | None


class CloseReview(Incoming):
    """What somebody found who looked at what was done."""

    note: ReasonText = ""


class ReviewOut(WireOut):
    """A review: of what, by when, who closes it, and who did."""

    id: str
    principal: str
    state: str
    at: datetime
    due: datetime
    overdue: bool
    reviewers: ApproversOut
    reminders: int
    closed_by: str | None
    closed_at: datetime | None
    note: str

    @classmethod
    def of(cls, review: GlassReview, now: datetime) -> "ReviewOut":
        """Show a review."""
        return cls(
            id=review.id,
            principal=review.principal,
            state=review.state,
            at=review.at,
            due=review.due,
            overdue=review.closed_at is None and now >= review.due,
            reviewers=ApproversOut.of(review.reviewers),
            reminders=review.reminders,
            closed_by=review.closed_by,
            closed_at=review.closed_at,
            note=review.note,
        )


class ReviewsOut(WireOut):
    """Reviews that wait for me, and those of what I did."""

    waiting: list[ReviewOut]
    mine: list[ReviewOut]
    names: dict[str, str]


class LineOut(WireOut):
    """One thing that happened, in words."""

    at: datetime
    by: str
    grant: str
    kind: str
    words: str

    @classmethod
    def of(cls, line: Line) -> "LineOut":
        """Show a line."""
        event = line.event
        return cls(at=event.at, by=event.actor, grant=line.grant, kind=event.kind, words=line.words)


class DossierOut(WireOut):
    """Everything that is known of what was done."""

    review: ReviewOut
    request: RequestOut
    handed_out: int
    clicks: int
    lines: list[LineOut]
    note: str
    names: dict[str, str]

    @classmethod
    def of(cls, read: Dossier, names: dict[str, str], now: datetime) -> "DossierOut":
        """Show a dossier."""
        return cls(
            review=ReviewOut.of(read.review, now),
            request=RequestOut.of(read.request),
            handed_out=read.handed_out,
            clicks=read.clicks,
            lines=[LineOut.of(line) for line in read.lines],
            note=read.note,
            names=names,
        )
