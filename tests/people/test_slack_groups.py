"""Groups are looked up for rules that name one; what cannot be read of them is said, and harms nothing else."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.model.errors import Misconfigured, NotFound, Unavailable
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.people.slack_calls import SlackCalls, web_client
from daypass.people.slack_groups import GROUPS_FRESH_S, Groups, groups_in
from daypass.people.slack_people import SlackPeople
from localslack import BlockingSlack, Broken, UserGroup
from tests.office import office_slack
from tests.people.hands import HandClock

BOB = PrincipalId("U0BOB")
STORAGE, OTHERS = SlackGroupId("S0STORAGE"), SlackGroupId("S0OTHERS")
BAD = {
    "unknown_method": Broken(error="unknown_method"),
    "free plan": Broken(error="plan_upgrade_required"),
    "429": Broken(retry_after=30),
    "503": Broken(status=503),
    "time-out": Broken(hangs_s=3),
    "no list": Broken(without="usergroups"),
}


@pytest.fixture
def slack() -> Iterator[BlockingSlack]:
    """Start a local Slack in which Bob is in the group STORAGE, and in another."""
    with office_slack() as slack:
        others = UserGroup(id="S0OTHERS", handle="others", name="Others", users=["U0BOB"])
        slack.inner.world.workspace.groups["S0OTHERS"] = others
        yield slack


def looking_up(slack: BlockingSlack, clock: HandClock, *wanted: SlackGroupId) -> SlackPeople:
    """Look people up for rules that name these groups; what hangs is waited for half a second."""
    client = web_client(slack.bot_token, base_url=slack.api_url)
    calls = SlackCalls(client, clock=clock, sleep=clock.sleep)
    return SlackPeople(calls, wanted=lambda: frozenset(wanted), clock=clock, patience_s=0.5)


def asked(slack: BlockingSlack) -> int:
    """How often groups were asked for."""
    return sum(call.method == "usergroups.list" for call in slack.calls)


def test_rules_that_name_no_group_never_ask_for_groups(slack: BlockingSlack) -> None:
    """Whoever is looked up."""
    bob = looking_up(slack, HandClock()).principal(BOB)

    assert (bob.slack_groups, bob.unread, asked(slack)) == (frozenset(), frozenset(), 0)


@pytest.mark.parametrize("broken", BAD.values(), ids=BAD.keys())
def test_groups_that_cannot_be_read_are_said_to_be_unread(slack: BlockingSlack, broken: Broken) -> None:
    """Everything else of Bob is there; the group is neither his nor not his."""
    slack.faults.broken["usergroups.list"] = broken

    bob = looking_up(slack, HandClock(), STORAGE).principal(BOB)

    assert (bob.name, bob.slack_groups, bob.unread) == ("Bob Okafor", frozenset(), frozenset({STORAGE}))


def test_a_group_without_users_leaves_the_others_readable(slack: BlockingSlack) -> None:
    """One bad element of a list is one that cannot be read, and no more."""
    people = looking_up(slack, HandClock(), STORAGE, OTHERS)
    slack.faults.broken["usergroups.list"] = Broken(without="users", of="S0STORAGE")

    bob = people.principal(BOB)

    assert (bob.slack_groups, bob.unread) == (frozenset({OTHERS}), frozenset({STORAGE}))
    assert people.members(OTHERS) == {BOB}
    with pytest.raises(Unavailable, match="S0STORAGE"):
        people.members(STORAGE)


def test_a_slack_without_user_groups_is_the_operators_to_know(slack: BlockingSlack) -> None:
    """The doctor says which method, and what to write in the rules instead."""
    slack.faults.broken["usergroups.list"] = Broken(error="plan_upgrade_required")

    with pytest.raises(Misconfigured, match="people file"):
        looking_up(slack, HandClock(), STORAGE).members(STORAGE)


def test_a_failure_is_not_asked_for_again_at_every_click(slack: BlockingSlack) -> None:
    """Five seconds later it is, and then the group is read."""
    clock = HandClock()
    people = looking_up(slack, clock, STORAGE)
    slack.faults.broken["usergroups.list"] = Broken(status=503)
    for _ in range(3):
        assert people.principal(BOB).unread == {STORAGE}
    slack.faults.clear()
    clock.seconds += GROUPS_FRESH_S

    bob = people.principal(BOB)
    assert STORAGE in bob.slack_groups
    assert not bob.unread


def test_a_group_that_is_gone_is_nobodys_and_not_unread(slack: BlockingSlack) -> None:
    """Slack has answered; there is no such group."""
    people = looking_up(slack, HandClock(), SlackGroupId("S0NONE"))

    assert people.principal(BOB).unread == frozenset()
    with pytest.raises(NotFound):
        people.members(SlackGroupId("S0NONE"))


@pytest.mark.parametrize("method", ["users.info"])
def test_a_person_of_whom_slack_says_nothing_is_unavailable(slack: BlockingSlack, method: str) -> None:
    """An answer without its only field is no answer, and never a traceback."""
    slack.faults.broken[method] = Broken(without="user")

    with pytest.raises(Unavailable):
        looking_up(slack, HandClock()).principal(BOB)


def test_one_bad_entry_of_the_list_of_people_is_left_out_alone(slack: BlockingSlack) -> None:
    """The others are listed."""
    slack.inner.world.workspace.people["U0CAROL"].id = ""  # as an entry that does not say who it is

    assert BOB in {one.id for one in looking_up(slack, HandClock()).everybody()}


LISTS = st.dictionaries(st.sampled_from("ABC"), st.none() | st.lists(st.sampled_from(["U1", "U2", "U3"]), unique=True))


@given(before=LISTS, now=LISTS)
def test_who_is_in_which_group_is_the_same_however_it_was_before(before, now):
    """Brought up to date from any list, the index is the one that is made from nothing."""
    then, fresh = groups_in(listing(before), Groups()), groups_in(listing(now), Groups())
    updated = groups_in(listing(now), then)

    assert updated.members == fresh.members
    assert {who: groups for who, groups in updated.of.items() if groups} == dict(fresh.of)


def test_groups_that_are_as_before_are_not_gone_through_again():
    """Of two that come anew every few seconds, the one that nobody joined is what it was."""
    first = groups_in(listing({"A": ["U1", "U2"], "B": ["U1"]}), Groups())
    second = groups_in(listing({"A": ["U1", "U2"], "B": ["U1", "U3"]}), first)

    assert second.members[SlackGroupId("A")] is first.members[SlackGroupId("A")]
    assert second.of[PrincipalId("U3")] == {"B"}
    assert second.of[PrincipalId("U2")] is first.of[PrincipalId("U2")]


def listing(users):
    """A list of groups as Slack gives it; None is a group that came without its users."""
    return [
        {"id": group, "handle": group.lower()} | ({"users": ids} if ids is not None else {})
        for group, ids in users.items()
    ]
