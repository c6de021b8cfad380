"""
Every sentence that a person reads in Slack, in one place; fixed words are in `labels`, how access is used in `usage`.

Plain, short and exact. Times are Slack dates, so that each reader sees their own time zone. What people wrote
themselves comes in through blocks.escape, blocks.code or a plain-text block.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from daypass.doors.grammar import words_for_length
from daypass.doors.slack.blocks import code, cut, escape, sentence
from daypass.doors.slack.texts import labels
from daypass.doors.slack.texts.plurals import plural
from daypass.doors.slack.texts.times import every, for_how_long, left
from daypass.doors.slack.texts.times import moment as moment  # noqa: PLC0414 - said here too
from daypass.model.entitlement import Entitlement, Level, Reach
from daypass.model.grant import Grant, GrantState, Why
from daypass.model.principal import DAYPASS, OPERATOR, ROBOT, PrincipalId
from daypass.model.request import Request, RequestState

NOBODY = "nobody"
_LONGEST_SAID = 150
"""Of a reason, what a notification repeats."""
_MOST_NAMED = 15
"""People and groups in one line; there may be hundreds."""


def person(principal: PrincipalId) -> str:
    """Name somebody so that Slack shows who it is; a robot by its id."""
    if principal.startswith(ROBOT):
        return code(principal)
    if principal in {DAYPASS, OPERATOR}:
        return "Daypass" if principal == DAYPASS else "the operator"
    return f"<@{principal}>"


def what(entitlement: Entitlement) -> str:
    """What is asked for, in words: `read everything under acme-reports/2026/`."""
    extras = f", with {' and '.join(sorted(entitlement.extras))}" if entitlement.extras else ""
    return f"*{_listed(_levels(entitlement))}* {_place(entitlement)}{extras}"


def asked_for(request: Request, grant: Grant | None = None) -> str:
    """What and for how long: as it was granted, else as it was asked."""
    if request.recurs is not None:
        return f"{what(request.entitlement)} {every(request.recurs)}"
    return f"{what(request.entitlement)} {for_how_long(grant.term if grant else request.term)}"


def you_asked(request: Request, grant: Grant | None) -> str:
    """The requestor's message, first line."""
    return f"{_urgency(request)}You asked{_whom(request)} {_more(request)}to {asked_for(request, grant)}."


def reference(request: Request, more: str = "") -> str:
    """The last line of a message: which request this is."""
    return " · ".join(part for part in (f"Id {code(request.id)}", f"rule {code(request.rule)}", more) if part)


def deciders(people: Iterable[str], groups: Iterable[str], others: Iterable[str] = ()) -> str:
    """Who may decide: people, Slack groups, and groups of other directories."""
    named = [f"<@{one}>" for one in sorted(people)] + [f"<!subteam^{one}>" for one in sorted(groups)]
    named += [code(one) for one in sorted(others)]
    return some(named) or NOBODY


def some(named: Sequence[str]) -> str:
    """Several names in one line, and how many more there are."""
    shown = ", ".join(named[:_MOST_NAMED])
    return f"{shown} and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else shown


def asked(request: Request) -> str:
    """The approvers' message, first line."""
    return f"{_urgency(request)}{_asks(request)} {what(request.entitlement)}."


def asked_shortly(request: Request) -> str:
    """The approvers' notification."""
    urgent = "URGENT: " if request.urgent else ""
    return f"{urgent}{_asks(request)} {asked_for(request)}"


def asked_with_length(request: Request) -> str:
    """The same in a list: who asks for what, for how long."""
    return f"{asked_shortly(request)}."


def asked_in_full(request: Request, grant: Grant | None) -> str:
    """The approvers' message for whoever sees or hears one line of it: with the reason, or with what became of it."""
    if request.state is not RequestState.PENDING:
        return f"{asked_with_length(request)} {decision(request, grant)}"
    reason = escape(cut(" ".join(request.reason.split()), _LONGEST_SAID))
    return f"{asked_with_length(request)} {labels.REASON_LABEL}: {reason}" if reason else asked_with_length(request)


def asked_in_one_line(request: Request) -> str:
    """The same with the id that decides on it."""
    return f"{asked(request)} {code(request.id)}"


def files_attached(number: int) -> str:
    """What stands for the files of a reply in a thread, which are not kept."""
    return plural(number, one="[1 file]", other="[{number} files]")


def theirs(request: Request, grant: Grant | None, now: datetime) -> str:
    """What somebody else has, in one line."""
    return f"{person(request.principal)}: {one_line(request, grant, now)}"


def spoken(label: str, request: Request) -> str:
    """What a screen reader says of a button that stands beside others of its name: without ids and dress."""
    levels = _listed(_levels(request.entitlement))
    return f"{label}: {levels} {request.entitlement.place}"


def who_was_asked(told: int, all_: int) -> str:
    """How many of the deciders a request was sent to."""
    return f"Sent to {told} of the {all_} who may decide; the others find it in my Home tab." if told < all_ else ""


def filed(request: Request) -> str:
    """The answer to a command or form that filed a request."""
    approval = request.approval
    if request.state is RequestState.APPROVED and approval is not None:
        by = f"at once by the rule {code(approval.rule)}" if approval.by == DAYPASS else f"by {person(approval.by)}"
        return f"Approved {'in advance ' if approval.permit else ''}{by}{_whom(request)}: {asked_for(request)}."
    return f"Asked{_whom(request)}: {asked_for(request)}. Asked of: {_asked_now(request)}. Id {code(request.id)}."


def decision(request: Request, grant: Grant | None) -> str:
    """What became of a request, for those who could decide."""
    approval = request.approval
    match request.state:
        case RequestState.PENDING:
            return endorsed(request) if request.approvals else "Waits for a decision."
        case RequestState.APPROVED if approval is not None:
            by = f"the rule {code(approval.rule)}" if approval.by == DAYPASS else person(approval.by)
            term = grant.term if grant else request.term
            how = f"{every(request.recurs)}" if request.recurs else for_how_long(term)
            ahead = " in advance" if approval.permit else ""
            return f"*Approved*{ahead} by {by} {how}, {moment(approval.at)}."
        case RequestState.DENIED if approval is not None:
            return f"*Denied* by {person(approval.by)}, {moment(approval.at)}."
        case RequestState.CANCELLED:
            return f"*Cancelled* by {person(request.requestor)}."
        case _:
            return "*Lapsed*: nobody decided in time."


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
            at = f" {moment(grant.ended_at)}" if grant.ended_at else ""
            return f"*Ended*{at}: {_why(grant)}"


def endorsed(request: Request) -> str:
    """How far an approval by several people has come; nothing before the first one."""
    if not request.approvals:
        return ""
    names = _listed([person(one) for one in dict.fromkeys(approval.by for approval in request.approvals)])
    stage = f", in the stage {code(request.waits_in)}" if len(request.stages) > 1 else ""
    return f"*Approved so far* by {names}; more must approve{stage}."


def nobody_reached() -> str:
    """Told when a request could be sent to none of those who may decide."""
    return "I could reach nobody who may decide on this. They find it in my Home tab; it helps to tell one of them."


def stuck() -> str:
    """Told when the clean-up takes longer than it should."""
    return "AWS has not let me finish this yet. I keep trying, and whoever runs Daypass has been told."


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


def one_line(request: Request, grant: Grant | None, now: datetime) -> str:
    """A request, or somebody's grant, in one line of a list; of a live one, how much time is left."""
    stands, whom = standing(request, grant), _whom(request) if grant is None else ""
    if grant is not None and grant.state is GrantState.ACTIVE:
        stands = f"*Live* until {moment(_ends(grant))}, {left(_ends(grant) - now)}."
    return f"{code(request.id)}{whom} {asked_for(request, grant)}: {stands}"


def previewed(request: Request, *, at_once: bool) -> str:
    """What `--dry-run` says first."""
    who = "nobody, it is approved at once" if at_once else _asked_now(request)
    return (
        f"Nothing was asked. You would ask{_whom(request)} to {asked_for(request)}, "
        f"under the rule {code(request.rule)} (at most {words_for_length(request.longest)}); asked would be {who}."
    )


def _asks(request: Request) -> str:
    return f"{person(request.requestor)} asks{_whom(request)} {_more(request)}to"


def _whom(request: Request) -> str:
    return f" for {person(request.beneficiary)}" if request.beneficiary else ""


def _more(request: Request) -> str:
    return "for more time " if request.extends else ""


def _urgency(request: Request) -> str:
    """In words, for those who see no colours."""
    return "*URGENT, glass was broken.* " if request.urgent else ""


def _request_standing(request: Request) -> str:
    if request.state is not RequestState.PENDING:
        return decision(request, None)
    return f"{endorsed(request)} *Waits* for {_asked_now(request)}.".strip()


def _asked_now(request: Request) -> str:
    """Those of the stage that waits; of a request filed before there were stages, all."""
    return deciders(request.asked.people, request.asked.slack_groups, request.asked.groups)


def _soon(grant: Grant) -> str:
    if grant.term.starts is not None:
        return f"It begins {moment(grant.term.starts)}."
    return "It is live in a few seconds; its time begins only then."


def _ends(grant: Grant) -> datetime:
    assert grant.lease is not None  # noqa: S101 - an active grant was leased
    return grant.lease.ends


def _why(grant: Grant) -> str:  # noqa: C901, PLR0911 - a sentence for each end
    if grant.ending is None:
        return "its time is over."
    by = person(grant.ending.by)
    match grant.ending.why:
        case Why.EXPIRED:
            return "its time is over."
        case Why.DONE:
            return f"{by} said they were done. {sentence(grant.ending.note)}".strip()
        case Why.REVOKED:
            return f"{by} took it away."
        case Why.LEFT:
            return sentence(grant.ending.note) or f"{person(grant.principal)} left."
        case Why.REFUSED:
            return f"it was refused when it was to begin. {sentence(grant.ending.note)}".strip()
        case Why.TICKET:
            return f"the ticket it was for was closed. {escape(grant.ending.note)}".strip()
        case Why.RESTORED:
            return "Daypass's database was restored from a backup in which it was approved only. Ask again."
        case Why.VANISHED:
            return "somebody removed it in AWS by hand, so it was closed and is not put back."
        case Why.FAILED:
            return f"it could not be put into AWS. {escape(grant.ending.note)}".strip()


def _levels(entitlement: Entitlement) -> list[str]:
    return [level.value for level in Level if level in entitlement.levels]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _place(entitlement: Entitlement) -> str:
    where = code(str(entitlement.place))
    match entitlement.place.reach:
        case Reach.BUCKET:
            return f"everything in the bucket {where}"
        case Reach.PREFIX:
            return f"everything under {where}"
        case Reach.OBJECT:
            return f"the object {where}"
