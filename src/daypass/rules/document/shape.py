"""
The form of a rule document: its fields, what each means and what each may hold.

docs/rules.md is tested against these classes. Values that are wrong raise PydanticCustomError with a finished
sentence; what pydantic itself finds is put into sentences by faults.py.
"""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from daypass.model.grant import Delivery
from daypass.model.length import words_for_length
from daypass.resources.registry import kind_called
from daypass.rules.document.shape_approval import Approve, DecidersShape, Shape, Who
from daypass.rules.document.shape_conditions import BreakGlassShape, Reason, TicketField, WhenShape
from daypass.rules.document.values import (
    UNMARKED,
    Account,
    ChannelId,
    Deliveries,
    Extras,
    Length,
    Levels,
    Limit,
    Places,
    Sensitivity,
    rule_id,
    wrong,
)

UNSAID = (Delivery.SESSION, Delivery.POLICY)
"""How a rule lends that does not say: to the person alone. A link works for whoever has it, and has to be named."""
_MEANT = "What `daypass rules lint` is not to point out here: contradicting, too-wide, self-approval, shallow, guests."
AHEAD = timedelta(days=7)
"""How far ahead one may ask where a rule does not say."""
_PAUSED = "With `true`, the rule stands here and counts for nothing."


def _marked(words: dict[str, Places]) -> dict[str, Places]:
    if UNMARKED in words:
        raise wrong(f"“{UNMARKED}” is the word for places that nothing is said of; choose another.")
    return words


def _of_one_kind(places: Places, levels: list[str], options: list[str]) -> None:
    """Refuse a rule about several kinds of resource, or with levels and options of another kind."""
    kinds = sorted({place.kind for place in places})
    if len(kinds) > 1:
        raise wrong(f"A rule is about one kind of resource, and these are of {' and '.join(kinds)}; write a rule each.")
    kind = kind_called(kinds[0])
    has = [*(level.word for level in kind.levels), *kind.options]
    if strange := [word for word in (*levels, *options) if word not in has]:
        raise wrong(f"“{strange[0]}” is nothing that {kind.name} has; there are {', '.join(has)}.")


Meant = list[Literal["contradicting", "too-wide", "self-approval", "shallow", "guests"]]
Marks = Annotated[dict[Sensitivity, Places], AfterValidator(_marked)]


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


class RaisedShape(Shape):
    """How much one person may have at a time when they ask under a rule."""

    pending: Limit | None = Field(None, description="Requests that wait, of whoever filed them.")
    live: Limit | None = Field(None, description="Live grants that somebody asked for.")


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
    account: Account | None = Field(
        None, description="The account in which they are looked for. Left out: the home account, and no other."
    )
    when: WhenShape | None = Field(None, description="When it lends, as below; everything given there must be so.")
    length: LengthShape = Field(alias="for", description="How long by default and at most.")
    ahead: Length = Field(AHEAD, description="How far ahead one may ask for a start. Left out: 7d.")
    guests: bool = Field(
        default=False,
        description="With `true`, `anyone` and groups include guests of the workspace; a guest named by id is in.",
    )
    reason: Reason = Field(
        "required", description="Whether the person must say why: `required`, `optional`, or `{matching: ...}`."
    )
    ticket: TicketField | None = Field(
        None, description="An open ticket that the reason names: `required`, or `{matching: ...}`."
    )
    limits: RaisedShape | None = Field(
        None, description="More at a time than the document's `limits`, for whoever asks under this rule, as below."
    )
    delivery: Deliveries = Field(
        list(UNSAID), description="How it may be handed out: session, policy, link. Left out: session and policy."
    )
    approve: Approve = Field(description="Who decides, how many and in which order, as below; or `at-once`, nobody.")
    second_factor: Literal["required"] | None = Field(
        None, description="With `required`, an approval counts only with the approver's passkey."
    )
    channel: ChannelId | None = Field(
        None, description="The id of the Slack channel where it is decided. Left out: the one of the house."
    )
    break_glass: BreakGlassShape | None = Field(
        None, description="For emergencies: it answers urgent asks alone, at once, and is looked at afterwards."
    )
    meant: Meant = Field([], description=_MEANT)
    paused: bool = Field(default=False, description=_PAUSED)

    @model_validator(mode="after")
    def _fitting(self) -> "AllowShape":
        _of_one_kind(self.on, self.may, self.extras or [])
        at_once = isinstance(self.approve, str)
        if self.break_glass and not at_once:
            raise wrong("Whoever breaks glass waits for nobody; write “approve: at-once” beside “break_glass”.")
        if self.second_factor and at_once:
            raise wrong("“second_factor” is the approver's, and “approve: at-once” asks none; leave one of them out.")
        return self


class DenyShape(Shape):
    """A rule that forbids, whatever others lend."""

    id: Annotated[str, AfterValidator(rule_id)] = Field(
        description="Its name, in messages and in the journal; each once."
    )
    about: str = Field("", description="A sentence for those who read the rules.")
    deny: Literal[True] = Field(description="Always `true`: this rule forbids.")
    because: str = Field("", description="The sentence that the person is shown.")
    who: Who = Field(description="Whom it stops: `anyone`, or people, groups and slack_groups.")
    may: Levels = Field([], description="The levels it forbids; an ask with any of them is denied. Left out: all.")
    extras: Extras | None = Field(
        None, description="Only asks with any of these are denied. Left out: with or without."
    )
    on: Places = Field(description="Patterns; an ask that so much as overlaps one of them is denied.")
    account: Account | None = Field(
        None, description="The account in which they are looked for, and the home account. Left out: the latter alone."
    )
    when: WhenShape | None = Field(None, description="When it denies, as below; everything given there must be so.")
    delivery: Deliveries = Field(
        list(Delivery), description="Only these ways of handing out are denied. Left out: all."
    )
    meant: Meant = Field([], description=_MEANT)
    paused: bool = Field(default=False, description=_PAUSED)

    @model_validator(mode="after")
    def _fitting(self) -> "DenyShape":
        _of_one_kind(self.on, self.may, self.extras or [])
        return self


class LimitsShape(Shape):
    """How much one person may have at a time."""

    pending: Limit = Field(20, description="Requests that wait, of whoever filed them. Left out: 20.")
    live: Limit = Field(50, description="Live grants that somebody asked for. Left out: 50.")
    urgent: Limit = Field(5, description="Times that somebody breaks glass within an hour. Left out: 5.")
    hourly: Limit = Field(
        60, description="Requests that somebody files within an hour; never fewer than the other two. Left out: 60."
    )


class DocumentShape(Shape):
    """The whole document; its groups and rules are read one by one, so that a fault in one hides none in another."""

    version: Literal[1] = Field(description="The version of this form: 1.")
    owners: DecidersShape | None = Field(None, description="Who may change these rules: people, groups.")
    limits: LimitsShape = Field(
        LimitsShape(pending=20, live=50, urgent=5, hourly=60),
        description="How much one person may have at a time, as below.",
    )
    sensitivity: Marks = Field({}, description="How sensitive places are: words of your own, each with its patterns.")
    groups: dict[str, object] = Field({}, description="Named sets of people, for use in rules.")
    rules: Annotated[list[object], Field(min_length=1)] = Field(
        description="The rules; the first that allows an ask decides."
    )
    tests: list[object] = Field([], description="Examples: asks, and what these rules must say of them.")
