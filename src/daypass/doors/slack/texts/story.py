"""The story of a request, line by line, for those who may see it."""

from daypass.doors.slack.blocks import code, cut, named
from daypass.doors.slack.texts.plurals import plural
from daypass.doors.slack.texts.requests import person
from daypass.doors.slack.texts.times import moment
from daypass.lifecycle.story import happened_at, words
from daypass.model.event import EntryKind, Event

_LONGEST = 400
_VISITS = {EntryKind.LINK_USED, EntryKind.LINK_REFUSED}
"""Done by whoever has the link; nobody knows who that is."""
SOMEBODY = "somebody with the link"


def line(event: Event) -> str:
    """One journal entry. What people wrote is code, on one line, so that nobody's words look like a line of ours."""
    who = SOMEBODY if event.kind in _VISITS else person(event.actor)
    return f"{moment(happened_at(event))} {who} {named(words(event, when=moment, quote=_quoted), groups=True)}"


def earlier(number: int) -> str:
    """Said above a story that is too long for one answer."""
    return plural(
        number,
        one="1 line before these is left out; `daypass show` on your command line has all of them.",
        other="{number} lines before these are left out; `daypass show` on your command line has all of them.",
    )


def _quoted(text: str) -> str:
    return code(cut(" ".join(text.split()), _LONGEST))
