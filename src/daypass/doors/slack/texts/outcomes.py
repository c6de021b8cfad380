"""What became of a request and of the access it gave, in every state, for whoever decided and whoever asked."""

from datetime import datetime

from daypass.doors.language import words_for_length
from daypass.doors.slack.blocks import code, cut, escape, sentence
from daypass.doors.slack.texts import labels
from daypass.doors.slack.texts.requests import (
    asked_for,
    asked_now,
    asked_with_length,
    listed,
    moment,
    person,
    what,
    whom,
)
from daypass.doors.slack.texts.times import every, for_how_long, left, wished
from daypass.model.grant import Ending, Grant, GrantState, Why
from daypass.model.principal import DAYPASS, PrincipalId
from daypass.model.request import Approval, Request, RequestState

LONGEST_SAID = 150
"""Of a reason, what a notification repeats."""


def asked_in_full(request: Request, grant: Grant | None) -> str:
    """The approvers' message for whoever sees or hears one line of it: with the reason, or with what became of it."""
    if request.state is not RequestState.PENDING:
        since = became(grant) if grant else ""
        return " ".join(part for part in (asked_with_length(request), decision(request, grant), since) if part)
    reason = escape(cut(" ".join(request.reason.split()), LONGEST_SAID))
    return f"{asked_with_length(request)} {labels.REASON_LABEL}: {reason}" if reason else asked_with_length(request)


def theirs(request: Request, grant: Grant | None, now: datetime) -> str:
    """What somebody else has, in one line."""
    return f"{person(request.principal)}: {one_line(request, grant, now)}"


def decision(request: Request, grant: Grant | None) -> str:
    """What became of a request, for those who could decide."""
    approval = request.approval
    match request.state:
        case RequestState.PENDING:
            return endorsed(request) if request.approvals else "Waits for a decision."
        case RequestState.APPROVED if approval is not None:
            by = f"the rule {code(approval.rule)}" if approval.by == DAYPASS else _approvers(request, approval)
            term = grant.term if grant else request.term
            how = f"{every(request.recurs)}" if request.recurs else for_how_long(term)
            ahead = " in advance" if approval.permit else ""
            return f"*Approved*{ahead} by {by} {how}, {moment(approval.at)}."
        case RequestState.DENIED if approval is not None:
            return f"*Denied* by {person(approval.by)}, {moment(approval.at)}."
        case RequestState.CANCELLED if request.closed is not None:
            return _closed(request, request.closed)
        case RequestState.CANCELLED:
            return f"*Cancelled* by {person(request.requestor)}."
        case _:
            return "*Lapsed*: nobody decided in time."


def became(grant: Grant, *, stuck: bool = False) -> str:
    """What became of the access, for those who decided; nothing while it is about to begin as it should."""
    match grant.state:
        case GrantState.APPROVED if stuck:
            return late("")
        case GrantState.APPROVED:
            return f"It begins {moment(grant.term.starts)}." if grant.term.starts else ""
        case GrantState.ACTIVE:
            return f"*Live* until {moment(_ends(grant))}."
        case GrantState.ENDING if stuck:
            return f"*Ending*, and still in AWS: {_why(grant)} {labels.STUCK}"
        case GrantState.ENDING:
            return f"*Ending*: {_why(grant)}"
        case GrantState.ENDED:
            return _ended(grant)


def words_with(request: Request, grant: Grant | None) -> str:
    """What somebody wrote when they decided, or when they ended it."""
    ending = grant.ending if grant is not None else request.closed
    if ending is not None:
        return ending.note if ending.why is Why.REVOKED else ""
    return request.approval.note if request.approval else ""


def standing(request: Request, grant: Grant | None) -> str:
    """Where a request or grant stands, for the one who asked."""
    if grant is None:
        return _request_standing(request)
    match grant.state:
        case GrantState.APPROVED:
            return f"{decision(request, grant)} {_soon(grant)}"
        case GrantState.ACTIVE:
            return f"*Live* until {moment(_ends(grant))}. AWS ends it by itself at that second."
        case GrantState.ENDING:
            return f"*Over*: {_why(grant)} Nothing more is handed out; the clean-up in AWS is under way."
        case GrantState.ENDED:
            return _ended(grant)


def endorsed(request: Request) -> str:
    """How far an approval by several people has come; nothing before the first one."""
    if not request.approvals:
        return ""
    names = listed([f"{person(one.by)}{_cut(one)}" for one in request.approvals])
    stage = f", in the stage {code(request.waits_in)}" if len(request.stages) > 1 else ""
    return f"*Approved so far* by {names}; more must approve{stage}."


def given_by(approval: Approval, who: str) -> str:
    """What one of those who approved has given: `@Bob: 4 minutes`."""
    return f"{who}: {words_for_length(approval.length) if approval.length else 'approved'}"


def is_shared(request: Request) -> bool:
    """Whether what was given is more than one word, or another length than was asked."""
    cut = [one.length for one in request.approvals if one.length not in {None, request.term.length}]
    return len(request.approvals) > 1 or bool(cut)


def asked_and_given(request: Request) -> str:
    """What was asked beside what each one gave, for whoever asked; nothing where that is the same."""
    if not is_shared(request):
        return ""
    given = ", ".join(given_by(one, person(one.by)) for one in request.approvals)
    return f"Requested: {wished(request)}. {given}."


def stuck() -> str:
    """Told when the clean-up takes longer than it should."""
    return labels.STUCK


def late(why: str) -> str:
    """Told when what was approved is not in AWS after a minute."""
    because = f" {escape(why)}" if why else ""
    return f"This is not live yet. I keep trying for an hour, and whoever runs Daypass has been told.{because}"


def ends_soon(grant: Grant) -> str:
    """Told some minutes before the end."""
    return (
        f"*About to end*, {moment(_ends(grant))}: {what(grant.entitlement)}. "
        "Extend it if you need more time; what you have stays until that is decided."
    )


def has_ended(grant: Grant) -> str:
    """Stands where somebody was reminded of the end, once it came: how it ended is told in a line of its own."""
    return f"This was a reminder of the end of {what(grant.entitlement)}, which has ended since."


def one_line(request: Request, grant: Grant | None, now: datetime) -> str:
    """A request, or somebody's grant, in one line of a list; of a live one, how much time is left."""
    stands, for_whom = standing(request, grant), whom(request) if grant is None else ""
    if grant is not None and grant.state is GrantState.ACTIVE:
        stands = f"*Live* until {moment(_ends(grant))}, {left(_ends(grant) - now)}."
    return f"{code(request.id)}{for_whom} {asked_for(request, grant)}: {stands}"


def _request_standing(request: Request) -> str:
    if request.state is not RequestState.PENDING:
        return decision(request, None)
    return f"{endorsed(request)} *Waits* for {asked_now(request)}.".strip()


def _soon(grant: Grant) -> str:
    if grant.term.starts is not None:
        return f"It begins {moment(grant.term.starts)}."
    return "It is live in a few seconds; its time begins only then."


def _approvers(request: Request, last: Approval) -> str:
    names = dict.fromkeys(one.by for one in request.approvals) or {last.by: None}
    return listed([person(one) for one in names])


def _cut(approval: Approval) -> str:
    return f" ({words_for_length(approval.length)})" if approval.length else ""


def _ended(grant: Grant) -> str:
    at = f" {moment(grant.ended_at)}" if grant.ended_at else ""
    return f"*Ended*{at}: {_why(grant)}"


def _ends(grant: Grant) -> datetime:
    assert grant.lease is not None  # noqa: S101 - an active grant was leased
    return grant.lease.ends


def _closed(request: Request, closed: Ending) -> str:
    because = _because(closed, request.principal)
    if request.extends is None or closed.why is Why.LEFT:
        return f"*Closed*, {moment(closed.at)}: {because}"
    return f"*Closed*, as the access that it would have extended ended {moment(closed.at)}: {because}"


def _why(grant: Grant) -> str:
    return _because(grant.ending, grant.principal) if grant.ending else "its time is over."


def _because(ending: Ending, principal: PrincipalId) -> str:  # noqa: PLR0911 - a sentence for each end
    by = person(ending.by)
    match ending.why:
        case Why.EXPIRED:
            return "its time is over."
        case Why.DONE:
            return f"{by} said they were done. {sentence(ending.note)}".strip()
        case Why.REVOKED:
            return f"revoked by {by}."
        case Why.LEFT:
            return sentence(ending.note) or f"{person(principal)} left."
        case Why.REFUSED:
            return f"it was refused when it was to begin. {sentence(ending.note)}".strip()
        case Why.TICKET:
            return f"the ticket it was for was closed. {escape(ending.note)}".strip()
        case Why.RESTORED:
            return "Daypass's database was restored from a backup in which it was approved only. Ask again."
        case Why.VANISHED:
            return "somebody removed it in AWS by hand, so it was closed and is not put back."
        case Why.FAILED:
            return f"it could not be put into AWS. {escape(ending.note)}".strip()
