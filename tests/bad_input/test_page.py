"""The page itself: it says nothing that no test has seen."""

import ast
from pathlib import Path

from tests.bad_input.page import rows


def test_every_row_is_produced_by_a_test():
    """What is wrong, in each row, is a mistake that some test here makes."""
    texts = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    made = {node.value for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}

    assert [wrong for wrong, _ in rows() if wrong not in made] == []
    assert len(rows()) > 90
