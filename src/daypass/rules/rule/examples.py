"""
Examples that a document keeps: asks, and what the rules must say of them.

This module reads them; rules/examples/run.py tries them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from daypass.model.decision import Circumstances, Question, RuleId
from daypass.model.errors import Fault
from daypass.rules.document.example_text import around_of, question_of
from daypass.rules.document.faults import said
from daypass.rules.document.shape_example import CaseShape, Expected
from daypass.rules.document.yaml_source import Data, DocumentSource, Path

__all__ = ["Case", "Expected", "read_cases"]

FIELD = "tests"
"""The field of the document that holds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One example, with its line in the document."""

    name: str
    line: int
    question: Question
    around: Circumstances
    """Everybody who is not said to be away is there."""
    expect: Expected
    rule: RuleId | None = None
    """The rule that decides; None for whichever does."""
    approvers: frozenset[str] | None = None
    """The ids of exactly those who are asked first; None for whoever they are."""


def read_cases(data: Sequence[Data], *, source: DocumentSource, name: str) -> tuple[tuple[Case, ...], list[Fault]]:
    """Read the examples of a document; each that has a fault is left out, and every fault is told."""
    found: list[Case] = []
    faults: list[Fault] = []
    first: dict[str, int] = {}
    for position, given in enumerate(data):
        at: Path = (FIELD, position)
        try:
            case = _case(CaseShape.model_validate(given), source.line(at))
        except ValidationError as error:
            faults.extend(said(error, source=source, at=at, shape=CaseShape, name=name))
            continue
        if case.name in first:
            faults.append(_twice(case, first[case.name], name))
        first.setdefault(case.name, case.line)
        found.append(case)
    return tuple(found), faults


def _case(shape: CaseShape, line: int) -> Case:
    return Case(
        name=shape.name,
        line=line,
        question=question_of(shape.ask),
        around=around_of(shape.ask),
        expect=shape.expect,
        rule=None if shape.rule is None else RuleId(shape.rule),
        approvers=None if shape.approvers is None else frozenset(shape.approvers),
    )


def _twice(case: Case, line: int, name: str) -> Fault:
    return Fault(
        file=name,
        line=case.line,
        sentence=f"The example on line {line} is named “{case.name:.80}” too.",
        suggestion="Give each a name of its own.",
    )
