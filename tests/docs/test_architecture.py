"""The page that leads through the code names what is there: files, functions and folders, and the layers as held."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from daypass.model.event import EntryKind
from tests.docs.pages import code
from tests.house.sources import LOCAL_SLACK, ROOT, SOURCE, modules, tree

PAGE = (ROOT / "docs/architecture.md").read_text()
MARK = re.compile(r"([\w./-]+)(?::([A-Za-z_][\w.]*))?")
NAME = re.compile(r"\w+(?:\.\w+)?")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
FILES = {".md", ".py", ".toml"}
OTHER_WORDS = {"bucket/key", "match"}
"""Words set as code that name neither a path of ours nor what a module defines."""


def spans() -> set[str]:
    """What stands as code within lines."""
    return set(re.findall(r"`([^`\n]+)`", FENCED.sub("", PAGE))) - OTHER_WORDS


def marks() -> list[tuple[str, str]]:
    """The paths that the page names, each with what it says is defined there."""
    found = (MARK.fullmatch(one) for one in sorted(spans()))
    return [(one[1], one[2] or "") for one in found if one and ("/" in one[1] or Path(one[1]).suffix in FILES)]


def defined(body: list[ast.stmt], within: str = "") -> Iterator[str]:
    """What statements define: functions, classes with their methods, and constants."""
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield f"{within}{name}"
            case ast.ClassDef(name=name):
                yield f"{within}{name}"
                yield from defined(node.body, f"{name}.")
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                yield f"{within}{name}"
            case _:
                pass


def place(path: str) -> Path | None:
    """What a path of the page leads to, seen from the code or else from the root; None when nothing is there."""
    return next((one for one in (SOURCE / path, ROOT / path) if one.exists()), None)


def nothing(path: str, name: str) -> bool:
    """Whether a mark leads nowhere."""
    there = place(path)
    return there is None or bool(name and (there.is_dir() or name not in defined(tree(there.read_text()).body)))


def test_every_path_and_function_that_the_page_names_exists():
    """`path.py:function` is a file of ours, and the file defines it."""
    assert len(marks()) > 150
    assert [f"{path}:{name}" for path, name in marks() if nothing(path, name)] == []


def test_every_word_that_stands_as_code_is_one_of_the_code():
    """Where no path stands before it, some module defines it, or it is a state or a kind of entry of the journal."""
    names = {name for text in modules(SOURCE).values() for name in defined(tree(text).body)}
    last = {name.rpartition(".")[2] for name in names}
    known = names | last | {name.lower() for name in last} | set(EntryKind)
    alone = {one for one in spans() if NAME.fullmatch(one) and Path(one).suffix not in FILES}

    assert len(alone) > 60
    assert sorted(alone - known) == []


def test_the_layers_drawn_are_those_that_the_gate_holds():
    """Line by line, as import-linter has them; a layer that is not there yet stands in brackets there and not here."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [re.findall(r"(?<!\()\b\w+\b(?!\))", layer) for layer in contracts[0]["layers"]]
    held = [layer for layer in layers if layer]
    drawing = next(block for block in code(PAGE) if block.startswith("__main__ "))

    assert [re.findall(r"\w+", re.split(r"\s{3,}", line)[0]) for line in drawing.splitlines()] == held


def test_every_folder_has_a_row_in_the_table():
    """A folder or package that nobody explains is noticed here."""
    rows = set(re.findall(r"^\| `([\w/]+?)/?(?:\.py)?` \|", PAGE, re.MULTILINE))
    there = {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in SOURCE.rglob("*.py")}
    there -= {"__init__", "__main__"}
    packages = {f"packages/{path.name}" for path in LOCAL_SLACK.parent.iterdir()}

    assert (there | packages) - rows == set()


def test_a_row_of_the_table_says_what_its_folder_imports():
    """The third column is read off the code: a new import between folders has to be told here."""
    rows = dict(re.findall(r"^\| `(\w+)(?:/|\.py)` \| .* \| ([^|]*) \|$", PAGE, re.MULTILINE))
    there = {one.partition("/")[0].removesuffix(".py") for one in rows}
    said = {one: set(re.findall(r"\w+", re.sub(r"\(.*?\)", "", rows[one]))) for one in there}

    found = {one: imported(one) for one in there}

    assert said.pop("wiring") == {"all", "but", "demo", "resources", "views"}
    assert found.pop("wiring") == there - {"wiring", "demo", "resources", "views"}
    assert found == {one: folders - {"nothing"} for one, folders in said.items()}


def imported(folder: str) -> set[str]:
    """The other folders that the modules of one import."""
    texts = modules(SOURCE / folder).values() or [(SOURCE / f"{folder}.py").read_text()]
    found = {
        module.split(".")[1]
        for text in texts
        for node in ast.walk(tree(text))
        if isinstance(node, ast.ImportFrom) and (module := node.module or "").startswith("daypass.")
    }
    return found - {folder}
