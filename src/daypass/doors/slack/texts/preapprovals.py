"""Every sentence about what lies beside a request: approvals in advance, offers, absences, windows. See `texts`."""

from datetime import datetime

from daypass.doors.language import words_for_length
from daypass.doors.slack.blocks import code, sentence
from daypass.doors.slack.texts.plurals import plural
from daypass.doors.slack.texts.requests import moment, person, what
from daypass.doors.slack.texts.times import every
from daypass.model.absence import Absence
from daypass.model.event import Event
from daypass.model.preapproval import Preapproval
from daypass.model.principal import DAYPASS, OPERATOR, PrincipalId
from daypass.model.request import Request

NOTHING_OFFERED = "No rule lends you anything. Whoever owns the rules can change that."
NO_MORE = "No more windows open."
BACK = "Welcome back. You are asked to decide again."


def allowed(permit: Preapproval, doubt: str = "") -> str:
    """The answer to whoever approved in advance, with what keeps it from counting as the rules stand."""
    warning = f"*{sentence(doubt)}*\n" if doubt else ""
    return (
        f"{person(permit.principal)} may {_most(permit)} at a time, asking {_window(permit)}. "
        "It counts as your click, and the rules are asked again each time.\n"
        f"{warning}Take it back with `/daypass withdraw {permit.id}`."
    )


def allowed_to_you(permit: Preapproval, doubt: str = "", *, frozen: bool = False) -> str:
    """What the one whom it is for is told, for as long as it stands."""
    click = "but the rules as they stand may still want a click of somebody" if doubt else "and no click is needed"
    said = f"{person(permit.by)} has approved in advance that you {_most(permit)} at a time."
    if frozen:
        return f"{said} *It does not count now*: a freeze covers it, and until that is lifted nothing new is given."
    return f"{said} Ask {_window(permit)}, {click}."


def ended_for_you(permit: Preapproval, event: Event) -> str:
    """Told to the one whom it was for, and stands where it was promised, once it was taken back."""
    return (
        f"*No longer approved in advance*: {what(permit.entitlement)}, which {person(permit.by)} had approved for you. "
        f"{_ended_by(event)} What you have by it already stays as it is; from now on somebody decides when you ask."
    )


def ended_of_yours(permit: Preapproval, event: Event) -> str:
    """Told to its giver, when somebody else took it back."""
    return (
        f"Your approval in advance for {person(permit.principal)} is over: {what(permit.entitlement)}. "
        f"{_ended_by(event)} `/daypass allow` gives a new one."
    )


def _ended_by(event: Event) -> str:
    because = str(event.details.get("because") or "")
    why = f": {sentence(because)}" if because else ""
    return _full_stop(f"{person(event.actor)} ended it {moment(event.at)}{why}")


def _full_stop(said: str) -> str:
    return said if said.endswith((".", "!", "?")) else f"{said}."


def one_line(permit: Preapproval) -> str:
    """One of several in a list."""
    sides = f"{person(permit.by)} lets {person(permit.principal)}"
    return f"{code(permit.id)} {sides} {_most(permit)} at a time, asking {_window(permit)}"


def withdrawn(permit: Preapproval) -> str:
    """The answer to whoever took one back."""
    return f"Taken back: {person(permit.principal)} waits for a click again to {what(permit.entitlement)}."


def stead_ended(away: PrincipalId, by: PrincipalId | None) -> str:
    """Told to a delegate once they decide in somebody's stead no more; ended by somebody, or since that person left."""
    why = f"{by_whom(by)} ended that in a panic" if by else "they have left"
    return f"You no longer decide for {person(away)}: {why}. What you have decided stands. You need do nothing."


def nobody_instead(delegate: PrincipalId, by: PrincipalId) -> str:
    """Told to whoever is away, once nobody decides in their stead."""
    return (
        f"{person(delegate)} no longer decides for you: {by_whom(by)} ended that in a panic. You are still away; "
        "`/daypass away --until TIME --to @SOMEBODY` names somebody else, `/daypass back` ends it."
    )


def by_whom(by: PrincipalId) -> str:
    """Who did something: a person, or whoever runs Daypass."""
    return "the operator" if by == OPERATOR else person(by)


def away(absence: Absence) -> str:
    """The answer to whoever said that they are away."""
    instead = f" {person(absence.delegate)} decides meanwhile." if absence.delegate else ""
    return f"You are away until {moment(absence.until)}, and are not asked until then.{instead}"


def offered(number: int) -> str:
    """What is said of the offers to whoever hears one line of them only."""
    if not number:
        return NOTHING_OFFERED
    return plural(
        number, one="There is 1 thing you could ask for.", other="There are {number} things you could ask for."
    )


def offer(rule: str, sentence: str) -> str:
    """One thing that somebody could ask for; the sentence has its names in it already."""
    return f"{code(rule)}: {sentence}"


def _most(permit: Preapproval) -> str:
    return f"{what(permit.entitlement)} as a {permit.delivery} for up to {words_for_length(permit.length)}"


def _window(permit: Preapproval) -> str:
    return (
        f"from {moment(permit.starts)} until {moment(permit.ends)}"
        if permit.starts > permit.at
        else (f"until {moment(permit.ends)}")
    )


def goes_on(request: Request) -> str:
    """Said of what recurs as long as windows of it are to open, whatever became of the first."""
    return f"*Goes on*: {every(request.recurs)}." if request.recurs else ""


def no_more(event: Event) -> str:
    """Told when no more windows open."""
    if event.actor == DAYPASS:
        return "*Over*: the last of the windows has been."
    because = str(event.details.get("because") or "")
    why = f" {_full_stop(sentence(because))}" if because else ""
    return f"*No more windows open*: {person(event.actor)} said so.{why} One that is open stays until its end."


def window_refused(event: Event) -> str:
    """Told when a window of what recurs was not opened, since the rules do not lend it any more."""
    starts, because = str(event.details["starts"]), str(event.details["because"])
    return f"*Not opened*: the window of {moment(datetime.fromisoformat(starts))}. {sentence(because)}"
