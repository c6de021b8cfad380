"""
The one shape of every refusal: a problem, as RFC 9457 has it, `application/problem+json`.

    type       /problems/CODE, which a browser can open          title     what kind it is, always the same words
    status     the answer's own                                  detail    the sentence for the person
    instance   this one occurrence; the log has it for a 5xx     code      the kind, for programs
    field      the word of the ask that is wrong, or null
"""

from collections.abc import Mapping
from typing import Annotated
from uuid import uuid4

from pydantic import Field
from starlette.responses import JSONResponse

from daypass.doors.refusals import Code
from daypass.doors.wire.outputs import WireOut

MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[Code, str] = {
    Code.BAD_INPUT: "Something in the request is wrong",
    Code.NOT_ALLOWED: "The rules say no",
    Code.NOT_YOURS: "This is not yours to do",
    Code.TOO_LATE: "Decided, or ended, already",
    Code.ASKED_ALREADY: "The same was asked a moment ago",
    Code.NOT_FOUND: "There is no such thing that you may see",
    Code.CONFLICT: "Somebody else moved it first",
    Code.THROTTLED: "AWS or Slack asks Daypass to be slower",
    Code.UNAVAILABLE: "AWS, Slack or the database does not answer now",
    Code.MISCONFIGURED: "Whoever runs Daypass must change something first",
    Code.INTERNAL: "Something went wrong inside Daypass",
    Code.NOT_LOGGED_IN: "You are not logged in",
    Code.BAD_METHOD: "This address does not take that method",
    Code.BAD_TYPE: "This address does not take that content type",
    Code.TOO_LARGE: "The request is too large",
    Code.TOO_SLOW: "The request did not arrive in time",
    Code.SLOW_DOWN: "Too many tries",
    Code.PENDING: "Nobody has confirmed the login yet",
    Code.EXPIRED: "The login is over",
    Code.BAD_REQUEST: "The request cannot be read",
}


class Problem(WireOut):
    """Every answer that is not the one asked for (RFC 9457)."""

    type: Annotated[str, Field(json_schema_extra={"format": "uri-reference"}, examples=["/problems/bad_input"])]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    """A sentence for a person: what is wrong, and what to do."""
    instance: Annotated[str, Field(json_schema_extra={"format": "uri-reference"})]
    code: Code
    field: str | None
    """The word of the ask that stands in the way, when one does."""


def problem(status: int, sentence: str, *, code: Code, field: str | None = None) -> Problem:
    """Make a problem; no two have one `instance`."""
    return Problem(
        type=f"/problems/{code}",
        title=TITLES[code],
        status=status,
        detail=sentence,
        instance=uuid4().urn,
        code=code,
        field=field,
    )


def refusal(
    status: int, sentence: str, *, code: Code, field: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Make a refusal."""
    return answering(problem(status, sentence, code=code, field=field), headers)


def answering(made: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Answer with a problem."""
    return JSONResponse(made.model_dump(), made.status, headers, media_type=MEDIA_TYPE)
