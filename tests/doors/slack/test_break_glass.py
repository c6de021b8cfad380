"""Broken glass in Slack: everybody who must know is told, somebody else reviews it there, and Slack decides nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.doors.slack.texts.story import line as story_line
from daypass.lifecycle.break_glass.remind import remind_reviews
from daypass.lifecycle.end.end import drop
from daypass.lifecycle.submit import submit
from daypass.model.break_glass import GlassReview
from daypass.model.event import EntryKind, Event
from daypass.model.grant import Delivery, GrantState
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Ask, Request, Wish
from daypass.rules.load.read import parse
from localslack import BlockingActor, BlockingSlack, Message
from tests.doors.slack.closed import notifier, tell
from tests.doors.slack.conftest import Office, office, until
from tests.lifecycle.glasshouse import RULES
from tests.makers import ANN, BOB, HOUR, READ_REPORTS

ASK = 'request s3 read acme-reports/2026/ --for 1h --reason "INC-42 *now*" --urgent'
SHOUT = "Emergency access was used"


def glassy(made: Office) -> Office:
    """With rules for emergencies: Bob and the leads (Carol) review."""
    made.rules.append(parse(RULES, name="rules.yaml"))
    return made


@pytest.fixture
def loud(slack: BlockingSlack, tmp_path: Path) -> Iterator[Office]:
    """Daypass, open, with a channel, and Eve as security."""
    made = glassy(office(slack, tmp_path, approvals_channel="C0ACCESS", security=("U0EVE",))).open()
    yield made
    made.close()


@pytest.fixture
def direct(slack: BlockingSlack, tmp_path: Path) -> Iterator[Office]:
    """Daypass, open, without any channel."""
    made = glassy(office(slack, tmp_path)).open()
    yield made
    made.close()


def alarm(daypass: Office, who: str = "U0BOB", channel: str = "access") -> Message:
    """The alarm as this person has it."""
    return daypass.person(who).wait_for_message(SHOUT, channel=channel)


def review(daypass: Office, request: Request) -> GlassReview:
    """The review as it stands."""
    return daypass.services.ledger.find(GlassReview, request.id)


def over(daypass: Office, request: Request) -> None:
    """Ann ends the access, and AWS shows nothing of it any more: now it can be reviewed."""
    services = daypass.services
    drop(request.id, by=ANN, ledger=services.ledger, now=services.clock())
    daypass.work()


def test_the_channel_and_security_are_told_at_once(loud: Office):
    """Who, what, why as it was written, who has to review it; and the one who did it hears as ever."""
    request = loud.ask(ASK)

    for message in (alarm(loud), alarm(loud, "U0EVE", "dm")):
        for words in ("<@U0ANN>", "acme-reports/2026/", "INC-42 *now*", "<@U0BOB>", "<!subteam^S0LEADS>", request.id):
            assert words in message.visible_text
    loud.person("U0ANN").wait_for_message("You asked")


def test_the_home_tab_of_who_reviews_has_it_until_it_is_closed(loud: Office):
    """With the button that opens it; not of the one who broke the glass, and gone once somebody looked."""
    request = loud.ask(ASK)
    alarm(loud)
    over(loud, request)
    ann, bob = loud.person("U0ANN"), loud.person("U0BOB")
    ann.open_home()
    assert "Emergencies to review" not in str(ann.wait_for_home("Request access").blocks)
    bob.open_home()
    bob.click(bob.wait_for_home("Emergencies to review"), "glass.review")
    bob.submit(bob.wait_for_modal("Review"), {"reason": "It was needed."})
    bob.wait_until(lambda: review(loud, request).state is Validity.CLOSED or None)
    bob.open_home()
    until(lambda: "Emergencies to review" not in str(bob.home()))


def test_without_a_channel_each_who_reviews_is_told(direct: Office):
    """By name and by group; never the one who broke it."""
    direct.ask(ASK)

    alarm(direct, "U0BOB", "dm")
    alarm(direct, "U0CAROL", "dm")
    assert SHOUT not in "".join(one.visible_text for one in direct.person("U0ANN").messages())


def test_a_reviewer_reads_what_was_done_and_closes_it(loud: Office):
    """In one form; the alarm then says so, and Ann is told."""
    request = loud.ask(ASK)
    bob, card = loud.person("U0BOB"), alarm(loud)
    over(loud, request)
    bob.click(card, "glass.review")
    form = bob.wait_for_modal("Review")
    bob.submit(form, {"reason": "The export <b> was broken."})

    changed = bob.wait_for_change(card, "Reviewed by <@U0BOB>")
    assert "used emergency access" in str(form.blocks)
    assert "CloudTrail" in str(form.blocks)
    assert "The export <b> was broken." in changed.visible_text
    kept = review(loud, request)
    assert (kept.state, kept.closed_by, kept.note) == (Validity.CLOSED, BOB, "The export <b> was broken.")
    told = loud.person("U0ANN").wait_for_message("has reviewed your emergency access: *read* everything under")
    assert "The export <b> was broken." in told.visible_text


def test_the_second_reviewer_is_told_who_was_first(loud: Office):
    """A form that was open meanwhile changes nothing."""
    request = loud.ask(ASK)
    bob, carol, card = loud.person("U0BOB"), loud.person("U0CAROL"), alarm(loud)
    over(loud, request)
    for one in (bob, carol):
        one.click(card, "glass.review")
    carols = carol.wait_for_modal("Review")
    bob.submit(bob.wait_for_modal("Review"), {"reason": "first"})
    bob.wait_for_change(card, "Reviewed by <@U0BOB>")
    carol.submit(carols, {"reason": "second"})

    until(lambda: "closed already" in str(carol.modal()))
    assert review(loud, request).note == "first"


@pytest.mark.parametrize("who", ["U0ANN", "U0EVE"])
def test_neither_who_broke_it_nor_a_bystander_reviews_or_revokes(loud: Office, who: str):
    """Both see the buttons in the channel; the click says why not."""
    request = loud.ask(ASK)
    loud.work()
    person = loud.person(who)
    card = alarm(loud, who)
    person.click(card, "glass.review")
    until(lambda: "yourself" in seen(person) or "not among those who review" in seen(person))
    person.click(card, "glass.revoke", as_seen=True)

    if who == "U0ANN":  # whoever has it may end it
        until(lambda: loud.grant(request.id).state is GrantState.ENDING)
    else:
        person.wait_for_ephemeral("not among those who may decide")
        assert loud.grant(request.id).state is GrantState.ACTIVE
    assert review(loud, request).state is Validity.OPEN


def test_a_reviewer_revokes_from_the_alarm(loud: Office):
    """At once, and the button goes when nothing is left to take away."""
    request = loud.ask(ASK)
    loud.work()
    bob, card = loud.person("U0BOB"), alarm(loud)
    bob.click(card, "glass.revoke", as_seen=True)
    bob.wait_until(lambda: loud.grant(request.id).ending)
    loud.work()

    ending = loud.grant(request.id).ending
    assert ending is not None
    assert ending.by == BOB
    changed = bob.wait_for_change(card, "revoked by <@U0BOB>")
    assert "glass.revoke" not in str(changed.blocks)
    assert "glass.review" in str(changed.blocks)


def seen(person: BlockingActor) -> str:
    """What this person was shown alone."""
    return f"{person.modal()}{[one.visible_text for one in person.ephemerals()]}"


def test_reminders_call_the_reviewers_under_the_alarm_once(slack: BlockingSlack, tmp_path: Path):
    """Each reminder is one message, however often its line is told; none after the review."""
    closed = glassy(office(slack, tmp_path, approvals_channel="C0ACCESS"))
    request = _broken(closed)
    teller = notifier(closed)
    tell(closed, teller)
    over(closed, request)
    closed.clock.forward(timedelta(days=2))
    remind_reviews(ledger=closed.services.ledger, now=closed.clock())
    tell(closed, teller)
    tell(closed, notifier(closed))

    (said,) = [post for post in closed.posts() if "overdue" in post["text"]]
    (card,) = [post for post in closed.posts() if "used emergency access" in post["text"]]
    assert card["channel"] == said["channel"] == "C0ACCESS"
    assert "<@U0BOB>" in said["text"]
    assert said["thread_ts"]
    assert request.id in str(card["blocks"])


def test_the_alarm_waits_for_slack_and_nothing_waits_for_the_alarm(slack: BlockingSlack, tmp_path: Path):
    """The access is there while Slack is down; the alarm is raised when it is back, once."""
    closed = glassy(office(slack, tmp_path, approvals_channel="C0ACCESS"))
    slack.go_down()
    request = _broken(closed)
    closed.work()
    tell(closed)
    assert closed.grant(request.id).state is GrantState.ACTIVE
    slack.come_back()
    closed.clock.forward(timedelta(minutes=10))
    tell(closed)
    closed.clock.forward(timedelta(minutes=10))
    tell(closed)

    assert len([post for post in closed.posts() if "used emergency access" in post["text"]]) == 1


def test_a_channel_that_is_gone_is_passed_over(slack: BlockingSlack, tmp_path: Path):
    """The reviewers are told directly, and security in any case; a group as those who are in it."""
    closed = glassy(office(slack, tmp_path, approvals_channel="C0GONE", security=("S0LEADS", "C0GONE")))
    _broken(closed)
    tell(closed)

    assert [post["channel"] for post in closed.posts() if "used emergency access" in post["text"]] == ["U0CAROL"]


def test_what_a_visitor_calls_itself_forges_nothing(loud: Office):
    """A link's visitor says what it likes; the form shows it as code."""
    request = loud.ask(ASK)
    forged = Event(
        kind=EntryKind.LINK_USED,
        at=loud.clock(),
        actor=PrincipalId("bearer"),
        subject=request.id,
        details={"key": "x", "address": "192.0.2.7", "agent": "` <!channel> <https://evil.example|fine>\n*Reviewed*"},
    )
    shown = story_line(forged)

    assert "<!channel>" not in shown
    assert "<https" not in shown
    assert shown.count("`") == 6
    assert "\n" not in shown
    assert "somebody with the link" in shown


def _broken(closed: Office) -> Request:
    """Ann broke the glass, while the door is closed."""
    ask = Ask(
        requestor=ANN,
        wish=Wish(entitlement=READ_REPORTS, term=Term(length=HOUR), delivery=Delivery.SESSION, reason="INC-42"),
        urgent=True,
    )
    return submit(ask, judge=closed.judge, now=closed.clock())


def test_reviews_that_wait_are_found_by_the_command(loud: Office):
    """Without an id they are listed for those who may review; with it what was done opens at once."""
    request = loud.ask(ASK)
    alarm(loud)
    bob, ann = loud.person("U0BOB"), loud.person("U0ANN")
    bob.command("/daypass", "review")
    assert request.id in bob.wait_for_ephemeral("1 review of emergency access").visible_text
    ann.command("/daypass", "review")
    ann.wait_for_ephemeral("No review waits for you")

    over(loud, request)
    bob.command("/daypass", f"review {request.id}")
    form = bob.wait_for_modal("Review")
    bob.submit(form, {"reason": "It was right."})
    until(lambda: review(loud, request).state is Validity.CLOSED)
