"""
Requests in a file, one JSON object a line: past ones, or ones that somebody made up.

Read line by line, so that a file of any size takes no more memory than its longest line. A line that cannot be read
is a fault with its number, and the next one is read all the same.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pydantic import ValidationError

from daypass.model.decision import Circumstances, Question
from daypass.model.errors import Fault, RulesUnreadable
from daypass.rules.document.example_text import around_of, question_of
from daypass.rules.document.faults import said
from daypass.rules.document.shape_example import Expected, PastShape
from daypass.rules.document.yaml_source import DocumentSource, read

LONGEST = 65_536
"""Bytes of a line."""

_FORM = 'Write one object a line: {"person": "U02ABCDEF", "s3": "read acme-reports/2026/", "for": "2h"}.'


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRequest:
    """One request of the file."""

    line: int
    question: Question
    around: Circumstances
    decided: Expected | None = None
    """What was decided then, where the file says so."""


def read_past(file: BinaryIO, *, name: str) -> Iterator[PastRequest | list[Fault]]:
    """Go through a file of requests; a line that has faults gives those."""
    for number, line in _lines(file):
        if line.strip():
            yield _read(line, number, name)


def read_ask(text: str, *, name: str) -> PastRequest | list[Fault]:
    """Read one request as a document writes it under “ask”, with or without the brackets around it."""
    whole = text if text.lstrip().startswith("{") else f"{{{text}}}"
    try:
        source = read(whole, name=name)
    except RulesUnreadable as unreadable:
        return list(unreadable.faults)
    return list(source.faults) or _asked(source, name)


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Number the lines. Of one that is too long only the beginning is kept, and that is too long as well."""
    number, whole = 0, True
    while piece := file.readline(LONGEST + 1):
        if whole:
            number += 1
            yield number, piece
        whole = piece.endswith(b"\n")


def _read(line: bytes, number: int, name: str) -> PastRequest | list[Fault]:
    if len(line) > LONGEST and not line.endswith(b"\n"):
        return [_fault(number, f"This line is longer than {LONGEST:,} bytes.", name)]
    try:
        data = json.loads(line.decode())
        json.dumps(data, ensure_ascii=False).encode()  # half of a surrogate pair is no text
    except (ValueError, RecursionError):
        return [_fault(number, "This is not JSON.", name)]
    if not isinstance(data, dict):
        return [_fault(number, "This is not an object.", name)]
    return _asked(DocumentSource(data=data, lines={(): number}, faults=()), name)


def _asked(source: DocumentSource, name: str) -> PastRequest | list[Fault]:
    try:
        shape = PastShape.model_validate(source.data)
    except ValidationError as error:
        return list(said(error, source=source, at=(), shape=PastShape, name=name))
    asked = question_of(shape)
    return PastRequest(line=source.line(()), question=asked, around=around_of(shape), decided=shape.decided)


def _fault(line: int, sentence: str, name: str) -> Fault:
    return Fault(file=name, line=line, sentence=sentence, suggestion=_FORM)
