"""The main job as people live it in Slack, over signed HTTP."""

from datetime import timedelta

from daypass.model.grant import GrantState, Why
from daypass.model.request import RequestState
from localslack import BlockingActor
from tests.doors.slack.conftest import Office, review, until


def test_from_the_command_to_access_that_is_over(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Asked in one line, approved with a click for an hour, used, ended by its time; Ann is told at every step."""
    request = daypass.ask()
    assert "U0BOB" in ann.wait_for_ephemeral("Asked").visible_text
    asked = ann.wait_for_message("Waits")
    card = review(bob)
    bob.choose(card, "review.length", "3600s")
    bob.click(card, "review.approve")

    bob.wait_for_change(card, "Approved* by <@U0BOB> for 1 hour")
    ann.wait_for_change(asked, "Approved")
    daypass.work()
    live = ann.wait_for_change(asked, "Live")
    assert f"daypass exec {request.id} -- aws s3 ls s3://acme-reports/2026/" in live.visible_text
    daypass.clock.forward(timedelta(minutes=51))
    daypass.work()
    ann.wait_for_message("About to end")
    daypass.clock.forward(timedelta(minutes=10))
    daypass.work()

    ann.wait_for_change(live, "Ended")
    assert daypass.grant(request.id).state is GrantState.ENDED


def test_a_denial_carries_its_reason_to_the_requestor(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Deny asks for the reason in a form; Ann reads it, and every approver sees who denied."""
    request = daypass.ask()
    card = review(bob)
    bob.click(card, "review.deny")
    assert bob.submit(bob.wait_for_modal("Deny"), {"reason": "use the <copy> & ask again"}).closed

    bob.wait_for_change(card, "Denied* by <@U0BOB>")
    until(lambda: "*Denied* by" in ann.messages()[-1].text and ann.messages()[-1].thread_ts)
    rings = ann.messages()[-1]
    assert "use the &lt;copy&gt; &amp; ask again" in rings.text
    assert "use the <copy> & ask again" in rings.visible_text
    assert "use the <copy> & ask again" in ann.messages()[0].visible_text
    assert daypass.services.ledger.request(request.id).state is RequestState.DENIED


def test_done_ends_it_now(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """I'm done really ends it, before its time."""
    request = daypass.ask()
    bob.click(review(bob), "review.approve")
    ann.wait_for_message("Approved")
    daypass.work()
    ann.wait_for_message("*Live* until")
    ann.click(ann.messages()[0], "mine.done")
    ann.wait_for_message("Over")
    daypass.work()

    ann.wait_for_message("Ended")
    ending = daypass.grant(request.id).ending
    assert ending is not None
    assert ending.why is Why.DONE


def test_one_grant_is_one_conversation(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Everything Ann is told of a request stands in the thread under one message, which shows where it stands."""
    daypass.ask()
    bob.click(review(bob), "review.approve")
    ann.wait_for_message("Approved")
    daypass.work()
    ann.wait_for_message("*Live* until", after=ann.messages()[1].ts)

    first, *lines = ann.messages()
    assert [line.thread_ts for line in lines] == [first.ts, first.ts]
    assert "*Live* until" in first.visible_text
