"""
How the routes of the API read what is sent: who is calling comes first, and only then whether their words can be read.

FastAPI reads a body before it asks who sent it. Here a body that is no JSON goes on as the bytes it is, and is refused
with everything else that is wrong, after the dependency that finds the caller; every endpoint names that one first.
"""

import json
from collections.abc import Callable, Coroutine, Iterable
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response, params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def api_router(about: str, prefix: str = "") -> APIRouter:
    """Make a router, its routes under a heading of the description."""
    return APIRouter(prefix=prefix, tags=[about], route_class=_Route)


def read_json(body: bytes) -> Any:
    """
    Read a body as everybody else does (RFC 7493). Raises ValueError.

    A name that comes twice is refused: another program may read the one, and we the other.
    """
    try:
        return json.loads(body, object_pairs_hook=_once_each, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


class _Sent(Request):
    """A request whose body may turn out not to be JSON."""

    async def json(self) -> Any:
        """What the body says, or the body itself when it says nothing that can be read."""
        body = await self.body()
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
                if _is_another(request, is_form=is_form) and any(one["loc"][0] == "body" for one in error.errors()):
                    raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _wanted(is_form=is_form)) from None
                raise

        return handler


def _is_another(request: Request, *, is_form: bool) -> bool:
    """Whether a body came, and came as something else."""
    told = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    wanted = told in _FORMS if is_form else told.startswith("application/") and told.endswith(("/json", "+json"))
    return not wanted and (request.headers.get("content-length") or "0") != "0"


def _wanted(*, is_form: bool) -> str:
    return f"Send a form, with the content type {_FORMS[0]}." if is_form else "Send JSON, as application/json."


def _once_each(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"it says «{name[:60]}» twice")
        found[name] = value
    return found


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number in JSON")
