"""Enterprise Grid and shared channels: whose payload it is, in every shape in which Slack tells it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from daypass.doors.services import Services
from daypass.doors.slack.interaction import person_of
from daypass.doors.slack.thread import _ours
from daypass.doors.slack.workspace import Workspace
from daypass.model.errors import Misconfigured, NotYours
from daypass.model.principal import PrincipalId
from daypass.rules.load.read import parse
from tests.builder import Daypass, sqlite
from tests.makers import BOB, RULES

HOME, ORG = "T0HOME", "E0ACME"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Daypass]:
    """Build a house."""
    rules = parse(RULES, name="rules.yaml")
    house = Daypass(sqlite(tmp_path), rules=lambda: rules)
    yield house
    house.end()


class HandSlack:
    """Answers `auth.test` and nothing else, and counts how often."""

    def __init__(self, **answer: Any) -> None:
        self.answer = {"team_id": HOME, "enterprise_id": ORG, "is_enterprise_install": False} | answer
        self.asked = 0

    async def auth_test(self) -> dict[str, Any]:
        """Say whose token this is."""
        self.asked += 1
        return self.answer


def judged(body: dict[str, Any], slack: HandSlack | None = None) -> bool:
    """Whether somebody's payload is listened to."""
    home = Workspace(slack or HandSlack())  # type: ignore[arg-type]  # a hand-made Slack of one method
    try:
        asyncio.run(home.must_include(body))
    except NotYours:
        return False
    return True


OURS: list[dict[str, Any]] = [
    # a click in a workspace by itself, and in one of an organisation: a W-id too
    {"team": {"id": HOME, "domain": "acme"}, "user": {"id": "U0BOB", "team_id": HOME}, "enterprise": None},
    {
        "team": {"id": HOME, "enterprise_id": ORG, "enterprise_name": "Acme"},
        "enterprise": {"id": ORG, "name": "Acme"},
        "user": {"id": "W0BOB", "team_id": HOME},
        "is_enterprise_install": False,
    },
    # Slack leaves the team out where the surface belongs to nobody's workspace
    {"team": None, "user": {"id": "W0BOB", "team_id": HOME}, "enterprise": {"id": ORG}},
    # a command: words, not objects
    {"team_id": HOME, "enterprise_id": ORG, "user_id": "W0BOB", "is_enterprise_install": "false"},
    # an event
    {
        "team_id": HOME,
        "enterprise_id": ORG,
        "event": {"type": "app_home_opened", "user": "W0BOB"},
        "authorizations": [{"enterprise_id": ORG, "team_id": HOME, "user_id": "U0DAYPASS", "is_bot": True}],
    },
]
NOT_OURS: list[dict[str, Any]] = [
    # somebody from another workspace of the same organisation, and of another one, in a channel of ours
    {"team": {"id": HOME}, "user": {"id": "W0EVE", "team_id": "T0SISTER"}, "enterprise": {"id": ORG}},
    {"team": {"id": HOME}, "user": {"id": "U0EVE", "team_id": "T0OTHER"}},
    # somebody of ours in a channel of theirs
    {"team": {"id": "T0OTHER"}, "user": {"id": "U0BOB", "team_id": HOME}},
    # only the organisation is named, or nothing
    {"team": None, "user": {"id": "W0BOB"}, "enterprise": {"id": ORG}},
    {"team_id": ORG, "enterprise_id": ORG, "user_id": "W0BOB", "is_enterprise_install": "true"},
    {"user": {"id": "W0BOB", "team_id": ORG}, "team": {"id": HOME}},
    {},
]


@pytest.mark.parametrize("body", OURS)
def test_a_person_of_the_workspace_is_listened_to(body: dict[str, Any]):
    """In an organisation too, by either kind of id; their id is read where that kind of payload has it."""
    assert judged(body)
    assert person_of(body) in {"U0BOB", "W0BOB"}


@pytest.mark.parametrize("body", NOT_OURS)
def test_everybody_else_is_not(body: dict[str, Any]):
    """An id of somewhere else, or of nowhere, is nobody's here."""
    assert not judged(body)


def test_an_app_of_a_whole_organisation_is_refused_with_what_to_do():
    """It speaks for no one workspace; whoever runs Daypass is told, and nobody is listened to."""
    with pytest.raises(Misconfigured, match="install the app in that workspace"):
        judged(OURS[1], HandSlack(team_id=ORG, is_enterprise_install=True))


def test_slack_is_asked_once_which_workspace_it_is():
    """However many come at once."""
    slack = HandSlack()
    home = Workspace(slack)  # type: ignore[arg-type]  # as above

    async def many() -> None:
        await asyncio.gather(*(home.must_include(OURS[0]) for _ in range(20)))

    asyncio.run(many())
    assert slack.asked == 1


def acting(services: Services, person: str, body: dict[str, Any]) -> str:
    """Under which id somebody acts."""
    return asyncio.run(Workspace(HandSlack(), services).acting(PrincipalId(person), body))  # type: ignore[arg-type]  # as above


def test_who_acts_in_an_organisation_is_written_down_under_one_id(house: Daypass):
    """That of the workspace, whichever Slack says; and outside of organisations nobody is asked."""
    house.directory.change(BOB, aliases=frozenset({PrincipalId("W0BOB")}))
    house.directory.people[PrincipalId("W0BOB")] = replace(
        house.directory.people[BOB], id=PrincipalId("W0BOB"), aliases=frozenset({BOB})
    )

    assert {acting(house.services, one, body) for one in ("U0BOB", "W0BOB") for body in OURS[1:]} == {"U0BOB"}
    assert acting(house.services, "W0BOB", OURS[0]) == "W0BOB"
    house.directory.away = True
    assert acting(house.services, "W0BOB", OURS[1]) == "U0BOB", "as it was last known"
    house.directory.forget()
    assert acting(house.services, "W0BOB", OURS[1]) == "W0BOB"


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ({"team": HOME}, True),
        ({"team": HOME, "user_team": HOME, "source_team": HOME}, True),
        ({}, True),
        ({"team": HOME, "user_team": "T0OTHER", "source_team": "T0OTHER"}, False),
        ({"team": "T0SISTER"}, False),
    ],
)
def test_what_strangers_say_in_a_shared_channel_is_not_kept(message: dict[str, Any], kept: bool):
    """The event comes to our workspace; its author need not be of it."""
    assert _ours(message, {"team_id": HOME}) is kept
