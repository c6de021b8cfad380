"""
How the routes of the API read what is sent: who is calling comes first, and only then whether their words can be read.

FastAPI reads a body before it asks who sent it. Here a body that is no JSON goes on as the bytes it is, and is refused
with everything else that is wrong, after the dependency that finds the caller; every endpoint names that one first.
"""

import json
from collections.abc import Callable, Coroutine, Iterable
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import APIRouter, HTTPException, Request, Response, params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

T = TypeVar("T")

_FORM = "application/x-www-form-urlencoded"
_SOON_READ = 64 * 1024
"""Bytes: so many are read as soon as they are handed to a thread, the pieces being few (doors/bodies)."""


def api_router(about: str, prefix: str = "") -> APIRouter:
    """Make a router, its routes under a heading of the description."""
    return APIRouter(prefix=prefix, tags=[about], route_class=_Route)


def read_json(body: bytes) -> Any:
    """
    Read a body as everybody else does (RFC 7493). Raises ValueError.

    A name that comes twice is refused: another program may read the one, and we the other. So is what is not UTF-8
    (RFC 8259, section 8.1), in which doors/bodies has counted.
    """
    try:
        return json.loads(body.decode(), object_pairs_hook=_once_each, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


async def reading(how: Callable[[bytes], T], body: bytes) -> T:
    """Do with a body what reads all of it, in a thread where that takes long enough for others to notice."""
    return how(body) if len(body) <= _SOON_READ else await run_in_threadpool(how, body)


class _Sent(Request):
    """A request whose body may turn out not to be JSON."""

    async def json(self) -> Any:
        """What the body says, or the body itself when it says nothing that can be read."""
        return await reading(_json_or_bytes, await self.body())


def _json_or_bytes(body: bytes) -> Any:
    try:
        return read_json(body)
    except ValueError:
        return body


class _Route(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        answer = super().get_route_handler()
        is_form = self.body_field is not None and isinstance(self.body_field.field_info, params.Form)

        async def handler(request: Request) -> Response:
            try:
                return await answer(_Sent(request.scope, request.receive))
            except RequestValidationError as error:
                if _is_another(request, is_form=is_form) and _is_of_the_body(error):
                    raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _wanted(is_form=is_form)) from None
                raise

        return handler


def _is_of_the_body(error: RequestValidationError) -> bool:
    return any(one["loc"][0] == "body" for one in error.errors())


def _is_another(request: Request, *, is_form: bool) -> bool:
    """Whether a body came, and came as something else."""
    told = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted = told == _FORM if is_form else told.startswith("application/") and told.endswith(("/json", "+json"))
    return not wanted and (request.headers.get("content-length") or "0") != "0"


def _wanted(*, is_form: bool) -> str:
    return f"Send a form, with the content type {_FORM}." if is_form else "Send JSON, as application/json."


def _once_each(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"it says “{name[:60]}” twice")
        found[name] = value
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number in JSON")
