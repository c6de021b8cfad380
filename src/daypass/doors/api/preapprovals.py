"""What lies beside a request: approvals in advance, asking once more, being away, and what one could ask for."""

from typing import Annotated

from fastapi import Depends, Header, Query, Response

from daypass.doors.api.authentication import Asker, Decider, EndingAsked, EndingForOthers, Now, Reader, WithServices
from daypass.doors.api.requests import PreapprovalId, rehearsed
from daypass.doors.api.router import api_router
from daypass.doors.api.visibility import names
from daypass.doors.language import Spoken, parse_id, parse_length, parse_moment, parse_person, parse_reason, parse_term
from daypass.doors.wire.access import PreviewOut, RequestOut
from daypass.doors.wire.approval import ApproversOut
from daypass.doors.wire.inputs import AllowAhead, AskAgain, SayAway
from daypass.doors.wire.preapprovals import AbsenceOut, OfferOut, OffersOut, PermitOut, PermitsOut
from daypass.doors.wire.queries import DryRunQuery
from daypass.lifecycle import preapprovals
from daypass.lifecycle.absence import say_away, say_back
from daypass.lifecycle.bounded_lookups import owners_of
from daypass.lifecycle.resubmit import Repeat, once_more
from daypass.lifecycle.submit import submit
from daypass.model.entitlement import ordered
from daypass.model.principal import PrincipalId
from daypass.rules.explain.suggestable import offers

router = api_router("ahead")


@router.get("/offers")
def what_there_is(caller: Reader, services: WithServices) -> OffersOut:
    """Say what the rules would let me ask for."""
    book = services.rules()
    found = offers(book, caller)
    rules = [offer.rule for offer in found.offers]
    people = {person for rule in rules for person in rule.who.people | rule.approvers.people}
    people |= {person for rule in rules if rule.break_glass for person in rule.break_glass.reviewers.people}
    groups = {group for rule in rules for group in rule.who.slack_groups | rule.approvers.slack_groups}
    groups |= {group for rule in rules if rule.break_glass for group in rule.break_glass.reviewers.slack_groups}
    owners = owners_of(book)
    return OffersOut(
        owners=ApproversOut.of(owners),
        offers=[
            OfferOut(
                rule=offer.rule.id,
                sentence=offer.sentence,
                resources=[pattern.text for pattern in offer.rule.places],
                levels=ordered(offer.rule.levels),
                deliveries=sorted(offer.rule.deliveries),
                default_s=int(offer.rule.default.total_seconds()),
                longest_s=int(offer.rule.longest.total_seconds()),
                at_once=offer.rule.at_once,
                urgent=offer.rule.break_glass is not None,
            )
            for offer in found.offers
        ],
        denials=list(found.denials),
        names=names(people | owners.people, services, groups=groups | owners.slack_groups),
    )


def _repeat(
    caller: Asker,
    body: AskAgain,
    now: Now,
    idempotency_key: Annotated[str, Header(max_length=200, description="As for a request.")] = "",
) -> Repeat:
    return Repeat(
        by=caller.id,
        request_id=parse_id(body.id) if body.id is not None else None,
        term=parse_term(body.for_, until=body.until, now=now, tz=caller.tz),
        reason=parse_reason(body.reason),
        key=idempotency_key and f"api {idempotency_key}",
    )


@router.post(
    "/requests/again", status_code=201, responses={200: {"model": PreviewOut, "description": "With `dry_run`."}}
)
def again(
    repeat: Annotated[Repeat, Depends(_repeat)],
    response: Response,
    services: WithServices,
    now: Now,
    how: Annotated[DryRunQuery, Query()],
) -> RequestOut | PreviewOut:
    """Ask for the same once more; the last, or the request with this id; with `dry_run` a preview that asks nobody."""
    ask = once_more(repeat, ledger=services.ledger, now=now)
    if how.dry_run:
        response.status_code = 200
        return rehearsed(ask, services.judge, services, now)
    return RequestOut.of(submit(ask, judge=services.judge, now=now))


@router.post("/permits", status_code=201)
def allow(caller: Decider, body: AllowAhead, services: WithServices, now: Now) -> PermitOut:
    """Approve in advance: it counts as my click when they ask, if I may decide then."""
    spoken = Spoken(
        level=body.level,
        resource=body.resource,
        reason=body.reason,
        delivery=body.delivery,
        versions=body.versions,
        tags=body.tags,
    )
    draft = spoken.understood(now=now, tz=caller.tz)
    to = parse_person(body.to)
    starts = parse_moment(body.start, after=now, tz=caller.tz, field="start") if body.start is not None else now
    said = preapprovals.InAdvance(
        to=to,
        by=caller.id,
        entitlement=draft.ask(to).wish.entitlement,
        length=parse_length(body.for_),
        starts=starts,
        ends=starts + parse_length(body.window),
        delivery=draft.delivery,
        reason=draft.reason,
    )
    permit = preapprovals.allow(said, judge=services.judge, now=now)
    doubt = preapprovals.doubt(permit, judge=services.judge)
    return PermitOut.of(permit, now, doubt, names({permit.by, permit.principal}, services))


@router.get("/permits")
def my_permits(caller: Reader, services: WithServices, now: Now) -> PermitsOut:
    """List the approvals in advance that I gave, or that were given to me."""
    mine = preapprovals.of_somebody(caller.id, ledger=services.ledger)
    people: set[PrincipalId] = {one for permit in mine for one in (permit.by, permit.principal)}
    return PermitsOut(permits=[PermitOut.of(permit, now) for permit in mine], names=names(people, services))


@router.post("/permits/{request_id}/withdraw")
def withdraw(by: EndingAsked, request_id: PreapprovalId, services: WithServices, now: Now) -> PermitOut:
    """Take back an approval in advance."""
    return PermitOut.of(preapprovals.withdraw(request_id, by=by, ledger=services.ledger, now=now), now)


@router.post("/absence")
def away(caller: Decider, body: SayAway, services: WithServices, now: Now) -> AbsenceOut:
    """Say that I am away, and who decides meanwhile."""
    until = parse_moment(body.until, after=now, tz=caller.tz, field="length")
    delegate = parse_person(body.to) if body.to is not None else None
    said = say_away(caller.id, until=until, delegate=delegate, judge=services.judge, now=now)
    return AbsenceOut.of(said, names([delegate] if delegate else [], services))


@router.post("/absence/end")
def back(by: EndingForOthers, services: WithServices, now: Now) -> AbsenceOut:
    """Say that I am back."""
    return AbsenceOut.of(say_back(by, ledger=services.ledger, now=now), names={})
