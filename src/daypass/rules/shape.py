"""
The form of a rule document: its fields, what each means and what each may hold.

docs/rules.md is tested against these classes. Values that are wrong raise PydanticCustomError with a finished
sentence; what pydantic itself finds is put into sentences by faults.py.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from daypass.model.entitlement import Level
from daypass.model.grant import Delivery
from daypass.model.length import words_for_length
from daypass.rules.shape_approval import Approve, Shape, Who
from daypass.rules.values import Deliveries, Extras, Length, Levels, Places, rule_id, wrong


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


class AllowShape(Shape):
    """A rule that lends."""

    id: Annotated[str, AfterValidator(rule_id)] = Field(
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

    id: Annotated[str, AfterValidator(rule_id)] = Field(
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
