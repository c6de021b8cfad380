"""docs/rules.md says of every field what the code says, and its examples are read and decide."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from daypass.rules.document.shape import AllowShape, DenyShape, DocumentShape, LengthShape, LimitsShape, RaisedShape
from daypass.rules.document.shape_approval import ApproversShape, ApproveShape, HandOverShape, PeopleShape, StageShape
from daypass.rules.document.shape_conditions import BreakGlassShape, LiveGrantsShape, MatchingShape, WhenShape
from daypass.rules.document.shape_example import AskShape, CaseShape
from daypass.rules.load.read import parse

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text()
SHAPES: list[type[BaseModel]] = [
    DocumentShape,
    LimitsShape,
    RaisedShape,
    AllowShape,
    DenyShape,
    PeopleShape,
    LengthShape,
    ApproveShape,
    ApproversShape,
    StageShape,
    HandOverShape,
    WhenShape,
    LiveGrantsShape,
    MatchingShape,
    BreakGlassShape,
    CaseShape,
    AskShape,
]
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def table(shape: type[BaseModel]) -> str:
    """Write the table of a part's fields as it stands in the page."""
    rows = [
        f"| `{field.alias or name}` | {'yes' if field.is_required() else 'no'} | {field.description} |"
        for name, field in shape.model_fields.items()
    ]
    return "\n".join(["| field | needed | meaning |", "|---|---|---|", *rows])


@pytest.mark.parametrize("shape", SHAPES)
def test_every_field_is_in_the_page_as_the_code_describes_it(shape: type[BaseModel]) -> None:
    """Change a field, and the page must follow."""
    assert table(shape) in PAGE, f"docs/rules.md needs this table:\n\n{table(shape)}\n"


def test_no_field_of_the_page_is_unknown_to_the_code() -> None:
    """Tables of the page that are not of the code would be noticed here."""
    fields = re.findall(r"^\| `(\w+)` \| (?:yes|no) \|", PAGE, re.MULTILINE)

    assert len(fields) == sum(len(shape.model_fields) for shape in SHAPES)


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_of_the_page_is_read(text: str) -> None:
    """What is shown can be copied."""
    assert parse(text, name="docs/rules.md").rules


def test_the_page_has_examples() -> None:
    """A page without examples would pass the test above."""
    assert len(EXAMPLES) >= 2
