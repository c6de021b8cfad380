"""
The seeds of what takes minutes: one for the whole run, and from it and its name one for each test.

The seed is printed with pytest's closing lines, whether anything failed or not. `make soak SEED=...` draws the same
again; with `ONLY=...` (pytest's -k) one test alone draws what it drew among the others.
"""

import logging
import secrets
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

import pytest
import structlog

_TOLD = "told"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run be run again."""
    parser.addoption("--seed", type=int, default=None, help="the seed of an earlier run of tests/soak")


def pytest_configure(config: pytest.Config) -> None:
    """Draw a seed unless one is given."""
    if config.option.seed is None:
        config.option.seed = secrets.randbelow(10**9)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is long."""
    here = f"{Path(__file__).parent}/"
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.long)


def pytest_report_header(config: pytest.Config) -> str:
    """Say the seed at the start, for whoever has to kill the run."""
    return _told(config)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say at the end what the tests told, and the seed."""
    reports = [one for some in terminalreporter.stats.values() for one in some if isinstance(one, pytest.TestReport)]
    for report in reports:
        for name, told in report.user_properties if report.when == "call" else ():
            if name == _TOLD:
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {told}")
    terminalreporter.write_line(_told(config))


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Return what lets a test say figures, shown at the end whether it passes or not."""
    return partial(record_property, _TOLD)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Log nothing: of ten thousand grants it would be a hundred thousand lines, kept until the test has passed."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> str:
    """Return the test's own seed, which follows from the run's and the test's name. Put it into what fails."""
    return f"{request.config.option.seed}/{request.node.nodeid}"


@pytest.fixture
def dice(seed: str) -> Random:
    """Return the dice of this test."""
    return Random(seed)  # noqa: S311 - to be thrown again


def _told(config: pytest.Config) -> str:
    return f"soak: the seed is {config.option.seed}; to run it again: make soak SEED={config.option.seed}"
