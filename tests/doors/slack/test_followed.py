"""The message in which something was decided follows the access to its end, however that comes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from daypass.doors.slack.cards import lengths, review_card, status_card
from daypass.lifecycle.approval.decide import approve, deny
from daypass.lifecycle.end.end import drop, revoke
from daypass.lifecycle.freezes.freeze import Halt
from daypass.lifecycle.freezes.panic import panic_as_operator
from daypass.lifecycle.schedules.windows import open_windows
from daypass.model.decision import Approvers, RuleId, Stage
from daypass.model.errors import BadInput
from daypass.model.freeze import Extent
from daypass.model.grant import Ending, GrantState, Why
from daypass.model.lease import Term
from daypass.model.principal import OPERATOR
from daypass.model.record import Validity
from daypass.model.request import Approval, Recurrence, Request, RequestState
from daypass.model.schedule import Schedule
from daypass.reconcile.chores import report_stuck
from daypass.views.request import RequestView
from localslack import BlockingSlack
from localslack.workspace import texts_in
from tests.doors.slack.closed import filed, tell
from tests.doors.slack.conftest import CAROL, Office, office
from tests.makers import ANN, BOB, HOUR, NOON, changed, grant, request

MORNINGS = Recurrence(
    days=frozenset(range(1, 8)),
    opens=time(9),
    closes=time(10),
    tz="Europe/Berlin",
    first=date(2026, 11, 24),
    last=date(2026, 12, 7),
)
BY_BOB = Approval(by=BOB, at=NOON, rule=RuleId("reports"))
APPROVED = replace(request(), state=RequestState.APPROVED, approval=BY_BOB, approvals=(BY_BOB,))
TO_DECIDE_BY = ("May decide", "In AWS", "at most", "Because", "Waits for", "As asked")


@pytest.fixture
def closed(slack: BlockingSlack, tmp_path: Path) -> Office:
    """Daypass, closed, asking in a channel."""
    return office(slack, tmp_path, approvals_channel="C0ACCESS")


def live(closed: Office, **changes: object) -> Request:
    """A request of Ann's that was asked in the channel, that Bob approved, and that is in AWS."""
    asked = filed(closed, **changes)
    tell(closed)
    said_yes(closed, asked)
    closed.work()
    tell(closed)
    return asked


def turned_down(closed: Office, asked: Request) -> None:
    """Bob denies it."""
    deny(asked.id, by=BOB, reason="use the *dashboard*", enders=closed.services.enders, now=closed.clock())


def said_yes(closed: Office, asked: Request, length: timedelta | None = None) -> None:
    """Bob approves it as it was asked, or for less."""
    approve(asked.id, by=BOB, length=length, judge=closed.judge, now=closed.clock())


def shown(closed: Office, asked: Request) -> str:
    """What the message in the channel says of it now."""
    return next(one for one in _messages(closed) if f"Id `{asked.id}`" in one)


def _messages(closed: Office) -> list[str]:
    return [one.visible_text for one in closed.person("U0BOB").messages("access")]


def done(closed: Office, asked: Request) -> None:
    """Ann is done with it."""
    drop(asked.id, by=ANN, ledger=closed.ledger, now=closed.clock())


def revoked(closed: Office, asked: Request) -> None:
    """Bob takes it away."""
    services = closed.services
    revoke(asked.id, by=BOB, reason="wrong *bucket*", enders=services.enders, now=closed.clock())


def expired(closed: Office, _asked: Request) -> None:
    """Its time is over."""
    closed.clock.forward(HOUR)


def panicked(closed: Office, _asked: Request) -> None:
    """Whoever runs Daypass ends everything."""
    panic_as_operator(
        Halt(extent=Extent(everything=True), by=OPERATOR, reason="a leak", os_user="root"),
        hold=False,
        ledger=closed.ledger,
        logins=closed.logins,
        now=closed.clock(),
    )


def vanished(closed: Office, _asked: Request) -> None:
    """Somebody removes it in AWS by hand, and a worker sees that when it looks again."""
    closed.aws.held.clear()
    closed.clock.forward(timedelta(minutes=51))


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (done, ["<@U0ANN> said they were done."]),
        (revoked, ["revoked by <@U0BOB>.", "wrong *bucket*"]),
        (expired, ["its time is over."]),
        (panicked, ["revoked by the operator.", "a leak"]),
        (vanished, ["somebody removed it in AWS by hand"]),
    ],
)
def test_the_card_says_that_it_is_live_and_how_it_ended(
    closed: Office, ends: Callable[[Office, Request], None], said: list[str]
):
    """Whoever reads the channel knows at every moment what stands."""
    asked = live(closed)
    assert "*Live* until" in shown(closed, asked)
    ends(closed, asked)
    closed.work()
    tell(closed)

    card = shown(closed, asked)
    assert "*Approved* by <@U0BOB>" in card
    assert "*Ended*" in card
    assert "*Live*" not in card
    assert [words for words in said if words not in card] == []


def test_the_card_says_that_it_could_not_be_put_into_aws(closed: Office):
    """Approved is not live: that it never was is said where it was approved."""
    closed.aws.on_provision = _refuse
    asked = live(closed)
    closed.work()
    tell(closed)

    assert "could not be put into AWS. The policy is too long." in shown(closed, asked)


def _refuse(_grant: object) -> None:
    raise BadInput("The policy is too long.")


def test_the_card_says_that_it_is_stuck_until_it_is_not(closed: Office):
    """What AWS does not give back is not called ended; later it is."""
    asked = live(closed)
    done(closed, asked)
    closed.aws.failures = [BadInput("AWS says no.") for _ in range(3)]
    closed.clock.forward(timedelta(minutes=11))
    report_stuck(queue=closed.queue, ledger=closed.ledger, now=closed.clock())
    tell(closed)
    assert "*Ending*, and still in AWS: <@U0ANN> said they were done." in shown(closed, asked)
    closed.aws.failures = []
    closed.work()
    tell(closed)

    assert "*Ended*" in shown(closed, asked)
    assert "still in AWS" not in shown(closed, asked)


def test_the_card_of_what_recurs_says_whether_it_goes_on(closed: Office):
    """The first window is over, and more are to open; then none is."""
    asked = filed(closed, recurs=replace(MORNINGS, first=closed.clock().date(), last=closed.clock().date() + 14 * DAY))
    tell(closed)
    said_yes(closed, asked)
    tell(closed)
    assert "*Goes on*: every day 09:00-10:00" in shown(closed, asked)
    closed.clock.forward(20 * DAY)
    open_windows(judge=closed.judge, now=closed.clock())
    closed.work()
    tell(closed)

    (series,) = closed.ledger.all(Schedule)
    assert series.state is Validity.CLOSED
    assert "No more windows open." in shown(closed, asked)
    assert "*Goes on*" not in shown(closed, asked)


DAY = timedelta(days=1)


@pytest.mark.parametrize("why", Why)
def test_each_way_to_end_is_said_on_the_card(why: Why):
    """None of them is left out, and no button stays."""
    over = grant(GrantState.ACTIVE).ending_now(Ending(why=why, by=BOB, at=NOON, note="INC-42 is closed."))
    for one, said in ((over, "*Ending*"), (over.ended(NOON + HOUR), "*Ended*")):
        card = review_card(RequestView(request=APPROVED, grant=one), "In AWS: `s3:GetObject`")

        assert said in str(card.blocks)
        assert said in card.text
        assert not any(block["type"] == "actions" for block in card.blocks)


@pytest.mark.parametrize("state", [state for state in RequestState if state is not RequestState.PENDING])
def test_a_decided_card_has_nothing_left_to_decide_by(state: RequestState):
    """Who may decide, how far the stages have come, what AWS would be given: that was for those who decided."""
    stage = Stage(name="team", needed=2, approvers=Approvers(people=frozenset({BOB})), why=("Because it is theirs.",))
    waits = replace(request(), stages=(stage,), waits_in="team")
    pending = list(texts_in(list(review_card(RequestView(request=waits, grant=None), "In AWS: `s3:GetObject`").blocks)))
    assert [words for words in TO_DECIDE_BY if not any(words in text for text in pending)] == []
    decided = replace(waits, state=state, approval=BY_BOB)
    card = list(texts_in(list(review_card(RequestView(request=decided, grant=None), "In AWS: `s3:GetObject`").blocks)))

    assert [words for words in TO_DECIDE_BY if any(words in text for text in card)] == []
    assert "INC-42" in card


@pytest.mark.parametrize(("ends", "said"), [(done, "<@U0ANN> said they were done."), (revoked, "revoked by <@U0BOB>.")])
def test_the_card_of_more_time_says_that_it_was_closed_with_its_access(
    closed: Office, ends: Callable[[Office, Request], None], said: str
):
    """Nobody is left with buttons that do nothing, and Ann reads it under her own message too."""
    asked = live(closed)
    more = filed(closed, extends=asked.id)
    tell(closed)
    ends(closed, asked)
    tell(closed)

    card = shown(closed, more)
    assert "*Closed*, as the access that it would have extended ended" in card
    assert said in card
    assert "review.approve" not in card
    assert [one for one in closed.person("U0ANN").messages() if one.thread_ts and "*Closed*" in one.visible_text]


TWO = Stage(name="", needed=2, approvers=Approvers(people=frozenset({BOB, CAROL})))
TEN, FOUR = timedelta(minutes=10), timedelta(minutes=4)
BOB_CUT = replace(BY_BOB, length=FOUR)
CAROL_TOO = replace(BY_BOB, by=CAROL)


def test_every_card_says_what_was_asked_and_what_each_approver_gave():
    """Ten minutes asked, four given by Bob: Carol sees both before she decides, and so does everybody afterwards."""
    asked = changed(request(), term=Term(length=TEN), stages=(TWO,), approvals=(BOB_CUT,))
    waiting = review_card(RequestView(request=asked, grant=None), "").blocks
    both = replace(asked, state=RequestState.APPROVED, approval=CAROL_TOO, approvals=(BOB_CUT, CAROL_TOO))
    given = replace(grant(GrantState.ACTIVE), term=Term(length=FOUR))
    decided = review_card(RequestView(request=both, grant=given), "").blocks

    assert "*For how long*\n10 minutes" in texts_in(list(waiting))
    assert "*Approved so far*\n<@U0BOB>: 4 minutes" in texts_in(list(waiting))
    assert "*For how long*\n10 minutes" in texts_in(list(decided))
    assert "*Approved*\n<@U0BOB>: 4 minutes\n<@U0CAROL>: approved" in texts_in(list(decided))
    assert any("*Approved* by <@U0BOB> and <@U0CAROL> for 4 minutes" in text for text in texts_in(list(decided)))


def test_the_second_approver_picks_what_is_left_to_pick():
    """Bob's four minutes stand: what is offered first is that, and nothing longer."""
    asked = changed(request(), term=Term(length=TEN), stages=(TWO,), approvals=(replace(BOB_CUT, length=HOUR / 4),))
    offered = [one["text"]["text"] for one in lengths(asked)]
    cut = [one["text"]["text"] for one in lengths(replace(asked, approvals=(BOB_CUT,)))]

    assert offered[:2] == ["As asked: 10 minutes", "5 minutes"]
    assert cut == ["As approved so far: 4 minutes", "Another length …"]


@pytest.mark.parametrize("state", [GrantState.APPROVED, GrantState.ACTIVE])
def test_the_requestor_reads_what_they_asked_and_what_each_approver_gave(state: GrantState):
    """Not that they had asked for what was left of it."""
    both = changed(
        request(),
        term=Term(length=TEN),
        state=RequestState.APPROVED,
        approval=CAROL_TOO,
        approvals=(BOB_CUT, CAROL_TOO),
    )
    given = replace(grant(state), term=Term(length=FOUR))
    card = status_card(RequestView(request=both, grant=given), promise="", public_url="")

    assert "You asked to *read* everything under `acme-reports/2026/` for 10 minutes." in card.text
    assert "Requested: 10 minutes. <@U0BOB>: 4 minutes, <@U0CAROL>: approved." in card.text
    waiting = status_card(
        RequestView(request=replace(both, state=RequestState.PENDING, approvals=(BOB_CUT,)), grant=None),
        promise="",
        public_url="",
    )
    assert "*Approved so far* by <@U0BOB> (4 minutes)" in waiting.text


def test_what_has_ended_offers_no_more_time(closed: Office):
    """The reminder before the end had a button for that; afterwards it says that it has ended, and no more."""
    asked = live(closed)
    closed.clock.forward(timedelta(minutes=51))
    closed.work()
    tell(closed)
    (reminder,) = _with_button(closed, "mine.extend", "About to end")
    done(closed, asked)
    closed.work()
    tell(closed)

    assert _with_button(closed, "mine.extend") == []
    (now,) = (one for one in closed.person("U0ANN").messages() if one.ts == reminder)
    assert "which has ended since" in now.visible_text
    ends = [one.visible_text for one in closed.person("U0ANN").messages() if "*Ended*" in one.visible_text]
    assert len(ends) == 2, "the message follows it, and one line tells of it"


@pytest.mark.parametrize(
    ("end", "words"),
    [(panicked, "Panic: a leak"), (turned_down, "use the *dashboard*"), (revoked, "wrong *bucket*")],
)
def test_the_message_that_rings_has_the_words_of_whoever_decided(
    closed: Office, end: Callable[[Office, Request], None], words: str
):
    """Of a request that waits, or of a grant: in its notification and in itself."""
    asked = live(closed) if end is revoked else filed(closed)
    tell(closed)
    end(closed, asked)
    closed.work()
    tell(closed)

    last = closed.person("U0ANN").messages()[-1]
    assert last.thread_ts
    assert words in last.text
    assert words in texts_in(last.blocks)


def test_the_message_that_rings_says_what_an_approver_cut(closed: Office):
    """Asked for an hour, given five minutes: both stand in it."""
    asked = filed(closed)
    tell(closed)
    said_yes(closed, asked, length=timedelta(minutes=5))
    tell(closed)

    last = closed.person("U0ANN").messages()[-1]
    assert "Requested: 1 hour. <@U0BOB>: 5 minutes." in last.text


def _with_button(closed: Office, action: str, words: str = "") -> list[str]:
    messages = closed.person("U0ANN").messages()
    return [one.ts for one in messages if action in str(one.blocks) and words in one.visible_text]
