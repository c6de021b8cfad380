"""
The API: JSON over HTTP, a bearer token, and the same verbs as Slack and the command line.

The endpoints are plain functions, so FastAPI runs each in a thread, as the verbs behind them wait for a database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

from fastapi import APIRouter, FastAPI
from starlette.datastructures import Headers
from starlette.routing import BaseRoute

from daypass.doors.address import Networks
from daypass.doors.api import (
    bots,
    break_glass,
    end_session,
    errors,
    freezes,
    grants,
    handout,
    journal,
    leavers,
    login,
    passkeys,
    preapprovals,
    requests,
    rules,
    token_exchange,
)
from daypass.doors.api.authentication import Visits, may_send_rules
from daypass.doors.api.openapi import DescribedApi
from daypass.doors.headers import SecurityHeaders
from daypass.doors.hosts import Hosts
from daypass.doors.limits import BodyLimit, VisitorRequests
from daypass.doors.services import Services
from daypass.lifecycle.bots.exchange import Workloads

_ROUTES = (
    login,
    preapprovals,
    requests,
    end_session,
    freezes,
    break_glass,
    grants,
    handout,
    journal,
    passkeys,
    bots,
    leavers,
    rules,
    token_exchange,
)
_DESCRIPTION = (
    "Lends access to AWS, just in time. Every refusal is one sentence for a person and one code for a program."
)


def routes() -> APIRouter:
    """Everything under /v1. The app it is put into must be one that `build` made."""
    every = APIRouter(prefix="/v1")
    for one in _ROUTES:
        every.include_router(one.router)
    return every


@cache
def _in_an_app() -> list[BaseRoute]:
    """
    The routes as an app has them, shared by every app of this process: FastAPI takes half a second to work them out.

    They know no services; each request finds that of its own app.
    """
    holder = APIRouter()
    holder.include_router(routes())
    return holder.routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitors:
    """Who comes, and how much of it at a time."""

    trusted_proxies: Networks = ()
    """The networks of proxies whose X-Forwarded-For is believed."""
    at_once: int = 2_000
    """How many requests of one visitor may be under way."""


ANYBODY = Visitors()


def build(
    services: Services,
    *,
    version: str,
    visitors: Visitors = ANYBODY,
    workloads: Workloads | None = None,
    may_be_slacks: Callable[[Headers], bool] = lambda _: True,
) -> FastAPI:
    """
    Make the app that serves the API. Other doors add their routes to it.

    `workloads` are the issuers whose tokens may stand for a robot; `may_be_slacks` says of a head whether Slack could
    have sent it.
    """
    app = DescribedApi(
        title="Daypass",
        version=version,
        description=_DESCRIPTION,
        openapi_url="/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    app.state.trusted_proxies = visitors.trusted_proxies
    app.state.pace = login.Pace()
    app.state.workloads = workloads or token_exchange.NoWorkloads()
    app.router.routes.extend(_in_an_app())
    app.add_middleware(
        BodyLimit,
        may_send_rules=partial(may_send_rules, services),
        may_be_slacks=may_be_slacks,
        crowd=VisitorRequests(visitors.trusted_proxies, visitors.at_once),
    )
    app.add_middleware(Hosts, public_url=services.public_url)
    errors.install(app)
    app.add_middleware(Visits)
    app.add_middleware(SecurityHeaders, https=services.public_url.startswith("https://"))
    return app
