"""
The form of a rule document: its fields, what each means and what each may hold.

docs/rules.md is tested against these classes. Values that are wrong raise PydanticCustomError with a finished
sentence; what pydantic itself finds is put into sentences by faults.py.
"""

import re
from datetime import timedelta
from itertools import pairwise
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
_STAGE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
MOST_STAGES = 5
"""More would keep everybody waiting, and nobody would know for whom."""
_MOST_NEEDED = 20
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


def _count(number: int) -> int:
    if 1 <= number <= _MOST_NEEDED:
        return number
    raise wrong(f"«at_least» is between 1 and {_MOST_NEEDED}, not {number}.")


def _stage_name(text: str) -> str:
    if _STAGE.fullmatch(text):
        return text
    raise wrong(f"«{text:.60}» cannot be a stage's name: a lower-case word, such as team or data-owners.")


def _in_turn(stages: list["StageShape"]) -> list["StageShape"]:
    names = [stage.name for stage in stages]
    if len(names) > MOST_STAGES:
        raise wrong(f"There are {len(names)} stages; {MOST_STAGES} are the most.")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise wrong(f"Two stages are named «{twice}»; give each a name of its own.")
    return stages


def _growing(hand_overs: list["HandOverShape"]) -> list["HandOverShape"]:
    for first, then in pairwise(hand_overs):
        if then.after <= first.after:
            raise wrong(
                f"{words_for_length(then.after)} does not come after {words_for_length(first.after)}; sort them."
            )
    return hand_overs


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
Count = Annotated[int, AfterValidator(_count)]
Stages = Annotated[list["StageShape"], Field(min_length=1), AfterValidator(_in_turn)]
HandOvers = Annotated[list["HandOverShape"], AfterValidator(_growing)]


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


class HandOverShape(Shape):
    """Who may decide besides, after a while."""

    after: Length = Field(description="How long the stage has waited by then.")
    to: PeopleShape = Field(
        description="Who may decide from then on, besides those before: people, groups, slack_groups."
    )


class WayShape(Shape):
    """Who decides, and how many of them, in one of three ways."""

    anyone_of: PeopleShape | None = Field(
        None, description="Any one of these decides: people, groups, slack_groups. Never the requestor."
    )
    at_least: Count | None = Field(None, description="How many different people must agree, out of those under `of`.")
    of: PeopleShape | None = Field(None, description="Out of whom `at_least` so many agree.")
    all_of: PeopleShape | None = Field(
        None, description="Each of these must agree, but for the requestor: people and groups, no slack_groups."
    )
    hand_over: HandOvers = Field([], description="Who may decide besides, when it has waited for so long.")

    @model_validator(mode="after")
    def _one_way(self) -> "WayShape":
        ways = self.ways()
        if len(ways) > 1:
            raise wrong(
                f"«{ways[0]}» and «{ways[1]}» stand side by side; keep one of them, or make two stages of them."
            )
        if not ways:
            raise wrong("This does not say who decides; give anyone_of, at_least with of, or all_of.")
        if (self.at_least is None) is not (self.of is None):
            raise wrong("«at_least» and «of» go together: «at_least: 2» and «of: {people: [...]}».")
        return self

    def ways(self) -> list[str]:
        """The fields by which it is said who decides."""
        given = {"anyone_of": self.anyone_of, "at_least": self.at_least or self.of, "all_of": self.all_of}
        return [name for name, value in given.items() if value is not None]


class StageShape(WayShape):
    """One stage of several."""

    name: Annotated[str, AfterValidator(_stage_name)] = Field(
        description="A lower-case word that says whose turn it is; each once in a rule."
    )


class ApproveShape(WayShape):
    """Who decides: at one go, or in stages."""

    stages: Stages | None = Field(None, description="Stages, each after the one before it; at most 5.")

    def ways(self) -> list[str]:
        """The fields by which it is said who decides; to hand over is each stage's own matter."""
        if self.stages is not None and self.hand_over:
            raise wrong("«hand_over» stands beside «stages»; put it into the stage that it is about.")
        return [*WayShape.ways(self), *(["stages"] if self.stages is not None else [])]


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
    approve: Approve = Field(description="Who decides, how many and in which order, as below; or `at-once`, nobody.")


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
