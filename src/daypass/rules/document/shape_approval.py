"""The form of who decides in a rule document: people, and the ways in which so many of them agree."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from daypass.model.length import words_for_length
from daypass.rules.document.values import (
    AskerId,
    Count,
    DirectoryGroup,
    Length,
    PersonId,
    Schedule,
    SlackGroupId,
    TagName,
    is_text,
    stage_name,
    wrong,
)

MOST_STAGES = 5
"""More would keep everybody waiting, and nobody would know for whom."""


def _in_turn(stages: list["StageShape"]) -> list["StageShape"]:
    names = [stage.name for stage in stages]
    if len(names) > MOST_STAGES:
        raise wrong(f"There are {len(names)} stages; {MOST_STAGES} are the most.")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise wrong(f"Two stages are named “{twice}”; give each a name of its own.")
    return stages


def _growing(hand_overs: list["HandOverShape"]) -> list["HandOverShape"]:
    for first, then in pairwise(hand_overs):
        if then.after <= first.after:
            raise wrong(
                f"{words_for_length(then.after)} does not come after {words_for_length(first.after)}; sort them."
            )
    return hand_overs


Stages = Annotated[list["StageShape"], Field(min_length=1), AfterValidator(_in_turn)]
HandOvers = Annotated[list["HandOverShape"], AfterValidator(_growing)]


class Shape(BaseModel):
    """What every part of the document has in common: no unknown field, no value turned silently into another."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True, populate_by_name=False
    )


class PeopleShape(Shape):
    """People: by id, by named group, by Slack user group, by a group of another directory; at least one of them."""

    people: list[AskerId] = Field(
        [], description="Slack user ids, such as U02ABCDEF. Never names or e-mail addresses. Who asks may be a robot."
    )
    groups: list[str] = Field([], description="Names of groups of this document.")
    slack_groups: list[SlackGroupId] = Field(
        [], description="Slack user group ids, such as S02ABCDEF, looked up when they count."
    )
    directory_groups: list[DirectoryGroup] = Field(
        [], description="Groups of other directories, such as `file:analysts`, looked up when they count."
    )

    @model_validator(mode="after")
    def _somebody(self) -> "PeopleShape":
        fields = list(type(self).model_fields)
        if any(getattr(self, field) for field in fields):
            return self
        raise wrong(f"This names nobody; give {', '.join(fields[:-1])} or {fields[-1]}.")


class DecidersShape(PeopleShape):
    """People who decide on something; a robot never does."""

    people: list[PersonId] = Field([], description="Slack user ids, such as U02ABCDEF. Never a robot.")


class ApproversShape(DecidersShape):
    """Those who decide: people, or whoever is something to the one who asks or to the bucket."""

    manager: bool = Field(default=False, description="With `true`, the manager of who would have the access.")
    owner: list[TagName] = Field(
        [], description="Tags of the bucket whose value is its owner's Slack user id or e-mail address."
    )
    on_call: list[Schedule] = Field([], description="On-call schedules: whoever is on call in them at that moment.")


class HandOverShape(Shape):
    """Who may decide besides, after a while."""

    after: Length = Field(description="How long the stage has waited by then.")
    to: ApproversShape = Field(description="Which approvers may decide from then on, besides those before.")


class WayShape(Shape):
    """Who decides, and how many of them, in one of three ways."""

    anyone_of: ApproversShape | None = Field(
        None, description="Any one of these approvers decides. Never the requestor."
    )
    at_least: Count | None = Field(None, description="How many different people must agree, out of those under `of`.")
    of: ApproversShape | None = Field(None, description="Out of which approvers `at_least` so many agree.")
    all_of: ApproversShape | None = Field(
        None, description="Each of these approvers must agree, but for the requestor; no slack_groups."
    )
    hand_over: HandOvers = Field([], description="Who may decide besides, when it has waited for so long.")

    @model_validator(mode="after")
    def _one_way(self) -> "WayShape":
        ways = self.ways()
        if len(ways) > 1:
            raise wrong(
                f"“{ways[0]}” and “{ways[1]}” stand side by side; keep one of them, or make two stages of them."
            )
        if not ways:
            raise wrong("This does not say who decides; give anyone_of, at_least with of, or all_of.")
        if (self.at_least is None) is not (self.of is None):
            raise wrong("“at_least” and “of” go together: “at_least: 2” and “of: {people: [...]}”.")
        return self

    def ways(self) -> list[str]:
        """The fields by which it is said who decides."""
        given = {"anyone_of": self.anyone_of, "at_least": self.at_least or self.of, "all_of": self.all_of}
        return [name for name, value in given.items() if value is not None]


class StageShape(WayShape):
    """One stage of several."""

    name: Annotated[str, AfterValidator(stage_name)] = Field(
        description="A lower-case word that says whose turn it is; each once in a rule."
    )


class ApproveShape(WayShape):
    """Who decides: at one go, or in stages."""

    stages: Stages | None = Field(None, description="Stages, each after the one before it; at most 5.")

    def ways(self) -> list[str]:
        """The fields by which it is said who decides; to hand over is each stage's own matter."""
        if self.stages is not None and self.hand_over:
            raise wrong("“hand_over” stands beside “stages”; put it into the stage that it is about.")
        return [*WayShape.ways(self), *(["stages"] if self.stages is not None else [])]


Who = Annotated[
    Annotated[Literal["anyone"], Tag("text")] | Annotated[PeopleShape, Tag("mapping")], Discriminator(is_text)
]
Approve = Annotated[
    Annotated[Literal["at-once"], Tag("text")] | Annotated[ApproveShape, Tag("mapping")], Discriminator(is_text)
]
