"""
Call every operation of the API, with what its own description allows and with what it does not (schemathesis).

Of each answer it is asked: no 5xx; no undocumented status, content type or header; a body of the documented shape; a
refusal for what the description forbids, and none of its shape for what it allows.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import requests
import schemathesis.openapi
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi import checks as openapi

from tests.doors.api.contract.words import name_formats
from tests.doors.api.contract.world import World

Operation: TypeAlias = APIOperation[Any, Any, Any, Any]
Drawn: TypeAlias = Case[Any]
_LAST = ("/v1/panic", "/v1/freezes", "/v1/logout")
"""After these hardly anything is let in any more."""
_CHECKS = [
    not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_headers_conformance,
    openapi.response_schema_conformance,
    openapi.negative_data_rejection,
]
_MEANING = {
    "length",
    "start",
    "resource",
    "level",
    "reason",
    "delivery",
    "person",
    "text",
    "base",
    "claims",
    "issuer",
    "days",
    "key",
}
"""Fields of which the description draws the shape alone: what they mean, the rules, the clock and the rest judge."""


@dataclass(frozen=True)
class Conformance:
    """Conformance at one house."""

    house: World

    @cached_property
    def operations(self) -> list[Operation]:
        """Every operation; those that shut the doors come last."""
        name_formats()
        schema = schemathesis.openapi.from_dict(dict(self.house.described))
        every = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
        assert len(every) > 70
        return sorted(every, key=lambda one: one.path.startswith(_LAST))

    def complaints(self, who: str, drawn_by: Hashable, *, each: int, share: slice = slice(None)) -> Iterator[str]:
        """Knock as somebody at every operation, or a share of them, `each` times in either way; say what is wrong."""
        with requests.Session() as session:
            session.headers["Authorization"] = f"Bearer {self.house.tokens[who]}"
            for operation in self.operations[share]:
                for mode in GenerationMode:
                    yield from self._called(operation, mode, session, drawn_by, each)

    def _called(
        self, operation: Operation, mode: GenerationMode, session: requests.Session, drawn_by: Hashable, each: int
    ) -> list[str]:
        found: list[str] = []

        @seed(drawn_by)
        @settings(
            max_examples=each,
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=[*HealthCheck],
        )
        @given(case=operation.as_strategy(mode), known=st.integers(0, 5))
        def call(case: Drawn, known: int) -> None:
            if mode is GenerationMode.POSITIVE:
                self._aim(case, known)
            answer = case.call(base_url=self.house.url, session=session)
            try:
                case.validate_response(
                    answer, checks=_CHECKS if answer.status_code not in {413, 414} else _CHECKS[:-1]
                )  # a no too
            except FailureGroup as failures:
                found.append(f"{operation.label} ({mode.name}): {failures}")
            if mode is GenerationMode.POSITIVE and answer.status_code == 422:
                said = answer.json()
                if said["field"] not in _MEANING:
                    found.append(f"{operation.label} refuses what it allows: {said} {case.as_curl_command()}")

        call()
        return found

    def _aim(self, case: Drawn, known: int) -> None:
        """Ask for what there is, five times of six."""
        for name in case.path_parameters or {}:
            if (ids := self.house.there.get(name)) and known:
                case.path_parameters[name] = ids[known % len(ids)]
