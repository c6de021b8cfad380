"""
What Slack delivers, read once, for both its ways in, and checked before the framework or a conversation sees it.

    bytes of a request          parsed here, signed or not; a signature says who wrote it and not that it is well formed
    an envelope of the socket   parsed here, by the same parser
    its shape                   every field that we or the framework read is there, and of its kind

What does not fit is refused with BadInput: nothing was done. What fits and then fails is a fault of ours, and is logged
as one. Fields that nobody reads may be anything, as Slack adds some now and then.
https://docs.slack.dev/reference/interaction-payloads
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from daypass.doors.slack.texts import refusals as sorry
from daypass.model.errors import BadInput

Payload = dict[str, Any]

_MOST_FIELDS = 100
"""Of a form; Slack sends about fifteen."""
_WHERE = 80
"""Characters of the place of a fault that are told; a key in it may be anybody's."""
_EVENT = "event_callback"


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,64}$")]
Token = Annotated[str, Field(min_length=1, max_length=256)]


class _Team(_Shape):
    id: Id


class _Person(_Shape):
    id: Id
    team_id: Id | None = None


class _Choice(_Shape):
    value: str


class _Element(_Shape):
    """One input of a form or a message, or what was pressed."""

    value: str | None = None
    selected_option: _Choice | None = None
    selected_options: list[_Choice] | None = None
    selected_user: Id | None = None
    selected_users: list[Id] | None = None


class _Pressed(_Element):
    action_id: str
    block_id: str


class _State(_Shape):
    values: dict[str, dict[str, _Element]] = Field(default_factory=dict)


class _View(_Shape):
    id: str
    type: str = ""
    callback_id: str = ""
    private_metadata: str = ""
    state: _State | None = None
    app_installed_team_id: Id | None = None


class _Submitted(_View):
    callback_id: str
    private_metadata: str


class _Container(_Shape):
    is_ephemeral: bool = False


class _Address(_Shape):
    response_url: str


class _Any(_Shape):
    """What the framework reads of every payload, and of each of those for whom an event is delivered."""

    team: _Team | Id | None = None
    team_id: Id | None = None
    enterprise: _Team | Id | None = None
    enterprise_id: Id | None = None
    authorizations: list["_Any"] | None = None
    user_id: Id | None = None
    channel: _Team | Id | None = None
    response_url: str | None = None
    response_urls: list[_Address] = Field(default_factory=list)
    thread_ts: str | None = None


class _Command(_Any):
    command: Token
    text: str = ""
    team_id: Id
    user_id: Id
    trigger_id: Token


class _Interaction(_Any):
    user: _Person
    team: _Team | None = None
    state: _State | None = None
    view: _View | None = None
    container: _Container | None = None


class _Actions(_Interaction):
    trigger_id: Token
    actions: list[_Pressed] = Field(min_length=1)


class _Submission(_Interaction):
    trigger_id: Token
    view: _Submitted


class _Suggestion(_Interaction):
    action_id: str
    block_id: str
    value: str = ""


class _Shortcut(_Interaction):
    trigger_id: Token
    callback_id: str


class _Closed(_Interaction):
    view: _View


class _Spoken(_Any):
    """A message, as it was said or as it was before."""

    user: Id | None = None
    ts: str | None = None
    text: str | None = None
    subtype: str | None = None
    user_team: Id | None = None
    source_team: Id | None = None
    parent_user_id: Id | None = None
    bot_id: Id | None = None
    edited: dict[str, Any] | None = None
    files: list[Any] | None = None


class _Message(_Spoken):
    type: Literal["message"]
    channel: Id
    ts: str
    message: _Spoken | None = None
    previous_message: _Spoken | None = None


class _Grid(_Shape):
    teams: list[Id] | None = None


class _Changed(_Person):
    deleted: bool | None = None
    enterprise_user: _Grid | None = None


class _UserChange(_Any):
    type: Literal["user_change"]
    user: _Changed


class _Opened(_Any):
    type: Literal["app_home_opened"]
    user: Id
    tab: str | None = None


class _OneEvent(_Any):
    event: Annotated[_Message | _UserChange | _Opened, Field(discriminator="type")]
    event_id: Token
    team_id: Id


class _Challenge(_Shape):
    challenge: str


_SHAPES: Mapping[str, type[_Shape]] = {
    "block_actions": _Actions,
    "view_submission": _Submission,
    "view_closed": _Closed,
    "block_suggestion": _Suggestion,
    "shortcut": _Shortcut,
    "message_action": _Shortcut,
    _EVENT: _OneEvent,
    "url_verification": _Challenge,
}


def parse(body: bytes, content_type: str) -> Payload:
    """Read the body of a signed request. Raises BadInput for what is no payload of any kind."""
    try:
        text = body.decode()
        if content_type.partition(";")[0].strip().lower() == "application/json" or text.startswith("{"):
            return _object(text)
        fields = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
        return _object(fields["payload"]) if "payload" in fields else fields
    except ValueError as error:
        raise BadInput(sorry.MALFORMED) from error


def envelope(text: str) -> Payload:
    """Read what came by the socket. Raises BadInput for what is no envelope; some have no payload."""
    try:
        found = _object(text)
    except ValueError as error:
        raise BadInput(sorry.MALFORMED) from error
    if not isinstance(found.get("type"), str):
        raise BadInput(sorry.malformed("type"))
    if "envelope_id" in found and not isinstance(found["envelope_id"], str):
        raise BadInput(sorry.malformed("envelope_id"))
    if "payload" in found and not isinstance(found["payload"], dict):
        raise BadInput(sorry.malformed("payload"))
    return found


def checked(payload: Payload) -> Payload:
    """Give a payload without what is null in it. Raises BadInput unless it has the shape that Slack documents."""
    told = {name: value for name, value in payload.items() if value is not None}
    shapes = [_SHAPES.get(str(told["type"]))] if "type" in told else []
    if "command" in told:
        shapes.append(_Command)
    if not shapes and "ssl_check" not in told:
        raise BadInput(sorry.malformed("type"))
    for shape in shapes:
        if shape is None:
            raise BadInput(sorry.malformed("type"))
        try:
            shape.model_validate(told)
        except ValidationError as error:
            raise BadInput(sorry.malformed(_where(error))) from None
    return told


def is_event(payload: Mapping[str, Any]) -> bool:
    """Whether nobody waits for its answer, and Slack sends it again when it is refused."""
    return payload.get("type") == _EVENT


def _object(text: str) -> Payload:
    """Read one JSON object. Raises ValueError for anything else, for no Unicode, and for what no text can hold."""
    found = from_json(text, allow_inf_nan=False)
    if not isinstance(found, dict) or _has_nul(found):
        raise ValueError
    return found


def _has_nul(value: object) -> bool:
    """Whether a text in it has a NUL, which no database takes; the parser limits how deep this goes."""
    match value:
        case str():
            return "\0" in value
        case list():
            return any(map(_has_nul, value))
        case dict():
            return any(map(_has_nul, value)) or any(map(_has_nul, value.values()))
        case _:
            return False


def _where(error: ValidationError) -> str:
    return ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])[:_WHERE]
