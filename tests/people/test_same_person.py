"""Second accounts and absences, as far as Slack tells of them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from daypass.model.errors import NotFound
from daypass.model.principal import Away, PrincipalId
from daypass.people.aws_identities import AwsIdentities
from daypass.people.directory import Beside, PeopleDirectory
from daypass.people.people_file import PeopleFileOnDisk
from daypass.people.slack_calls import SlackCalls, web_client
from daypass.people.slack_people import EMAIL_FRESH_S, SlackPeople
from daypass.people.slack_status import away
from localslack import BlockingSlack
from tests.office import office_slack
from tests.people.hands import HandClock, answering
from tests.people.worlds import ALICE, BOB, CAROL, directory

ENDS = datetime(2026, 5, 8, 17, tzinfo=UTC)


@pytest.fixture
def slack() -> Iterator[BlockingSlack]:
    """Start a local Slack with Alice, Bob and Carol."""
    with office_slack() as slack:
        yield slack


@pytest.fixture
def clock() -> HandClock:
    """Hold the time still."""
    return HandClock()


def people_of(api_url: str, clock: HandClock, token: str = "xoxb-none") -> SlackPeople:
    """Look people up at an address."""
    return SlackPeople(SlackCalls(web_client(token, base_url=api_url), clock=clock, sleep=clock.sleep), clock=clock)


def answer(**user: object) -> bytes:
    """What Slack says of somebody, and that there are no groups."""
    home = {"team_id": "T0ACME", "enterprise_id": "E1"}
    known = {"id": "U0EVE", "team_id": "T0ACME"}
    return json.dumps({"ok": True, **home, "user": {**known, **user}, "usergroups": []}).encode()


def test_two_accounts_with_one_address_are_one_person(slack: BlockingSlack, clock: HandClock) -> None:
    """Whichever is looked up first; who has another address is somebody else."""
    slack.change_person("U0BOB", email="Alice@acme.example")
    people = people_of(slack.api_url, clock, slack.bot_token)
    assert people.principal(ALICE).same_as == frozenset()

    assert people.principal(BOB).same_as == {ALICE}
    assert people.principal(ALICE).same_as == {BOB}
    assert people.principal(CAROL).same_as == frozenset()


@pytest.mark.parametrize("confirmed", [True, False])
def test_an_address_that_slack_calls_unconfirmed_says_nothing(clock: HandClock, confirmed: bool) -> None:
    """Anybody could have typed it."""
    profile = {"email": "eve@acme.example"}
    with answering(200, answer(profile=profile, is_email_confirmed=confirmed)) as url:
        people = people_of(url, clock)
        people.principal(PrincipalId("U0TWO"))

        assert ("U0TWO" in people.principal(PrincipalId("U0ONE")).same_as) is confirmed


def test_an_id_of_the_workspace_and_one_of_the_organisation_are_one_person(clock: HandClock) -> None:
    """Enterprise Grid says so itself; whichever of the two was asked for."""
    with answering(200, answer(enterprise_user={"id": "W0EVE", "enterprise_id": "E1"})) as url:
        people = people_of(url, clock)

        assert people.principal(PrincipalId("U0EVE")).same_as == {"W0EVE"}
        assert people.principal(PrincipalId("W0EVE")).same_as == {"U0EVE"}


def test_somebody_is_found_by_their_address_and_slack_asked_once_a_minute(
    slack: BlockingSlack, clock: HandClock
) -> None:
    """In whichever letters it is written."""
    people = people_of(slack.api_url, clock, slack.bot_token)
    for written in ("bob@acme.example", "Bob@ACME.example"):
        assert people.by_email(written) == BOB
    assert sum(call.method == "users.lookupByEmail" for call in slack.calls) == 1

    clock.seconds += EMAIL_FRESH_S
    people.by_email("bob@acme.example")
    assert sum(call.method == "users.lookupByEmail" for call in slack.calls) == 2


def test_nobody_is_found_by_an_address_that_nobody_has(slack: BlockingSlack, clock: HandClock) -> None:
    """Nor is somebody who has left; and the sentence does not repeat the address."""
    people = people_of(slack.api_url, clock, slack.bot_token)

    for gone in ("nobody@acme.example", "dave@acme.example"):
        with pytest.raises(NotFound) as raised:
            people.by_email(gone)
        assert gone not in raised.value.report


@pytest.mark.parametrize("user", [{"is_bot": True}, {"is_stranger": True}, {"is_email_confirmed": False}])
def test_an_address_of_an_app_of_a_stranger_or_unconfirmed_is_nobodys(
    clock: HandClock, user: dict[str, object]
) -> None:
    """Access is decided by people of this workspace; nobody becomes somebody by typing an address."""
    with answering(200, answer(**user)) as url, pytest.raises(NotFound):
        people_of(url, clock).by_email("eve@acme.example")


def test_who_is_on_holiday_by_their_status_is_away(clock: HandClock) -> None:
    """Until the status ends."""
    profile = {"status_emoji": ":palm_tree:", "status_text": "", "status_expiration": int(ENDS.timestamp())}
    with answering(200, answer(profile=profile)) as url:
        eve = people_of(url, clock).principal(PrincipalId("U0EVE"))

    assert eve.away == Away(until=ENDS)


@pytest.mark.parametrize(
    ("emoji", "text", "is_away"),
    [
        (":palm_tree:", "Vacationing", True),
        (":face_with_thermometer:", "", True),
        (":airplane:", "OOO until Friday", True),
        ("", "Out of office", True),
        ("", "  out of the office", True),
        ("", "On leave", True),
        ("", "Vacationing", True),
        (":spiral_calendar_pad:", "In a meeting", False),
        (":bus:", "Commuting", False),
        (":house_with_garden:", "Working remotely", False),
        ("", "back from vacation", False),
        ("", "Oooh, new keyboard", False),
        ("", "", False),
    ],
)
def test_a_status_says_away_in_slacks_own_words_and_their_like(emoji: str, text: str, is_away: bool) -> None:
    """A meeting, a bus or a holiday that is over is no absence."""
    found = away({"status_emoji": emoji, "status_text": text, "status_expiration": 0})

    assert found == (Away() if is_away else None)


@pytest.mark.parametrize("ends", [None, 0, "", "soon", 10**30, -(10**30)])
def test_an_end_that_is_none_is_no_end(ends: object) -> None:
    """Then the absence stands while the status does."""
    assert away({"status_emoji": ":palm_tree:", "status_expiration": ends}) == Away()


def test_accounts_that_slack_and_the_people_file_tell_of_are_put_together(
    slack: BlockingSlack, clock: HandClock, tmp_path: Path
) -> None:
    """Neither takes away from the other."""
    (tmp_path / "people.yaml").write_text("same_person: [[U0ALICE, W0ALICE]]\n")
    slack.change_person("U0BOB", email="alice@acme.example")
    found = directory(slack, clock, Beside(register=PeopleFileOnDisk(tmp_path / "people.yaml")))
    found.principal(BOB)

    assert found.principal(ALICE).same_as == {BOB, "W0ALICE"}


def test_an_account_of_an_account_is_one_too(slack: BlockingSlack, clock: HandClock, tmp_path: Path) -> None:
    """The file joins Alice with Bob, and Carol with the fourth; that Bob and Carol are one is what Slack knows."""
    (tmp_path / "people.yaml").write_text("same_person: [[U0ALICE, U0BOB], [U0CAROL, U0FOURTH]]\n")
    slack.change_person("U0BOB", email="carol@acme.example")
    found = directory(slack, clock, Beside(register=PeopleFileOnDisk(tmp_path / "people.yaml")))
    for one in (BOB, CAROL):
        found.principal(one)

    assert found.principal(ALICE).same_as == {BOB, CAROL, "U0FOURTH"}


LATER = ENDS + timedelta(days=1)


@pytest.mark.parametrize(
    ("said", "status", "both"),
    [
        (Away(until=LATER, delegate=BOB), ENDS, Away(until=LATER, delegate=BOB)),
        (Away(until=ENDS, delegate=BOB), LATER, Away(until=LATER, delegate=BOB)),
        (Away(until=ENDS, delegate=BOB), None, Away(delegate=BOB)),
        (Away(until=ENDS), LATER, Away(until=LATER)),
        (None, LATER, Away(until=LATER)),
    ],
)
def test_who_is_away_by_word_and_by_status_is_away_until_both_are_over(
    clock: HandClock, said: Away | None, status: datetime | None, both: Away
) -> None:
    """And whom they named decides meanwhile."""
    profile = {"status_emoji": ":palm_tree:", "status_expiration": int(status.timestamp()) if status else 0}
    with answering(200, answer(profile=profile)) as url:
        beside = Beside(absence=lambda _: said)
        found = PeopleDirectory(people_of(url, clock), AwsIdentities({}, clock=clock), beside=beside, clock=clock)

        assert found.principal(PrincipalId("U0EVE")).away == both


@pytest.mark.parametrize("asked", ["U0EVE", "W0EVE"])
@pytest.mark.parametrize("listed", ["U0EVE", "W0EVE"])
def test_a_group_that_holds_one_id_of_somebody_holds_them_under_the_other(
    clock: HandClock, asked: str, listed: str
) -> None:
    """Enterprise Grid: Slack lists one id in the group, and a click comes from the other."""
    body = answer(enterprise_user={"id": "W0EVE", "enterprise_id": "E1"})
    group = {"id": "S0LEADS", "handle": "leads", "users": [listed]}
    with answering(200, json.dumps(json.loads(body) | {"usergroups": [group]}).encode()) as url:
        eve = people_of(url, clock).principal(PrincipalId(asked))

    assert set(map(str, eve.slack_groups)) == {"S0LEADS"}
    assert (set(map(str, eve.ids)), str(eve.main)) == ({"U0EVE", "W0EVE"}, "U0EVE")


def test_a_group_does_not_hold_who_only_has_the_address_of_somebody_in_it(clock: HandClock) -> None:
    """An address is enough to refuse, and never to allow."""
    group = {"id": "S0LEADS", "handle": "leads", "users": ["U0ONE"]}
    said = json.loads(answer(profile={"email": "eve@acme.example"})) | {"usergroups": [group]}
    with answering(200, json.dumps(said).encode()) as url:
        people = people_of(url, clock)
        one, two = (people._told(said["user"] | {"id": each}, PrincipalId(each)) for each in ("U0ONE", "U0TWO"))
        found = [people._with_groups(each) for each in (one, two)]

    assert [each.slack_groups for each in found] == [{"S0LEADS"}, frozenset()]
    assert found[1].same_as == {"U0ONE"}


def test_the_people_file_knows_somebody_under_either_id(slack: BlockingSlack, clock: HandClock, tmp_path: Path) -> None:
    """Groups and managers that it gives to one id are those of the other."""
    slack.change_person("U0BOB", enterprise_user={"id": "W0BOB", "enterprise_id": "E1"})
    slack.inner.world.workspace.people["W0BOB"] = replace(
        slack.inner.world.workspace.people["U0BOB"], id="W0BOB", enterprise_user={"id": "U0BOB", "enterprise_id": "E1"}
    )
    file = tmp_path / "people.yaml"
    file.write_text("groups: {analysts: [U0BOB]}\nmanagers: {U0BOB: U0ALICE}\n")
    found = directory(slack, clock, Beside(register=PeopleFileOnDisk(file)))

    for one in ("U0BOB", "W0BOB"):
        person = found.principal(PrincipalId(one))
        assert (set(map(str, person.groups)), person.manager) == ({"file:analysts"}, ALICE)
