"""A workspace of very many, and a Slack that counts calls as Slack does."""

from collections.abc import Iterator
from contextlib import contextmanager

from daypass.model.principal import PrincipalId
from daypass.people.slack_budget import ALLOWED
from localslack import BlockingSlack
from localslack.workspace import Person
from tests.office import office_slack
from tests.people.hands import HandClock

ASKERS = [PrincipalId(f"U0P{number:05}") for number in range(187)]


@contextmanager
def crowded_slack(clock: HandClock) -> Iterator[BlockingSlack]:
    """Start a local Slack with 187 people more, which allows as many calls a minute as Slack does."""
    with office_slack() as slack:
        slack.faults.allowed |= ALLOWED
        slack.faults.clock = clock
        people = slack.inner.world.workspace.people
        people |= {
            one: Person(id=one, name=one.lower(), real_name=one.title(), email=f"{one.lower()}@acme.example")
            for one in ASKERS
        }
        yield slack
