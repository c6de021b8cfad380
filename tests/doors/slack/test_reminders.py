"""Reminders as people get them: one line under the message that asked, mentioning who is reminded."""

from dataclasses import replace
from pathlib import Path

from daypass.lifecycle.approval.remind import remind
from daypass.model.decision import Approvers, Stage
from daypass.model.event import EntryKind
from daypass.model.principal import PrincipalId, SlackGroupId
from daypass.model.request import Approval, RequestState
from localslack import BlockingSlack
from tests.doors.slack.closed import MINUTE, filed, happened, notifier, tell
from tests.doors.slack.conftest import Office, office
from tests.makers import BOB, EVE, HOUR

CAROL = PrincipalId("U0CAROL")
LEADS = SlackGroupId("S0LEADS")


def reminders(closed: Office) -> list[tuple[str, str]]:
    """Where somebody was reminded, and with which line."""
    return [(post["channel"], post["text"]) for post in closed.posts() if "still waits" in post["text"]]


def test_a_reminder_is_one_line_under_the_message_and_calls_the_group(slack: BlockingSlack, tmp_path: Path):
    """The channel reads one line in the request's thread; the group is rung as a group."""
    closed = office(slack, tmp_path, approvals_channel="C0ACCESS")
    request = filed(closed, approvers=Approvers(people=frozenset({BOB}), slack_groups=frozenset({LEADS})))
    tell(closed)
    happened(closed, EntryKind.REQUEST_REMINDED, request, people=("U0BOB", "U0CAROL"))
    tell(closed)

    ((_, said),) = reminders(closed)
    assert said.endswith("<@U0BOB>, <!subteam^S0LEADS>")
    card = next(post for post in slack.inner.world.workspace.messages["C0ACCESS"] if "asks to" in post.text)
    assert [post["thread_ts"] for post in closed.posts() if "still waits" in post["text"]] == [card.ts]


def test_asked_directly_each_one_is_reminded_under_their_own_message(slack: BlockingSlack, tmp_path: Path):
    """Those whom the journal names, and nobody else: for the others it is night."""
    closed = office(slack, tmp_path)
    request = filed(closed, approvers=Approvers(people=frozenset({BOB, CAROL, EVE})))
    tell(closed)
    happened(closed, EntryKind.REQUEST_REMINDED, request, people=("U0BOB", "U0EVE"))
    tell(closed)

    told = reminders(closed)
    assert [said.rsplit(" ", 1)[1] for _, said in told] == ["<@U0BOB>", "<@U0EVE>"]
    assert len({place for place, _ in told}) == 2


def test_a_reminder_that_is_told_again_is_said_once(slack: BlockingSlack, tmp_path: Path):
    """A crash between the post and its crossing out repeats nothing."""
    closed = office(slack, tmp_path, approvals_channel="C0ACCESS")
    request, teller = filed(closed), notifier(closed)
    tell(closed, teller)
    happened(closed, EntryKind.REQUEST_REMINDED, request, people=("U0BOB",))
    crossed_out = closed.services.outbox.sent
    object.__setattr__(closed.services.outbox, "sent", lambda _: None)
    tell(closed, teller)
    object.__setattr__(closed.services.outbox, "sent", crossed_out)
    closed.clock.forward(2 * MINUTE)
    tell(closed, teller)

    assert len(reminders(closed)) == 1


def test_what_is_decided_or_in_another_stage_by_now_is_not_reminded_of(slack: BlockingSlack, tmp_path: Path):
    """A line that waited in the outbox says nothing that is not so any more."""
    closed = office(slack, tmp_path, approvals_channel="C0ACCESS")
    first, second = filed(closed), filed(closed)
    tell(closed)
    happened(closed, EntryKind.REQUEST_REMINDED, replace(first, state=RequestState.DENIED), people=("U0BOB",))
    later = replace(second, stage_since=closed.clock() + MINUTE)
    happened(closed, EntryKind.REQUEST_REMINDED, later, people=("U0BOB",))
    tell(closed)

    assert reminders(closed) == []


def test_who_approved_is_not_called_again(slack: BlockingSlack, tmp_path: Path):
    """Bob has done his part; it is up to Eve."""
    closed = office(slack, tmp_path, approvals_channel="C0ACCESS")
    stage = Stage(name="team", needed=2, approvers=Approvers(people=frozenset({BOB, EVE})))
    request = filed(closed, stages=(stage,), waits_in="team")
    tell(closed)
    given = (Approval(by=BOB, at=closed.clock(), rule=request.rule, stage="team"),)
    happened(closed, EntryKind.REQUEST_REMINDED, replace(request, approvals=given), people=("U0EVE",))
    tell(closed)

    assert [said.rsplit(" ", 1)[1] for _, said in reminders(closed)] == ["<@U0EVE>"]


def test_a_request_that_nobody_was_asked_about_is_asked_when_it_is_reminded_of(slack: BlockingSlack, tmp_path: Path):
    """The reminder is the net under a digest that was lost with its process."""
    closed = office(slack, tmp_path, approvals_channel="C0ACCESS")
    request = filed(closed)
    happened(closed, EntryKind.REQUEST_REMINDED, request, people=("U0BOB",))
    for notice in closed.services.outbox.claim(now=closed.clock(), hold=MINUTE, limit=1):
        closed.services.outbox.sent(notice.id)
    tell(closed)

    assert [post["channel"] for post in closed.posts() if "asks to" in post["text"]] == ["C0ACCESS"]
    assert reminders(closed) == []


def test_from_the_chore_to_the_thread(slack: BlockingSlack, tmp_path: Path):
    """Filed at eight on a working day, reminded at a quarter past, heard by Bob."""
    closed = office(slack, tmp_path)
    while closed.clock().isoweekday() > 5 or closed.clock().hour != 9:
        closed.clock.forward(HOUR)
    request = filed(closed)
    tell(closed)
    closed.clock.forward(16 * MINUTE)
    remind(ledger=closed.services.ledger, directory=closed.directory, now=closed.clock())
    tell(closed)

    assert [said.rsplit(" ", 1)[1] for _, said in reminders(closed)] == ["<@U0BOB>"]
    assert closed.services.ledger.story(request.id)[-1].kind is EntryKind.REQUEST_REMINDED


def asked_in(closed: Office) -> list[str]:
    """Where the approvers were asked, in order."""
    return [post["channel"] for post in closed.posts() if "asks to" in post["text"]]


def test_a_message_that_an_admin_deleted_is_asked_anew_with_the_reminder(slack: BlockingSlack, tmp_path: Path):
    """Nobody could decide on it any more; from then on the new message is the one that is reminded under."""
    closed = office(slack, tmp_path, approvals_channel="C0ACCESS")
    request, teller = filed(closed), notifier(closed)
    tell(closed, teller)
    workspace = slack.inner.world.workspace
    workspace.remove(next(post for post in workspace.messages["C0ACCESS"] if "asks to" in post.text))
    for _ in range(2):
        happened(closed, EntryKind.REQUEST_REMINDED, closed.services.ledger.request(request.id), people=("U0BOB",))
        tell(closed, teller)

    assert asked_in(closed) == ["C0ACCESS", "C0ACCESS"]
    (there,) = [post for post in workspace.messages["C0ACCESS"] if "asks to" in post.text]
    assert [post["thread_ts"] for post in closed.posts() if "still waits" in post["text"]] == [there.ts]


def test_a_channel_that_was_archived_since_is_passed_over_at_the_reminder(slack: BlockingSlack, tmp_path: Path):
    """Bob is asked directly instead, and Ann is told where, once."""
    closed = office(slack, tmp_path, approvals_channel="C0ACCESS")
    request, teller = filed(closed), notifier(closed)
    tell(closed, teller)
    slack.inner.world.workspace.channels["C0ACCESS"].archived = True
    for _ in range(2):
        happened(closed, EntryKind.REQUEST_REMINDED, closed.services.ledger.request(request.id), people=("U0BOB",))
        tell(closed, teller)

    assert asked_in(closed) == ["C0ACCESS", "U0BOB"]
    assert len(reminders(closed)) == 1
    told = [one.visible_text for one in slack.person("U0ANN").messages() if "cannot write in" in one.visible_text]
    assert len(told) == 1
    assert "directly" in told[0]


def test_a_direct_message_that_is_gone_is_sent_anew(slack: BlockingSlack, tmp_path: Path):
    """The same where people are asked one by one."""
    closed = office(slack, tmp_path)
    request, teller = filed(closed), notifier(closed)
    tell(closed, teller)
    workspace = slack.inner.world.workspace
    workspace.remove(next(one for one in workspace.messages["D0BOB0DAYPASS"] if "asks to" in one.text))
    happened(closed, EntryKind.REQUEST_REMINDED, request, people=("U0BOB",))
    tell(closed, teller)

    assert [one for one in slack.person("U0BOB").messages() if "asks to" in one.visible_text]
