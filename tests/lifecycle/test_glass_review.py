"""Who closes a review of broken glass, once; what they are shown; and that nobody is left in peace until they did."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.lifecycle.break_glass.dossier import dossier
from daypass.lifecycle.break_glass.remind import remind_reviews
from daypass.lifecycle.break_glass.review import open_reviews
from daypass.lifecycle.handout import links
from daypass.model.errors import BadInput, NotFound, NotYours, TooLate
from daypass.model.event import EntryKind
from daypass.model.fact import Fact
from daypass.model.grant import Delivery, GrantId
from daypass.model.lease import Term
from daypass.model.principal import Away, PrincipalId, SlackGroupId
from daypass.model.record import Validity
from daypass.rules.load.read import parse
from tests.lifecycle.glasshouse import CARL, LEADS, RULES, GlassHouse, glasshouse
from tests.makers import ANN, ANNS_USER, BOB, EVE, HOUR, principal

ANNA = PrincipalId("U0ANNA")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[GlassHouse]:
    """One on SQLite."""
    made, database = glasshouse(f"sqlite:///{tmp_path / 'daypass.db'}")
    yield made
    database.close()


def test_a_reviewer_closes_it_with_a_note(house: GlassHouse):
    """The row says who and what, and the journal too."""
    request = house.broken()

    closed = house.close(request.id, note=" The disk was full. ")

    assert (closed.state, closed.closed_by, closed.note) == (Validity.CLOSED, BOB, "The disk was full.")
    (entry,) = house.told(request.id, EntryKind.GLASS_REVIEWED)
    assert (entry.actor, entry.details["note"]) == (BOB, "The disk was full.")
    assert open_reviews(house.ledger) == []


@pytest.mark.parametrize("note", ["", "  \n", "x" * 1001])
def test_it_is_not_closed_without_words(house: GlassHouse, note: str):
    """Nor with more than fit."""
    request = house.broken()

    with pytest.raises(BadInput):
        house.close(request.id, note=note)
    assert house.review(request.id).state is Validity.OPEN


def test_a_member_of_a_reviewing_group_closes_it(house: GlassHouse):
    """As the directory has them now: out of the group, no more."""
    request, other = house.broken(), house.broken()
    house.close(request.id, by=CARL)
    house.directory.change(CARL, slack_groups=frozenset())

    with pytest.raises(NotYours, match="not among"):
        house.close(other.id, by=CARL)


def test_who_is_no_reviewer_closes_nothing(house: GlassHouse):
    """Eve is told so; who has left, too."""
    request = house.broken()
    house.directory.change(BOB, active=False)

    for one in (EVE, BOB, PrincipalId("U0GONE")):
        with pytest.raises(NotYours):
            house.close(request.id, by=one)


def test_a_reviewer_of_the_rules_of_now_closes_it(house: GlassHouse):
    """When all who were named have left, the operator names others."""
    request = house.broken()
    house.rules = parse(RULES.replace("slack_groups: [S0LEADS]", "slack_groups: [S0NEW]"), name="rules.yaml")
    house.directory.change(EVE, slack_groups=frozenset({SlackGroupId("S0NEW")}))

    assert house.close(request.id, by=EVE).closed_by == EVE


def test_who_broke_it_never_closes_it(house: GlassHouse):
    """Though the rule names them among those who review."""
    request = house.broken()

    with pytest.raises(NotYours, match="yourself"):
        house.close(request.id, by=ANN)


@pytest.mark.parametrize("known", ["to the directory", "to the other account", "in AWS"])
def test_who_broke_it_does_not_close_it_in_another_account(house: GlassHouse, known: str):
    """Whichever of the two accounts it is known of, or by one AWS identity, also after the first account has left."""
    anna = replace(principal(ANNA, None), slack_groups=frozenset({LEADS}))
    house.directory.people[ANNA] = anna
    request = house.broken()
    match known:
        case "to the directory":
            house.directory.change(ANN, same_as=frozenset({ANNA}))
        case "to the other account":
            house.directory.change(ANNA, same_as=frozenset({ANN}))
            del house.directory.people[ANN]
        case _:
            house.directory.change(ANNA, aws=ANNS_USER)
            del house.directory.people[ANN]

    with pytest.raises(NotYours, match="yourself"):
        house.close(request.id, by=ANNA)


def test_who_broke_it_does_not_close_it_as_somebodys_delegate(house: GlassHouse):
    """Bob is away and named Ann to decide in his stead."""
    house.directory.change(BOB, away=Away(delegate=ANN))
    request = house.broken()

    with pytest.raises(NotYours, match="yourself"):
        house.close(request.id, by=ANN)


def test_a_robot_closes_nothing(house: GlassHouse):
    """Whatever group it is in."""
    bot = PrincipalId("bot:deploy")
    house.directory.people[bot] = replace(principal(bot, None), slack_groups=frozenset({LEADS}), owner=EVE)
    request = house.broken()

    with pytest.raises(NotYours):
        house.close(request.id, by=bot)


def test_the_second_comes_too_late(house: GlassHouse):
    """And the first one's words stand."""
    request = house.broken()
    house.close(request.id, note="first")

    with pytest.raises(TooLate, match="U0BOB"):
        house.close(request.id, by=CARL, note="second")
    assert house.review(request.id).note == "first"


def test_what_was_never_broken_is_not_found(house: GlassHouse):
    """Nor is an ordinary request."""
    with pytest.raises(NotFound, match="No glass"):
        house.close(GrantId("abcdefgh2345"))


def test_without_readable_rules_those_of_then_still_review(house: GlassHouse):
    """A slip in the rules does not leave a review open for ever."""
    request = house.broken()
    house.rules = None  # type: ignore[assignment]  # as while they cannot be read

    assert house.close(request.id).closed_by == BOB


def test_of_two_who_close_at_once_one_does(database_url: str):
    """The other is told that it was closed; the journal has one entry."""
    house, database = glasshouse(database_url)
    request, gate = house.broken(), threading.Barrier(2)
    house.over(request.id)
    outcomes: list[object] = []

    def closing(by: PrincipalId) -> None:
        gate.wait()
        try:
            outcomes.append(house.close_now(request.id, by=by).state)
        except TooLate as late:
            outcomes.append(type(late))

    threads = [threading.Thread(target=closing, args=(one,)) for one in (BOB, CARL)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = house.told(request.id, EntryKind.GLASS_REVIEWED)
    database.close()

    assert sorted(map(str, outcomes)) == sorted(map(str, [Validity.CLOSED, TooLate]))
    assert len(told) == 1


def test_a_reminder_that_comes_between_does_not_stand_in_the_way(house: GlassHouse):
    """Somebody moved the row while it was being closed: it is looked at again, and closed."""
    request = house.broken()
    house.over(request.id)
    record, before = house.ledger.record, [None]

    def overtaken(*facts: Fact) -> None:
        if before:
            before.clear()
            house.clock.forward(HOUR)
            remind_reviews(ledger=house.ledger, now=house.clock())
        record(*facts)

    house.ledger.record = overtaken  # type: ignore[method-assign]

    assert house.close_now(request.id).reminders == 1


def test_the_dossier_tells_everything_in_order(house: GlassHouse):
    """What was asked, when it was live, each thing that was handed out, what people said, and how it ended."""
    grant = house.active()
    house.handout.credentials(grant.id, by=ANN)
    house.clock.forward(timedelta(minutes=1))
    house.handout.console(grant.id, by=ANN)
    house.clock.forward(2 * HOUR)
    house.work()
    house.close(grant.id)

    read = dossier(grant.id, ledger=house.ledger)
    told = "\n".join(f"{line.event.actor} {line.words}" for line in read.lines)

    assert read.handed_out == 2
    assert "CloudTrail" in read.note
    assert [line.event.at for line in read.lines] == sorted(line.event.at for line in read.lines)
    for words in (
        "U0ANN asked for",
        "INC-42",
        "U0ANN used emergency access",
        "daypass saw it live in AWS, until 2026-11-23 13:00:00 UTC",
        f"U0ANN was handed AWS credentials (ASIA{grant.id})",
        "U0ANN was handed a sign-in address",
        "daypass saw nothing of it left",
        "U0BOB closed the review: It was needed.",
    ):
        assert words in told


def test_the_dossier_names_who_followed_a_link(house: GlassHouse):
    """With where they came from."""
    grant = house.active(delivery=Delivery.LINK)
    token = links.make(grant.id, "2026/a.csv", by=ANN, ledger=house.ledger, now=house.clock())
    visitor = links.Visitor(address="192.0.2.7", agent="curl/8")
    links.follow(
        token,
        visitor=visitor,
        attempts=house.services.attempts,
        handout=house.handout,
    )

    read = dossier(grant.id, ledger=house.ledger)

    assert (read.handed_out, read.clicks) == (1, 1)
    assert "opened 2026/a.csv from 192.0.2.7 with “curl/8”" in [line.words for line in read.lines]
    assert token not in repr(read)


def test_the_first_reminder_comes_after_an_hour_then_daily_then_more_often(house: GlassHouse):
    """Once a day until it is overdue, then every four hours, and it never stops by itself."""
    request, at = house.broken(), []
    house.over(request.id)
    for _ in range(24 * 4):
        house.clock.forward(HOUR)
        if remind_reviews(ledger=house.ledger, now=house.clock()):
            at.append((house.clock.now - request.filed_at) // HOUR)

    assert at == [1, *range(25, 97, 4)]
    entries = house.told(request.id, EntryKind.GLASS_REMINDED)
    assert [entry.details["overdue"] for entry in entries] == [False] + [True] * 18
    assert [entry.details["number"] for entry in entries] == list(range(1, 20))


def test_a_long_review_is_reminded_of_daily(house: GlassHouse):
    """While it is not overdue."""
    request = house.broken()
    house.over(request.id)
    house.ledger.record(
        Fact(
            event=house.told(request.id, EntryKind.GLASS_BROKEN)[0],
            changes=(replace(house.review(request.id), due=house.clock() + timedelta(days=9)),),
        )
    )
    hours = []
    for hour in range(1, 60):
        house.clock.forward(HOUR)
        if remind_reviews(ledger=house.ledger, now=house.clock()):
            hours.append(hour)

    assert hours == [1, 25, 49]


def test_who_closed_it_is_left_in_peace(house: GlassHouse):
    """No reminder after the review."""
    request = house.broken()
    house.close(request.id)
    house.clock.forward(timedelta(days=3))

    assert remind_reviews(ledger=house.ledger, now=house.clock()) == 0


def test_two_workers_remind_once(database_url: str):
    """Both find it due; one of them says it."""
    house, database = glasshouse(database_url)
    requests = [house.broken(reason=f"INC-{number}") for number in range(5)]
    for request in requests:
        house.over(request.id)
    now, gate = house.clock.forward(HOUR), threading.Barrier(4)
    said: list[int] = []

    def working() -> None:
        gate.wait()
        said.append(remind_reviews(ledger=house.ledger, now=now))

    threads = [threading.Thread(target=working) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [len(house.told(request.id, EntryKind.GLASS_REMINDED)) for request in requests]
    database.close()

    assert sum(said) == 5
    assert told == [1] * 5


def test_a_review_of_what_is_not_over_is_not_closed(house: GlassHouse):
    """Whoever looks too early would have looked at nothing of what comes after; they read when it ends."""
    grant = house.active()

    with pytest.raises(BadInput, match=r"has not ended.*It ends in 1 hour.*daypass revoke"):
        house.close_now(grant.id)
    assert house.review(grant.id).state is Validity.OPEN

    house.over(grant.id)
    assert house.close_now(grant.id).state is Validity.CLOSED


def test_nobody_is_reminded_of_a_review_while_the_access_lasts(house: GlassHouse):
    """And it is due only after the end."""
    grant = house.active(term=Term(length=4 * HOUR))
    house.clock.forward(3 * HOUR)
    assert remind_reviews(ledger=house.ledger, now=house.clock()) == 0

    house.over(grant.id)
    assert remind_reviews(ledger=house.ledger, now=house.clock()) == 1
    assert grant.lease is not None
    assert house.review(grant.id).due == grant.lease.ends + timedelta(days=1)


@pytest.mark.parametrize(
    ("delivery", "said"), [(Delivery.SESSION, "under the sessions"), (Delivery.POLICY, f"under {ANNS_USER.arn}")]
)
def test_a_dossier_says_where_cloudtrail_has_it(house: GlassHouse, delivery: Delivery, said: str):
    """A policy has no session of ours: what was done with it is under the identity it was attached to."""
    request = house.broken(delivery=delivery)

    assert said in dossier(request.id, ledger=house.ledger).note
