"""What Slack says of panic and freezes."""

from daypass.doors.slack.blocks import code, escape
from daypass.doors.slack.texts.requests import person
from daypass.lifecycle.panic import Ended
from daypass.model.freeze import Extent, Freeze
from daypass.model.grant import GrantId

NOTHING_FROZEN = "Nothing is frozen."


def about(extent: Extent) -> str:
    """What it is about."""
    if extent.person is not None:
        return person(extent.person)
    return code(str(extent.place)) if extent.place is not None else "everything"


def sure(extent: Extent, *, hold: bool) -> str:
    """Ask whether a panic is meant."""
    then = (
        "It is frozen too, as far as you may freeze it: nothing is given until two owners of the rules lift that."
        if hold
        else "It is not frozen: a rule that approves at once can give it back."
    )
    return f"Everything that you may end of {about(extent)} ends now. {then}"


def ended(seen: Ended) -> str:
    """What a panic has ended."""
    counts = ", ".join(f"{number} {what}" for what, number in seen.counts.items() if number)
    first = f"Ended: {counts}." if counts else "There was nothing to end."
    if seen.freeze is not None:
        return f"{first} {frozen(seen.freeze)}"
    return f"{first} Nothing is frozen: a rule that approves at once can give it back."


def frozen(freeze: Freeze) -> str:
    """One freeze that stands."""
    why = f" ({escape(freeze.reason)})" if freeze.reason else ""
    waits = f" {person(freeze.lifting)} has agreed to lift it; a second owner has to." if freeze.lifting else ""
    what = about(freeze.extent)
    by = person(freeze.by)
    return f"{code(freeze.id)}: {what} is frozen, by {by}{why}. Two owners of the rules lift it.{waits}"


def lifted(freeze_id: GrantId) -> str:
    """A freeze is over."""
    return f"{code(freeze_id)} is lifted."
