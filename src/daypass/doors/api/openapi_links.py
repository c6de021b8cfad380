"""
Where the id of an answer goes next: the links of the description (OpenAPI 3.1, Link Object).

An answer that has an id leads to every operation that takes such an id in its path.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

_REF = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class _Leads:
    """From an answer's shape: where its id stands, and the addresses that take it."""

    parameter: str
    addresses: tuple[str, ...]
    pointer: str = "/id"


_REQUEST = _Leads("request_id", ("/v1/requests/{request_id}", "/v1/grants/{request_id}"))
_CHANGE = _Leads("change_id", ("/v1/rules/changes/{change_id}",))
_ROBOT = _Leads("name", ("/v1/robots/{name}",))
_LEADS: Mapping[str, _Leads] = {
    "RequestOut": _REQUEST,
    "GrantOut": _REQUEST,
    "BrokenOut": _Leads("request_id", _REQUEST.addresses, "/request/id"),
    "ReviewOut": _Leads("request_id", ("/v1/glass/{request_id}",)),
    "PermitOut": _Leads("request_id", ("/v1/permits/{request_id}",)),
    "FreezeOut": _Leads("request_id", ("/v1/freezes/{request_id}",)),
    "ChangeOut": _CHANGE,
    "WholeChangeOut": _CHANGE,
    "AppliedOut": _CHANGE,
    "RobotOut": _ROBOT,
    "RobotTokenOut": _ROBOT,
}


def link(paths: Mapping[str, Json]) -> None:
    """Add to each answer that has an id where it leads."""
    for operations in paths.values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if status.startswith("2") and (links := dict(_links(answer, paths))):
                    answer["links"] = links


def _links(answer: Json, paths: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    for leads in {_LEADS[shape] for shape in _shapes(answer) if shape in _LEADS}:
        for path, operations in paths.items():
            if path.startswith(leads.addresses):
                for operation in operations.values():
                    given = {leads.parameter: f"$response.body#{leads.pointer}"}
                    name = operation["operationId"]
                    yield name, {"operationId": name, "parameters": given, "description": operation["summary"]}


def _shapes(answer: Json) -> Iterator[str]:
    """The names of the shapes that an answer may have."""
    for content in answer.get("content", {}).values():
        schema = content.get("schema", {})
        for one in schema.get("anyOf", [schema]):
            yield one.get("$ref", "").removeprefix(_REF)
