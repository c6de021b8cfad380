"""What the house's own tests read: every file of the repository, and every module with its syntax tree."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src/daypass"
LOCAL_SLACK = ROOT / "packages/localslack"
SOURCES = (SOURCE, LOCAL_SLACK / "src/localslack")
TESTS = (ROOT / "tests", LOCAL_SLACK / "tests")
_MADE = {".git", ".venv", ".servers", "__pycache__", "dist", "out", "node_modules"}
_CACHES = ("_cache", ".hypothesis", ".egg-info")


def files() -> Iterator[Path]:
    """Yield every file that belongs to the repository, and none that a tool made."""
    for directory, subdirectories, names in os.walk(ROOT):
        subdirectories[:] = [name for name in subdirectories if name not in _MADE and not name.endswith(_CACHES)]
        yield from (Path(directory, name) for name in names if name not in _MADE)


@cache
def modules(*roots: Path) -> dict[str, str]:
    """Return the text of every Python module under some folders, by its path in the repository."""
    paths = sorted(path for root in roots for path in root.rglob("*.py"))
    return {str(path.relative_to(ROOT)): path.read_text() for path in paths}


@cache
def tree(text: str) -> ast.Module:
    """Return the syntax tree of a module."""
    return ast.parse(text)


def functions(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a module, wherever it stands."""
    for node in ast.walk(tree(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def public(text: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Yield the functions and classes of a module that others may use, and the public methods of those classes."""
    standing = list(tree(text).body)
    for node in standing:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                standing.extend(node.body)
