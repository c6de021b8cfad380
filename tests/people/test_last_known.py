"""Whom the directory knows by heart while Slack does not answer: for a day, and nobody who is known to be gone."""

from collections.abc import Iterator

import pytest

from daypass.model.errors import NotFound, Unavailable
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.people.aws_identities import AwsIdentities
from daypass.people.directory import PeopleDirectory
from daypass.people.slack_calls import SlackCalls, web_client
from daypass.people.slack_people import SlackPeople
from localslack import BlockingSlack, Person, UserGroup
from tests.office import office_slack

ANN, BOB = PrincipalId("U0ANN"), PrincipalId("U0BOB")
DAY_S = 24 * 3600.0


class Seconds:
    """A clock of seconds that a test moves."""

    def __init__(self) -> None:
        """Begin long after nothing."""
        self.now = 1_000_000.0

    def __call__(self) -> float:
        """Read it."""
        return self.now


@pytest.fixture
def slack() -> Iterator[BlockingSlack]:
    """A local Slack with Ann and Bob, who is one of the leads."""
    people = [Person(id=one, name=one.lower(), real_name=one) for one in (ANN, BOB)]
    groups = [UserGroup(id="S0LEADS", handle="leads", name="Leads", users=[BOB])]
    with office_slack(people=people, groups=groups) as running:
        yield running


@pytest.fixture
def clock() -> Seconds:
    """The directory's clock."""
    return Seconds()


@pytest.fixture
def directory(slack: BlockingSlack, clock: Seconds) -> PeopleDirectory:
    """The real one."""
    calls = SlackCalls(web_client(slack.bot_token, base_url=slack.api_url), clock=clock, sleep=lambda _: None)
    return PeopleDirectory(SlackPeople(calls, clock=clock), AwsIdentities({}, clock=clock), clock=clock)


def test_who_was_read_is_known_by_heart_while_slack_is_down(
    slack: BlockingSlack, clock: Seconds, directory: PeopleDirectory
):
    """With their groups as they were; and `principal` itself stays strict."""
    read = directory.principal(BOB)
    slack.go_down()
    clock.now += 3600

    assert directory.last_known(BOB) == read
    assert read.slack_groups == {SlackGroupId("S0LEADS")}
    with pytest.raises(Unavailable):
        directory.principal(BOB)


def test_who_was_never_read_is_not_known(directory: PeopleDirectory):
    """And nobody is asked."""
    assert directory.last_known(ANN) is None


def test_a_day_later_nobody_is_known(clock: Seconds, directory: PeopleDirectory):
    """To the second; reading somebody anew begins a new day."""
    directory.principal(ANN)
    clock.now += DAY_S - 1
    directory.principal(BOB)
    assert directory.last_known(ANN) is not None
    clock.now += 1

    assert directory.last_known(ANN) is None
    assert directory.last_known(BOB) is not None


def test_a_failed_look_up_makes_nobody_younger(slack: BlockingSlack, clock: Seconds, directory: PeopleDirectory):
    """Trying while Slack is down does not begin a new day."""
    directory.principal(ANN)
    slack.go_down()
    clock.now += DAY_S - 1
    with pytest.raises(Unavailable):
        directory.principal(ANN)
    clock.now += 1

    assert directory.last_known(ANN) is None


def test_who_was_deactivated_is_known_as_that(slack: BlockingSlack, clock: Seconds, directory: PeopleDirectory):
    """The last word counts, not the best one."""
    directory.principal(ANN)
    slack.change_person(ANN, deleted=True)
    clock.now += 61
    directory.principal(ANN)
    slack.go_down()

    known = directory.last_known(ANN)
    assert known is not None
    assert not known.active


def test_who_is_nobody_any_more_is_forgotten_at_once(slack: BlockingSlack, clock: Seconds, directory: PeopleDirectory):
    """Also when they were read a minute ago."""
    directory.principal(ANN)
    slack.inner.world.workspace.people.pop(ANN)
    clock.now += 61
    with pytest.raises(NotFound):
        directory.principal(ANN)

    assert directory.last_known(ANN) is None
