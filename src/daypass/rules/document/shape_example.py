"""The form of an example: an ask with all that is so around it, and what the rules must say of it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from daypass.model.entitlement import Entitlement
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.principal import ROBOT
from daypass.resources.registry import parse_levels, parse_resource
from daypass.rules.document.shape_approval import Shape
from daypass.rules.document.values import Extras, Length, PersonId, SlackGroupId, is_person_id, rule_id, wrong


class Expected(StrEnum):
    """What an ask comes to: somebody is asked, the answer is no, or nobody need be asked."""

    ALLOWED = "allowed"
    DENIED = "denied"
    AT_ONCE = "at-once"


TicketState = Annotated[str, StringConstraints(pattern=r"^(open|closed)( as [^\s]{1,60})?$")]


def _requestor(text: str) -> str:
    if is_person_id(text) or (text.startswith(ROBOT) and len(text) > len(ROBOT)):
        return text
    raise wrong(f"“{text:.60}” is not a Slack user id such as U02ABCDEF, nor a robot such as bot:deploy.")


def _wanted(value: object) -> Entitlement:
    words = value.split(maxsplit=1) if isinstance(value, str) else []  # a key may have spaces in it
    if len(words) != 2:  # noqa: PLR2004 - a level and a place
        raise wrong("What is asked for is a level and a place, such as “s3: read acme-reports/2026/”.")
    try:
        return Entitlement(resource=parse_resource(words[1]), levels=parse_levels(words[0]))
    except BadInput as bad:
        raise wrong(bad.sentence) from None


def _moment(value: object) -> datetime:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise wrong("A moment is written with its distance from UTC, such as 2026-05-04T10:00:00+02:00.")
    return found


def _zone(text: str) -> str:
    try:
        return ZoneInfo(text).key
    except (ValueError, OSError, KeyError):
        raise wrong(f"“{text:.60}” is not a time zone; they are named as Europe/Berlin or UTC.") from None


def _decider(text: str) -> str:
    if is_person_id(text) or text.startswith("S") or ":" in text:
        return text
    raise wrong(f"“{text:.60}” is not the id of a person or of a group such as U02ABCDEF, S02ABCDEF or file:owners.")


Requestor = Annotated[str, AfterValidator(_requestor)]
Wanted = Annotated[Entitlement, BeforeValidator(_wanted)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Zone = Annotated[str, AfterValidator(_zone)]
Decider = Annotated[str, AfterValidator(_decider)]
ExpectedWord = Annotated[Expected, Field(strict=False)]


class AskShape(Shape):
    """An ask, and what is so around it. What is not said is not so, or not known."""

    person: Requestor = Field(description="Who would have it: a Slack user id, or a robot such as `bot:deploy`.")
    s3: Wanted = Field(description="A level and a place: `read acme-reports/2026/`; several levels as `read,write`.")
    extras: Extras | None = Field(None, description="What is asked for besides: versions, tags.")
    length: Length | None = Field(None, alias="for", description="How long; left out, the rule's own default.")
    delivery: Annotated[Delivery, Field(strict=False)] = Field(
        Delivery.SESSION, alias="as", description="How it is handed out: session, policy or link. Left out: session."
    )
    reason: str = Field("", description="The reason that is given.")
    urgent: bool = Field(default=False, description="Whether glass is broken.")
    asked_by: Requestor | None = Field(None, description="Who asks, when it is not the person who would have it.")
    at: Moment | None = Field(
        None, description="When, with the distance from UTC. Left out: a Monday noon in UTC, 2026-01-05."
    )
    zone: Zone = Field("UTC", description="The person's time zone.")
    slack_groups: list[SlackGroupId] = Field([], description="The Slack user groups that the person is in.")
    directory_groups: list[str] = Field([], description="Their groups in other directories, such as `file:analysts`.")
    manager: PersonId | None = Field(None, description="Their manager.")
    away: list[PersonId] = Field([], description="Approvers who are away; everybody else is there.")
    members: dict[str, list[PersonId]] = Field({}, description="Who is in groups, where they are counted one by one.")
    on_call: dict[str, list[PersonId]] = Field({}, description="Who is on call, by schedule.")
    tags: dict[str, str] | None = Field(None, description="The tags of the bucket.")
    account: str | None = Field(None, description="The AWS account of the bucket, in quotes.")
    live_grants: int | None = Field(None, description="How many live grants the person has.")
    tickets: dict[str, TicketState] = Field(
        {}, description="Tickets: `open`, `closed`, or `open as JUNK-7` of one that was moved."
    )


class CaseShape(Shape):
    """An example of the document."""

    name: str = Field(description="What it shows, in words; each once.")
    ask: AskShape = Field(description="The ask, as below.")
    expect: ExpectedWord = Field(description="`allowed` when somebody is asked, `at-once` when nobody is, or `denied`.")
    rule: Annotated[str, AfterValidator(rule_id)] | None = Field(None, description="The rule that decides.")
    approvers: list[Decider] | None = Field(None, description="Exactly who is asked first: people and groups.")


class PastShape(AskShape):
    """A line of a file of requests."""

    decided: ExpectedWord | None = Field(None, description="What was decided then: allowed, at-once or denied.")
