"""One name for one thing: no class twice, errors that are one tree, and rooms of the code in one order."""

import ast
from collections import defaultdict
from collections.abc import Set as AbstractSet
from pathlib import Path

from tests.house.sources import SOURCE, modules, tree

FAILURES = "src/daypass/model/errors.py"
WITHIN = {
    "src/daypass/demo": {"DoesNotHoldError"},
    "src/daypass/doors": {"TooMuchHeld", "NoRoom"},
    "src/daypass/doors/cli": {"Failure"},
    "src/daypass/doors/slack": {"Gone", "TryLater", "Faulty"},
    "src/daypass/journal": {"BadWords", "LineTooLong", "CutOff"},
}
"""Exceptions that steer within one folder and that nobody is told of; each is caught before it leaves that folder."""


def classes() -> dict[str, list[str]]:
    """Every class that is not private, and the modules that define one of that name."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, text in modules(SOURCE).items():
        for node in tree(text).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(path)
    return found


def test_no_class_name_stands_twice():
    """Whoever reads a name, in code or in a trace, knows which class it is."""
    assert {name: paths for name, paths in classes().items() if len(paths) > 1} == {}


def test_errors_are_one_tree():
    """What can go wrong for somebody is a DaypassError; any other exception stays in the folder that is told here."""
    outside = {
        node.name: path
        for path, text in modules(SOURCE).items()
        for node in tree(text).body
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and any(isinstance(base, ast.Name) and base.id == "Exception" for base in node.bases)
    }

    assert outside.pop("DaypassError") == FAILURES
    assert set(outside) == set().union(*WITHIN.values())
    for folder, names in WITHIN.items():
        assert {name: outside[name] for name in names if Path(folder) not in Path(outside[name]).parents} == {}
        assert [path for path in _importers(names) if Path(folder) not in Path(path).parents] == []


def _importers(names: set[str]) -> list[str]:
    """The modules that import one of these names."""
    return [
        path
        for path, text in modules(SOURCE).items()
        for node in ast.walk(tree(text))
        if isinstance(node, ast.ImportFrom) and names & {alias.name for alias in node.names}
    ]


def test_no_modules_import_each_other_in_a_circle():
    """Also not inside a function, and not for types alone: each module can be read after those that it imports."""
    paths = {_dotted(path): text for path, text in modules(SOURCE).items()}
    left = {module: _imported(text, paths.keys()) - {module} for module, text in paths.items()}
    while free := {module for module, found in left.items() if not found}:
        left = {module: found - free for module, found in left.items() if module not in free}

    assert left == {}


def _dotted(path: str) -> str:
    return path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imported(text: str, known: AbstractSet[str]) -> set[str]:
    """The modules of ours that one imports: a module by its name, or the module that a name is taken from."""
    found: set[str] = set()
    for node in ast.walk(tree(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            named = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (named & known) | ({node.module} & known if named - known else set())
    return found
