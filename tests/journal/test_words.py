"""Which details of an entry are people's words, and which are facts that are never erased."""

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from daypass.journal.words import FACTS, WORDS, words_of
from tests.house.sources import SOURCE

_ELSEWHERE = {"_body", "signed"}
"""Functions that write the call of the glass hook, which is no event."""


@cache
def _details() -> frozenset[tuple[str, str]]:
    """Each name in a dict that is written within a function, in the modules that make events; and where."""
    found: set[tuple[str, str]] = set()
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text())
        makes = any(isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Event" for node in ast.walk(tree))
        imports = any(isinstance(node, ast.alias) and node.name == "Detail" for node in ast.walk(tree))
        if path.name in {"entry.py", "words.py", "story.py"} or not (makes or imports):
            continue
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef) and function.name not in _ELSEWHERE:
                found |= {(name, f"{path.name}:{function.name}") for name in _names(function)}
    return frozenset(found)


def _names(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        keys: list[ast.expr | None] = []
        if isinstance(node, ast.Dict):
            keys = node.keys
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            keys = [node.slice]
        yield from (key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))


@pytest.mark.heavy
def test_every_detail_is_either_words_or_a_fact():
    """Whoever adds one decides whether it may be erased; what nobody decided on is treated as words."""
    assert WORDS.isdisjoint(FACTS)
    assert {(name, where) for name, where in _details() if name not in WORDS | FACTS} == set()


def test_no_detail_is_decided_on_that_nobody_writes():
    """The two sets are the details that there are."""
    assert (WORDS | FACTS) - {name for name, _ in _details()} == set()


def test_a_detail_that_nobody_decided_on_is_words():
    """Rather hidden than for ever."""
    assert [word.name for word in words_of({"new_one": "Ann's mother", "key": "2026/a.csv", "reason": ""})] == [
        "new_one"
    ]
