"""While a request waits those who decide change: who comes is asked, and the requestor hears when nobody is left."""

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest

from daypass.lifecycle.approval.reconsider import reconsider
from daypass.model.decision import Circumstances, ScheduleName
from daypass.model.event import EntryKind, Event
from daypass.model.principal import Away, PrincipalId
from daypass.model.request import Request, RequestState
from daypass.ports import Ledger
from daypass.rules.load.read import parse
from tests.flow.conftest import Walk
from tests.lifecycle.waiting import OvertakenLedger
from tests.makers import ANN, BOB, HOUR, NOON, principal

CARL, DORA = PrincipalId("U0CARL"), PrincipalId("U0DORA")
RULE = """
version: 1
rules:
  - id: reports
    who: {people: [U0ANN]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: """
PAYMENTS = ScheduleName("payments")


def under(walk: Walk, approve: str) -> None:
    """Let Bob, Carl and Dora be there, and this rule be in force."""
    for one in (CARL, DORA):
        walk.directory.people[one] = principal(one, None)
    walk.rules = parse(RULE + approve, name="rules.yaml")


def look(walk: Walk, ledger: Ledger | None = None) -> int:
    """Let the worker look at what waits."""
    judge = replace(walk.judge, ledger=ledger or walk.ledger)
    return reconsider(judge=judge, now=walk.clock.forward(timedelta(minutes=1)))


def told(walk: Walk, request: Request, kind: EntryKind) -> list[Event]:
    """What was journalled of a kind."""
    return [event for event in walk.story(request.id) if event.kind is kind]


def on_call(walk: Walk, *people: PrincipalId) -> None:
    """Change the shift."""
    known = {one: walk.directory.people[one] for one in people}
    walk.directory.around = Circumstances(at=NOON, on_call={PAYMENTS: frozenset(people)}, people=known)


def test_nothing_is_said_while_nothing_changes(walk: Walk) -> None:
    """However often it is looked at."""
    under(walk, "{at_least: 2, of: {people: [U0BOB, U0CARL, U0DORA]}}")
    request = walk.ask()
    walk.click(request.id, by=BOB)

    assert [look(walk) for _ in range(3)] == [0, 0, 0]
    assert len(walk.story(request.id)) == 2


@pytest.mark.parametrize(
    ("approve", "gone", "sentence"),
    [
        (
            "{at_least: 2, of: {people: [U0BOB, U0CARL]}}",
            "left",
            "needs 2 different people to decide, but finds only 1 other: U0CARL has left",
        ),
        ("{anyone_of: {people: [U0CARL]}}", "away", "needs 1 person to decide, but finds nobody else: U0CARL is away"),
        (
            "{stages: [{name: a, anyone_of: {people: [U0BOB]}}, {name: b, anyone_of: {people: [U0CARL]}}]}",
            "left",
            "stage b, but finds nobody else: U0CARL has left",
        ),
    ],
)
def test_the_requestor_is_told_once_when_too_few_are_left(walk: Walk, approve: str, gone: str, sentence: str) -> None:
    """With the names; the request goes on waiting, and is decided when they are back."""
    under(walk, approve)
    request = walk.ask()
    carl = walk.directory.people[CARL]
    walk.directory.people[CARL] = replace(carl, active=gone != "left", away=Away() if gone == "away" else None)

    assert [look(walk) for _ in range(3)] == [1, 0, 0]
    (event,) = told(walk, request, EntryKind.REQUEST_STALLED)
    assert f"{sentence} (rule reports)." in str(event.details["sentence"])
    assert (event.actor, event.details["field"]) == ("daypass", "person")
    assert walk.ledger.request(request.id).state is RequestState.PENDING

    walk.directory.people[CARL] = carl
    assert look(walk) == 0
    for one in sorted({BOB, CARL} & walk.ledger.request(request.id).approvers.people):
        walk.click(request.id, by=one)
    assert walk.ledger.request(request.id).state is RequestState.APPROVED


def test_who_is_on_call_next_is_asked(walk: Walk) -> None:
    """The shift changed; the one of now is named in the journal and may decide."""
    under(walk, "{anyone_of: {on_call: [payments]}}")
    on_call(walk, BOB)
    request = walk.ask()
    on_call(walk, CARL)

    assert [look(walk), look(walk)] == [1, 0]
    (event,) = told(walk, request, EntryKind.REQUEST_HANDED_OVER)
    assert (event.details["people"], event.details["why"]) == (("U0CARL",), ("U0CARL is on call for payments",))
    assert walk.ledger.request(request.id).asked.people == {CARL}
    assert walk.click(request.id, by=CARL) is not None


def test_the_delegate_of_who_goes_away_is_asked(walk: Walk) -> None:
    """Bob said only afterwards that Dora decides in his stead."""
    under(walk, "{anyone_of: {people: [U0BOB, U0CARL]}}")
    request = walk.ask()
    walk.directory.change(BOB, away=Away(until=None, delegate=DORA))

    assert look(walk) == 1
    (event,) = told(walk, request, EntryKind.REQUEST_HANDED_OVER)
    assert event.details["people"] == ("U0DORA",)
    assert "U0BOB is away; U0DORA decides in their stead" in cast("tuple[str, ...]", event.details["why"])


def test_who_is_named_by_a_rule_that_changed_is_asked(walk: Walk) -> None:
    """And the request shows the rule of now."""
    under(walk, "{anyone_of: {people: [U0BOB]}}")
    request = walk.ask()
    walk.rules = parse(
        RULE.replace("id: reports", "id: renamed") + "{anyone_of: {people: [U0DORA]}}", name="rules.yaml"
    )

    assert look(walk) == 1
    changed = walk.ledger.request(request.id)
    assert changed.rule == "renamed"
    assert changed.approvers.people == {DORA}


def test_nothing_is_given_because_somebody_left_and_one_click_more_is_asked_for(walk: Walk) -> None:
    """All must agree, Bob has and Carl is gone: that is all, and it takes a click of Bob's to say so."""
    under(walk, "{all_of: {people: [U0BOB, U0CARL]}}")
    request = walk.ask()
    walk.click(request.id, by=BOB)
    walk.directory.change(CARL, active=False)

    assert [look(walk), look(walk)] == [1, 0]
    (event,) = told(walk, request, EntryKind.REQUEST_STALLED)
    assert event.details["sentence"] == (
        "All who are left to decide have approved by now (U0BOB). One more click of one of them completes it."
    )
    assert walk.ledger.grants() == []
    assert walk.click(request.id, by=BOB) is not None


def test_the_requestor_is_told_when_the_rules_want_nobody_any_more(walk: Walk) -> None:
    """Nobody's click would count."""
    under(walk, "{anyone_of: {people: [U0BOB]}}")
    request = walk.ask()
    walk.rules = parse(RULE + "at-once", name="rules.yaml")

    assert look(walk) == 1
    assert "lend this at once by now" in str(told(walk, request, EntryKind.REQUEST_STALLED)[0].details["sentence"])


@pytest.mark.parametrize("trouble", ["schedule", "slack"])
def test_what_cannot_be_found_out_for_a_moment_is_no_reason(walk: Walk, trouble: str) -> None:
    """A schedule that does not answer, a Slack that does not."""
    under(walk, "{anyone_of: {on_call: [payments]}}")
    on_call(walk, BOB)
    request = walk.ask()
    walk.directory.around = Circumstances(at=NOON)
    walk.directory.away = trouble == "slack"

    assert look(walk) == 0
    walk.directory.away = False
    on_call(walk)
    assert look(walk) == 1
    assert "nobody is on call for payments" in str(
        told(walk, request, EntryKind.REQUEST_STALLED)[0].details["sentence"]
    )


def test_of_two_workers_at_once_one_tells(walk: Walk) -> None:
    """The second to write finds the row moved, and says nothing."""
    under(walk, "{anyone_of: {people: [U0BOB]}}")
    request = walk.ask()
    walk.directory.change(BOB, active=False)
    late = cast("Ledger", OvertakenLedger(walk.ledger, lambda: look(walk)))

    assert look(walk, late) == 0
    assert len(told(walk, request, EntryKind.REQUEST_STALLED)) == 1


def test_one_who_asked_and_has_left_is_no_trouble_for_the_others(walk: Walk) -> None:
    """What waits besides is looked at all the same."""
    under(walk, "{anyone_of: {people: [U0BOB]}}")
    first, second = walk.ask(), walk.ask(reason="INC-43")
    walk.directory.change(ANN, active=False)

    assert look(walk) == 2
    assert all(len(told(walk, one, EntryKind.REQUEST_STALLED)) == 1 for one in (first, second))


def test_a_prolongation_that_nobody_can_decide_is_told_too(walk: Walk) -> None:
    """What she has stays until its end."""
    under(walk, "{anyone_of: {people: [U0BOB]}}")
    grant = walk.active()
    request = walk.ask(extends=grant.id)
    walk.directory.change(BOB, active=False)

    assert (look(walk), walk.clock() < NOON + HOUR) == (1, True)
    assert len(told(walk, request, EntryKind.REQUEST_STALLED)) == 1


def test_who_has_approved_is_not_asked_again_when_their_approval_counts_again(walk: Walk) -> None:
    """Bob approved on his shift; Carl's came between, and was asked; now it is Bob's again."""
    under(walk, "{at_least: 2, of: {people: [U0DORA], on_call: [payments]}}")
    on_call(walk, BOB)
    request = walk.ask()
    walk.click(request.id, by=BOB)
    on_call(walk, CARL)
    first = look(walk)
    on_call(walk, BOB)

    assert (first, look(walk)) == (1, 0)
    assert [event.details["people"] for event in told(walk, request, EntryKind.REQUEST_HANDED_OVER)] == [("U0CARL",)]
