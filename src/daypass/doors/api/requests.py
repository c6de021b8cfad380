"""Requests: ask, look, decide, take back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Header, Query, Response

from daypass.doors.api.authentication import (
    BearerToken,
    Decider,
    EndingAsked,
    EndingForOthers,
    Looker,
    Now,
    Urgent,
    WithServices,
    speaker,
)
from daypass.doors.api.router import api_router
from daypass.doors.api.visibility import named_in, names
from daypass.doors.language import RequestDraft, Spoken, parse_id, parse_length, parse_reason, parse_request, split
from daypass.doors.services import Services
from daypass.doors.wire.access import EntryOut, GrantOut, ListOut, PreviewOut, RequestOut, StoryOut
from daypass.doors.wire.inputs import ApproveRequest, FileRequest, WithReason
from daypass.doors.wire.preapprovals import PermitOut
from daypass.doors.wire.queries import DryRunQuery, PageQuery, WithEnded
from daypass.doors.wire.words import IdText
from daypass.lifecycle import cancel as cancelling
from daypass.lifecycle import preapprovals
from daypass.lifecycle.approval import decide
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.story import in_order
from daypass.lifecycle.submit import preview, submit
from daypass.lifecycle.visibility import concealed, visible
from daypass.model.errors import BadInput, NotFound, Refusal
from daypass.model.grant import Grant, GrantId
from daypass.model.principal import Principal
from daypass.model.record import Validity
from daypass.model.request import Ask, Request, RequestState
from daypass.model.schedule import Schedule
from daypass.views.overview import LIVE, waiting_for
from daypass.views.stuck import stuck_of_others, troubles

router = api_router("requests")

AS_REQUESTED = "requested"
"""What an approver says who leaves the length as it was requested."""


_MOST_ENTRIES = 500


def _request_id(request_id: IdText, services: WithServices, now: Now, token: BearerToken) -> Iterator[GrantId]:
    """
    Read the id; whatever is then refused about it is told only to whoever may see it.

    For everybody else it is as if nobody had that id.
    """
    known = parse_id(request_id)
    try:
        yield known
    except Refusal as error:
        raise concealed(error, known, lambda: speaker(token, services, now), judge=services.judge, now=now) from None


Id = Annotated[GrantId, Depends(_request_id)]
"""The id of a request and its grant."""


def _listed_id(request_id: IdText) -> GrantId:
    return parse_id(request_id)


FreezeId = Annotated[GrantId, Depends(_listed_id)]
"""The id of a freeze, of which everybody may know: nothing that is said of it is concealed."""
PreapprovalId = Annotated[GrantId, Depends(_listed_id)]


@router.post("/requests", status_code=201, responses={200: {"model": PreviewOut, "description": "With `dry_run`."}})
def ask(  # noqa: PLR0913, PLR0917 - what FastAPI hands in
    caller: Urgent,
    body: FileRequest,
    response: Response,
    services: WithServices,
    now: Now,
    how: Annotated[DryRunQuery, Query()],
    idempotency_key: Annotated[
        str, Header(max_length=200, description="Asked again with the same key, it is the same request.")
    ] = "",
) -> RequestOut | PreviewOut:
    """Ask for access; a request, or with `dry_run` a preview that asks nobody."""
    draft = _draft(body, caller.principal, now)
    caller.must_be_let(urgent=draft.urgent)
    wanted = draft.ask(caller.principal.id, key=idempotency_key and f"api {idempotency_key}")
    if idempotency_key:  # whoever names each ask means another one by another name
        wanted = replace(wanted, once=False)
    judge = replace(services.judge, people=caller.directory)
    if not (how.dry_run or draft.dry_run):
        return RequestOut.of(submit(wanted, judge=judge, now=now))
    response.status_code = 200
    return rehearsed(wanted, judge, services, now)


def rehearsed(wanted: Ask, judge: Judge, services: Services, now: datetime) -> PreviewOut:
    """Say what filing an ask would do. Raises what filing it would raise."""
    seen = preview(wanted, judge=judge, now=now)
    people, groups = named_in(seen.request)
    known = names(people, services, groups=groups)
    promise = judge.delivery(wanted.wish.delivery).promise(wanted.wish.entitlement.resource)
    return PreviewOut.of(seen.decision, seen.request, seen.dry_run, promise, known)


@router.get("/requests/{request_id}")
def show(
    caller: Looker, request_id: Id, services: WithServices, now: Now, page: Annotated[PageQuery, Query()]
) -> StoryOut:
    """Show a request, the grant it became, and what the journal has of them, the newest 500 entries at a time."""
    request = visible(request_id, caller, judge=services.judge, now=now)
    everything = in_order(services.ledger.story(request_id))
    story = everything[: max(0, len(everything) - page.skip)][-_MOST_ENTRIES:]
    grant = _grant(request, services)
    provisioner = services.judge.deliveries.get(request.delivery)
    people, groups = named_in(request, story)
    return StoryOut(
        request=RequestOut.of(request),
        grant=GrantOut.of(grant, now, troubles(services.queue, now).get(grant.id)) if grant else None,
        promise=provisioner.promise(request.entitlement.resource) if provisioner and grant else None,
        names=names(people, services, groups=groups),
        story=[EntryOut.of(event) for event in story],
        total=len(everything),
    )


@router.get("/mine")
def mine(
    caller: Looker,
    services: WithServices,
    now: Now,
    which: Annotated[WithEnded, Query()],
) -> ListOut:
    """List my grants and requests, what waits for my decision, and what is stuck that I may decide on."""
    stuck = troubles(services.queue, now)
    grants = services.ledger.grants(principal=caller.id, states=None if which.ended else LIVE)
    requests = services.ledger.requests(requestor=caller.id, states=None if which.ended else (RequestState.PENDING,))
    waiting = waiting_for(caller, ledger=services.ledger, now=now)
    others = stuck_of_others(stuck, caller, ledger=services.ledger)
    ahead = preapprovals.standing(caller.id, ledger=services.ledger, now=now)
    involved = {who for one in (*requests, *waiting) for who in (one.requestor, one.principal)}
    involved |= {who for permit in ahead for who in (permit.by, permit.principal)}
    return ListOut(
        grants=[GrantOut.of(grant, now, stuck.get(grant.id)) for grant in grants],
        requests=[RequestOut.of(request) for request in requests],
        waiting=[RequestOut.of(request) for request in waiting],
        permits=[PermitOut.of(permit, now) for permit in ahead],
        series=[RequestOut.of(services.ledger.request(one.id)) for one in _to_come(caller, services)],
        stuck=[GrantOut.of(grant, now, stuck.get(grant.id)) for grant in others],
        names=names({*involved, *(grant.principal for grant in others)}, services),
    )


@router.post("/requests/{request_id}/approve")
def approve(
    caller: Decider, request_id: Id, body: ApproveRequest, services: WithServices, now: Now
) -> GrantOut | RequestOut:
    """Approve a request for a length, or as `requested`; the request comes back while others must approve it too."""
    grant = decide.approve(request_id, by=caller.id, length=chosen_length(body), judge=services.judge, now=now)
    return GrantOut.of(grant, now) if grant else RequestOut.of(services.ledger.request(request_id))


def chosen_length(body: ApproveRequest) -> timedelta | None:
    """The length that an approver chose; None for as long as was requested. Raises BadInput."""
    return None if body.for_ == AS_REQUESTED else parse_length(body.for_)


@router.post("/requests/{request_id}/deny")
def deny(by: EndingForOthers, request_id: Id, body: WithReason, services: WithServices, now: Now) -> RequestOut:
    """Deny a request."""
    reason = parse_reason(body.reason)
    denied = decide.deny(request_id, by=by, reason=reason, enders=services.enders, now=now)
    return RequestOut.of(denied)


@router.post("/requests/{request_id}/cancel")
def cancel(by: EndingAsked, request_id: Id, services: WithServices, now: Now) -> RequestOut:
    """Take back my own request."""
    return RequestOut.of(cancelling.cancel(request_id, by=by, ledger=services.ledger, now=now))


def _draft(body: FileRequest, caller: Principal, now: datetime) -> RequestDraft:
    """Understand either form of the body. Raises BadInput when both are used."""
    fields = body.model_dump(exclude={"text"})
    if body.text is None:
        return Spoken(**fields).understood(now=now, tz=caller.tz)
    if body.model_fields_set != {"text"}:
        raise BadInput("Send either `text` or the single fields, not both.", field="text")
    return parse_request(split(body.text), now=now, tz=caller.tz)


def _grant(request: Request, services: Services) -> Grant | None:
    if request.state is not RequestState.APPROVED:
        return None
    try:
        return services.ledger.grant(request.id)
    except NotFound:
        return None


def _to_come(caller: Principal, services: Services) -> list[Schedule]:
    return services.ledger.all(Schedule, owner=caller.id, states=[Validity.OPEN])
