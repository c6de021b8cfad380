"""
What every attack stands on: the checkout under attack, and a company of its own in each module.

`pytest tests/attacks --against DIR` runs them against another checkout; by default it is this one.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.checkout import HERE, Checkout
from tests.attacks.proxy import Proxy
from tests.attacks.site import NAMES, RULES, Site
from tests.servers.ministack import MiniStack
from tests.servers.process import free_port


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--against`."""
    parser.addoption("--against", default=str(HERE), help="the checkout under attack")


@pytest.fixture(scope="session")
def checkout(request: pytest.FixtureRequest) -> Checkout:
    """Return the checkout under attack."""
    return Checkout(Path(request.config.getoption("--against", default=str(HERE))).resolve())


@pytest.fixture(scope="session")
def site_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    """Yield the AWS of `site`, in which nobody else's leftovers are."""
    server = MiniStack(tmp_path_factory.mktemp("aws"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def site(site_aws: MiniStack, checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Yield a company that is shared by all attacks that leave it as it was."""
    with Site(tmp_path_factory.mktemp("site"), checkout, aws=site_aws, settings=_SWEEPS_OFTEN) as company:
        yield company


ODD = "U0ODD"
"""Somebody whose name has in it what turns text around, colors a terminal, and begins a line of its own."""
_PEOPLE = {**NAMES, ODD: "Odd \u202erekab \x9b31m\x1b[2J\nU0BOB approved"}
_LINKS = """
  - id: links
    who: {people: [U0CAROL]}
    may: [read]
    on: ["acme-tiny/**"]
    for: {default: 1h, max: 8h}
    reason: optional
    delivery: [link]
    approve: at-once
"""


@pytest.fixture(scope="session")
def fronted(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Yield a company whose Daypass has a public name, for passkeys, and a proxy that says who comes."""
    port, aws = free_port(), MiniStack(tmp_path_factory.mktemp("aws"))
    settings = {
        "DAYPASS_SERVICE_PUBLIC_URL": f"http://localhost:{port}",
        "DAYPASS_SERVICE_TRUSTED_PROXIES": "127.0.0.1",
    }
    aws.start()
    folder, rules = tmp_path_factory.mktemp("site"), RULES + _LINKS
    with Site(folder, checkout, aws=aws, rules=rules, settings=settings, people=_PEOPLE, port=port) as company:
        yield company
    aws.stop()


@dataclass(frozen=True)
class Shaken:
    """A company whose AWS and Slack are reached through proxies that misbehave when told to."""

    site: Site
    aws: Proxy
    slack: Proxy


@pytest.fixture(scope="session")
def shaken_site(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shaken]:
    """Yield one, shared too; it sweeps seldom, so that nothing is put right behind an attack's back."""
    aws = MiniStack(tmp_path_factory.mktemp("aws"))
    aws.start()
    with Proxy(aws.endpoint) as before_aws, Proxy("") as before_slack:
        company = Site(
            tmp_path_factory.mktemp("site"),
            checkout,
            aws=aws,
            aws_url=before_aws.url,
            slack_url=f"{before_slack.url}/api/",
            before_serving=lambda site: before_slack.forward_to(site.slack.url),
        )
        with company:
            yield Shaken(company, before_aws, before_slack)
    aws.stop()


@pytest.fixture
def shaken(shaken_site: Shaken) -> Iterator[Shaken]:
    """Yield the shaken company, and end every fault afterwards."""
    yield shaken_site
    shaken_site.aws.fault = shaken_site.slack.fault = lambda _: None


@pytest.fixture
def make_site(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Site]]:
    """Yield a function that starts a company of the test's own, with an AWS of its own unless one is given."""
    with ExitStack() as stack:

        def make(aws: MiniStack | None = None, before_aws: Proxy | None = None, **more: Any) -> Site:
            if aws is None:
                aws = MiniStack(tmp_path_factory.mktemp("aws"))
                aws.start()
                stack.callback(aws.stop)
            if before_aws is not None:
                before_aws.forward_to(aws.endpoint)
                more["aws_url"] = before_aws.url
            return stack.enter_context(Site(tmp_path_factory.mktemp("site"), checkout, aws=aws, **more))

        yield make


_SWEEPS_OFTEN = {"DAYPASS_WORKER_SWEEP_EVERY": "5s"}
