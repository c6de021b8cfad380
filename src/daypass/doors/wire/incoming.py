"""
What programs send us, strictly: a field that is not known, or a number where a text belongs, is refused.

Texts stay texts here; doors/grammar reads them, as it reads what people type.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

ShortText = Annotated[str, Field(max_length=200)]
LongText = Annotated[str, Field(max_length=4_000)]


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

    person: ShortText
    user_code: ShortText


class CollectToken(Incoming):
    """A command line that asks whether its code was confirmed (RFC 8628, section 3.4)."""

    device_code: ShortText
    grant_type: Literal["urn:ietf:params:oauth:grant-type:device_code"] = "urn:ietf:params:oauth:grant-type:device_code"


class FileRequest(Incoming):
    """A request, either as `text`, in the grammar of Slack and the command line, or field by field."""

    text: LongText | None = Field(default=None, examples=['s3 read acme-reports/2026/ --for 2h --reason "INC-42"'])
    level: ShortText = Field(
        default="", description="list, read, write or delete; several with commas", examples=["read"]
    )
    resource: LongText = Field(
        default="", description="bucket, bucket/prefix/ or bucket/object", examples=["acme-reports/2026/"]
    )
    for_: ShortText | None = Field(default=None, alias="for", description="2h, 90m, PT2H, until 18:00", examples=["2h"])
    until: ShortText | None = Field(default=None, description="18:00, 2026-11-24T18:00:00Z; not beside `for`")
    start: ShortText | None = Field(default=None, description="not before this moment")
    reason: LongText = ""
    delivery: ShortText | None = Field(default=None, description="session, policy or link")
    versions: bool = False
    tags: bool = False
    to: ShortText | None = Field(default=None, description="who would have it: a Slack user id or bot:NAME")
    every: ShortText | None = Field(
        default=None,
        description="again and again; `for` or `until` then say how long that goes on",
        examples=["weekdays 09:00-10:00"],
    )
    urgent: bool = Field(default=False, description="break glass")


class AllowAhead(Incoming):
    """An approval in advance: what somebody may ask for within a window."""

    to: ShortText = Field(description="a Slack user id or bot:NAME", examples=["U02ABCDEF"])
    level: ShortText = Field(examples=["read"])
    resource: LongText = Field(examples=["acme-reports/"])
    for_: ShortText = Field(alias="for", description="how long each access may be at most", examples=["2h"])
    window: ShortText = Field(description="within which time they may ask", examples=["7d"])
    start: ShortText | None = Field(default=None, description="when the window opens")
    reason: LongText = ""
    delivery: ShortText | None = None
    versions: bool = False
    tags: bool = False


class AskAgain(Incoming):
    """A wish for the same once more."""

    id: ShortText | None = Field(default=None, description="the request; the last one if not said")
    for_: ShortText | None = Field(default=None, alias="for", examples=["1h"])
    until: ShortText | None = None
    reason: LongText = ""


class SayAway(Incoming):
    """Somebody is away, and a colleague may decide meanwhile."""

    until: ShortText = Field(examples=["2026-12-07 09:00"])
    to: ShortText | None = Field(default=None, description="who decides meanwhile: a Slack user id")


class ApproveRequest(Incoming):
    """An approval, for a length of the approver's choice or as it was requested. Never without either."""

    for_: ShortText = Field(
        alias="for", description="a length such as 1h, or `requested`", examples=["1h", "requested"]
    )


class WithReason(Incoming):
    """A decision that is explained: a denial, a revocation."""

    reason: LongText = ""


class ExtendGrant(Incoming):
    """A wish to keep what one has for longer."""

    for_: ShortText | None = Field(default=None, alias="for", examples=["1h"])
    until: ShortText | None = None
    reason: LongText = ""


class OneObject(Incoming):
    """An object of the grant; left empty it is the one object that the grant is for."""

    key: LongText = ""
    lives: ShortText | None = Field(default=None, description="a length that shortens the URL's life, such as 10m")


class UploadForm(Incoming):
    """How big a file that is posted may be, in bytes."""

    least: int = Field(default=0, ge=0)
    most: int = Field(ge=0, le=5 * 1024**3, description="S3 takes at most 5 GiB in one POST")
