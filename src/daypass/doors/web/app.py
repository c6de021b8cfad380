"""
What a browser or a monitoring system finds here.

    /           what this is
    /l/TOKEN    a Daypass link
    /approve/TICKET, /passkeys/...    what takes a passkey
    /login      what to do with the code that a command line shows
    /healthz    200 while this process can do its work, else 503, with what is wrong
    /metrics    for Prometheus; answers private addresses alone
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from ipaddress import ip_address

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from daypass.doors.address import Networks, address_of, peer_of, was_forwarded
from daypass.doors.refusals import Code
from daypass.doors.services import Services
from daypass.doors.web import confirm, end_session, passkeys
from daypass.doors.web.links import open_link
from daypass.doors.web.metrics import ServiceMetrics, Timed
from daypass.doors.web.pages import drawing, page
from daypass.doors.wire.problem import TITLES
from daypass.model.errors import DaypassError, Misconfigured
from daypass.model.finding import Alteration
from daypass.model.record import Validity
from daypass.ports import Journal

_IN_ITS_DETAIL = "The answer that sent you here says more in its detail."
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def add(
    app: FastAPI, services: Services, *, trusted_proxies: Networks = (), faults: Callable[[], Mapping[str, str]] = dict
) -> CollectorRegistry:
    """
    Add the pages to an app. Returns the registry that /metrics shows, for others to add their own to.

    `trusted_proxies` are the networks of proxies whose X-Forwarded-For is believed. `faults` says of each part of the
    process what is wrong with it, in words; an empty text when nothing is.
    """
    registry = CollectorRegistry(auto_describe=True)
    registry.register(ServiceMetrics(services))
    app.add_middleware(Timed, registry=registry)
    app.include_router(_pages(services, trusted_proxies))
    app.include_router(passkeys.routes(services))
    app.include_router(confirm.routes(services))
    app.include_router(end_session.routes(services))
    app.include_router(_instruments(services, registry, trusted_proxies, faults))
    return registry


def _pages(services: Services, trusted_proxies: Networks) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def landing(request: Request) -> Response:
        return page(
            request,
            title="Access, for as long as you need it",
            sentence="Daypass lends access to AWS: ask in Slack, a colleague decides, and AWS itself ends it.",
            advice="In Slack, type /daypass request. On the command line, begin with daypass login.",
        )

    @router.get("/login")
    def login(request: Request) -> Response:
        return page(
            request,
            title="Confirm it in Slack",
            sentence="In Slack, type /daypass login and the code that your command line shows, and confirm there.",
            advice="Only confirm a code that your own screen shows.",
        )

    @router.api_route("/l/{token}", methods=["GET", "HEAD"])
    def link(token: str, request: Request) -> Response:
        return open_link(token, request, services, trusted_proxies)

    @router.get("/problems/{code}")
    def kind(code: str, request: Request) -> Response:
        if code not in TITLES:
            sentence = "There is no such kind of problem."
            return page(request, title="Nothing here", sentence=sentence, status=HTTPStatus.NOT_FOUND)
        return page(request, title="What went wrong", sentence=f"{TITLES[Code(code)]}.", advice=_IN_ITS_DETAIL)

    @router.get("/daypass.css")
    def style() -> Response:
        return drawing("daypass.css", "text/css")

    @router.get("/daypass.svg")
    def ticket() -> Response:
        return drawing("daypass.svg", "image/svg+xml")

    return router


def _instruments(
    services: Services, registry: CollectorRegistry, trusted_proxies: Networks, faults: Callable[[], Mapping[str, str]]
) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    def health() -> JSONResponse:
        found = {"database": _fault(lambda: services.queue.depth(now=_EVER)), **faults()}
        # Unreadable rules refuse every new request, and altered rows give nothing; but grants must still be served and
        # ended: not a reason to stop us.
        status = HTTPStatus.SERVICE_UNAVAILABLE if any(found.values()) else HTTPStatus.OK
        found |= {"rules": _fault(services.rules), "ledger": _fault(lambda: _must_be_ours(services))}
        # Nor is a damaged journal: nothing is given then, and everything must still be ended.
        found["journal"] = _journal(services.book)
        return JSONResponse({name: fault or "ok" for name, fault in found.items()}, status)

    @router.get("/metrics")
    def metrics(request: Request) -> Response:
        address = address_of(request, trusted_proxies)
        # Behind a proxy nobody named, the peer is the proxy: private, whoever asks. So a forwarded request is believed
        # only as far as the proxies that the settings name, and by the one header that is read.
        if not _is_private(address) or was_forwarded(peer_of(request), request.headers, trusted_proxies):
            return page(request, title="Nothing here", sentence="There is nothing here.", status=HTTPStatus.NOT_FOUND)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _journal(book: Journal) -> str:
    if book.faults():
        return "damaged; see the log"
    return "not signed now: the remembered head cannot be reached; see the log" if book.unsigned() else ""


def _must_be_ours(services: Services) -> None:
    if altered := services.ledger.all(Alteration, states=(Validity.OPEN,)):
        raise Misconfigured(f"{len(altered)} rows of the ledger were changed outside Daypass or cannot be read.")


def _fault(question: Callable[[], object]) -> str:
    try:
        question()
    except DaypassError:
        return "failing; see the log"
    return ""


def _is_private(address: str) -> bool:
    try:
        return ip_address(address).is_private
    except ValueError:
        return False
