"""The directory as the settings make it: the operator's files, and what the cabinet keeps of people and robots."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from daypass.aws.buckets import AwsCatalogue
from daypass.aws.clients import Clients
from daypass.model.absence import Absence
from daypass.model.bot import Bot
from daypass.model.errors import Misconfigured, NotFound
from daypass.model.event import EntryKind
from daypass.model.principal import Away, AwsIdentity, GroupName, PrincipalId
from daypass.model.record import Validity
from daypass.people.directory import PeopleDirectory
from daypass.settings import load
from daypass.store.ledger import SqlLedger
from daypass.wiring.people import facts, people
from localslack import BlockingSlack
from tests.hands import HandClock
from tests.makers import HOUR, NOON
from tests.office import office_slack
from tests.store.facts import fact
from tests.tables import with_tables

ALICE, BOB, DEPLOY = PrincipalId("U0ALICE"), PrincipalId("U0BOB"), PrincipalId("bot:deploy")
ROLE = "arn:aws:iam::123456789012:role/deploy"

Make = Callable[..., PeopleDirectory]


@pytest.fixture(scope="module")
def slack() -> Iterator[BlockingSlack]:
    """Start a local Slack."""
    with office_slack() as slack:
        yield slack


@pytest.fixture
def ledger(sqlite_url: str) -> Iterator[SqlLedger]:
    """Open a ledger with nothing in it."""
    store = with_tables(sqlite_url)
    yield SqlLedger(store)
    store.close()


@pytest.fixture
def clock() -> HandClock:
    """Hold the time at noon."""
    return HandClock()


@pytest.fixture
def make(slack: BlockingSlack, ledger: SqlLedger, clock: HandClock) -> Make:
    """Make the directory, and what finds facts out by it, from settings beside those of Slack."""

    def made(**settings: object) -> PeopleDirectory:
        given = {f"DAYPASS_{name}".upper(): str(value) for name, value in settings.items()}
        slacks = {"DAYPASS_SLACK_BOT_TOKEN": slack.bot_token, "DAYPASS_SLACK_API_URL": slack.api_url}
        clients = Clients(region="eu-west-1")
        read = load({**slacks, "DAYPASS_AWS_IDENTITY_TAGS": "no", **given})
        buckets = AwsCatalogue(clients=clients)
        directory = people(read, buckets, ledger, clock)
        facts(read, buckets, directory)
        return directory

    return made


def keep(ledger: SqlLedger, value: Absence | Bot) -> None:
    """Write something into the cabinet."""
    ledger.record(fact(value, kind=EntryKind.GRANT_PROVISIONING))


def test_without_any_file_people_are_as_slack_has_them(make: Make) -> None:
    """Every file is optional."""
    bob = make().principal(BOB)

    assert (bob.name, bob.groups, bob.manager, bob.same_as, bob.away) == (
        "Bob Okafor", frozenset(), None, frozenset(), None,
    )  # fmt: skip


def test_who_said_to_be_away_is_away_until_then(make: Make, ledger: SqlLedger, clock: HandClock) -> None:
    """Their own word counts at once, and no longer than they said."""
    directory = make()
    assert directory.principal(BOB).away is None

    keep(ledger, Absence(principal=BOB, until=NOON + HOUR, delegate=ALICE, at=NOON))
    assert directory.principal(BOB).away == Away(until=NOON + HOUR, delegate=ALICE)

    clock.forward(HOUR)
    assert directory.principal(BOB).away is None


def test_who_is_back_early_is_not_away(make: Make, ledger: SqlLedger) -> None:
    """An absence that was closed counts no more."""
    keep(ledger, Absence(principal=BOB, until=NOON + HOUR, delegate=ALICE, at=NOON))
    keep(ledger, replace(ledger.find(Absence, BOB), state=Validity.CLOSED))

    assert make().principal(BOB).away is None


def test_a_robot_is_known_with_its_owner_and_its_role(make: Make, ledger: SqlLedger, tmp_path: Path) -> None:
    """The cabinet says who answers for it, the map of people which AWS identity it has, the people file its groups."""
    (tmp_path / "map.yaml").write_text(f"{DEPLOY}: {ROLE}\n")
    (tmp_path / "people.yaml").write_text(f"groups: {{robots: ['{DEPLOY}']}}\n")
    directory = make(rules_people=tmp_path / "map.yaml", people_file=tmp_path / "people.yaml")
    with pytest.raises(NotFound, match="no robot bot:deploy"):
        directory.principal(DEPLOY)

    keep(ledger, Bot(id=DEPLOY, owner=ALICE, at=NOON))
    robot = directory.known(DEPLOY)

    assert (robot.robot, robot.active, robot.owner) == (True, True, ALICE)
    assert robot.groups == {GroupName("file:robots")}
    assert robot.aws == AwsIdentity(arn=ROLE)


def test_a_robot_that_was_closed_is_not_active(make: Make, ledger: SqlLedger) -> None:
    """It can neither ask nor have anything."""
    keep(ledger, Bot(id=DEPLOY, owner=ALICE, at=NOON, state=Validity.CLOSED))

    assert not make().principal(DEPLOY).active


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("rules_people", "The map of people"),
        ("people_file", "The people file"),
        ("people_schedules", "The file of schedules"),
    ],
)
def test_a_file_that_is_missing_or_wrong_stops_the_start(make: Make, tmp_path: Path, setting: str, words: str) -> None:
    """Nobody finds out at the first request."""
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("- nothing\n")

    with pytest.raises(Misconfigured, match=f"{words} .*nowhere.yaml cannot be read: No such file"):
        make(**{setting: tmp_path / "nowhere.yaml"})
    with pytest.raises(Misconfigured, match=rf"{words} cannot be read:\n.*wrong.yaml:1: "):
        make(**{setting: wrong})


def test_a_tracker_without_its_token_stops_the_start(make: Make) -> None:
    """Every ticket would be unknown, and every rule that wants one would lend nothing."""
    with pytest.raises(Misconfigured, match="Jira token is empty"):
        make(tickets_jira_url="https://jira.acme.example")
