"""The story of a request, line by line, for those who may see it."""

from daypass.doors.slack import texts
from daypass.doors.slack.blocks import code, escape
from daypass.model.event import Event, Kind


def line(event: Event) -> str:
    """One journal entry; of what people said about the request, the words."""
    said = f": {escape(str(event.details.get('text', '')))}" if event.kind is Kind.THREAD_SAID else ""
    return f"{texts.moment(event.at)} {code(event.kind)} {texts.person(event.actor)}{said}"
