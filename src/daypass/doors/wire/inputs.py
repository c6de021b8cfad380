"""
What programs send us, strictly: a field that is not known, or a number where a text belongs, is refused.

Texts stay texts here; doors/language reads them, as it reads what people type.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from daypass.doors.wire.words import (
    GRANT_ID,
    DeliveryText,
    EveryText,
    LengthText,
    LevelText,
    LongText,
    MomentText,
    NoteText,
    PersonText,
    PlaceText,
    ReasonText,
    ShortText,
    TermText,
    Whole,
    drawn,
)


class Incoming(BaseModel):
    """What a program sends us."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class BeginLogin(Incoming):
    """A command line that asks for a code. `client` is what the person will recognise it by: its host name."""

    client: ShortText = ""
    only_end: bool = Field(default=False, description="A session of 15 minutes that can only end things.")


class EndWithCode(Incoming):
    """Open a session that can only end things, with a break-glass code."""

    code: ShortText = Field(repr=False)


class EndWithPasskey(Incoming):
    """Ask for the address at which somebody confirms, with a passkey, a command line that waits to end things."""

    person: PersonText
    user_code: ShortText


class CollectToken(Incoming):
    """A command line that asks whether its code was confirmed (RFC 8628, section 3.4)."""

    device_code: ShortText
    grant_type: Literal["urn:ietf:params:oauth:grant-type:device_code"] = "urn:ietf:params:oauth:grant-type:device_code"


class FileRequest(Incoming):
    """A request, either as `text`, in the grammar of Slack and the command line, or field by field."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["text"], "maxProperties": 1, "properties": {"text": {"type": "string"}}},
                {"required": ["level", "resource"], "properties": {"text": {"type": "null"}}},
            ]
        }
    )

    text: Annotated[LongText, drawn(format="daypass-ask", minLength=1)] | None = Field(
        default=None, examples=['s3 read acme-reports/2026/ --for 2h --reason "INC-42"']
    )
    level: LevelText = Field(
        default="", description="list, read, write or delete; several with commas", examples=["read"]
    )
    resource: PlaceText = Field(
        default="", description="bucket, bucket/prefix/ or bucket/object", examples=["acme-reports/2026/"]
    )
    for_: TermText | None = Field(default=None, alias="for", description="2h, 90m, PT2H, until 18:00", examples=["2h"])
    until: MomentText | None = Field(default=None, description="18:00, 2026-11-24T18:00:00Z; not beside `for`")
    start: MomentText | None = Field(default=None, description="not before this moment")
    reason: ReasonText = ""
    note: NoteText | None = Field(default=None, description="a word to the approvers, beside the reason")
    delivery: DeliveryText | None = Field(default=None, description="session, policy or link")
    versions: bool = False
    tags: bool = False
    to: PersonText | None = Field(default=None, description="who would have it: a Slack user id or bot:NAME")
    every: EveryText | None = Field(
        default=None,
        description="again and again; `for` or `until` then say how long that goes on",
        examples=["weekdays 09:00-10:00"],
    )
    urgent: bool = Field(default=False, description="break glass")
    again: bool = Field(default=False, description="file another, though the same was asked a moment ago")


class AllowAhead(Incoming):
    """An approval in advance: what somebody may ask for within a window."""

    to: PersonText = Field(description="a Slack user id or bot:NAME", examples=["U02ABCDEF"])
    level: LevelText = Field(examples=["read"])
    resource: PlaceText = Field(examples=["acme-reports/"])
    for_: LengthText = Field(alias="for", description="how long each access may be at most", examples=["2h"])
    window: LengthText = Field(description="within which time they may ask", examples=["7d"])
    start: MomentText | None = Field(default=None, description="when the window opens")
    reason: ReasonText = ""
    delivery: DeliveryText | None = None
    versions: bool = False
    tags: bool = False


class AskAgain(Incoming):
    """A wish for the same once more."""

    id: Annotated[ShortText, drawn(pattern=GRANT_ID)] | None = Field(
        default=None, description="the request; the last one if not said"
    )
    for_: TermText | None = Field(default=None, alias="for", examples=["1h"])
    until: MomentText | None = None
    reason: ReasonText = ""


class SayAway(Incoming):
    """Somebody is away, and a colleague may decide meanwhile."""

    until: MomentText = Field(examples=["2026-12-07 09:00"])
    to: PersonText | None = Field(default=None, description="who decides meanwhile: a Slack user id")


class ApproveRequest(Incoming):
    """An approval, for a length of the approver's choice or as it was requested. Never without either."""

    for_: Annotated[LengthText, drawn(format="daypass-length-or-requested")] = Field(
        alias="for", description="a length such as 1h, or `requested`", examples=["1h", "requested"]
    )


class WithReason(Incoming):
    """A decision that is explained: a denial, a revocation."""

    reason: ReasonText = ""


class ExtendGrant(Incoming):
    """A wish to keep what one has for longer."""

    for_: TermText | None = Field(default=None, alias="for", examples=["1h"])
    until: MomentText | None = None
    reason: ReasonText = ""


class OneObject(Incoming):
    """An object of the grant; left empty it is the one object that the grant is for."""

    key: LongText = ""
    lives: LengthText | None = Field(default=None, description="a length that shortens the URL's life, such as 10m")


class UploadForm(Incoming):
    """How big a file that is posted may be, in bytes."""

    least: Whole = Field(default=0, ge=0)
    most: Whole = Field(ge=0, le=5 * 1024**3, description="S3 takes at most 5 GiB in one POST")
