"""What Slack says of panic and freezes: to whoever does it, and to the owners of the rules."""

from collections.abc import Mapping

from daypass.doors.language import words_for_ended
from daypass.doors.slack.blocks import code, escape, sentence
from daypass.doors.slack.texts import labels
from daypass.doors.slack.texts.requests import listed, person
from daypass.lifecycle.freezes.gate import to_the_frozen as frozen_now
from daypass.lifecycle.freezes.panic import Ended
from daypass.model.event import EntryKind, Event
from daypass.model.freeze import Extent, Freeze
from daypass.model.grant import GrantId
from daypass.model.principal import OPERATOR, PrincipalId

NOTHING_FROZEN = "Nothing is frozen."
_NOT_FROZEN = "Nothing is frozen: a rule that approves at once can give it back."


def about(extent: Extent) -> str:
    """What it is about."""
    if extent.person is not None:
        return person(extent.person)
    return code(str(extent.place)) if extent.place is not None else "everything"


def sure(extent: Extent, *, hold: bool) -> str:
    """Ask whether a panic is meant."""
    then = (
        "It is then frozen too, as far as you may freeze it: nothing is given until two owners of the rules lift that."
        if hold
        else "It is not frozen then: a rule that approves at once can give it back."
    )
    click = f"Click *{labels.PANIC}*, and everything that you may end of {about(extent)} ends at once."
    return f"*Nothing has ended yet.* {click} {then}"


def sure_to_freeze(extent: Extent) -> str:
    """Ask whether a freeze is meant."""
    return (
        f"*Nothing is frozen yet.* Click *{labels.FREEZE}*, and nothing new is given for {about(extent)} until two "
        "owners of the rules lift that. What there is stays; `/daypass panic` ends it too."
    )


def confirmed_freeze(extent: Extent) -> str:
    """Stands where the question was, once it is answered."""
    return f"You froze {about(extent)}."


def to_the_frozen(freeze: Freeze) -> str:
    """Told to a person when they are frozen."""
    ends = " What you have is being ended." if freeze.ends else ""
    return f"{sentence(frozen_now(freeze))}{ends}"


def lifted_for_you(event: Event) -> str:
    """Told to a person when they are frozen no more."""
    return f"You are not frozen any more: {_lifters(event)} lifted it. The rules decide again."


def to_owner_of_the_frozen(freeze: Freeze) -> str:
    """Told to whoever answers for a bot when it is frozen."""
    by = listed(["the operator" if one == OPERATOR else person(one) for one in freeze.everybody])
    ends = " What it has is being ended." if freeze.ends else " What it has can be ended as always."
    return (
        f"Your bot {code(str(freeze.extent.person))} is frozen, by {by}: it gets nothing new until two owners of the "
        f"rules lift that. Ask one of them.{ends}"
    )


def lifted_for_your_bot(event: Event, bot: str) -> str:
    """Told to whoever answers for a bot when it is frozen no more."""
    return f"Your bot {code(bot)} is not frozen any more: {_lifters(event)} lifted it. The rules decide again."


def _lifters(event: Event) -> str:
    both = [PrincipalId(str(one)) for one in (event.details.get("with"), event.actor) if one]
    return listed([person(one) for one in both])


def ended(seen: Ended) -> str:
    """What a panic has ended."""
    then = frozen(seen.freeze) if seen.freeze is not None else _NOT_FROZEN
    return f"{_counted(seen.counts)} {then}"


def confirmed(extent: Extent) -> str:
    """Stands where the question was, once it is answered."""
    return f"You ended everything that you may end of {about(extent)}."


def frozen(freeze: Freeze) -> str:
    """One freeze that stands."""
    why = f" ({escape(freeze.reason)})" if freeze.reason else ""
    waits = f" {person(freeze.lifting)} has agreed to lift it; a second owner has to." if freeze.lifting else ""
    what = about(freeze.extent)
    by = listed([person(one) for one in freeze.everybody])
    return f"{code(freeze.id)}: {what} is frozen, by {by}{why}. Two owners of the rules lift it.{waits}"


def lifted(freeze_id: GrantId) -> str:
    """A freeze is over."""
    return f"{code(freeze_id)} is lifted."


def news(event: Event) -> str:
    """Told to the owners of the rules: who froze, ended or lifted what, and how a freeze is lifted."""
    told, by = event.details, person(event.actor)
    what, reason = _read(str(told["what"]), str(told["about"])), str(told.get("reason") or "")
    why = f" ({escape(reason)})" if reason else ""
    lifting = f"`/daypass lift {told.get('freeze')}`"
    match event.kind:
        case EntryKind.PANIC_DONE:
            held = f"It is frozen until two owners lift it: {lifting}." if told.get("freeze") else _NOT_FROZEN
            counts = {name: each for name, each in told.items() if isinstance(each, int)}
            return f"*Panic* by {by} for {what}{why}. {_counted(counts)} {held}"
        case EntryKind.FREEZE_SET:
            ends = " What there is of it is being ended." if told.get("ends") else ""
            return f"*Frozen* by {by}: {what}{why}.{ends} Nothing new is given until two owners lift it: {lifting}."
        case EntryKind.FREEZE_LIFT_AGREED:
            return f"{by} agrees to lift the freeze of {what}. A second owner of the rules lifts it: {lifting}."
        case _:
            both = f"{person(PrincipalId(str(told['with'])))} and {by}" if told.get("with") else by
            return f"*Lifted* by {both}: {what} is not frozen any more, and the rules decide again."


def _counted(counts: Mapping[str, int]) -> str:
    said = words_for_ended(counts)
    return f"Ended: {said}." if said else "There was nothing to end."


def _read(kind: str, said: str) -> str:
    """What it was about, out of the journal's words."""
    match kind:
        case "person":
            return person(PrincipalId(said))
        case "resource":
            return code(said)
        case _:
            return said
