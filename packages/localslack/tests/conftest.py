"""A real Bolt app against the local Slack, over HTTP or over a socket."""

from collections.abc import Iterator

import pytest

from localslack import BlockingActor, BlockingSlack

from . import own_browser
from .lending_library import LendingLibrary


def pytest_configure(config: pytest.Config) -> None:
    """Bring a browser, unless the tests run among others that have one for all."""
    if not config.pluginmanager.has_plugin("tests.servers.fixtures"):
        config.pluginmanager.register(own_browser)


@pytest.fixture
def slack() -> Iterator[BlockingSlack]:
    """A local Slack with the library app connected over signed HTTP."""
    with BlockingSlack(retry_after=(0.05, 0.05, 0.05)) as slack, LendingLibrary(slack):
        yield slack


@pytest.fixture
def socket_slack() -> Iterator[BlockingSlack]:
    """A local Slack with the library app connected in Socket Mode."""
    with BlockingSlack(socket_mode=True) as slack, LendingLibrary(slack):
        yield slack


@pytest.fixture
def alice(slack: BlockingSlack) -> BlockingActor:
    """The one who borrows."""
    return slack.person("U0ALICE")


@pytest.fixture
def bob(slack: BlockingSlack) -> BlockingActor:
    """The one who lends."""
    return slack.person("U0BOB")
