"""
Every answer that is not the one asked for, in one shape: a problem of RFC 9457 (doors/wire/problem).

FastAPI's own refusals (a body that is no JSON, a field too many, no such address) are put into our sentences here.
"""

import json
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daypass.doors import refusals
from daypass.doors.api.authentication import is_login
from daypass.doors.api.methods import Methods, allowed
from daypass.doors.api.router import read_json, reading
from daypass.doors.language import did_you_mean
from daypass.doors.refusals import Code
from daypass.doors.services import Services
from daypass.doors.wire.inputs import FileRequest
from daypass.doors.wire.problem import answering, problem, refusal
from daypass.model.errors import DaypassError, TooOften, Unavailable
from daypass.model.principal import PrincipalId
from daypass.model.text import people_in

log = structlog.get_logger(__name__)

_RETRY_AFTER_S = "5"
_STATUS = {
    HTTPStatus.BAD_REQUEST: (Code.BAD_INPUT, "The body cannot be read; send JSON, in UTF-8."),
    HTTPStatus.NOT_FOUND: (
        Code.NOT_FOUND,
        "There is nothing at this address; the API is under /v1, described in /v1/openapi.json.",
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        Code.BAD_METHOD,
        "This address does not take that method; see /v1/openapi.json.",
    ),
}
_LIMITS = {"ge": "at least", "le": "at most", "lt": "less than"}
_OURS = {"for_": "for", "delivery": "delivery"}
_FIELDS = sorted(field.alias or name for name, field in FileRequest.model_fields.items())


def install(app: FastAPI) -> None:
    """Teach an app to refuse in our words."""
    app.add_exception_handler(DaypassError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_middleware(Methods)
    app.add_middleware(LastResort)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    sentence = await run_in_threadpool(_sentence, error, request)
    headers = {"Retry-After": _RETRY_AFTER_S} if isinstance(error, Unavailable) else None
    if isinstance(error, TooOften):
        headers = {"Retry-After": str(error.wait_s)}
    return refusal(
        refusals.status(error), sentence, code=refusals.code(error), field=refusals.field(error), headers=headers
    )


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - it is registered for nothing else
    first = error.errors()[0]
    if first["loc"][0] == "body" and isinstance(
        first.get("input"), bytes
    ):  # a body that is no JSON: see doors/api/router
        return refusal(HTTPStatus.BAD_REQUEST, await reading(_no_json, first["input"]), code=Code.BAD_INPUT)
    field, sentence = _complaint(first)
    return refusal(HTTPStatus.UNPROCESSABLE_ENTITY, sentence, code=Code.BAD_INPUT, field=field)


def _no_json(body: bytes) -> str:
    try:
        read_json(body)
    except UnicodeDecodeError as error:
        return f"The body is not UTF-8 (at byte {error.start})."
    except json.JSONDecodeError as error:
        return f"The body is not valid JSON (at character {error.pos}): {error.msg}."
    except ValueError as error:
        return f"The body is not valid JSON: {str(error)[:200]}."
    return "The body cannot be read; send JSON, in UTF-8."


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for nothing else
    match error.status_code:
        case HTTPStatus.UNAUTHORIZED:
            return refusal(error.status_code, error.detail, code=Code.NOT_LOGGED_IN, headers=error.headers)
        case HTTPStatus.UNSUPPORTED_MEDIA_TYPE:
            return refusal(error.status_code, error.detail, code=Code.BAD_TYPE)
        case HTTPStatus.METHOD_NOT_ALLOWED:
            headers: Mapping[str, str] | None = {"Allow": ", ".join(allowed(request.scope))}
        case _:
            headers = error.headers
    code, sentence = _STATUS.get(HTTPStatus(error.status_code), (Code.BAD_REQUEST, error.detail))
    return refusal(error.status_code, sentence, code=code, headers=headers)


def _complaint(first: Mapping[str, Any]) -> tuple[str | None, str]:  # noqa: PLR0911 - a sentence for each complaint
    """Name the field that pydantic complains of, and say what is wrong with it."""
    where = [str(part) for part in first["loc"][1:]]
    field = _OURS.get(where[-1], where[-1]) if where else None
    context = first.get("ctx", {})
    match first["type"]:
        case "extra_forbidden":
            hint = "" if field in _FIELDS else did_you_mean(str(field), _FIELDS)  # another route's field, spelt right
            return field, f"“{_short(field)}” is not a field here.{hint}"
        case "missing" if field is None:
            return None, "Send a JSON object as the body."
        case "missing":
            return field, f"“{field}” is missing."
        case "string_type" | "string_unicode":
            return field, f"“{field}” must be text."
        case "int_type" | "int_parsing" | "int_from_float":
            return field, f"“{field}” must be a whole number."
        case "greater_than_equal" | "less_than_equal" | "less_than":
            said = ", ".join(f"{_LIMITS[name]} {value}" for name, value in context.items() if name in _LIMITS)
            return field, f"“{field}” must be {said}."
        case "bool_type":
            return field, f"“{field}” must be true or false."
        case "string_too_long":
            return field, f"“{field}” is too long; {context.get('max_length')} characters are the most."
        case "model_attributes_type" | "dict_type" | "model_type":
            return None, "Send a JSON object as the body, with the content type application/json."
        case _:
            return field, f"“{_short(field)}” cannot be read: {first['msg'][:200]}."


def _short(field: str | None) -> str:
    return (field or "the body")[:60]


def _sentence(error: Exception, request: Request) -> str:
    """Say it with names to whoever has a login; nobody else is told one, and nobody is looked up for them."""
    services = request.app.state.services
    if people_in(refusals.text(error)) and is_login(services, request.headers):
        return refusals.sentence_naming(error, lambda one: _name(one, services))
    return refusals.to_a_stranger(error)


def _name(principal_id: PrincipalId, services: Services) -> str:
    known = services.judge.person(principal_id)
    return known.name if known else principal_id


class LastResort:
    """The outermost catch: what nobody foresaw is logged in full and answered with a sentence that leaks nothing."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as ASGI asks."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # the top of the door: see the class
            # The route's pattern, never the path, and no local variables: either may hold a token.
            route = getattr(scope.get("route"), "path", "none")
            said = problem(refusals.status(error), refusals.sentence(error), code=refusals.code(error))
            trace = traceback.format_exc()
            log.error("request.failed", method=scope["method"], route=route, trace=trace, instance=said.instance)  # noqa: TRY400
            if started:
                raise  # half an answer must not look like a whole one: the server breaks the connection
            await answering(said)(scope, receive, send)
