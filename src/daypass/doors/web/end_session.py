"""
Let a command line end things, `/end/TICKET`: with a passkey, while nobody can log in.

Opening the page changes nothing. What it lets in ends what its person may end, for fifteen minutes, and no more.
"""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from daypass.doors.address import address_of
from daypass.doors.services import Services
from daypass.doors.web.passkeys_page import Answered, Ceremony, ceremony_page, refused_page
from daypass.doors.wire.passkeys import DoneOut
from daypass.lifecycle.attempts import Stranger
from daypass.lifecycle.end import session
from daypass.lifecycle.passkeys.proof import Signed
from daypass.lifecycle.passkeys.relying_party import site
from daypass.model.errors import DaypassError


def routes(services: Services) -> APIRouter:
    """The page, and where its answer goes."""
    router = APIRouter(include_in_schema=False)

    @router.get("/end/{ticket}")
    def show(ticket: str, request: Request) -> Response:
        try:
            offer = _page(services).offer(ticket, now=services.clock())
        except DaypassError as error:
            return refused_page(request, error)
        return ceremony_page(request, _letting(ticket, offer))

    @router.post("/end")
    def confirm(answer: Answered, request: Request) -> DoneOut:
        address = address_of(request, request.app.state.trusted_proxies)
        signed = Signed(ticket=answer.ticket, answer=answer.proof or {})
        stranger = Stranger(address=address, attempts=services.attempts)
        _page(services).confirm(signed, stranger=stranger, now=services.clock())
        return DoneOut(
            title="The command line may end things",
            sentence="For fifteen minutes it ends what you may end, and does nothing else. You can close this page.",
        )

    return router


def _page(services: Services) -> session.EndSessionPage:
    return session.EndSessionPage(at=site(services.public_url), logins=services.logins, ledger=services.ledger)


def _letting(ticket: str, offer: session.EndSessionOffer) -> Ceremony:
    """Say what waits, and for nobody by name: whoever knows an id is handed such an address."""
    return Ceremony(
        title="Let it end things?",
        sentence="A command line waits to end what you may end.",
        rows=(
            ("Code", offer.waiting.user_code),
            ("What asks", offer.waiting.client),
            ("From", offer.waiting.address or "(not known)"),
        ),
        advice="If your own screen does not show this code, close this page.",
        button="Confirm with your passkey",
        answer_to="/end",
        ticket=ticket,
        prove=offer.prove,
    )
