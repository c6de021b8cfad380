"""The shape of the code: small modules, honest names, and a word of explanation on everything that others use."""

import ast
import re
from pathlib import Path

from tests.house.sources import SOURCES, modules, public, tree

LONGEST_MODULE = 300  # lines
# Names that say nothing of what is inside, and so collect everything.
EMPTY_WORDS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service", "base", "handler"}


def last_word(name: str) -> str:
    """Return the last word of a class's name of several words, and nothing for a single word."""
    words = re.findall("[A-Z][a-z0-9]*", name)
    return words[-1].lower() if len(words) > 1 else ""


def test_no_module_is_longer_than_a_reader_can_hold():
    """A module that outgrows 300 lines is two modules."""
    lengths = {path: len(text.splitlines()) for path, text in modules(*SOURCES).items()}

    assert {path: length for path, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_module_has_an_empty_name():
    """A module is named after its subject."""
    words = {
        path: set(Path(path).with_suffix("").as_posix().replace("/", "_").split("_")) for path in modules(*SOURCES)
    }

    assert [path for path in words if words[path] & EMPTY_WORDS] == []


def test_no_class_has_an_empty_name():
    """A class is named after what it is: a GrantManager would be whatever nobody else wanted to be."""
    named = [
        f"{path}: {node.name}"
        for path, text in modules(*SOURCES).items()
        for node in ast.walk(tree(text))
        if isinstance(node, ast.ClassDef) and last_word(node.name) in EMPTY_WORDS
    ]

    assert named == []


def test_every_module_says_why_it_exists():
    """Each module that holds code begins with a docstring."""
    silent = [path for path, text in modules(*SOURCES).items() if text.strip() and not ast.get_docstring(tree(text))]

    assert silent == []


def test_everything_public_is_explained():
    """Each public function, class and method of the source has a docstring."""
    silent = [
        f"{path}: {node.name}"
        for path, text in modules(*SOURCES).items()
        for node in public(text)
        if not ast.get_docstring(node)
    ]

    assert silent == []
