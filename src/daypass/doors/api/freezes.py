"""Panic, freezes, and lifting them. To end and to freeze needs the ledger alone; to lift asks who owns the rules."""

from functools import partial
from typing import Annotated

from fastapi import Query

from daypass.doors.api.authentication import EndingForOthers, Lifter, Looker, Now, WithServices
from daypass.doors.api.requests import FreezeId
from daypass.doors.api.router import api_router
from daypass.doors.api.visibility import known_names, names
from daypass.doors.language import extent_of, parse_person, parse_reason
from daypass.doors.wire.freezes import About, EndedOut, FreezeOut, FreezesOut, LiftedOut, PanicIn
from daypass.doors.wire.queries import AboutSomebody
from daypass.lifecycle.freezes import freeze as freezing
from daypass.lifecycle.freezes.gate import freezes
from daypass.lifecycle.freezes.panic import panic as panicking

router = api_router("panic and freezes")


@router.post("/panic")
def panic(by: EndingForOthers, body: PanicIn, services: WithServices, now: Now) -> EndedOut:
    """End everything in it at once, as far as I may, and freeze it where I may."""
    extent = extent_of(person=body.person, resource=body.resource, everything=body.all)
    halt = freezing.Halt(extent=extent, by=by, reason=parse_reason(body.reason))
    ended = panicking(halt, hold=body.freeze, enders=services.enders, logins=services.logins, now=now)
    return EndedOut.of(ended, partial(known_names, services=services))


@router.post("/freezes", status_code=201)
def freeze(by: EndingForOthers, body: About, services: WithServices, now: Now) -> FreezeOut:
    """Give nothing in it until two owners of the rules lift it."""
    extent = extent_of(person=body.person, resource=body.resource, everything=body.all)
    reason = parse_reason(body.reason)
    made = freezing.freeze(extent, by=by, reason=reason, enders=services.enders, now=now)
    return FreezeOut.of(made, partial(known_names, services=services))


@router.get("/freezes")
def ls(_caller: Looker, services: WithServices, which: Annotated[AboutSomebody, Query()]) -> FreezesOut:
    """List the freezes that stand."""
    about = None if which.person is None else parse_person(which.person)
    standing = [one for one in freezes(services.ledger) if about is None or one.extent.names(frozenset({about}))]
    return FreezesOut.of(standing, partial(names, services=services), about=about)


@router.post("/freezes/{request_id}/lift")
def lift(caller: Lifter, request_id: FreezeId, services: WithServices, now: Now) -> LiftedOut:
    """Say, as an owner of the rules, that a freeze may be lifted; the second owner who says so lifts it."""
    waiting = freezing.lift(request_id, by=caller.id, judge=services.judge, now=now)
    return LiftedOut(
        lifted=waiting is None, freeze=FreezeOut.of(waiting, partial(names, services=services)) if waiting else None
    )
