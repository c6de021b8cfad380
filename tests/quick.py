"""
Which tests are quick: those that start nothing beside themselves, found by what their code can reach.

From a test and its fixtures this follows every global name, function by function and class by class, through the
tests, the demo and the local Slack. Where that comes to something that starts a process, a browser or a server, the
test is not quick. No list of tests is kept: a test that begins to ask for a server leaves `make quick` by itself.
"""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from tests.house.sources import ROOT

_PROCESSES = ("subprocess", "multiprocessing", "concurrent.futures.process", "playwright")
_SERVERS = ("granian", "http.server", "socketserver", "aiohttp.web", "aiohttp.web_runner", "daypass.wiring.listener")
"""Modules that start one, whatever of them is used."""
_PLACES = tuple(
    ROOT / "tests" / place
    for place in (
        "attacks",
        "bad_input",
        "benchmarks",
        "browser",
        "doors/api",
        "doors/mcp",
        "e2e",
        "deliveries",
        "servers",
        "soak",
    )
)
"""Where tests stand that start something: nothing of these folders is even imported."""
_FOLLOWED = tuple(str(ROOT / folder) for folder in ("tests", "src/daypass/demo", "packages/localslack"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make quick` choose."""
    parser.addoption("--quick", action="store_true", help="only tests that start nothing, 25 examples a property")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pass by the folders where nothing is quick."""
    return True if config.option.quick and collection_path in _PLACES else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not quick, when only that is asked for."""
    if config.option.quick:
        quick: list[pytest.Item] = []
        slow: list[pytest.Item] = []
        for item in items:
            (quick if is_quick(item) else slow).append(item)
        config.hook.pytest_deselected(items=slow)
        items[:] = quick


def is_quick(item: pytest.Item) -> bool:
    """Whether a test starts nothing, itself or by a fixture, in this turn of its parameters."""
    if not isinstance(item, pytest.Function):
        return True
    fixtures = list(item._fixtureinfo.name2fixturedefs.values())
    turns = list(item.callspec.params.values()) if hasattr(item, "callspec") else []
    named = (item.session._fixturemanager.getfixturedefs(turn, item) for turn in turns if isinstance(turn, str))
    fixtures += [found for found in named if found]  # a fixture that asks for another by a name it is given
    called = [turn for turn in turns if isinstance(turn, FunctionType)]
    return not any(_starts(function) for function in (item.obj, *called, *(found[-1].func for found in fixtures)))


@cache
def _starts(root: Any) -> bool:
    """Whether anything that can be reached from here starts something."""
    seen: set[int] = set()
    ahead = [root]
    while ahead:
        one = ahead.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        home = one.__name__ if isinstance(one, ModuleType) else str(getattr(one, "__module__", ""))
        if any(home == module or home.startswith(f"{module}.") for module in (*_PROCESSES, *_SERVERS)):
            return True
        # By its file: pytest calls a module of tests/ now tests.x and now x.
        if str(getattr(sys.modules.get(home), "__file__", "")).startswith(_FOLLOWED):
            ahead += _reached(one)
    return False


def _reached(one: Any) -> Iterator[Any]:
    """What a function or class names: of a class, all that its methods name."""
    inner = getattr(one, "__wrapped__", None)
    if isinstance(one, type):
        yield from (part for each in one.__mro__ for part in vars(each).values())
    elif isinstance(one, property):
        yield from (one.fget, one.fset)
    elif isinstance(one, FunctionType):
        yield from (one.__globals__[name] for name in _names(one.__code__) if name in one.__globals__)
        yield from (cell.cell_contents for cell in one.__closure__ or ())
    if inner is not None:
        yield inner


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
