"""Robots, as programs read and write them."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, JsonValue

from daypass.doors.wire.inputs import Incoming
from daypass.doors.wire.outputs import WireOut
from daypass.doors.wire.words import LineText, LongText, RobotName, ScopeText, ShortText, Whole, drawn
from daypass.lifecycle.bots.administer import LONGEST_DAYS
from daypass.model.bot import Bot

AccessToken = Literal["urn:ietf:params:oauth:token-type:access_token"]
_ACCESS_TOKEN: AccessToken = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - the kind of a token, not one

_LONGEST_JWT = 16 * 1024

_SCOPE = "(?:read|ask|use)"
_SCOPES = f"^(?:{_SCOPE}(?: {_SCOPE})*)?$"
Days = Annotated[Whole, drawn(minimum=1, maximum=LONGEST_DAYS)]


_NO_ISSUER: dict[str, JsonValue] = {
    "issuer": {"const": ""},
    "audience": {"const": ""},
    "claims": {"maxProperties": 0},
}
_AN_ISSUER: dict[str, JsonValue] = {
    "issuer": {"minLength": 1},
    "audience": {"minLength": 1},
    "claims": {"minProperties": 1},
}


class AddRobot(Incoming):
    """A robot to be: with a token of ours for some `days`, or with the tokens of an `issuer`."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["days"], "properties": {"days": {"type": "integer"}, **_NO_ISSUER}},
                {"required": ["issuer", "audience", "claims"], "properties": {"days": {"type": "null"}, **_AN_ISSUER}},
            ]
        }
    )

    name: RobotName = Field(examples=["nightly-deploy"])
    about: LineText = ""
    scopes: list[ScopeText] = Field(default=["read", "ask", "use"], max_length=10, json_schema_extra={"minItems": 1})
    days: Days | None = Field(default=None, description="1 to 366")
    issuer: LongText = Field(default="", examples=["https://token.actions.githubusercontent.com"])
    audience: ShortText = ""
    claims: dict[str, str] = Field(default={}, examples=[{"repository": "acme/deploy", "ref": "refs/heads/main"}])


class RotateRobot(Incoming):
    """How long a robot's new token is good."""

    days: Days = Field(description="1 to 366")


class AdoptRobot(Incoming):
    """Who answers for a robot is to be the caller."""

    days: Days | None = Field(default=None, description="1 to 366; for a robot with a token of ours, which is changed")


class ExchangeToken(Incoming):
    """
    A token to be exchanged for one of ours: a form, as RFC 8693 (section 2.1) has it.

    A workload's (`jwt`, `id_token`), for a robot's; or a person's own (`access_token`), for one that an agent may have.
    """

    grant_type: Literal["urn:ietf:params:oauth:grant-type:token-exchange"]
    subject_token: Annotated[str, Field(min_length=1, max_length=_LONGEST_JWT, repr=False)]
    subject_token_type: Literal[
        "urn:ietf:params:oauth:token-type:jwt",
        "urn:ietf:params:oauth:token-type:id_token",
        "urn:ietf:params:oauth:token-type:access_token",
    ]
    requested_token_type: AccessToken = _ACCESS_TOKEN
    scope: Annotated[ShortText, drawn(pattern=_SCOPES)] = Field(
        default="", description="fewer than the robot has, with blanks between"
    )
    client_id: ShortText = Field(default="", description="which robot, where several fit")

    @property
    def is_ours(self) -> bool:
        """Whether a token of ours is to be narrowed."""
        return self.subject_token_type == _ACCESS_TOKEN


class RobotOut(WireOut):
    """A robot, without its token."""

    id: str
    owner: str
    """Who answers for it."""
    about: str
    scopes: list[str]
    added: datetime
    token_ends: datetime | None
    issuer: str
    audience: str
    claims: dict[str, str]

    @classmethod
    def of(cls, robot: Bot) -> Self:
        """Show a robot."""
        return cls.model_validate(_shown(robot))


class RobotTokenOut(RobotOut):
    """A robot, with its token in the one moment it is shown."""

    token: str | None = Field(repr=False)

    @classmethod
    def handing(cls, robot: Bot, token: str | None) -> Self:
        """Show a robot and hand over its token."""
        return cls.model_validate({**_shown(robot), "token": token})


class RobotsOut(WireOut):
    """The robots that somebody may see."""

    robots: list[RobotOut]
    names: dict[str, str]


class ExchangedOut(WireOut):
    """The short-lived token (RFC 8693, section 2.2.1)."""

    access_token: str = Field(repr=False)
    issued_token_type: AccessToken = _ACCESS_TOKEN
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the kind of a token, not one
    expires_in: int
    scope: str
    principal: str


def _shown(robot: Bot) -> dict[str, object]:
    return {
        "id": robot.id,
        "owner": robot.owner,
        "about": robot.about,
        "scopes": sorted(robot.scopes),
        "added": robot.at,
        "token_ends": robot.token_ends,
        "issuer": robot.issuer,
        "audience": robot.audience,
        "claims": dict(robot.claims),
    }
