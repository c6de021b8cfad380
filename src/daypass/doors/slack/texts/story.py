"""The story of a request, line by line, for those who may see it."""

from daypass.doors.slack.blocks import code, cut
from daypass.doors.slack.texts import requests as texts
from daypass.model.event import Event, Kind

_LONGEST = 400


def line(event: Event) -> str:
    """One journal entry; of what people said about the request, the words."""
    line_ = f"{texts.moment(event.at)} {code(event.kind)} {texts.person(event.actor)}"
    return f"{line_}: {_said(event)}" if event.kind is Kind.THREAD_SAID else line_


def _said(event: Event) -> str:
    """As code on one line, so that nobody's words look like a line of the story."""
    how, text = str(event.details.get("how", "")), " ".join(str(event.details.get("text", "")).split())
    return code(cut(text, _LONGEST)) if how == "said" else f"{how} {code(cut(text, _LONGEST)) if text else ''}".strip()
