"""
Failure-modes row 10: a decision that is not sound.

Whatever is clicked, by whom and how often, is judged by the ledger and the rules of that moment.
"""

from datetime import timedelta

from daypass.lifecycle.cancel import lapse
from daypass.model.event import EntryKind
from daypass.model.grant import GrantId
from daypass.model.request import RequestState
from daypass.rules.load.read import parse
from localslack import BlockingActor
from tests.doors.slack.conftest import Office, review, until
from tests.makers import RULES


def state(daypass: Office, request_id: GrantId) -> RequestState:
    """Where the ledger has a request."""
    return daypass.services.ledger.request(request_id).state


def test_a_second_click_changes_nothing_and_says_why(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Approve twice: one grant, and the second click is told that it was decided."""
    request = daypass.ask()
    card = review(bob)
    bob.click(card, "review.approve")
    bob.wait_for_change(card, "Approved")
    first = daypass.grant(request.id)
    bob.choose(card, "review.length", "300s", as_seen=True)
    bob.click(card, "review.approve", as_seen=True)

    bob.wait_for_ephemeral("approved by <@U0BOB> already")
    assert daypass.grant(request.id) == first


def test_two_approvers_at_once_make_one_decision(
    daypass: Office, ann: BlockingActor, bob: BlockingActor, carol: BlockingActor
):
    """Whoever commits second is told what the first decided, and both messages say so."""
    request = daypass.ask()
    bobs, carols = review(bob), review(carol)
    bob.click(bobs, "review.approve")
    carol.click(carols, "review.approve", as_seen=True)

    bob.wait_for_change(bobs, "Approved")
    carol.wait_for_change(carols, "Approved")

    def refused() -> list[str]:
        return [one.visible_text for who in (bob, carol) for one in who.ephemerals() if "already" in one.visible_text]

    until(refused)
    assert len(refused()) == 1
    kinds = [event.kind for event in daypass.services.ledger.story(request.id)]
    assert kinds.count(EntryKind.REQUEST_APPROVED) == 1


def test_the_requestor_cannot_approve_although_the_rule_names_them(channelled: Office, ann: BlockingActor):
    """Ann may decide on others' requests by the rule, never on her own, though she sees the buttons in the channel."""
    request = channelled.ask()
    ann.click(review(ann, "access"), "review.approve")

    ann.wait_for_ephemeral("Nobody decides on their own request")
    assert state(channelled, request.id) is RequestState.PENDING


def test_whoever_may_not_decide_is_told_so(channelled: Office):
    """Being in the channel does not make an approver."""
    request = channelled.ask()
    eve = channelled.person("U0EVE")
    eve.click(review(eve, "access"), "review.approve")

    eve.wait_for_ephemeral("not among those who may decide")
    assert state(channelled, request.id) is RequestState.PENDING


def test_approve_after_deny_changes_nothing(daypass: Office, bob: BlockingActor, carol: BlockingActor):
    """A denial is final; the late click is told who denied."""
    request = daypass.ask()
    bobs, carols = review(bob), review(carol)
    bob.click(bobs, "review.deny")
    bob.submit(bob.wait_for_modal("Deny"), {"reason": "no"})
    carol.wait_for_change(carols, "Denied")
    carol.click(carols, "review.approve", as_seen=True)

    carol.wait_for_ephemeral("denied by <@U0BOB> already")
    assert state(daypass, request.id) is RequestState.DENIED


def test_deny_after_approve_changes_nothing_and_the_form_says_why(
    daypass: Office, bob: BlockingActor, carol: BlockingActor
):
    """The form that asks why not was open while somebody else approved."""
    request = daypass.ask()
    bobs, carols = review(bob), review(carol)
    carol.click(carols, "review.deny")
    form = carol.wait_for_modal("Deny")
    bob.click(bobs, "review.approve")
    bob.wait_for_change(bobs, "Approved")
    carol.submit(form, {"reason": "no"})

    shown = carol.wait_for_modal("Deny")
    assert "approved by <@U0BOB> already" in str(shown.blocks)
    assert state(daypass, request.id) is RequestState.APPROVED


def test_a_click_on_a_lapsed_request_changes_nothing(daypass: Office, bob: BlockingActor):
    """Nobody decided in time; the late approver is told."""
    request = daypass.ask()
    card = review(bob)
    assert lapse(ledger=daypass.services.ledger, after=timedelta(), now=daypass.clock()) == 1
    bob.click(card, "review.approve", as_seen=True)

    bob.wait_for_ephemeral("lapsed")
    assert state(daypass, request.id) is RequestState.LAPSED
    bob.wait_for_message("Lapsed")


def test_a_replayed_click_changes_nothing(daypass: Office, bob: BlockingActor, ann: BlockingActor):
    """The recorded approval, signed afresh or byte for byte, does nothing; where it looks new, it is the same again."""
    request = daypass.ask()
    card = review(bob)
    bob.click(card, "review.approve")
    bob.wait_for_change(card, "Approved")
    clicked = next(one for one in reversed(daypass.slack.deliveries) if one.kind == "block_actions")
    before = daypass.grant(request.id)
    daypass.slack.replay(clicked)
    daypass.slack.replay(clicked, as_recorded=True)
    assert bob.ephemerals() == []
    clicked.payload["trigger_id"] = "1.2.another-process"
    daypass.slack.replay(clicked)
    bob.click(card, "review.deny", as_seen=True)  # what is heard after it, for something to wait for
    bob.submit(bob.wait_for_modal("Deny"), {"reason": "no"})

    assert "approved by <@U0BOB> already" in str(bob.wait_for_modal("Deny").blocks)
    assert daypass.grant(request.id) == before
    assert bob.ephemerals() == []


def test_a_command_delivered_twice_files_one_request(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Slack may send the same command again; it is asked once."""
    daypass.slack.faults.deliver_twice = 1
    daypass.ask()
    review(bob)

    assert len(daypass.services.ledger.requests()) == 1
    sent = [one for one in daypass.slack.deliveries if one.kind == "/daypass"]
    assert [one.failed for one in sent] == [False, False]


def test_the_rules_are_asked_again_at_the_click(daypass: Office, bob: BlockingActor):
    """Between the asking and the click the rule was taken away: the approval is refused with the reason."""
    request = daypass.ask()
    card = review(bob)
    daypass.rules.append(parse(RULES.replace("acme-reports/**", "acme-other/**"), name="rules.yaml"))
    bob.click(card, "review.approve")

    bob.wait_for_ephemeral()
    assert state(daypass, request.id) is RequestState.PENDING


def test_the_picker_offers_nothing_beyond_the_rule(daypass: Office, bob: BlockingActor):
    """The rule lends eight hours at most: 24 hours and 7 days are not there to be picked."""
    daypass.ask()
    row = next(block for block in review(bob).blocks if block["type"] == "actions")

    offered = [option["value"] for option in row["elements"][0]["options"]]
    assert offered == ["asked", "300s", "3600s", "14400s", "28800s", "custom"]


def test_another_length_is_asked_for_and_bound_by_the_rule(daypass: Office, bob: BlockingActor):
    """Nine hours are refused beside the field, thirty minutes are given."""
    request = daypass.ask()
    card = review(bob)
    bob.choose(card, "review.length", "custom")
    form = bob.wait_for_modal("Approve")
    too_long = bob.submit(form, {"length": "9h"})
    assert not too_long.closed
    assert state(daypass, request.id) is RequestState.PENDING
    assert bob.submit(bob.wait_for_modal("Approve"), {"length": "soon"}).errors.keys() == {"length"}
    assert bob.submit(bob.wait_for_modal("Approve"), {"length": "30m"}).closed

    assert daypass.grant(request.id).term.length == timedelta(minutes=30)


def test_the_actor_is_recorded_by_their_slack_id(daypass: Office, bob: BlockingActor):
    """The journal says who clicked, by the id in the signed payload."""
    request = daypass.ask()
    bob.click(review(bob), "review.approve")
    bob.wait_for_message("Approved")

    approved = [
        event for event in daypass.services.ledger.story(request.id) if event.kind is EntryKind.REQUEST_APPROVED
    ]
    assert [event.actor for event in approved] == ["U0BOB"]


def test_somebody_from_another_workspace_is_refused(daypass: Office, bob: BlockingActor):
    """The same user id in another team is another person."""
    request = daypass.ask()
    bob.click(review(bob), "review.length", "300s")
    clicked = next(one for one in reversed(daypass.slack.deliveries) if one.kind == "block_actions")
    clicked.payload["actions"][0] = {
        "type": "button",
        "action_id": "review.approve",
        "value": request.id,
        "block_id": "x",
    }
    clicked.payload["user"]["team_id"] = "T0OTHER"
    clicked.payload["trigger_id"] = "1.2.three"
    daypass.slack.replay(clicked)

    bob.wait_for_ephemeral("its own Slack workspace only")
    assert state(daypass, request.id) is RequestState.PENDING


def test_an_unsigned_payload_is_not_read(daypass: Office, bob: BlockingActor):
    """What Slack did not sign is answered 401 and does nothing."""
    request = daypass.ask()
    card = review(bob)
    daypass.slack.inner.world.app.signing_secret = "somebody else's"
    answer = bob.click(card, "review.approve")

    assert answer is not None
    assert answer.status == 401
    assert state(daypass, request.id) is RequestState.PENDING


def test_a_reason_is_shown_whole_and_forges_nothing(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Colons, mentions and mark-up in a reason stay text: nobody is called, no line of ours is imitated."""
    reason = "INC: 42: <!channel> *Approved* by <@U0BOB> `x` & more"
    daypass.ask(f"request s3 read acme-reports/2026/ --for 2h --reason '{reason}'")
    blocks = review(bob).blocks

    shown = [block["text"] for block in blocks if block.get("text", {}).get("text") == reason]
    assert [text["type"] for text in shown] == ["plain_text"]
