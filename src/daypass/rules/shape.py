"""
The form of a rule document: its fields, what each means and what each may hold.

docs/rules.md is tested against these classes. Values that are wrong raise PydanticCustomError with a finished
sentence; what pydantic itself finds is put into sentences by faults.py.
"""

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from daypass.model.entitlement import Extra, Level
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.length import parse_length, words_for_length
from daypass.rules.match import Pattern, parse_pattern

SENTENCE = "sentence"
"""The type of an error whose message is a sentence of ours."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")
_SLACK_GROUP = re.compile(r"S[A-Z0-9]{2,20}")


def wrong(sentence: str) -> PydanticCustomError:
    """An error that is a finished sentence."""
    return PydanticCustomError(SENTENCE, "{sentence}", {"sentence": sentence})


def _rule_id(text: str) -> str:
    if _ID.fullmatch(text):
        return text
    raise wrong(f"«{text}» cannot be a rule's id: lower-case letters, digits, hyphens and dots, such as reports-read.")


def is_person_id(text: str) -> bool:
    """Whether a text has the form of a Slack user id."""
    return bool(_PERSON.fullmatch(text))


def _person(text: str) -> str:
    if is_person_id(text):
        return text
    raise wrong(
        f"«{text}» is not a Slack user id such as U02ABCDEF; in Slack, open the profile and choose «Copy member ID»."
    )


def _slack_group(text: str) -> str:
    if _SLACK_GROUP.fullmatch(text):
        return text
    raise wrong(f"«{text}» is not a Slack user group id such as S02ABCDEF; see the group's address in Slack.")


def _length(value: object) -> timedelta:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise wrong("A length of time is written as 90m, 2h, 1h30m, 1d or 1w.")
    try:
        return parse_length(str(value))
    except BadInput as bad:
        raise wrong(bad.sentence) from None


def _pattern(value: object) -> Pattern:
    if not isinstance(value, str):
        raise wrong('A place is text in quotes, such as "acme-reports/2026/**".')
    try:
        return parse_pattern(value)
    except BadInput as bad:
        raise wrong(bad.sentence) from None


def _is_text(value: object) -> str:
    return "text" if isinstance(value, str) else "mapping"


PersonId = Annotated[str, AfterValidator(_person)]
SlackGroupId = Annotated[str, AfterValidator(_slack_group)]
Length = Annotated[timedelta, BeforeValidator(_length)]
Place = Annotated[Pattern, BeforeValidator(_pattern)]
Levels = Annotated[list[Annotated[Level, Field(strict=False)]], Field(min_length=1)]
Extras = Annotated[list[Annotated[Extra, Field(strict=False)]], Field(min_length=1)]
Deliveries = Annotated[list[Annotated[Delivery, Field(strict=False)]], Field(min_length=1)]
Places = Annotated[list[Place], Field(min_length=1)]


class Shape(BaseModel):
    """What every part of the document has in common: no unknown field, no value turned silently into another."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True, populate_by_name=False
    )


class PeopleShape(Shape):
    """People: by id, by named group, by Slack user group; at least one of them."""

    people: list[PersonId] = Field(
        [], description="Slack user ids, such as U02ABCDEF. Never names or e-mail addresses."
    )
    groups: list[str] = Field([], description="Names of groups of this document.")
    slack_groups: list[SlackGroupId] = Field(
        [], description="Slack user group ids, such as S02ABCDEF, looked up when they count."
    )

    @model_validator(mode="after")
    def _somebody(self) -> "PeopleShape":
        if self.people or self.groups or self.slack_groups:
            return self
        raise wrong("This names nobody; give people, groups or slack_groups.")


class LengthShape(Shape):
    """For how long."""

    default: Length = Field(description="How long, when the person does not say.")
    max: Length = Field(description="How long at most; at most 366d.")

    @model_validator(mode="after")
    def _in_order(self) -> "LengthShape":
        if self.default <= self.max:
            return self
        default, most = words_for_length(self.default), words_for_length(self.max)
        raise wrong(f"The default of {default} is longer than the most, {most}; swap them.")


class ApproveShape(Shape):
    """Who decides."""

    anyone_of: PeopleShape = Field(
        description="Any one of these decides: people, groups, slack_groups. Never the requestor."
    )


Who = Annotated[
    Annotated[Literal["anyone"], Tag("text")] | Annotated[PeopleShape, Tag("mapping")], Discriminator(_is_text)
]
Approve = Annotated[
    Annotated[Literal["at-once"], Tag("text")] | Annotated[ApproveShape, Tag("mapping")], Discriminator(_is_text)
]


class AllowShape(Shape):
    """A rule that lends."""

    id: Annotated[str, AfterValidator(_rule_id)] = Field(
        description="Its name, in messages and in the journal; each once."
    )
    about: str = Field("", description="A sentence for those who read the rules.")
    who: Who = Field(description="Who may ask: `anyone`, or people, groups and slack_groups.")
    may: Levels = Field(
        description="Levels of access: list, read (which lists too), write, delete. None implies another."
    )
    extras: Extras | None = Field(None, description="What may be asked for besides: versions, tags. Left out: neither.")
    on: Places = Field(description="Patterns; all that is asked must lie inside one of them.")
    length: LengthShape = Field(alias="for", description="How long by default and at most.")
    reason: Literal["required", "optional"] = Field("required", description="Whether the person must say why.")
    delivery: Deliveries = Field(
        list(Delivery), description="How it may be handed out: session, policy, link. Left out: all."
    )
    approve: Approve = Field(
        description="Who decides: `anyone_of` people, groups and slack_groups; or `at-once`, nobody."
    )


class DenyShape(Shape):
    """A rule that forbids, whatever others lend."""

    id: Annotated[str, AfterValidator(_rule_id)] = Field(
        description="Its name, in messages and in the journal; each once."
    )
    about: str = Field("", description="A sentence for those who read the rules.")
    deny: Literal[True] = Field(description="Always `true`: this rule forbids.")
    because: str = Field("", description="The sentence that the person is shown.")
    who: Who = Field(description="Whom it stops: `anyone`, or people, groups and slack_groups.")
    may: Levels = Field(
        list(Level), description="The levels it forbids; an ask with any of them is denied. Left out: all."
    )
    extras: Extras | None = Field(
        None, description="Only asks with any of these are denied. Left out: with or without."
    )
    on: Places = Field(description="Patterns; an ask that so much as overlaps one of them is denied.")
    delivery: Deliveries = Field(
        list(Delivery), description="Only these ways of handing out are denied. Left out: all."
    )


class DocumentShape(Shape):
    """The whole document; its groups and rules are read one by one, so that a fault in one hides none in another."""

    version: Literal[1] = Field(description="The version of this form: 1.")
    groups: dict[str, object] = Field({}, description="Named sets of people, for use in rules.")
    rules: Annotated[list[object], Field(min_length=1)] = Field(
        description="The rules; the first that allows an ask decides."
    )
