"""What goes wrong elsewhere and must be impossible here; the numbers are those of docs/failure-modes.md."""

import random
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.lifecycle.cancel import lapse
from daypass.model.errors import (
    AwsForbids,
    BadInput,
    NotAllowed,
    NotYours,
    TooLate,
    Unavailable,
)
from daypass.model.event import EntryKind
from daypass.model.grant import Delivery, Grant, GrantId, GrantState, Why
from daypass.model.lease import Term
from daypass.model.principal import SlackGroupId
from daypass.model.request import RequestState
from daypass.reconcile.chores import report_stuck
from daypass.reconcile.drift import sweep, vanished
from daypass.reconcile.unknown_grants import Reports, remove_unknown
from tests.flow.conftest import Walk
from tests.makers import ANN, ANNS_USER, BOB, EVE, HOUR

MINUTE = timedelta(minutes=1)


def test_01_access_is_never_put_into_aws_before_its_end_is_written_down(walk: Walk) -> None:
    """At the moment AWS is first called, the ledger already holds the dates that will end it."""
    seen: list[Grant] = []
    walk.aws.on_provision = lambda grant: seen.append(walk.ledger.grant(grant.id))
    walk.active()

    assert seen[0].lease is not None
    assert seen[0].state is GrantState.APPROVED


def test_01_an_answer_that_was_lost_is_found_again_and_not_made_twice(walk: Walk) -> None:
    """AWS did it and the answer never came: the next look finds it and calls it active."""

    def lost(grant: Grant) -> None:
        walk.aws.held[grant.id] = grant
        walk.aws.on_provision = None
        raise Unavailable("the connection broke")

    walk.aws.on_provision = lost
    grant = walk.approve(walk.ask().id)
    walk.loop.run_until_idle()
    walk.clock.forward(MINUTE)
    walk.loop.run_until_idle()

    assert walk.ledger.grant(grant.id).state is GrantState.ACTIVE
    assert [name for name, _ in walk.aws.calls].count("provision") == 1
    assert walk.ledger.grant(grant.id).lease == walk.aws.held[grant.id].lease


@pytest.mark.heavy
def test_02_revocation_has_no_last_attempt(walk: Walk) -> None:
    """After two hundred failures over hours it is still tried, at most a minute apart, and then done."""
    grant = walk.active()
    walk.clock.forward(HOUR)
    walk.aws.failures = [Unavailable("AWS does not answer")] * 200
    for _ in range(400):
        walk.loop.run_until_idle(rounds=1)
        walk.clock.forward(MINUTE)

    assert not walk.aws.failures
    assert not walk.aws.held
    assert walk.ledger.grant(grant.id).state is GrantState.ENDED


def test_02_a_stuck_revocation_is_a_state_people_see(walk: Walk) -> None:
    """Overdue for more than ten minutes: the journal says so, once, and the queue shows why."""
    grant = walk.active()
    walk.clock.forward(HOUR)
    walk.aws.failures = [AwsForbids("Daypass may not call iam:DeleteUserPolicy.", action="iam:DeleteUserPolicy")] * 99
    for _ in range(12):
        walk.loop.run_until_idle(rounds=1)
        walk.clock.forward(MINUTE)
    for _ in range(2):
        assert report_stuck(queue=walk.queue, ledger=walk.ledger, now=walk.clock()) == 1

    kinds = [event.kind for event in walk.story(grant.id)]
    assert kinds.count(EntryKind.GRANT_STUCK) == 1
    assert "iam:DeleteUserPolicy" in walk.queue.troubled(overdue_before=walk.clock())[0].error


def test_03_an_end_needs_no_timer_that_could_be_lost(walk: Walk) -> None:
    """Nobody runs for a week; a worker that knows nothing but the database ends it at its first look."""
    grant = walk.active()
    walk.clock.forward(timedelta(days=7))
    walk.loop.run_until_idle()

    assert not walk.aws.held
    assert walk.ledger.grant(grant.id).state is GrantState.ENDED


def test_03_an_end_that_races_the_activation_leaves_nothing(walk: Walk) -> None:
    """Ended while AWS is being called: nothing is said to have ended before what came too late is taken out again."""
    grant = walk.approve(walk.ask().id)

    def ended_meanwhile(one: Grant) -> None:
        walk.aws.on_provision = None
        walk.drop(one.id)
        walk.loop.run_until_idle()
        assert walk.ledger.grant(one.id).state is GrantState.ENDING

    walk.aws.on_provision = ended_meanwhile
    walk.loop.run_until_idle()

    assert not walk.aws.held
    assert walk.ledger.grant(grant.id).state is GrantState.ENDED


def test_04_the_sweep_removes_what_no_live_grant_accounts_for(walk: Walk) -> None:
    """Something with our mark that the ledger knows as ended goes; what is live stays."""
    live, ended = walk.active(), walk.active()
    relic = walk.aws.held[ended.id]
    walk.drop(ended.id)
    walk.loop.run_until_idle()
    walk.aws.held[relic.id] = relic

    assert sweep([walk.aws], ledger=walk.ledger, clock=walk.clock).removed == 1
    assert set(walk.aws.held) == {live.id}


def test_04_the_sweep_never_adds(walk: Walk) -> None:
    """Access that somebody removed by hand is reported and closed, and does not come back."""
    grant = walk.active()
    walk.aws.held.clear()
    provisioners = walk.loop.provisioners
    seen = sweep([walk.aws], ledger=walk.ledger, clock=walk.clock).seen
    assert vanished(seen, provisioners=provisioners, ledger=walk.ledger, clock=walk.clock) == 1
    walk.loop.run_until_idle()

    assert not walk.aws.held
    ending = walk.ledger.grant(grant.id).ending
    assert ending is not None
    assert ending.why is Why.VANISHED


def test_05_one_grants_end_leaves_anothers_access_alone(walk: Walk) -> None:
    """Two grants for the same person and place, ending apart: the first end takes nothing from the second."""
    first, second = walk.active(term=Term(length=HOUR)), walk.active(term=Term(length=2 * HOUR))
    walk.clock.forward(HOUR)
    walk.loop.run_until_idle()

    assert first.id not in walk.aws.held
    assert walk.aws.allows(second.id, walk.clock())


def test_08_what_the_grantee_changes_does_not_stop_the_end(walk: Walk) -> None:
    """A person who left the directory, with an AWS identity that changed, still loses access on time."""
    grant = walk.active()
    del walk.directory.people[ANN]
    walk.clock.forward(HOUR)
    walk.loop.run_until_idle()

    assert walk.ledger.grant(grant.id).state is GrantState.ENDED
    assert walk.ledger.grant(grant.id).aws == ANNS_USER


def test_09_the_limit_comes_from_the_rule_that_allows(walk: Walk) -> None:
    """A longer limit in a rule for something else does not help."""
    with pytest.raises(NotAllowed, match="at most 8h"):
        walk.ask(term=Term(length=9 * HOUR))


@pytest.mark.parametrize("length", [timedelta(0), timedelta(seconds=-1), timedelta(days=36500), timedelta.max])
def test_09_no_time_and_too_much_time_are_refused(length: timedelta) -> None:
    """Zero, negative, a century and the largest number there is: a sentence, no access."""
    with pytest.raises(BadInput):
        Term(length=length)


def test_09_nothing_is_put_into_aws_while_our_clock_is_off(walk: Walk) -> None:
    """A lease is written by our clock and judged by AWS's: while they disagree nothing goes in, and all comes out."""
    old, new = walk.active(), walk.approve(walk.ask().id)
    walk.drop(old.id)

    def shut() -> None:
        raise Unavailable("This machine's clock is an hour off.")

    loop = walk.loop
    loop.gate = shut
    loop.run_until_idle()

    assert not walk.aws.held
    assert walk.ledger.grant(new.id).lease is None


def test_10_approve_after_deny_changes_nothing(walk: Walk) -> None:
    """A denial is final."""
    request = walk.ask()
    walk.deny(request.id)

    with pytest.raises(TooLate, match="denied"):
        walk.approve(request.id)
    assert walk.ledger.request(request.id).state is RequestState.DENIED


def test_10_a_second_approval_changes_nothing(walk: Walk) -> None:
    """The second click is told who decided; the length of the first one stands."""
    request = walk.ask()
    walk.approve(request.id, length=HOUR)

    with pytest.raises(TooLate, match=BOB):
        walk.approve(request.id, length=8 * HOUR)
    assert walk.ledger.grant(request.id).term.length == HOUR


def test_10_nobody_approves_their_own(walk: Walk) -> None:
    """Ann is among the approvers of the rule, and still not of her own request."""
    request = walk.ask()

    with pytest.raises(NotYours, match="own"):
        walk.approve(request.id, by=ANN)
    assert walk.story(request.id)[-1].kind is EntryKind.REVIEW_REFUSED


def test_10_a_second_slack_account_of_the_same_person_does_not_count(walk: Walk) -> None:
    """Bob's account that carries Ann's AWS identity is Ann."""
    request = walk.ask()
    walk.directory.change(BOB, aws=ANNS_USER)

    with pytest.raises(NotYours, match="same person"):
        walk.approve(request.id)


def test_10_who_is_not_an_approver_decides_nothing(walk: Walk) -> None:
    """Eve's click is refused and the journal keeps that she tried."""
    request = walk.ask()

    with pytest.raises(NotYours):
        walk.approve(request.id, by=EVE)
    with pytest.raises(NotYours):
        walk.deny(request.id, by=EVE)
    assert walk.ledger.request(request.id).state is RequestState.PENDING


def test_10_an_approver_removed_between_ask_and_click_does_not_count(walk: Walk) -> None:
    """The rules that count are those of the click."""
    request = walk.ask()
    walk.change_rules("people: [U0BOB, U0ANN]", "people: [U0CAROL]")

    with pytest.raises(NotYours):
        walk.approve(request.id)


def test_10_an_approver_who_left_the_group_or_slack_does_not_count(walk: Walk) -> None:
    """Membership and the account itself are looked at again at the click."""
    walk.directory.change(EVE, slack_groups=frozenset({SlackGroupId("S0LEADS")}))
    request = walk.ask()
    walk.directory.change(EVE, active=False)
    with pytest.raises(NotYours):
        walk.approve(request.id, by=EVE)
    walk.directory.change(EVE, active=True, slack_groups=frozenset())
    with pytest.raises(NotYours):
        walk.approve(request.id, by=EVE)


def test_10_a_rule_that_is_gone_at_the_click_allows_nothing(walk: Walk) -> None:
    """Asked under a rule that somebody has deleted since: no access."""
    request = walk.ask()
    walk.change_rules('on: ["acme-reports/**"]', 'on: ["acme-other/**"]')

    with pytest.raises(NotAllowed):
        walk.approve(request.id)
    walk.deny(request.id)


def test_10_many_clicks_at_once_have_one_outcome(walk: Walk) -> None:
    """Approve and deny from sixteen hands of one person at once: one decision counts, and only it is answered."""
    request = walk.ask()
    outcomes: list[str] = []
    start = threading.Barrier(16)

    def click(approving: bool) -> None:
        start.wait()
        with suppress(TooLate):
            outcomes.append(walk.approve(request.id).id if approving else walk.deny(request.id).id)

    hands = [threading.Thread(target=click, args=(n % 2 == 0,)) for n in range(16)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()

    assert 1 <= len(outcomes) <= 8
    decided = [
        event
        for event in walk.story(request.id)
        if event.kind in {EntryKind.REQUEST_APPROVED, EntryKind.REQUEST_DENIED}
    ]
    assert len(decided) == 1


def test_10_an_ask_delivered_twice_is_one_request(walk: Walk) -> None:
    """The same key is the same request, whoever worked on it in between; another person's same key is their own."""
    first = walk.ask(key="slack 123.456")
    walk.deny(first.id)
    again = walk.ask(key="slack 123.456")

    assert (again.id, again.state) == (first.id, RequestState.DENIED)
    assert walk.ask(key="slack 123.456", requestor=BOB).id != first.id
    with pytest.raises(BadInput, match="another request"):
        walk.ask(key="slack 123.456", delivery=Delivery.SESSION)


def test_10_the_actor_of_every_decision_is_in_the_journal(walk: Walk) -> None:
    """Who approved is a Slack user id in the entry, not a guess from a message."""
    grant = walk.active()

    approved = next(event for event in walk.story(grant.id) if event.kind is EntryKind.REQUEST_APPROVED)
    assert approved.actor == BOB


def test_11_people_are_told_late_and_not_never(walk: Walk) -> None:
    """With nobody to deliver them, the lines of the outbox wait in the order of what happened."""
    grant = walk.active()
    walk.clock.forward(HOUR)
    walk.loop.run_until_idle()
    told = []
    while lines := walk.outbox.claim(now=walk.clock(), hold=MINUTE, limit=1):
        told.append(lines[0].event.kind)
        walk.outbox.sent(lines[0].id)

    assert told == [
        EntryKind.REQUEST_FILED,
        EntryKind.REQUEST_APPROVED,
        EntryKind.GRANT_ACTIVATED,
        EntryKind.GRANT_ENDED,
    ]
    assert walk.ledger.grant(grant.id).state is GrantState.ENDED


def test_11_who_waits_longer_than_a_minute_is_told(walk: Walk) -> None:
    """Approved, and AWS does not let us: the person who was told “in a few seconds” hears of it, once."""
    grant = walk.approve(walk.ask().id)
    walk.aws.failures = [AwsForbids("Daypass may not call iam:PutUserPolicy.", action="iam:PutUserPolicy")] * 9
    told = []
    for _ in range(4):
        walk.loop.run_until_idle(rounds=1)
        report_stuck(queue=walk.queue, ledger=walk.ledger, now=walk.clock())
        walk.clock.forward(MINUTE)
    while lines := walk.outbox.claim(now=walk.clock(), hold=MINUTE, limit=1):
        told += [line.event for line in lines if line.event.subject == grant.id]
        walk.outbox.sent(lines[0].id)

    stuck = [event for event in told if event.kind is EntryKind.GRANT_STUCK]
    assert [event.details["error"] for event in stuck] == ["Daypass may not call iam:PutUserPolicy."]


def test_12_the_story_of_an_ended_grant_stays(walk: Walk) -> None:
    """Long after the end the journal still says who had what, when, and who allowed it."""
    grant = walk.active()
    walk.clock.forward(timedelta(days=400))
    walk.loop.run_until_idle()

    story = walk.story(grant.id)
    assert story[0].details["entitlement"] == "read acme-reports/2026/"
    assert story[-1].kind is EntryKind.GRANT_ENDED


def test_14_a_ledger_restored_from_a_backup_makes_nothing_longer(walk: Walk) -> None:
    """What AWS has and the ledger forgot ends by the date inside; it is reported, and removed when that is wanted."""
    grant, forgotten = walk.active(), GrantId("forgotten222")
    walk.aws.held = {grant.id: grant, forgotten: replace(grant, id=forgotten)}
    swept = sweep([walk.aws], ledger=walk.ledger, clock=walk.clock)
    left = set(walk.aws.held)
    removed = remove_unknown([walk.aws], os_user="root", ledger=walk.ledger, clock=walk.clock)

    assert (swept.removed, [one.grant for one in swept.unknown]) == (0, [forgotten])
    assert left == {grant.id, forgotten}
    assert ([one.grant for one in removed], set(walk.aws.held)) == ([forgotten], {grant.id})
    assert walk.told(forgotten, EntryKind.DRIFT_REMOVED)[0].details["os_user"] == "root"


def test_f07_the_owners_are_told_once_of_what_the_ledger_does_not_know(walk: Walk) -> None:
    """However often a sweep finds it, and after a restart too."""
    grant, forgotten = walk.active(), GrantId("forgotten222")
    walk.aws.held[forgotten] = replace(grant, id=forgotten)
    for reports in (Reports(), Reports()):
        for _ in range(2):
            swept = sweep([walk.aws], ledger=walk.ledger, clock=walk.clock)
            reports.report(swept, ledger=walk.ledger, now=walk.clock())

    told = [event for event in walk.journal() if event.kind is EntryKind.UNKNOWN_FOUND]
    assert [event.details["number"] for event in told] == [1]


@pytest.mark.heavy
def test_15_one_failing_grant_does_not_stop_the_others(walk: Walk) -> None:
    """A step that fails in a way nobody foresaw is set aside; the rest of the batch goes on."""
    bad, good = walk.approve(walk.ask().id), walk.approve(walk.ask().id)

    def fail(grant: Grant) -> None:
        if grant.id == bad.id:
            raise ZeroDivisionError

    walk.aws.on_provision = fail
    walk.loop.run_until_idle()

    assert walk.ledger.grant(good.id).state is GrantState.ACTIVE
    assert walk.queue.attempts(bad.id) == 1


def test_what_can_never_be_put_into_aws_fails_with_its_reason(walk: Walk) -> None:
    """AWS has no room any more: the grant ends as failed, and says why."""

    def full(_: Grant) -> None:
        raise BadInput("The policies of ann are full.")

    walk.aws.on_provision = full
    grant = walk.active()

    assert grant.state is GrantState.ENDED
    assert grant.ending is not None
    assert (grant.ending.why, grant.ending.note) == (Why.FAILED, "The policies of ann are full.")


def test_what_aws_never_accepts_is_given_up_after_an_hour_and_nothing_stands(walk: Walk) -> None:
    """Giving is given up; taking never is."""
    grant = walk.approve(walk.ask().id)
    walk.aws.failures = [Unavailable("AWS does not answer")] * 10_000
    for _ in range(80):
        walk.loop.run_until_idle(rounds=1)
        walk.clock.forward(MINUTE)
    walk.aws.failures.clear()
    for _ in range(3):
        walk.loop.run_until_idle()
        walk.clock.forward(MINUTE)

    ending = walk.ledger.grant(grant.id).ending
    assert ending is not None
    assert ending.why is Why.FAILED
    assert not walk.aws.held


def test_a_request_that_nobody_decides_lapses(walk: Walk) -> None:
    """After a day the answer is no, and a late click is told so."""
    request = walk.ask()
    walk.clock.forward(timedelta(days=1, seconds=1))
    assert lapse(ledger=walk.ledger, after=timedelta(days=1), now=walk.clock()) == 1

    with pytest.raises(TooLate, match="lapsed"):
        walk.approve(request.id)


@pytest.mark.heavy
def test_random_histories_leave_nothing_standing(walk: Walk) -> None:
    """Asks, clicks, failures, waits in any order: once all leases are over, AWS holds nothing and no grant lives."""
    draw = random.Random(20261123)  # noqa: S311 - a history, not a secret
    known: list[Grant] = []
    for _ in range(150):
        match draw.randrange(5):
            case 0:
                known.append(walk.approve(walk.ask(term=Term(length=draw.randrange(1, 90) * MINUTE)).id))
            case 1 if known:
                one = draw.choice(known)
                with suppress(TooLate):
                    walk.drop(one.id)
            case 2:
                walk.aws.failures += [Unavailable("AWS does not answer")] * draw.randrange(4)
            case _:
                walk.clock.forward(draw.randrange(1, 30) * MINUTE)
                walk.loop.run_until_idle(rounds=draw.randrange(1, 4))
    for _ in range(60):
        walk.clock.forward(5 * MINUTE)
        walk.loop.run_until_idle()

    assert known
    assert not walk.aws.held
    assert {walk.ledger.grant(one.id).state for one in known} == {GrantState.ENDED}
