"""
Every sentence that a person reads in Slack, in one place.

What is asked stands here, what became of it in `outcomes`, fixed words in `labels`, how access is used in `usage`.

Plain, short and exact. Times are Slack dates, so that each reader sees their own time zone. What people wrote
themselves comes in through blocks.escape, blocks.code or a plain-text block.
"""

from collections.abc import Iterable, Sequence

from daypass.doors.language import words_for_length
from daypass.doors.slack.blocks import code
from daypass.doors.slack.texts.plurals import plural
from daypass.doors.slack.texts.times import every, for_how_long
from daypass.doors.slack.texts.times import moment as moment  # noqa: PLC0414 - said here too
from daypass.model.entitlement import Entitlement, ordered
from daypass.model.grant import Grant
from daypass.model.principal import DAYPASS, OPERATOR, ROBOT, PrincipalId
from daypass.model.principal import NOBODY as STRANGER
from daypass.model.request import Request, RequestState
from daypass.resources.registry import kind_of

NOBODY = "nobody"
_NO_PERSON = {DAYPASS: "Daypass", OPERATOR: "the operator", STRANGER: "somebody"}
_MOST_NAMED = 15
"""People and groups in one line; there may be hundreds."""


def person(principal: PrincipalId) -> str:
    """Name somebody so that Slack shows who it is; a robot by its id."""
    if principal.startswith(ROBOT):
        return code(principal)
    if principal in _NO_PERSON:
        return _NO_PERSON[principal]
    return f"<@{principal}>"


def what(entitlement: Entitlement) -> str:
    """What is asked for, in words: `read everything under acme-reports/2026/`."""
    extras = f", with {' and '.join(sorted(entitlement.options))}" if entitlement.options else ""
    return f"*{listed(_levels(entitlement))}* {_place(entitlement)}{extras}"


def asked_for(request: Request, grant: Grant | None = None) -> str:
    """What and for how long: as it was granted, else as it was asked."""
    if request.recurs is not None:
        return f"{what(request.entitlement)} {every(request.recurs)}"
    return f"{what(request.entitlement)} {for_how_long(grant.term if grant else request.term)}"


def you_asked(request: Request) -> str:
    """The requestor's message, first line."""
    return f"{_urgency(request)}You asked{whom(request)} {_more(request)}to {asked_for(request)}."


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


def asked_in_one_line(request: Request) -> str:
    """The same with the id that decides on it."""
    return f"{asked(request)} {code(request.id)}"


def files_attached(number: int) -> str:
    """What stands for the files of a reply in a thread, which are not kept."""
    return plural(number, one="[1 file]", other="[{number} files]")


def spoken(label: str, request: Request) -> str:
    """What a screen reader says of a button that stands beside others of its name: without ids and dress."""
    levels = listed(_levels(request.entitlement))
    return f"{label}: {levels} {request.entitlement.resource}"


def who_was_asked(told: int, all_: int) -> str:
    """How many of the deciders a request was sent to."""
    return f"Sent to {told} of the {all_} who may decide; the others find it in my Home tab." if told < all_ else ""


def filed(request: Request) -> str:
    """The answer to a command or form that filed a request."""
    approval = request.approval
    if request.state is RequestState.APPROVED and approval is not None:
        by = f"at once by the rule {code(approval.rule)}" if approval.by == DAYPASS else f"by {person(approval.by)}"
        return f"Approved {'in advance ' if approval.permit else ''}{by}{whom(request)}: {asked_for(request)}."
    return f"Asked{whom(request)}: {asked_for(request)}. Asked of: {asked_now(request)}. Id {code(request.id)}."


def nobody_reached() -> str:
    """Told when a request could be sent to none of those who may decide."""
    return "I could reach nobody who may decide on this. They find it in my Home tab; it helps to tell one of them."


def to_message(link: str) -> str:
    """The way to a message; nothing where there is none."""
    return f"<{link}|Open your request>" if link else ""


def previewed(request: Request, *, at_once: bool) -> str:
    """What `--dry-run` says first."""
    who = "nobody, it is approved at once" if at_once else asked_now(request)
    return (
        f"Nothing was asked. You would ask{whom(request)} to {asked_for(request)}, "
        f"under the rule {code(request.rule)} (at most {words_for_length(request.longest)}); asked would be {who}."
    )


def _asks(request: Request) -> str:
    return f"{person(request.requestor)} asks{whom(request)} {_more(request)}to"


def whom(request: Request) -> str:
    """For whom it is, where that is somebody else."""
    return f" for {person(request.beneficiary)}" if request.beneficiary else ""


def _more(request: Request) -> str:
    return "for more time " if request.extends else ""


def _urgency(request: Request) -> str:
    """In words, for those who see no colours."""
    return "*URGENT, glass was broken.* " if request.urgent else ""


def asked_now(request: Request) -> str:
    """Name those of the stage that waits; of a request filed before there were stages, all."""
    return deciders(request.asked.people, request.asked.slack_groups, request.asked.groups)


def _levels(entitlement: Entitlement) -> list[str]:
    return ordered(entitlement.levels)


def listed(words: Sequence[str]) -> str:
    """Several words in a sentence: `read, write and delete`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _place(entitlement: Entitlement) -> str:
    resource = entitlement.resource
    return f"{kind_of(resource).extent(resource)} {code(str(resource))}".lstrip()
