"""
Passkeys: look, and be handed the address at which one's own browser adds, removes or uses one.

What takes a passkey happens on those pages alone: a token of a command line proves nobody's finger.
"""

from daypass.doors.api.authentication import Decider, EndingForOthers, Now, Reader, WithServices
from daypass.doors.api.requests import Id, chosen_length
from daypass.doors.api.router import api_router
from daypass.doors.language import parse_person
from daypass.doors.wire.inputs import ApproveRequest
from daypass.doors.wire.passkeys import AddressOut, ForgetPasskeys, PasskeyOut, PasskeysOut, PasskeyWord
from daypass.lifecycle.approval.stages import Click
from daypass.lifecycle.passkeys import one_time_links, registered, remove
from daypass.lifecycle.visibility import visible

router = api_router("passkeys")


@router.get("/passkeys")
def ls(caller: Reader, services: WithServices) -> PasskeysOut:
    """List my passkeys."""
    return PasskeysOut(passkeys=[PasskeyOut.of(one) for one in registered.of(caller.id, ledger=services.ledger)])


@router.post("/passkeys/new")
def add(caller: Decider, services: WithServices, now: Now) -> AddressOut:
    """Be handed the address at which I add a passkey."""
    return _handed(
        one_time_links.enrolment_address(caller.id, public_url=services.public_url, ledger=services.ledger, now=now)
    )


@router.post("/passkeys/remove")
def take_away(by: EndingForOthers, body: PasskeyWord, services: WithServices, now: Now) -> AddressOut:
    """Be handed the address at which I remove one of mine."""
    return _handed(
        one_time_links.removal_address(
            by, body.passkey, public_url=services.public_url, ledger=services.ledger, now=now
        )
    )


@router.post("/passkeys/forget")
def forget(by: EndingForOthers, body: ForgetPasskeys, services: WithServices, now: Now) -> PasskeysOut:
    """Remove all passkeys of somebody who has lost them; the doing of people who own the rules."""
    removed = remove.forget(parse_person(body.person), by=by, enders=services.enders, now=now)
    return PasskeysOut(passkeys=[PasskeyOut.of(one) for one in removed])


@router.post("/requests/{request_id}/passkey")
def approve(caller: Decider, request_id: Id, body: ApproveRequest, services: WithServices, now: Now) -> AddressOut:
    """Be handed the address at which I approve a request with my passkey."""
    visible(request_id, caller, judge=services.judge, now=now)
    click = Click(by=caller.id, length=chosen_length(body))
    return _handed(
        one_time_links.approval_address(
            request_id, click, public_url=services.public_url, ledger=services.ledger, now=now
        )
    )


def _handed(address: str) -> AddressOut:
    return AddressOut(url=address, expires_in=int(one_time_links.LIVES.total_seconds()))
