"""The form of when a rule holds, and of what it asks for besides: words in the reason, tickets, a review afterwards."""

from collections.abc import Callable
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from daypass.model.errors import BadInput
from daypass.rules.document.shape_approval import DecidersShape, Shape
from daypass.rules.document.values import Account, Length, Schedule, Sensitivity, TagName, TagValue, is_text, wrong
from daypass.rules.match.opening_hours import AS_REQUESTOR, DAYS, Hours, parse_hours, parse_zone
from daypass.rules.match.reason_words import Wording, parse_wording

T = TypeVar("T")

_MOST_UNDER = 10_000


def _said(read: Callable[[str], T], what: str) -> Callable[[object], T]:
    """Read a text, or say what should stand there."""

    def _read(value: object) -> T:
        if not isinstance(value, str):
            raise wrong(what)
        try:
            return read(value)
        except BadInput as bad:
            raise wrong(bad.sentence) from None

    return _read


def _zone(text: str) -> str:
    return text if text == AS_REQUESTOR else parse_zone(text)


def _under(number: int) -> int:
    if 1 <= number <= _MOST_UNDER:
        return number
    raise wrong(f"“under” is between 1 and {_MOST_UNDER}, not {number}.")


def _some_tags(tags: dict[str, list[str]]) -> dict[str, list[str]]:
    if tags:
        return tags
    raise wrong("“tags” is empty; name a tag and its value, such as “tags: {team: analytics}”.")


def _listed(value: object) -> object:
    """One value stands for a list of one."""
    return [value] if isinstance(value, str) else value


Words = Annotated[
    Wording, BeforeValidator(_said(parse_wording, 'A pattern of words is text in quotes, such as "INC-[0-9]+".'))
]
Window = Annotated[
    Hours, BeforeValidator(_said(parse_hours, 'A stretch of the day is text in quotes, such as "09:00-18:00".'))
]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Zone = Annotated[str, AfterValidator(_said(_zone, "A time zone is text."))]
TagValues = Annotated[list[TagValue], BeforeValidator(_listed), Field(min_length=1)]
Tags = Annotated[dict[TagName, TagValues], AfterValidator(_some_tags)]


class LiveGrantsShape(Shape):
    """How many live grants somebody has."""

    under: Annotated[int, AfterValidator(_under)] = Field(description="Fewer than so many.")


class WhenShape(Shape):
    """When a rule holds; everything that is given must be so."""

    days: Annotated[list[Day], Field(min_length=1)] | None = Field(
        None, description="Days of the week: mon, tue, wed, thu, fri, sat, sun. Left out: every day."
    )
    hours: Annotated[list[Window], Field(min_length=1)] | None = Field(
        None, description='Stretches of the day, such as `"09:00-18:00"`; also over midnight. Left out: the whole day.'
    )
    zone: Zone | None = Field(
        None,
        description="Whose clock counts for days and hours: `Europe/Berlin`, or `requestor` for who would have it.",
    )
    reason: Words | None = Field(None, description="Words that the reason has in it, as an RE2 pattern.")
    on_call: Annotated[list[Schedule], Field(min_length=1)] | None = Field(
        None, description="Who would have it is on call in one of these schedules."
    )
    live_grants: LiveGrantsShape | None = Field(
        None, description="How many live grants who would have it has: `{under: 3}`."
    )
    tags: Tags | None = Field(
        None, description="AWS tags of the bucket, each with a value or a list of values that it may have."
    )
    account: Annotated[list[Account], Field(min_length=1)] | None = Field(
        None, description="AWS accounts, in quotes; the bucket is in one of them."
    )
    sensitivity: Annotated[list[Sensitivity], Field(min_length=1)] | None = Field(
        None, description="Words for how sensitive the place is, or `unmarked`."
    )

    @model_validator(mode="after")
    def _whole(self) -> "WhenShape":
        fields = type(self).model_fields
        if all(getattr(self, name) is None for name in fields):
            raise wrong(f"“when” is empty; give {', '.join(fields)}, or leave it out.")
        if (self.days or self.hours) and not self.zone:
            raise wrong("Days and hours need a clock; add “zone: Europe/Berlin”, or “zone: requestor”.")
        if self.zone and not (self.days or self.hours):
            raise wrong("“zone” says nothing by itself; add “days” or “hours”, or leave it out.")
        return self

    def weekdays(self) -> frozenset[int]:
        """The days as ISO counts them."""
        return frozenset(DAYS.index(day) + 1 for day in self.days or ())


class MatchingShape(Shape):
    """Words that the reason must have."""

    matching: Words = Field(description="An RE2 pattern that stands in the reason, as words of its own.")


class BreakGlassShape(Shape):
    """What is owed after an emergency."""

    review: DecidersShape = Field(description="Who looks at it afterwards: people, groups. Never who had it.")
    within: Length = Field(description="How soon after the access should end.")


Reason = Annotated[
    Annotated[Literal["required", "optional"], Tag("text")] | Annotated[MatchingShape, Tag("mapping")],
    Discriminator(is_text),
]
TicketField = Annotated[
    Annotated[Literal["required"], Tag("text")] | Annotated[MatchingShape, Tag("mapping")], Discriminator(is_text)
]
