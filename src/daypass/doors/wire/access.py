"""Requests and grants, as programs see them: every time aware UTC, every length in whole seconds and named `..._s`."""

from datetime import datetime

from daypass.doors.wire.approval import ApprovalOut, ApproversOut, RecurrenceOut, StageOut, seconds
from daypass.doors.wire.outputs import WireOut
from daypass.doors.wire.preapprovals import PermitOut
from daypass.lifecycle.story import words
from daypass.model.decision import Allowed
from daypass.model.entitlement import ordered
from daypass.model.event import Event
from daypass.model.grant import Grant
from daypass.model.lease import Term
from daypass.model.request import Request, RequestState
from daypass.ports import DryRun
from daypass.rules.approval.preview import preview


class TermOut(WireOut):
    """How long, as it was asked: a length or an end, and perhaps a start."""

    length_s: int | None
    until: datetime | None
    starts: datetime | None

    @classmethod
    def of(cls, term: Term) -> "TermOut":
        """Show a term."""
        return cls(length_s=seconds(term.length), until=term.until, starts=term.starts)


class RequestOut(WireOut):
    """An ask and what became of it."""

    id: str
    state: str
    requestor: str
    resource: str
    levels: list[str]
    extras: list[str]
    delivery: str
    term: TermOut
    reason: str
    note: str
    """For whoever decides, beside the reason."""
    filed_at: datetime
    rule: str
    longest_s: int
    approvers: ApproversOut
    approval: ApprovalOut | None
    extends: str | None
    beneficiary: str | None
    """Who would have it, when it is not the one who asked."""
    urgent: bool
    stages: list[StageOut]
    waits_in: str | None
    """The name of the stage that waits."""
    approvals: list[ApprovalOut]
    """Those given so far."""
    second_factor: bool
    ticket: str | None
    recurs: RecurrenceOut | None
    series: str | None
    """The request that this is one window of."""

    @classmethod
    def of(cls, request: Request) -> "RequestOut":
        """Show a request."""
        return cls(
            id=request.id,
            state=request.state,
            requestor=request.requestor,
            resource=str(request.entitlement.resource),
            levels=ordered(request.entitlement.levels),
            extras=sorted(request.entitlement.options),
            delivery=request.delivery,
            term=TermOut.of(request.term),
            reason=request.reason,
            note=request.ask.wish.note,
            filed_at=request.filed_at,
            rule=request.rule,
            longest_s=int(request.longest.total_seconds()),
            approvers=ApproversOut.of(request.approvers),
            approval=ApprovalOut.of(request.approval) if request.approval else None,
            extends=request.extends,
            beneficiary=request.beneficiary,
            urgent=request.urgent,
            stages=[StageOut.of(stage) for stage in request.stages],
            waits_in=(request.waits_in or None) if request.state is RequestState.PENDING else None,
            approvals=[ApprovalOut.of(one) for one in request.approvals],
            second_factor=request.second_factor,
            ticket=request.ticket,
            recurs=RecurrenceOut.of(request.recurs) if request.recurs else None,
            series=request.series,
        )


class EndingOut(WireOut):
    """How a grant came to its end."""

    why: str
    by: str
    at: datetime
    note: str


class GrantOut(WireOut):
    """Permission given, and where it is in its life."""

    id: str
    state: str
    principal: str
    resource: str
    levels: list[str]
    extras: list[str]
    delivery: str
    approved_at: datetime
    starts: datetime | None
    ends: datetime | None
    usable: bool
    """Whether something could be handed out at the moment of this answer."""
    stuck: str | None = None
    """What was said last, when its next step has been overdue for ten minutes."""
    ending: EndingOut | None
    ended_at: datetime | None
    extends: str | None

    @classmethod
    def of(cls, grant: Grant, now: datetime, stuck: str | None = None) -> "GrantOut":
        """Show a grant as it is now."""
        end = grant.ending
        return cls(
            id=grant.id,
            state=grant.state,
            principal=grant.principal,
            resource=str(grant.entitlement.resource),
            levels=ordered(grant.entitlement.levels),
            extras=sorted(grant.entitlement.options),
            delivery=grant.delivery,
            approved_at=grant.approved_at,
            starts=grant.lease.starts if grant.lease else grant.term.starts,
            ends=grant.lease.ends if grant.lease else grant.term.until,
            usable=grant.usable(now),
            stuck=stuck,
            ending=EndingOut(why=end.why, by=end.by, at=end.at, note=end.note) if end else None,
            ended_at=grant.ended_at,
            extends=grant.extends,
        )


class EntryOut(WireOut):
    """One entry of the story."""

    kind: str
    at: datetime
    actor: str
    words: str
    """What happened, going on from who did it: `approved it for 2 hours`."""
    details: dict[str, str | int | bool | list[str] | None]

    @classmethod
    def of(cls, event: Event) -> "EntryOut":
        """Show an event."""
        details = {name: list(value) if isinstance(value, tuple) else value for name, value in event.details.items()}
        return cls(kind=event.kind, at=event.at, actor=event.actor, words=words(event), details=details)


class StoryOut(WireOut):
    """A request, the grant it became, and everything the journal has of them."""

    request: RequestOut
    grant: GrantOut | None
    promise: str | None
    """What ending this early can and cannot promise."""
    names: dict[str, str]
    """The names of the people and Slack groups in it, by id, as the directory has them now."""
    story: list[EntryOut]
    """The newest 500 of them, oldest first; older ones by `skip`."""
    total: int
    """How many there are."""


class ListOut(WireOut):
    """What is mine, and what waits for me."""

    grants: list[GrantOut]
    requests: list[RequestOut]
    waiting: list[RequestOut]
    series: list[RequestOut]
    """What recurs, of which more windows are to open for me."""
    permits: list[PermitOut]
    """Approvals in advance that I gave or was given and that still count."""
    stuck: list[GrantOut]
    """Other people's grants that I may decide on and that are stuck."""
    names: dict[str, str]


class PaperOut(WireOut):
    """One document that AWS would be given."""

    place: str
    text: str


class PreviewOut(WireOut):
    """What would happen if this were filed: nothing has been written, and nobody was asked."""

    rule: str
    at_once: bool
    default_s: int
    longest_s: int
    request: RequestOut
    asked: list[str]
    """Who would be asked, in which order, why, and who not, in sentences with ids."""
    papers: list[PaperOut]
    notes: list[str]
    promise: str
    names: dict[str, str]

    @classmethod
    def of(
        cls, decision: Allowed, request: Request, rehearsal: DryRun, promise: str, names: dict[str, str]
    ) -> "PreviewOut":
        """Show a preview."""
        return cls(
            rule=decision.rule,
            at_once=decision.at_once,
            default_s=int(decision.default.total_seconds()),
            longest_s=int(decision.longest.total_seconds()),
            request=RequestOut.of(request),
            asked=preview(decision.stages),
            papers=[PaperOut(place=paper.place, text=paper.text) for paper in rehearsal.papers],
            notes=list(rehearsal.notes),
            promise=promise,
            names=names,
        )
