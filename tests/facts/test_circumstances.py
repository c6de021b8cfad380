"""What is so around a question: asked at once, believed for a short time, left out when it cannot be found out."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from daypass.facts.outside_facts import BUCKET_FRESH_S, SCHEDULE_FRESH_S, TICKET_FRESH_S, Elsewhere
from daypass.model.decision import Circumstances, Needs, ScheduleName, Ticket, TicketId
from daypass.model.errors import Misconfigured
from daypass.model.principal import Away, Principal, PrincipalId, SlackGroupId
from daypass.model.resource import Resource
from daypass.people.directory import Beside
from localslack import BlockingSlack
from tests.office import office_slack
from tests.people.hands import HandClock
from tests.people.worlds import (
    ALICE,
    BOB,
    BUCKET,
    CAROL,
    DAVE,
    NOON,
    HandBuckets,
    HandSchedule,
    HandTracker,
    around,
    directory,
    facts,
)

STORAGE = SlackGroupId("S0STORAGE")
PAYMENTS, INC = ScheduleName("payments"), TicketId("INC-1")


@pytest.fixture(scope="module")
def running() -> Iterator[BlockingSlack]:
    """Start a local Slack with Alice, Bob, Carol, and Dave who left."""
    with office_slack() as slack:
        yield slack


@pytest.fixture
def slack(running: BlockingSlack) -> Iterator[BlockingSlack]:
    """Give the Slack without faults."""
    yield running
    running.faults.clear()


@pytest.fixture
def clock() -> HandClock:
    """Hold the time still."""
    return HandClock()


def needs_people(*ids: str) -> Needs:
    """Need people by id."""
    return Needs(people=frozenset(map(PrincipalId, ids)))


def test_what_is_not_needed_costs_no_call(slack: BlockingSlack, clock: HandClock) -> None:
    """A rule that asks for nothing is answered without a word to anybody."""
    schedule, buckets, tracker = HandSchedule(), HandBuckets(), HandTracker()
    elsewhere = Elsewhere(schedules={PAYMENTS: schedule}, buckets=buckets, tracker=tracker)
    found = facts(directory(slack, clock), clock, elsewhere)
    before = len(slack.calls)

    assert around(found, Needs()) == Circumstances(at=NOON)
    assert (len(slack.calls), schedule.asked, buckets.reads, tracker.reads) == (before, [], 0, 0)


def test_people_who_left_are_told_and_so_is_who_is_nobody(slack: BlockingSlack, clock: HandClock) -> None:
    """A rule may still name them: of each it is known why they are not there."""
    seen = around(facts(directory(slack, clock), clock), needs_people("U0BOB", "U0DAVE", "U0NOBODY"))

    assert {one.id: one.active for one in seen.people.values()} == {BOB: True, DAVE: False}
    assert seen.strangers == {"U0NOBODY"}


def test_members_of_groups_are_told_with_who_they_are(slack: BlockingSlack, clock: HandClock) -> None:
    """Each of them counts, so each is looked up; a group that there is not is left out."""
    found = around(
        facts(directory(slack, clock), clock), Needs(slack_groups=frozenset({STORAGE, SlackGroupId("S0NONE")}))
    )

    assert found.slack_groups == {STORAGE: {BOB, CAROL}}
    assert found.people.keys() == {BOB, CAROL}


def test_who_is_on_call_is_found_by_e_mail(slack: BlockingSlack, clock: HandClock) -> None:
    """An address that is nobody's in Slack names nobody here; the others stand."""
    schedule = HandSchedule(emails=frozenset({"bob@acme.example", "pager@elsewhere.example"}))
    found = facts(directory(slack, clock), clock, Elsewhere(schedules={PAYMENTS: schedule}))

    seen = around(found, Needs(schedules=frozenset({PAYMENTS, ScheduleName("nowhere")})))

    assert seen.on_call == {PAYMENTS: {BOB}}
    assert seen.people[BOB].name == "Bob Okafor"


def test_a_schedule_is_asked_once_for_each_minute(slack: BlockingSlack, clock: HandClock) -> None:
    """Of one minute the answer serves for a minute; another minute is another question."""
    schedule = HandSchedule(emails=frozenset({"bob@acme.example"}))
    found = facts(directory(slack, clock), clock, Elsewhere(schedules={PAYMENTS: schedule}))
    needed = Needs(schedules=frozenset({PAYMENTS}))

    for later in (0, 20, 29, 40):
        around(found, needed, at=NOON + timedelta(seconds=later))
    assert schedule.asked == [NOON.replace(second=0), NOON.replace(second=0) + timedelta(minutes=1)]

    clock.seconds += SCHEDULE_FRESH_S
    around(found, needed)
    assert len(schedule.asked) == 3


def test_a_schedule_that_cannot_be_understood_is_left_out(slack: BlockingSlack, clock: HandClock) -> None:
    """It is not taken for an empty one."""

    def refuse() -> None:
        raise Misconfigured("The calendar is none.")

    schedule = HandSchedule(emails=frozenset({"bob@acme.example"}), on_asked=refuse)
    found = facts(directory(slack, clock), clock, Elsewhere(schedules={PAYMENTS: schedule}))

    assert around(found, Needs(schedules=frozenset({PAYMENTS}))).on_call == {}


def test_a_schedule_is_left_out_while_slack_is_down(slack: BlockingSlack, clock: HandClock) -> None:
    """Whoever is on call cannot be named then; nobody is said to be off."""
    schedule = HandSchedule(emails=frozenset({"bob@acme.example"}))
    found = facts(directory(slack, clock), clock, Elsewhere(schedules={PAYMENTS: schedule}))
    slack.faults.unavailable = True

    assert around(found, Needs(schedules=frozenset({PAYMENTS}))).on_call == {}


def test_tags_and_account_of_the_bucket_are_told(slack: BlockingSlack, clock: HandClock) -> None:
    """Of the bucket that is asked for."""
    buckets = HandBuckets({BUCKET: {"team": "data"}}, {BUCKET: "111122223333"})
    found = facts(directory(slack, clock), clock, Elsewhere(buckets=buckets))

    seen = around(found, Needs(tags=True))
    assert (seen.tags, seen.account) == ({"team": "data"}, "111122223333")

    around(found, Needs(tags=True))
    assert buckets.reads == 2
    clock.seconds += BUCKET_FRESH_S
    around(found, Needs(tags=True))
    assert buckets.reads == 4


def test_a_bucket_without_tags_is_known_to_have_none(slack: BlockingSlack, clock: HandClock) -> None:
    """None is a fact; one that cannot be read is not, and of another account's bucket only the account lacks."""
    known = facts(directory(slack, clock), clock, Elsewhere(buckets=HandBuckets({BUCKET: {}})))
    unknown = facts(directory(slack, clock), clock, Elsewhere(buckets=HandBuckets()))

    with capture_logs() as logs:
        assert (around(known, Needs(tags=True)).tags, around(known, Needs(tags=True)).account) == ({}, None)
    assert [one["fact"] for one in logs] == [f"the account of {BUCKET}"]
    assert around(unknown, Needs(tags=True)).tags is None


@pytest.mark.parametrize("place", [Resource(kind="role", path=BUCKET), Resource(account="1" * 12, path=f"{BUCKET}/")])
def test_what_is_called_like_a_bucket_at_home_has_not_its_tags(
    place: Resource, slack: BlockingSlack, clock: HandClock
) -> None:
    """A rule that looks at tags lends nothing of another kind, or in another account, by those of a bucket here."""
    buckets = HandBuckets({BUCKET: {"team": "data"}}, {BUCKET: "111122223333"})
    found = facts(directory(slack, clock), clock, Elsewhere(buckets=buckets))

    seen = found.circumstances(Needs(tags=True), at=NOON, place=place)

    assert (seen.tags, seen.account, buckets.reads) == (None, None, 0)


def test_where_slack_knows_none_of_those_on_call_nobody_is_said_to_be_off(
    slack: BlockingSlack, clock: HandClock
) -> None:
    """Somebody is on call, and it is not known who: the schedule is named in the log."""
    schedules = {PAYMENTS: HandSchedule(frozenset({"nobody@acme.example"}))}
    found = facts(directory(slack, clock), clock, Elsewhere(schedules=schedules))

    with capture_logs() as logs:
        assert around(found, Needs(schedules=frozenset({PAYMENTS}))).on_call == {}
    assert logs[-1]["because"] == (
        "Slack knows none of those who are on call in “payments”; correct their addresses there."
    )


@pytest.mark.parametrize(
    ("value", "owner", "says"),
    [
        ("U0BOB", BOB, ""),
        ("Bob@Acme.example", BOB, ""),
        ("bob", None, "is no Slack user ID and no email address"),
        ("", None, "is no Slack user ID and no email address"),
        ("Nobody@acme.example", None, 'names "nobody@acme.example", who is nobody in Slack'),
        ("U0NOBODY", None, 'names "U0NOBODY", who is nobody in Slack'),
    ],
)
def test_the_owner_of_a_bucket_is_whom_its_tag_names(
    slack: BlockingSlack, clock: HandClock, value: str, owner: PrincipalId | None, says: str
) -> None:
    """By Slack user id or e-mail address; that a team's name or an address is nobody's is known, too."""
    buckets = HandBuckets({BUCKET: {"owner": value}})
    found = facts(directory(slack, clock), clock, Elsewhere(buckets=buckets))

    seen = around(found, Needs(owner_tags=frozenset({"owner", "steward"})))

    assert seen.owners == ({"owner": owner} if owner else {})
    assert seen.no_owners == ({} if owner else {"owner": says})
    assert set(seen.people) == ({owner} if owner else set())


def test_tickets_are_told_and_those_of_which_the_tracker_says_that_there_are_none(
    slack: BlockingSlack, clock: HandClock
) -> None:
    """A ticket stands for half a minute; then its tracker is asked again."""
    tracker = HandTracker({"INC-1": True})
    found = facts(directory(slack, clock), clock, Elsewhere(tracker=tracker))
    needed = Needs(tickets=frozenset({INC, TicketId("INC-2")}))

    assert around(found, needed).tickets == {INC: Ticket(id=INC, open=True)}
    assert around(found, needed).no_tickets == {TicketId("INC-2")}

    tracker.tickets["INC-1"] = False
    clock.seconds += TICKET_FRESH_S - 1
    assert around(found, needed).tickets[INC].open
    clock.seconds += 1
    assert not around(found, needed).tickets[INC].open


def test_a_tracker_that_hangs_holds_nobody_up(slack: BlockingSlack, clock: HandClock) -> None:
    """The ticket is left out in time and all else is there; what comes later serves the next question."""
    goes_on = threading.Event()
    tracker = HandTracker({"INC-1": True}, on_asked=lambda: goes_on.wait(10))
    found = facts(directory(slack, clock), clock, Elsewhere(tracker=tracker), patience_s=0.3)
    needed = Needs(tickets=frozenset({INC}), people=frozenset({BOB}))
    began = time.monotonic()

    seen = around(found, needed)

    assert time.monotonic() - began < 2
    assert (dict(seen.tickets), set(seen.people)) == ({}, {BOB})
    goes_on.set()
    assert around(found, needed).tickets.keys() == {INC}


def test_many_slow_tickets_take_no_longer_than_one(slack: BlockingSlack, clock: HandClock) -> None:
    """More than there are threads: those that were not even begun are given up too."""
    tracker = HandTracker(on_asked=lambda: time.sleep(0.3))
    found = facts(directory(slack, clock), clock, Elsewhere(tracker=tracker), patience_s=0.2)
    began = time.monotonic()

    assert around(found, Needs(tickets=frozenset(TicketId(f"INC-{n}") for n in range(40)))).tickets == {}
    assert time.monotonic() - began < 1
    assert tracker.reads <= 8


def test_what_was_left_out_is_logged_once_a_minute_without_a_secret(slack: BlockingSlack, clock: HandClock) -> None:
    """The operator reads which fact lacks; an error that is not ours is told by its kind alone."""

    def fail() -> None:
        raise ValueError("https://ann:hunter2@tracker.example")

    found = facts(directory(slack, clock), clock, Elsewhere(tracker=HandTracker(on_asked=fail)))
    needed = Needs(tickets=frozenset({INC}))

    with capture_logs() as logs:
        around(found, needed)
        around(found, needed)
        clock.seconds += 60
        around(found, needed)

    assert [(one["event"], one["fact"], one["because"]) for one in logs] == [
        ("directory.fact_left_out", "the ticket INC-1", "ValueError")
    ] * 2
    assert "hunter2" not in str(logs)


def test_what_is_not_set_up_is_said_so(slack: BlockingSlack, clock: HandClock) -> None:
    """A rule that wants a ticket where there is no tracker lends nothing; the log says what to set."""
    with capture_logs() as logs:
        seen = around(facts(directory(slack, clock), clock), Needs(tickets=frozenset({INC}), tags=True))

    assert (seen.tickets, seen.tags, seen.account) == ({}, None, None)
    assert any("DAYPASS_TICKETS_JIRA_URL" in one["because"] for one in logs)


def test_who_stands_in_for_who_is_away_is_looked_up_too(slack: BlockingSlack, clock: HandClock) -> None:
    """Bob is away and Carol decides for him; that she is away as well is known, her own delegate counts for nobody."""
    stand_ins = {BOB: Away(until=NOON, delegate=CAROL), CAROL: Away(delegate=ALICE)}
    found = facts(directory(slack, clock, Beside(absence=stand_ins.get)), clock)

    seen = around(found, needs_people("U0BOB")).people

    assert {one.id: one.away for one in seen.values()} == stand_ins


def test_two_who_stand_in_for_each_other_are_looked_up_once(slack: BlockingSlack, clock: HandClock) -> None:
    """A circle comes to an end."""
    circle, asked = {BOB: Away(delegate=CAROL), CAROL: Away(delegate=BOB)}, []

    def absence(who: PrincipalId) -> Away | None:
        asked.append(who)
        return circle.get(who)

    found = facts(directory(slack, clock, Beside(absence=absence)), clock)

    assert around(found, needs_people("U0BOB", "U0CAROL")).people.keys() == {BOB, CAROL}
    assert sorted(asked) == [BOB, CAROL]


@pytest.mark.parametrize(("needed", "known"), [(Needs(people=frozenset({BOB})), {BOB, CAROL}), (Needs(), set())])
def test_who_answers_for_a_robot_that_asks_is_looked_up_where_people_are(
    slack: BlockingSlack, clock: HandClock, needed: Needs, known: set[PrincipalId]
) -> None:
    """So that no other account of its owner decides; where nobody is asked, nobody is looked up."""
    robot = Principal(id=PrincipalId("bot:deploy"), name="deploy", owner=CAROL)

    seen = facts(directory(slack, clock), clock).circumstances(needed, at=NOON, people=(robot,))

    assert set(seen.people) == known


def test_nothing_is_raised_when_slack_is_gone(slack: BlockingSlack, clock: HandClock) -> None:
    """Whatever needs Slack is left out, the rest is there."""
    buckets = HandBuckets({BUCKET: {"owner": "bob@acme.example"}})
    found = facts(directory(slack, clock), clock, Elsewhere(buckets=buckets))
    slack.faults.unavailable = True

    seen = around(
        found,
        Needs(people=frozenset({BOB}), slack_groups=frozenset({STORAGE}), tags=True, owner_tags=frozenset({"owner"})),
    )

    assert (seen.people, seen.strangers, seen.slack_groups, seen.owners, seen.no_owners) == (
        {},
        frozenset(),
        {},
        {},
        {},
    )
    assert seen.tags == {"owner": "bob@acme.example"}
