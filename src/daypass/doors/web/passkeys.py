"""
Passkeys in the browser.

    /passkeys/new       add one; with a proof of another, when there is another
    /passkeys/remove    remove one, with a proof of any
    /passkeys.js        puts the question to the browser, and its answer to us
"""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from daypass.doors.services import Services
from daypass.doors.web.pages import drawing
from daypass.doors.web.passkeys_page import Answered, Ceremony, ceremony_page, name_of, refused_page
from daypass.doors.wire.passkeys import DoneOut
from daypass.lifecycle.passkeys import enrol, remove
from daypass.lifecycle.passkeys.proof import Signed
from daypass.lifecycle.passkeys.relying_party import site
from daypass.model.errors import DaypassError

Ticket = Annotated[str, Query(max_length=200)]

_ADVICE = (
    "A passkey lives in this device, in your password manager or on a security key. Daypass keeps its public half "
    "alone."
)


def routes(services: Services) -> APIRouter:
    """The two pages, where their answers go, and the script."""
    router = APIRouter(include_in_schema=False)

    @router.get("/passkeys/new")
    def new(request: Request, ticket: Ticket = "") -> Response:
        try:
            return ceremony_page(request, _adding(ticket, services))
        except DaypassError as error:
            return refused_page(request, error)

    @router.post("/passkeys/new")
    def add(answer: Answered) -> DoneOut:
        said = enrol.EnrolAnswer(ticket=answer.ticket, made=answer.made or {}, proof=answer.proof, name=answer.name)
        passkey = enrol.enrol(
            said,
            at=site(services.public_url),
            directory=services.directory,
            ledger=services.ledger,
            now=services.clock(),
        )
        return DoneOut(
            title="Your passkey is added",
            sentence=f"“{passkey.name}” is yours from now on. Slack tells you of it too.",
        )

    @router.get("/passkeys/remove")
    def old(request: Request, ticket: Ticket = "") -> Response:
        try:
            return ceremony_page(request, _removing(ticket, services))
        except DaypassError as error:
            return refused_page(request, error)

    @router.post("/passkeys/remove")
    def take_away(answer: Answered) -> DoneOut:
        at, now = site(services.public_url), services.clock()
        passkey = remove.remove(
            Signed(ticket=answer.ticket, answer=answer.proof or {}), at=at, ledger=services.ledger, now=now
        )
        return DoneOut(
            title="The passkey is removed",
            sentence=f"“{passkey.name}” approves nothing any more. Your device may still list it; delete it there too.",
        )

    @router.get("/passkeys.js")
    def script() -> Response:
        return drawing("passkeys.js", "text/javascript; charset=utf-8")

    return router


def _adding(ticket: str, services: Services) -> Ceremony:
    offer = enrol.offer(
        ticket, at=site(services.public_url), directory=services.directory, ledger=services.ledger, now=services.clock()
    )
    first = "With it you confirm approvals that your rules ask more than a click for."
    another = "First confirm with a passkey that you have; then this device makes the new one."
    return Ceremony(
        title="Add a passkey",
        sentence=f"You are {offer.person.name}. {another if offer.prove else first}",
        advice=_ADVICE,
        button="Add a passkey",
        prove_button="Confirm with your passkey" if offer.prove else "",
        answer_to="/passkeys/new",
        ticket=ticket,
        prove=offer.prove,
        make=offer.make,
    )


def _removing(ticket: str, services: Services) -> Ceremony:
    offer = remove.offer(ticket, at=site(services.public_url), ledger=services.ledger, now=services.clock())
    return Ceremony(
        title="Remove a passkey",
        sentence=f"You are {name_of(offer.passkey.principal, services)}. Confirm with any passkey of yours.",
        rows=(("Passkey", offer.passkey.name), ("Added", f"{offer.passkey.at:%Y-%m-%d}")),
        advice="Without any passkey you cannot give approvals that take one, until you add another.",
        button="Remove it",
        answer_to="/passkeys/remove",
        ticket=ticket,
        prove=offer.prove,
        danger=True,
    )
