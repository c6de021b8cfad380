"""People and groups as Slack has them, asked over the wire of a local Slack."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from daypass.model.errors import Misconfigured, NotFound, Throttled, Unavailable
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.people.slack_calls import SlackCalls, web_client
from daypass.people.slack_groups import GROUPS_FRESH_S
from daypass.people.slack_people import PERSON_FRESH_S, SlackPeople
from localslack import BlockingSlack, TokenState
from tests.office import daypass_manifest, office_slack
from tests.people.hands import HandClock, answering

ALICE, BOB, DAVE, APP = map(PrincipalId, ("U0ALICE", "U0BOB", "U0DAVE", "U0DAYPASS"))
STORAGE = SlackGroupId("S0STORAGE")


@pytest.fixture
def slack() -> Iterator[BlockingSlack]:
    """Start a local Slack with Alice, Bob, Carol, and Dave who left."""
    with office_slack() as slack:
        yield slack


@pytest.fixture
def clock() -> HandClock:
    """Hold the time still."""
    return HandClock()


@pytest.fixture
def people(slack: BlockingSlack, clock: HandClock) -> SlackPeople:
    """Look people up in the local Slack."""
    return looking_up(slack.api_url, clock, token=slack.bot_token)


def looking_up(api_url: str, clock: HandClock, *, token: str = "xoxb-none") -> SlackPeople:
    """Look people up at an address."""
    client = web_client(token, base_url=api_url)
    return SlackPeople(SlackCalls(client, clock=clock, sleep=clock.sleep), clock=clock)


def asked(slack: BlockingSlack, method: str) -> int:
    """Count the calls of a method."""
    return sum(call.method == method for call in slack.calls)


def members(slack: BlockingSlack) -> list[str]:
    """Give the list of a group's members, to be changed."""
    return slack.inner.world.workspace.groups["S0STORAGE"].users


def test_a_person_comes_with_name_time_zone_and_groups(people: SlackPeople) -> None:
    """Everything that rules and doors need of a person is there."""
    bob = people.principal(BOB)

    assert (bob.name, bob.tz, bob.active) == ("Bob Okafor", "Europe/London", True)
    assert bob.slack_groups == {STORAGE}


def test_names_are_one_line_that_is_seen(slack: BlockingSlack, people: SlackPeople) -> None:
    """Of people and of groups; who has no name that is seen goes by the next one."""
    workspace = slack.inner.world.workspace
    workspace.people[BOB] = replace(workspace.people[BOB], real_name="Bob\n\x9b31m \u202eOkafor")
    workspace.people[ALICE] = replace(workspace.people[ALICE], real_name="\u200b\u2066", name="alice")
    workspace.groups["S0STORAGE"] = replace(workspace.groups["S0STORAGE"], handle="leads\n*Approved*")

    assert (people.principal(BOB).name, people.principal(ALICE).name) == ("Bob 31m Okafor", "alice")
    assert people.group_name(STORAGE) == "@leads *Approved*"


def test_a_person_without_groups_has_none(people: SlackPeople) -> None:
    """Alice is in no user group."""
    assert people.principal(ALICE).slack_groups == frozenset()


def test_a_group_has_the_name_that_people_call_it_by(slack: BlockingSlack, people: SlackPeople) -> None:
    """So that nobody reads `S0STORAGE`; of a group that is not in use there is none."""
    handle = slack.inner.world.workspace.groups["S0STORAGE"].handle

    assert people.group_name(STORAGE) == f"@{handle}"
    with pytest.raises(NotFound, match="S0NONE"):
        people.group_name(SlackGroupId("S0NONE"))


def test_who_left_is_not_active_and_in_no_group(slack: BlockingSlack, people: SlackPeople) -> None:
    """A deactivated account neither asks nor decides, even while a group still lists it."""
    members(slack).append("U0DAVE")

    dave = people.principal(DAVE)

    assert (dave.active, dave.slack_groups) == (False, frozenset())


def test_nobody_is_not_found(people: SlackPeople) -> None:
    """An id that Slack does not know is said to be unknown."""
    with pytest.raises(NotFound, match="nobody with the id `U0NOBODY`"):
        people.principal(PrincipalId("U0NOBODY"))


def test_an_app_is_not_a_person(people: SlackPeople) -> None:
    """Bots are lent nothing and approve nothing."""
    with pytest.raises(NotFound, match="is an app"):
        people.principal(APP)


@pytest.mark.parametrize(
    ("user", "words"),
    [
        (b'{"id": "U0EVE", "team_id": "T0ACME", "is_stranger": true}', "another organization"),
        (b'{"id": "U0EVE", "is_workflow_bot": true}', "is an app"),
    ],
)
def test_who_is_not_of_this_workspace_is_refused(clock: HandClock, user: bytes, words: str) -> None:
    """A guest of a shared channel and a workflow have ids too."""
    with (
        answering(200, b'{"ok": true, "team_id": "T0ACME", "user": %s}' % user) as url,
        pytest.raises(NotFound, match=words),
    ):
        looking_up(url, clock).principal(PrincipalId("U0EVE"))


def test_a_time_zone_that_cannot_be_reckoned_with_is_utc(clock: HandClock) -> None:
    """Slack's word is checked before doors reckon with it."""
    answer = (
        b'{"ok": true, "team_id": "T0ACME", "usergroups": [],'
        b' "user": {"id": "U0EVE", "team_id": "T0ACME", "tz": "Mars/Olympus"}}'
    )

    with answering(200, answer) as url:
        eve = looking_up(url, clock).principal(PrincipalId("U0EVE"))

    assert (eve.tz, eve.name) == ("UTC", "U0EVE")


def test_an_approver_taken_out_of_the_group_is_out_within_seconds(
    slack: BlockingSlack, people: SlackPeople, clock: HandClock
) -> None:
    """What was read before the change serves for five seconds and no longer."""
    assert people.principal(BOB).slack_groups == {STORAGE}
    members(slack).remove("U0BOB")

    clock.seconds += GROUPS_FRESH_S

    assert people.principal(BOB).slack_groups == frozenset()
    assert people.members(STORAGE) == {PrincipalId("U0CAROL")}


def test_a_deactivation_is_seen_within_a_minute(slack: BlockingSlack, people: SlackPeople, clock: HandClock) -> None:
    """An account that was closed counts no longer than a minute."""
    assert people.principal(BOB).active
    slack.change_person("U0BOB", deleted=True)

    clock.seconds += PERSON_FRESH_S

    assert not people.principal(BOB).active


def test_slack_is_not_asked_again_within_the_time(slack: BlockingSlack, people: SlackPeople) -> None:
    """Ten looks at one person are one call for the person and one for all groups."""
    for _ in range(10):
        people.principal(BOB)

    assert (asked(slack, "users.info"), asked(slack, "usergroups.list")) == (1, 1)


def test_members_of_a_group_are_told(people: SlackPeople) -> None:
    """Doors ask who may decide, to tell them."""
    assert people.members(STORAGE) == {BOB, PrincipalId("U0CAROL")}


def test_a_group_that_is_unknown_or_disabled_is_not_found(
    slack: BlockingSlack, people: SlackPeople, clock: HandClock
) -> None:
    """A rule may name a group that is no more; nobody is in it."""
    with pytest.raises(NotFound, match="S0NONE"):
        people.members(SlackGroupId("S0NONE"))
    slack.inner.world.workspace.groups["S0STORAGE"].disabled = True
    clock.seconds += GROUPS_FRESH_S

    with pytest.raises(NotFound, match="S0STORAGE"):
        people.members(STORAGE)


def test_groups_that_slack_does_not_open_are_not_taken_for_empty(clock: HandClock) -> None:
    """Without the list of users nobody is said to be outside a group either."""
    with answering(200, b'{"ok": true, "usergroups": [{"id": "S0STORAGE"}]}') as url, pytest.raises(Unavailable):
        looking_up(url, clock).members(STORAGE)


def test_a_short_retry_after_is_waited_out(slack: BlockingSlack, people: SlackPeople, clock: HandClock) -> None:
    """Slack says one second, so one second is waited and the answer is had."""
    slack.faults.rate_limit(1, retry_after=1, method="users.info")

    assert people.principal(BOB).name == "Bob Okafor"
    assert clock.slept == [1.0]


def test_a_long_retry_after_is_told_and_obeyed(slack: BlockingSlack, people: SlackPeople, clock: HandClock) -> None:
    """No call is made before the time is over; then everything works again."""
    slack.faults.rate_limit(1, retry_after=30, method="users.info")

    for _ in range(3):
        with pytest.raises(Throttled, match="wait 30 seconds"):
            people.principal(BOB)
    assert asked(slack, "users.info") == 1

    clock.seconds += 30
    assert people.principal(BOB).active


def test_groups_are_never_older_than_their_time_while_slack_is_down(
    slack: BlockingSlack, people: SlackPeople, clock: HandClock
) -> None:
    """An old membership is not used in place of one that cannot be had."""
    people.principal(BOB)
    slack.faults.unavailable = True
    clock.seconds += GROUPS_FRESH_S

    with pytest.raises(Unavailable):
        people.principal(BOB)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (TokenState.REVOKED, "was revoked; install the app anew"),
        (TokenState.EXPIRED, "has expired; install the app anew"),
        (TokenState.INACTIVE, "was uninstalled"),
    ],
)
def test_a_token_that_will_not_do_is_the_operators_to_change(
    slack: BlockingSlack, people: SlackPeople, state: TokenState, words: str
) -> None:
    """The sentence says what happened to the token and what to do."""
    slack.set_token(state)

    with pytest.raises(Misconfigured, match=words):
        people.principal(BOB)


def test_a_wrong_token_is_the_operators_to_change(slack: BlockingSlack, clock: HandClock) -> None:
    """Slack does not know it."""
    with pytest.raises(Misconfigured, match="does not know the bot token"):
        looking_up(slack.api_url, clock, token="xoxb-wrong").principal(BOB)


def test_a_scope_that_lacks_is_named(clock: HandClock) -> None:
    """The operator reads which scope to add."""
    manifest = daypass_manifest()
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    manifest["oauth_config"]["scopes"]["bot"] = [scope for scope in scopes if scope != "usergroups:read"]

    with office_slack(manifest=manifest) as slack, pytest.raises(Misconfigured, match="lacks usergroups:read"):
        looking_up(slack.api_url, clock, token=slack.bot_token).principal(BOB)


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "some_new_error"])
def test_an_error_of_slacks_own_is_unavailable(slack: BlockingSlack, people: SlackPeople, error: str) -> None:
    """It will be tried again."""
    slack.faults.refuse(error)

    with pytest.raises(Unavailable, match=error):
        people.principal(BOB)


@pytest.mark.parametrize("error", ["invalid_arguments", "invalid_arg_value", "user_not_found"])
def test_an_id_that_slack_rejects_is_nobodys_and_is_not_tried_again(
    slack: BlockingSlack, people: SlackPeople, error: str
) -> None:
    """It is the mistake of whoever wrote it, and Slack is well."""
    slack.faults.refuse(error)

    with pytest.raises(NotFound, match="Slack knows nobody with the id `U0BOB`"):
        people.principal(BOB)


def test_what_slack_rejects_of_our_own_words_says_nothing_of_anybody(slack: BlockingSlack, people: SlackPeople) -> None:
    """A list that could not be read is not an empty one."""
    slack.faults.refuse("invalid_arguments")

    with pytest.raises(Unavailable, match=r"users\.list now"):
        people.everybody()


@pytest.mark.parametrize(
    ("status", "body", "length"),
    [
        (503, b"upstream connect error", None),
        (200, b"<html>sign in to the hotel's network</html>", None),
        (200, b"[]", None),
        (200, b'{"ok": true', 5000),
        (500, b"", None),
    ],
)
def test_an_answer_that_is_none_is_unavailable(clock: HandClock, status: int, body: bytes, length: int | None) -> None:
    """Proxies, outages and broken connections are told apart from a no."""
    with answering(status, body, length=length) as url, pytest.raises(Unavailable):
        looking_up(url, clock).principal(BOB)


def test_a_slack_that_is_not_there_is_unavailable(clock: HandClock) -> None:
    """Nobody listens at the address."""
    with answering(200, b"{}") as url:
        gone = url

    with pytest.raises(Unavailable, match="Slack does not answer"):
        looking_up(gone, clock).principal(BOB)


@pytest.mark.parametrize("address", ["https://slack.com/api", "https://slack.com", "slack.com/api/", ""])
def test_an_address_that_does_not_end_in_api_is_refused_at_once(address: str) -> None:
    """slack_sdk would ask every question of the wrong page."""
    with pytest.raises(Misconfigured, match="does not end in /api/"):
        web_client("xoxb-none", base_url=address)


def test_everybody_is_listed_page_by_page(slack: BlockingSlack, people: SlackPeople) -> None:
    """With their groups and whether they have left; apps are not among them. The list is believed for ten minutes."""
    crowd = slack.inner.world.workspace.people
    for number in range(1500):
        crowd[f"U1T{number:04}"] = replace(crowd["U0BOB"], id=f"U1T{number:04}", email=f"t{number}@acme.example")

    listed = {one.id: one for one in people.everybody()}
    people.everybody()

    assert len(listed) == 1500 + len({"U0ALICE", "U0BOB", "U0CAROL", "U0DAVE"})
    assert (listed[BOB].slack_groups, listed[DAVE].active, APP in listed) == (frozenset({STORAGE}), False, False)
    assert asked(slack, "users.list") == 2
