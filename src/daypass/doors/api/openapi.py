"""
The description of the API for programs, `/v1/openapi.json`: what FastAPI reads off the endpoints, and more.

To that it adds

    every refusal that an operation can answer with, as a problem
    where the id of an answer goes next, as links
"""

from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from daypass.doors.api.openapi_links import link
from daypass.doors.wire.problem import MEDIA_TYPE, Problem

Json = dict[str, Any]

_SAID: Mapping[int, str] = {
    400: "The body is not JSON, or no form where one is wanted.",
    401: "No token, or one that is over.",
    403: "The rules, or your right to do this, say no.",
    404: "There is no such thing that you may see.",
    408: "The request did not arrive whole in time.",
    409: "Somebody else moved it first; look again.",
    410: "Decided, or ended, already.",
    413: "More than 64 KiB, or where rules are proposed more than 2 MiB; or too many names and values.",
    414: "An address or a query of more than 2 KiB.",
    415: "A body of another content type.",
    421: "The `Host` is not the one of the public address.",
    422: "A word of it is wrong; `field` says which.",
    429: "Too many tries; wait as long as `Retry-After` says.",
    500: "Our fault; the operator finds `instance` in the log.",
    503: "AWS, Slack, the database or the set-up is in the way now.",
}
_ALWAYS = {408, 413, 414, 421, 500, 503}
_KNOWN_FIRST = {401, 403}
_WITH_BODY = {400, 415, 422}
_DOING = {403, 404, 409, 410, 422}
_WAITING = {429, 503}
_RETRY_AFTER: Json = {
    "Retry-After": {"description": "Seconds to wait, where waiting helps.", "schema": {"type": "integer", "minimum": 1}}
}
_WWW_AUTHENTICATE: Json = {
    "WWW-Authenticate": {"description": "RFC 6750, section 3.", "schema": {"type": "string"}},
}
_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}


class DescribedApi(FastAPI):
    """An app that describes itself whole: worked out once, in a thread, and kept as the bytes that are sent."""

    def setup(self) -> None:
        """Add the address of the description; FastAPI's own encodes it anew for whoever asks, on the event loop."""
        self._making = Lock()
        self._encoded = b""

        async def described(_request: Request) -> Response:
            encoded = self._encoded or await run_in_threadpool(self._encode)
            return Response(encoded, media_type="application/json")

        self.add_route(str(self.openapi_url), described, include_in_schema=False)

    def _encode(self) -> bytes:
        with self._making:
            self._encoded = self._encoded or bytes(JSONResponse(self.openapi()).body)
            return self._encoded

    def openapi(self) -> Json:
        """The description; worked out when it is first asked for."""
        if not self.openapi_schema:
            self.openapi_schema = _completed(super().openapi())
        return self.openapi_schema


def _completed(described: Json) -> Json:
    schemas: Json = described["components"]["schemas"]
    for made_by_fastapi in ("HTTPValidationError", "ValidationError"):
        schemas.pop(made_by_fastapi, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas |= problem.pop("$defs")
    schemas["Problem"] = problem
    for method, operation in _operations(described):
        operation["summary"] = _summary(operation)
        answers: Json = operation["responses"]
        answers.pop("422", None)
        for status in sorted(_statuses(method, operation)):
            answers[str(status)] = _refused(status)
        if "200" in answers and "201" in answers:
            _tell_apart(answers["201"], answers["200"])
    link(described["paths"])
    return described


def _summary(operation: Json) -> str:
    """What a list of operations calls one: the first sentence said of it, instead of a name of ours."""
    first = " ".join(str(operation.get("description") or operation["summary"]).split("\n\n")[0].split())
    return first.partition(". ")[0].rstrip(".")


def _tell_apart(made: Json, tried: Json) -> None:
    """Leave to what was made the shape of its own, where another status has the other."""
    (of_tried,) = tried["content"].values()
    for content in made["content"].values():
        own = [one for one in content["schema"].get("anyOf", ()) if one != of_tried["schema"]]
        content["schema"] = own[0] if own else content["schema"]


def _operations(described: Json) -> Iterator[tuple[str, Json]]:
    for path in described["paths"].values():
        yield from path.items()


def _statuses(method: str, operation: Json) -> set[int]:
    """With which refusals an operation can answer."""
    found = _ALWAYS | {int(status) for status in operation["responses"] if int(status) in _SAID}
    found |= _KNOWN_FIRST if "security" in operation else set()
    found |= _WITH_BODY if "requestBody" in operation else set()
    found |= _DOING if method == "post" else set()
    in_path = any(one["in"] == "path" for one in operation.get("parameters", ()))
    found |= {404} if in_path else set()
    return found | ({422} if operation.get("parameters") else set())


def _refused(status: int) -> Json:
    headers = _RETRY_AFTER if status in _WAITING else _WWW_AUTHENTICATE if status == 401 else {}  # noqa: PLR2004
    return {"description": _SAID[status], "content": _PROBLEM} | ({"headers": headers} if headers else {})
