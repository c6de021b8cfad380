"""
The rules: read them and their versions, propose others, agree to them.

    the rules in force, their versions      everybody who is logged in: what counts here is no secret
    changes, and what they would do         owners of the rules, and those who may decide on something
    proposing, approving, denying           owners; the verbs judge
"""

import re
from collections.abc import Iterable
from datetime import datetime
from threading import Lock
from typing import Annotated

from fastapi import Depends, Path, Query, Response
from fastapi.responses import StreamingResponse

from daypass.doors.api.authentication import Decider, EndingForOthers, Now, Reader, WithServices
from daypass.doors.api.requests import Id
from daypass.doors.api.router import api_router
from daypass.doors.api.stream import LINES, stream
from daypass.doors.api.visibility import may_audit, must_audit, names
from daypass.doors.language import parse_id, parse_length, parse_reason
from daypass.doors.services import Services
from daypass.doors.wire.inputs import WithReason
from daypass.doors.wire.lint import DoubtsOut, LintRules
from daypass.doors.wire.queries import DryRunQuery, Newest, PageQuery, PageWithEnded
from daypass.doors.wire.rules import (
    MOST_NAMED,
    AppliedOut,
    ApproveRules,
    ChangeOut,
    ChangesOut,
    DifferenceOut,
    DifferencesOut,
    ExplanationOut,
    ProposeRules,
    RulesOut,
    VersionOut,
    VersionsOut,
    VersionTextOut,
    WholeChangeOut,
    owners,
)
from daypass.doors.wire.words import IdText
from daypass.lifecycle.rule_changes import shadow
from daypass.lifecycle.rule_changes.decide import approve_change, deny_change, find_change, withdraw_change
from daypass.lifecycle.rule_changes.effects import effects
from daypass.lifecycle.rule_changes.named_people import doubts
from daypass.lifecycle.rule_changes.owners import must_own
from daypass.lifecycle.rule_changes.past_requests import explained, past
from daypass.lifecycle.rule_changes.propose import Proposal, draft, propose
from daypass.lifecycle.rule_changes.validate import PROPOSED, difference
from daypass.lifecycle.rule_changes.versions import kept, key_of
from daypass.lifecycle.visibility import visible
from daypass.model.errors import BadInput, NotFound, RulesUnreadable, Unavailable
from daypass.model.grant import GrantId
from daypass.model.principal import Principal, PrincipalId
from daypass.model.rule_change import ChangeState, RulesChange, RulesVersion
from daypass.rules.load.read import RuleBook, parse
from daypass.rules.sampling.effects import ChangeEffect

router = api_router("rules")

_LONGEST_DIFF = 2_000_000
_LINTING = Lock()
"""One text at a time in this process: it is work for the processor, and everybody else needs that too."""
_A_PAGE = 1000
_MOST_NAMES = 60
_ID = re.compile(r"\b[UW][A-Z0-9]{3,}\b")


def _change_id(change_id: IdText) -> GrantId:
    return parse_id(change_id)


ChangeId = Annotated[GrantId, Depends(_change_id)]


@router.get("/rules")
def show(_caller: Reader, services: WithServices, now: Now) -> RulesOut:
    """The rules in force, as text and in words."""
    version, book = kept(services.rules).version(now), services.rules()
    return RulesOut.showing(version, book, names(_people([version.author, *owners(book)]), services))


@router.post("/rules/lint")
def lint(caller: Decider, body: LintRules, services: WithServices) -> DoubtsOut:
    """Point out what is hardly meant in a text, or in the rules in force, with everybody whom they name looked up."""
    _must_see_changes(caller, services)
    if not _LINTING.acquire(blocking=False):
        raise Unavailable("Somebody's rules are being looked through. Try again in a few seconds.")
    try:
        book = services.rules() if body.text is None else _read(body.text)
        return DoubtsOut.of(
            doubts(
                book,
                judge=services.judge,
                lapse_after=services.lapse_after,
                tracker=services.tracker,
                clock=services.clock,
            )
        )
    finally:
        _LINTING.release()


@router.get("/rules/past", response_class=StreamingResponse, responses=LINES)
def past_requests(caller: Reader, services: WithServices, how_many: Annotated[Newest, Query()]) -> StreamingResponse:
    """The newest requests, one JSON object a line, as `daypass rules simulate` reads them."""
    must_audit(caller, services)
    lines = past(judge=services.judge, most=how_many.most)
    return stream(lines, media_type="application/x-ndjson")


@router.get("/rules/versions")
def versions(_caller: Reader, services: WithServices, now: Now, page: Annotated[PageQuery, Query()]) -> VersionsOut:
    """List the versions there were, newest first, a page at a time; the one in force is the first."""
    newest = kept(services.rules).version(now)
    found = services.ledger.page(RulesVersion, skip=page.skip, size=_A_PAGE)
    every = found.items if newest.revision or page.skip else (newest, *found.items)
    return VersionsOut(
        versions=[VersionOut.of(one) for one in every],
        total=found.total + (not newest.revision),
        names=names(_people(one.author for one in every), services),
    )


@router.get("/rules/versions/{number}")
def version(
    _caller: Reader, number: Annotated[int, Path(ge=1, le=99_999_999)], services: WithServices, now: Now
) -> VersionTextOut:
    """Show one version with its text."""
    return VersionTextOut.of(_version(number, services, now))


@router.get("/rules/changes")
def changes(
    caller: Reader,
    services: WithServices,
    now: Now,
    page: Annotated[PageWithEnded, Query()],
) -> ChangesOut:
    """List the changes that wait, newest first, or all there were, a page at a time."""
    _must_see_changes(caller, services)
    states = None if page.ended else (ChangeState.PENDING,)
    found = services.ledger.page(RulesChange, states=states, skip=page.skip, size=_A_PAGE)
    return ChangesOut(
        changes=[ChangeOut.of(one) for one in found.items],
        total=found.total,
        in_force=kept(services.rules).version(now).number,
        names=names(_people(one.author for one in found.items), services),
    )


@router.post(
    "/rules/changes", status_code=201, responses={200: {"model": WholeChangeOut, "description": "With `dry_run`."}}
)
def put_forward(  # noqa: PLR0913, PLR0917 - what FastAPI hands in
    caller: Decider,
    body: ProposeRules,
    response: Response,
    services: WithServices,
    now: Now,
    how: Annotated[DryRunQuery, Query()],
) -> WholeChangeOut:
    """Propose other rules, or with `dry_run` only look at what they would do."""
    shadow_for = parse_length(body.shadow_for) if body.shadow_for is not None else None
    proposal = Proposal(text=body.text, base=body.base, note=body.note, shadow=shadow_for)
    if how.dry_run:
        response.status_code = 200
        made = draft(proposal, by=caller.id, judge=services.judge, now=now)
        return _whole(made.change, services, now)
    filed = propose(proposal, by=caller.id, judge=services.judge, now=now)
    return _whole(filed, services, now)


@router.get("/rules/changes/{change_id}")
def change(caller: Reader, change_id: ChangeId, services: WithServices, now: Now) -> WholeChangeOut:
    """Show a change with its text, its difference and, while it waits, what it would do now."""
    _must_see_changes(caller, services)
    return _whole(find_change(change_id, services.ledger), services, now)


@router.get("/rules/changes/{change_id}/differences")
def differences(caller: Reader, change_id: ChangeId, services: WithServices) -> DifferencesOut:
    """List the requests that a change in the shadow would have decided otherwise."""
    _must_see_changes(caller, services)
    find_change(change_id, services.ledger)
    found = shadow.differences(change_id, services.ledger)
    return DifferencesOut(differences=[DifferenceOut.of(one) for one in found])


@router.post("/rules/changes/{change_id}/approve")
def approve(caller: Decider, change_id: ChangeId, body: ApproveRules, services: WithServices, now: Now) -> AppliedOut:
    """Put somebody else's change in force."""
    became = approve_change(change_id, by=caller.id, note=parse_reason(body.note), judge=services.judge, now=now)
    return AppliedOut.became(find_change(change_id, services.ledger), became)


@router.post("/rules/changes/{change_id}/deny")
def deny(by: EndingForOthers, change_id: ChangeId, body: WithReason, services: WithServices, now: Now) -> ChangeOut:
    """Turn somebody else's change down."""
    reason = parse_reason(body.reason)
    return ChangeOut.of(deny_change(change_id, by=by, reason=reason, enders=services.enders, now=now))


@router.post("/rules/changes/{change_id}/withdraw")
def withdraw(by: EndingForOthers, change_id: ChangeId, services: WithServices, now: Now) -> ChangeOut:
    """Take my own change back."""
    return ChangeOut.of(withdraw_change(change_id, by=by, ledger=services.ledger, now=now))


@router.get("/requests/{request_id}/explain")
def explain(caller: Reader, request_id: Id, services: WithServices, now: Now) -> ExplanationOut:
    """Every rule in force, matched or not, and what it makes of a request."""
    request = visible(request_id, caller, judge=services.judge, now=now)
    found = explained(request, judge=services.judge, now=now)
    return ExplanationOut.of(request_id, found)


def _read(text: str) -> RuleBook:
    try:
        return parse(text, name=PROPOSED)
    except RulesUnreadable as error:
        raise BadInput(error.sentence, field="text") from None


def _must_see_changes(viewer: Principal, services: Services) -> None:
    if not may_audit(viewer, services):
        refused = "Changes of the rules are shown to those who own the rules or decide on something."
        must_own(viewer.id, judge=services.judge, refused=refused)


def _version(number: int, services: Services, now: datetime) -> RulesVersion:
    in_force = kept(services.rules).version(now)
    if number == in_force.number:
        return in_force
    try:
        return services.ledger.find(RulesVersion, key_of(number))
    except NotFound:
        raise NotFound(f"There is no version {number} of the rules; version {in_force.number} is in force.") from None


def _whole(change: RulesChange, services: Services, now: datetime) -> WholeChangeOut:
    before = _version(change.base, services, now)
    diff = difference(
        before.text, change.text, names=(f"version {change.base}", f"change {change.id}"), longest=_LONGEST_DIFF
    )
    would = _effect(change, services, now) if change.state is ChangeState.PENDING else None
    people = [change.author, *_shown(would)] if would else [change.author]
    return WholeChangeOut.showing(change, diff=diff, effect=would, names=names(_people(people), services))


def _shown(effect: ChangeEffect) -> list[PrincipalId]:
    """Those of an effect who are named, in its sentences too: each may be a call to Slack."""
    sentences = (*effect.besides, *(one.sentence for one in effect.rules), *(one.sentence for one in effect.pending))
    spoken_of = [PrincipalId(one) for sentence in sentences for one in _ID.findall(sentence)]
    listed = [one for _, some in effect.alike for one in some[:MOST_NAMED]]
    return list(dict.fromkeys([*listed, *spoken_of]))[:_MOST_NAMES]


def _effect(change: RulesChange, services: Services, now: datetime) -> ChangeEffect | None:
    """What it would do now; None for a text that a newer Daypass does not read any more."""
    try:
        proposed = parse(change.text, name=PROPOSED)
    except RulesUnreadable:
        return None
    return effects(services.rules(), proposed, judge=services.judge, now=now)


def _people(ids: Iterable[str]) -> set[PrincipalId]:
    return {PrincipalId(one) for one in ids}
