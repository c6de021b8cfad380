"""Who belongs to this workspace, by everything that Slack can say of somebody, and who of those is a guest."""

from collections.abc import Iterator

import pytest

from daypass.model.errors import NotFound, Unavailable
from daypass.model.principal import PrincipalId
from daypass.people.organization import Organization, is_guest, must_belong
from daypass.people.slack_people import SlackPeople
from localslack import BlockingSlack
from tests.office import office_slack
from tests.people.hands import HandClock
from tests.people.test_same_person import people_of

EVE = PrincipalId("U0EVE")
ALONE, IN_GRID = Organization(team="T1"), Organization(team="T1", enterprise="E1")
SISTER = {"team_id": "T2", "enterprise_user": {"enterprise_id": "E1", "teams": ["T2"]}}
BOTH = {"team_id": "T2", "enterprise_user": {"enterprise_id": "E1", "teams": ["T2", "T1"]}}
WHOLE = {"team_id": "E1", "enterprise_user": {"enterprise_id": "E1", "teams": ["T1"]}}
OF_THEIRS = {"team_id": "T1", "enterprise_user": {"enterprise_id": "E2", "teams": ["T1"]}}


@pytest.mark.parametrize(
    ("user", "home", "outcome"),
    [
        ({"team_id": "T1"}, ALONE, None),
        ({"team_id": "T1", "is_stranger": False}, ALONE, None),
        ({"team_id": "T2", "is_stranger": False}, ALONE, NotFound),
        ({"team_id": "T1", "is_stranger": True}, ALONE, NotFound),
        ({"team_id": "T1", "is_bot": True}, ALONE, NotFound),
        ({"team_id": "T1", "is_workflow_bot": True}, ALONE, NotFound),
        (BOTH, IN_GRID, None),
        (WHOLE, IN_GRID, None),
        ({"team_id": "T1"}, IN_GRID, None),
        (SISTER, IN_GRID, NotFound),
        (OF_THEIRS, IN_GRID, NotFound),
        (BOTH, ALONE, NotFound),
        ({}, ALONE, Unavailable),
        ({"is_stranger": False}, ALONE, Unavailable),
        ({"team_id": "", "enterprise_user": None}, IN_GRID, Unavailable),
    ],
)
def test_belonging_is_judged_by_team_and_enterprise(
    user: dict[str, object], home: Organization, outcome: type[Exception] | None
) -> None:
    """`is_stranger: false` admits nobody; what Slack does not say is neither belonging nor a refusal."""
    if outcome is None:
        must_belong(user, EVE, home)
        return
    with pytest.raises(outcome):
        must_belong(user, EVE, home)


@pytest.mark.parametrize(
    ("user", "guest"),
    [
        ({"is_restricted": False, "is_ultra_restricted": False}, False),
        ({"is_restricted": False}, False),
        ({"is_restricted": True}, True),
        ({"is_restricted": False, "is_ultra_restricted": True}, True),
        ({"is_ultra_restricted": False}, True),
        ({}, True),
        ({"deleted": True}, False),
    ],
)
def test_what_slack_does_not_say_is_not_read_as_full_membership(user: dict[str, object], guest: bool) -> None:
    """An active account of which Slack does not say that it is unrestricted counts as a guest."""
    assert is_guest(user) is guest


@pytest.fixture
def slack() -> Iterator[BlockingSlack]:
    """Start a local Slack with Alice, Bob and Carol."""
    with office_slack() as slack:
        yield slack


@pytest.fixture
def people(slack: BlockingSlack) -> SlackPeople:
    """Look people up there."""
    return people_of(slack.api_url, HandClock(), slack.bot_token)


def test_somebody_of_a_shared_channel_is_nobody_here(slack: BlockingSlack, people: SlackPeople) -> None:
    """Not by id, not by e-mail address, and not in the list of everybody."""
    slack.change_person("U0BOB", team_id="T0PARTNER", is_stranger=False)

    for look_up in (lambda: people.principal(PrincipalId("U0BOB")), lambda: people.by_email("bob@acme.example")):
        with pytest.raises(NotFound, match="another organization"):
            look_up()
    assert "U0BOB" not in {one.id for one in people.everybody()}
    assert "U0ALICE" in {one.id for one in people.everybody()}


def test_one_person_of_whom_slack_does_not_say_where_they_belong_stops_nobody_else(
    slack: BlockingSlack, people: SlackPeople
) -> None:
    """Only who asks after that person is told to wait."""
    slack.change_person("U0BOB", unsaid=frozenset({"team_id"}))

    with pytest.raises(Unavailable, match="which workspace"):
        people.principal(PrincipalId("U0BOB"))
    assert people.principal(PrincipalId("U0ALICE")).active
    assert {one.id for one in people.everybody()} >= {"U0ALICE"}


def test_a_guest_is_known_as_one(slack: BlockingSlack, people: SlackPeople) -> None:
    """Of one channel or of several."""
    slack.change_person("U0BOB", is_ultra_restricted=True)

    assert people.principal(PrincipalId("U0BOB")).guest
    assert not people.principal(PrincipalId("U0ALICE")).guest
