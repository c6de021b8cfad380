"""A house whose rules Bob owns and which lends to a robot, and an issuer that it trusts."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from daypass.model.principal import Principal
from daypass.rules.load.read import RuleBook, parse
from daypass.rules.rule.people import NamedPeople
from daypass.workload_identity.issuers import Issuers
from tests.doors.api.robots.speaking import DEPLOY, OTHER, added, speaking
from tests.doors.house import RULES, House, open_house
from tests.makers import BOB
from tests.workload_identity.issuer import Issuer, open_issuer


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """Open an issuer."""
    with open_issuer() as issuer:
        yield issuer


@pytest.fixture
def house(tmp_path: Path, issuer: Issuer) -> Iterator[House]:
    """Open a house whose rules Bob owns, and name a robot in them."""
    book = lending_to_robots(parse(RULES, name="rules.yaml"))
    with open_house(tmp_path, workloads=Issuers([issuer.url], clock=time.monotonic)) as house:
        house.under(lambda: book)
        for robot in (DEPLOY, OTHER):
            house.directory.people[robot] = Principal(id=robot, name=robot, owner=BOB)
        yield house


def lending_to_robots(book: RuleBook) -> RuleBook:
    """Let Bob own the rules, and the first of them lend to the robot too."""
    first, *rest = book.rules
    who = NamedPeople(people=first.who.people | {DEPLOY})
    return replace(book, rules=(replace(first, who=who), *rest), owners=NamedPeople(people=frozenset({BOB})))


@pytest.fixture
def robot(house: House, bob: httpx2.Client) -> Iterator[httpx2.Client]:
    """The robot, with a token of ours."""
    with speaking(house, added(bob)["token"]) as client:
        yield client
