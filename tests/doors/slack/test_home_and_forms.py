"""The Home tab for owners and in an emergency, and the form for somebody else's access and for windows that recur."""

import time

from daypass.model.grant import GrantState
from daypass.model.request import RequestState
from daypass.rules.load.read import parse
from localslack import BlockingActor
from localslack.surfaces import View
from tests.doors.slack.closed import filed
from tests.doors.slack.conftest import ASK, Office, review
from tests.makers import ANN, BOB, RULES

EMERGENCY = """
  - id: emergency
    who: {people: [U0ANN]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 30m, max: 2h}
    approve: at-once
    break_glass: {review: {people: [U0BOB]}, within: 1d}
"""


def only(daypass: Office):
    """The one request there is."""
    (request,) = daypass.services.ledger.requests()
    return request


def on_screen(person: BlockingActor, words: str) -> View:
    """The modal once it shows these words."""
    deadline = time.monotonic() + 5
    while (seen := person.modal()) is None or words not in str(seen.blocks):
        assert time.monotonic() < deadline, f"No modal said “{words}”."
        time.sleep(0.02)
    return seen


def test_an_incomplete_grant_opens_a_form_in_which_one_is_picked(
    daypass: Office, bob: BlockingActor, ann: BlockingActor
):
    """Nobody is guessed by a name: the person is chosen, and what is filed is for them."""
    bob.command("/daypass", 'grant s3 read acme-reports/2026/ --for 1h --reason "INC-42"')
    form = bob.wait_for_modal("Request access")
    assert bob.submit(form, {"person": ANN}).closed
    bob.wait_until(lambda: daypass.services.ledger.requests() or None)
    assert (only(daypass).requestor, only(daypass).principal) == (BOB, ANN)


def test_the_form_asks_for_windows_that_recur(daypass: Office, ann: BlockingActor):
    """The days and hours in their field, how long it goes on in the other."""
    ann.command("/daypass", "request --reason x --every 'weekdays 09:00-10:00'")
    form = ann.wait_for_modal("Request access")
    ann.submit(form, {"level": ["read"], "resource": "acme-reports/2026/", "length": "2w"})
    ann.wait_until(lambda: daypass.services.ledger.requests() or None)
    recurs = only(daypass).recurs
    assert recurs is not None
    assert recurs.days == frozenset(range(1, 6))


def test_the_emergency_button_is_for_those_whom_a_rule_names(daypass: Office, ann: BlockingActor, carol: BlockingActor):
    """It opens a form that says what it does, and what is filed is an emergency."""
    daypass.rules[:] = [parse(RULES + EMERGENCY, name="rules.yaml")]
    carol.open_home()
    assert "Break glass" not in str(carol.wait_for_home("Request access").blocks)
    ann.open_home()
    ann.click(ann.wait_for_home("Break glass"), "form.urgent")
    form = ann.wait_for_modal("Break glass")
    assert "somebody else reviews" in str(form.blocks)
    ann.submit(form, {"level": ["read"], "resource": "acme-reports/2026/", "length": "30m", "reason": "prod is down"})
    ann.wait_until(lambda: daypass.services.ledger.requests() or None)
    assert (only(daypass).urgent, only(daypass).state) == (True, RequestState.APPROVED)


def test_words_that_a_form_was_opened_with_are_not_lost(daypass: Office, ann: BlockingActor):
    """`--urgent` without a place opens the emergency's form, and not the ordinary one."""
    ann.command("/daypass", "request --urgent --reason 'prod is down'")
    ann.wait_for_modal("Break glass")
    assert daypass.services.ledger.requests() == []


def test_who_may_decide_sees_what_others_have_and_ends_it(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """With a reason that Ann reads; without one the form asks for it."""
    request = daypass.ask()
    bob.click(review(bob), "review.approve")
    ann.wait_for_message("Approved")
    daypass.work()
    bob.open_home()
    bob.click(bob.wait_for_home("What others have"), "others.revoke")
    form = bob.wait_for_modal("End it")
    assert bob.submit(form, {"reason": "wrong bucket"}).closed
    ann.wait_for_message("Over")
    assert daypass.grant(request.id).state is GrantState.ENDING
    ann.open_home()
    assert "What others have" not in str(ann.wait_for_home("Request access").blocks)


def test_what_is_over_stays_in_ones_history(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """A grant that ended, a request that was denied and one that was taken back, and not among what waits."""
    had = daypass.ask()
    bob.click(review(bob), "review.approve")
    ann.wait_for_message("Approved")
    daypass.work()
    ann.command("/daypass", f"done {had.id}")
    ann.wait_for_message("Over")
    daypass.work()
    denied, cancelled = daypass.ask(), daypass.ask(f"{ASK} --again")
    bob.command("/daypass", f"deny {denied.id} --reason 'not today'")
    ann.command("/daypass", f"cancel {cancelled.id}")
    ann.wait_until(lambda: not daypass.services.ledger.requests(states=[RequestState.PENDING]) or None)
    ann.open_home()
    history = str(ann.wait_for_home("Your history").blocks).split("Your history")[1]

    assert all(one.id in history for one in (had, denied, cancelled))
    assert "*Ended*" in history
    assert "*Denied*" in history
    assert "*Cancelled*" in history


def test_whose_turn_it_is_not_sees_nothing_wait(daypass: Office, bob: BlockingActor, carol: BlockingActor):
    """Who has agreed already, or comes in a later stage, is not told that it waits for them."""
    staged = (
        "approve: {stages: [{name: team, anyone_of: {people: [U0BOB]}}, {name: leads, anyone_of: {people: [U0CAROL]}}]}"
    )
    whole = "approve: {anyone_of: {people: [U0BOB, U0ANN], slack_groups: [S0LEADS]}}"
    assert whole in RULES
    daypass.rules[:] = [parse(RULES.replace(whole, staged), name="rules.yaml")]
    request = daypass.ask()
    carol.open_home()
    carol.wait_for_home("Nothing waits for your decision")
    bob.open_home()
    bob.click(bob.wait_for_home("<@U0ANN> asks"), "review.approve")
    bob.wait_for_home("Nothing waits for your decision")
    carol.open_home()

    assert f"review:{request.id}" in str(carol.wait_for_home("<@U0ANN> asks").blocks)


def test_a_long_list_is_turned_page_by_page_and_works_on_each(daypass: Office, bob: BlockingActor):
    """25 requests wait for Bob: eight in the Home tab, the others behind “Show all”; what he decides goes."""
    asked = [filed(daypass) for _ in range(25)]
    bob.open_home()
    bob.click(bob.wait_for_home("newest 8 of 25"), "list.open")
    bob.click(on_screen(bob, "1 to 20 of 25"), "list.next")
    second = on_screen(bob, "21 to 25 of 25")
    last = next(one for one in asked if one.id in str(second.blocks))
    bob.click(second, "review.approve", block_id=f"review:{last.id}")
    after = on_screen(bob, "21 to 24 of 24")

    assert last.id not in str(after.blocks)
    assert daypass.grant(last.id).state is GrantState.APPROVED
    bob.click(after, "list.previous")
    on_screen(bob, "1 to 20 of 24")
