"""Firms to break things in: one a module, each with its own AWS, Slack, database and Daypass."""

from collections.abc import Iterator

import pytest

from daypass.demo.world import RULES
from tests.bad_input.firm import Firm
from tests.servers.clock import Clock

ARCHIVE = """
  - id: archive
    about: A rule for a bucket that nobody has made.
    who: {groups: [analysts]}
    may: [list, read]
    on: ["acme-archive/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {groups: [leads]}}
"""
FIRM_RULES = RULES.replace("\ntests:", f"{ARCHIVE}\ntests:")


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    """Open a firm for the tests of one module."""
    with Firm(tmp_path_factory.mktemp("firm")) as firm:
        firm.rules.write_text(FIRM_RULES, encoding="utf-8")
        yield firm


@pytest.fixture(scope="module")
def clocks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clock, Clock]:
    """Make two clocks: Daypass's, and AWS's."""
    folder = tmp_path_factory.mktemp("clocks")
    return Clock(folder / "daypass"), Clock(folder / "aws")


@pytest.fixture(scope="module")
def clocked_firm(clocks: tuple[Clock, Clock], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firm]:
    """Open a firm in which both Daypass and AWS have a clock of their own."""
    ours, aws = clocks
    settings, directory = ours.environment, tmp_path_factory.mktemp("clocked")
    with Firm(directory, settings=settings, aws_environ=aws.environment) as firm:
        yield firm
