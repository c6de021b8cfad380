"""What people read in Slack is said in one package, so that it can be judged as a whole, and translated."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.sources import SOURCE, modules, tree

DOOR = "src/daypass/doors/slack/"
TEXTS = f"{DOOR}texts/"
# Two words side by side; a word with a space beside it, as in the piece of a sentence; a word with a capital letter.
READABLE = re.compile(r"[A-Za-z]{2,},? [A-Za-z]{2,}|[A-Za-z]{2,}[.,:;]? $|^[.,:;]? [A-Za-z]{2,}|^[A-Z][a-z]+[.!?…]?$")


def silent(node: ast.AST) -> bool:
    """Tell whether what stands in a node is read by no person: a docstring, the log, a pattern, a key, a comparison."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Compare():
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "re"))) | ast.Call(func=ast.Attribute(attr="get")):
            return True
        case _:
            return False


def literals(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the strings of a module that somebody may come to read."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child
        elif not silent(child):
            yield from literals(child)


def said(text: str) -> list[str]:
    """Return what a module says to people, going by how it reads."""
    return [f"{one.lineno}: {one.value!s}" for one in literals(tree(text)) if READABLE.search(str(one.value))]


def test_only_the_texts_of_slack_say_anything():
    """No module of Slack's door but those of `texts` holds words that a person reads, not even a piece of them."""
    elsewhere = {
        path: found
        for path, text in modules(SOURCE / "doors/slack").items()
        if not path.startswith(TEXTS) and (found := said(text))
    }

    assert elsewhere == {}


def test_nothing_is_said_in_pictures():
    """No emoji carries a meaning: a screen reader says its name, and another country reads it otherwise."""
    pictures = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]|:[a-z_]+[a-z0-9_]*:")
    found = {
        path: [str(one.value) for one in literals(tree(text)) if pictures.search(str(one.value))]
        for path, text in modules(SOURCE / "doors/slack").items()
        if path.startswith(TEXTS)
    }

    assert {path: some for path, some in found.items() if some} == {}


@pytest.mark.parametrize(
    "line",
    [
        'button("Cancel", action)',
        'say(f"{number} requests wait")',
        'more = f"and {number} more. "',
        'raise BadInput(f"No rule “{name}” here.")',
        'modal(title, close="Not yet")',
        'table = {"id": "Name of the rule"}',
    ],
)
def test_words_in_code_are_found(line):
    """What the law forbids is seen, in each of the shapes it comes in."""
    assert said(line)


@pytest.mark.parametrize(
    "line",
    [
        'log.warning("slack.told_later", reason="not now, Slack is away")',
        '"""Say it."""',
        'button(labels.DONE, "mine.done", grant.id)',
        'statement.get("Effect") == "Allow"',
        're.compile("[a-z]+ and more")',
        'key = f"told:{notice.id}"',
    ],
)
def test_words_that_nobody_reads_are_let_be(line):
    """Names of events, keys, patterns and the words of AWS's documents are no text."""
    assert not said(line)


def test_quotes_are_those_of_english():
    """What is quoted stands in “these”; the marks of other languages are only read, where somebody types them."""
    reads = "src/daypass/doors/language/tokenize.py"
    found = [path for path, text in modules(SOURCE).items() if path != reads and re.search("[«»„]", text)]

    assert found == []
