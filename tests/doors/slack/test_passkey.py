"""The approver's passkey, as far as Slack leads to it and tells of it."""

from datetime import timedelta

from daypass.lifecycle.passkeys import one_time_links
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.passkey import Passkey, Purpose
from daypass.model.principal import PrincipalId
from daypass.model.request import RequestState
from daypass.rules.load.read import parse
from localslack import BlockingActor
from tests.doors.slack.conftest import Office, review
from tests.makers import BOB, RULES

PROVEN = RULES.replace("    approve:", "    second_factor: required\n    approve:", 1)


def with_passkey(office: Office, person: PrincipalId = BOB, name: str = "laptop", *, told: bool = False) -> Passkey:
    """Give somebody a passkey."""
    passkey = Passkey(
        credential_id="Ym9icy1sYXB0b3A", principal=person, public_key="cGs", sign_count=1, name=name, at=office.clock()
    )
    details: dict[str, Detail] = {"principal": person, "name": name, "first": True, "proven_by": None}
    event = Event(kind=EntryKind.PASSKEY_ADDED, at=office.clock(), actor=person, details=details)
    office.services.ledger.record(Fact(event=event, changes=(passkey,), told=told))
    return passkey


def link_of(message: object, label: str) -> str:
    """The address behind a button of what somebody was told."""
    blocks = message.blocks  # type: ignore[attr-defined]
    buttons = [one for block in blocks for one in block.get("elements", []) if one.get("type") == "button"]
    return str(next(one["url"] for one in buttons if one["text"]["text"] == label))


def test_an_approver_with_a_passkey_is_led_to_the_page_that_asks_it(
    daypass: Office, ann: BlockingActor, bob: BlockingActor
):
    """The click alone approves nothing; the address is for this request, for Bob, for what he picked."""
    daypass.rules.append(parse(PROVEN, name="rules.yaml"))
    with_passkey(daypass)
    request = daypass.ask()
    card = review(bob)
    bob.choose(card, "review.length", "3600s")
    bob.click(card, "review.approve")
    address = link_of(bob.wait_for_ephemeral("wants your passkey"), "Approve with my passkey")

    ticket = address.removeprefix("https://daypass.example/approve/")
    errand = one_time_links.find(ticket, Purpose.APPROVE, ledger=daypass.services.ledger, now=daypass.clock())
    assert (errand.principal, errand.subject, errand.length) == (BOB, request.id, timedelta(hours=1))
    assert daypass.services.ledger.request(request.id).state is RequestState.PENDING
    assert ticket not in str(ann.messages())


def test_an_approver_without_one_is_led_to_where_it_is_added(daypass: Office, bob: BlockingActor):
    """And told to press Approve again afterwards."""
    daypass.rules.append(parse(PROVEN, name="rules.yaml"))
    daypass.ask()
    bob.click(review(bob), "review.approve")
    told = bob.wait_for_ephemeral("you have none yet")

    assert link_of(told, "Add a passkey").startswith("https://daypass.example/passkeys/new?ticket=")


def test_the_command_leads_there_too(daypass: Office, bob: BlockingActor):
    """`/daypass approve` is the same click."""
    daypass.rules.append(parse(PROVEN, name="rules.yaml"))
    with_passkey(daypass)
    request = daypass.ask()
    bob.command("/daypass", f"approve {request.id} --for 30m")

    assert link_of(bob.wait_for_ephemeral("wants your passkey"), "Approve with my passkey")


def test_the_form_for_another_length_becomes_the_way_to_the_page(daypass: Office, bob: BlockingActor):
    """What was typed goes with the address."""
    daypass.rules.append(parse(PROVEN, name="rules.yaml"))
    with_passkey(daypass)
    daypass.ask()
    bob.choose(review(bob), "review.length", "custom")
    bob.submit(bob.wait_for_modal("Approve"), {"length": "45m"})
    shown = bob.wait_for_modal("Daypass")

    ticket = link_of(shown, "Approve with my passkey").removeprefix("https://daypass.example/approve/")
    errand = one_time_links.find(ticket, Purpose.APPROVE, ledger=daypass.services.ledger, now=daypass.clock())
    assert errand.length == timedelta(minutes=45)


def test_who_may_not_decide_gets_no_address(daypass: Office):
    """Eve learns no more than that she may not."""
    daypass.rules.append(parse(PROVEN, name="rules.yaml"))
    request = daypass.ask()
    eve = daypass.person("U0EVE")
    eve.command("/daypass", f"approve {request.id}")

    assert "ticket" not in str(eve.wait_for_ephemeral("that you may see").blocks)


def test_a_first_passkey_is_told_to_its_person(daypass: Office, bob: BlockingActor):
    """Whoever stole his Slack session cannot add one unnoticed."""
    with_passkey(daypass, name="new <laptop>", told=True)
    told = bob.wait_for_message("It is your first")

    assert "“new &lt;laptop&gt;”" in told.visible_text
    assert "If that was not you" in told.visible_text


def test_a_passkey_that_an_owner_removed_is_told_with_who_did_it(daypass: Office, bob: BlockingActor):
    """Bob hears of it, not the one who removed it."""
    details: dict[str, Detail] = {"principal": BOB, "name": "laptop", "proven_by": None}
    event = Event(kind=EntryKind.PASSKEY_REMOVED, at=daypass.clock(), actor=PrincipalId("U0CAROL"), details=details)
    daypass.services.ledger.record(Fact(event=event))

    assert "removed by <@U0CAROL>" in bob.wait_for_message("was removed").visible_text
