"""What every answer has in common, and the one shape of every refusal."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse


class Outgoing(BaseModel):
    """What we send."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, populate_by_name=True)


class Refused(Outgoing):
    """Why not: a sentence for a person, the word of the ask that is wrong, a code for programs."""

    sentence: str
    field: str | None = None
    code: str


class ErrorOut(Outgoing):
    """Every answer that is not the one asked for."""

    error: Refused


def refusal(
    status: int, sentence: str, *, code: str, field: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Make a refusal."""
    body = ErrorOut(error=Refused(sentence=sentence, field=field, code=code))
    return JSONResponse(body.model_dump(), status, headers)
