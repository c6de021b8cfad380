"""
A refusal in the words of a form: nobody was denied yet, and what to change is called as the form calls it.

    Denied: at most 8h for read on acme-reports/2026/ (rule reports). Try --for 8h.
    At most 8h for read on acme-reports/2026/ (rule reports). Try 8h at “For how long”.
"""

import re

from daypass.doors.language import SLACK_VERBS
from daypass.doors.slack.texts import labels

_LABELS = {
    "for": labels.LENGTH_LABEL,
    "until": labels.LENGTH_LABEL,
    "start": labels.START_LABEL,
    "as": labels.DELIVERY_LABEL,
    "reason": labels.REASON_LABEL,
    "note": labels.NOTE_LABEL,
    "to": labels.WHOM_LABEL,
    "every": labels.EVERY_LABEL,
    "window": labels.LENGTH_LABEL,
}
_BARE = {
    "versions": labels.EXTRAS["versions"],
    "tags": labels.EXTRAS["tags"],
    "urgent": labels.URGENT_TITLE,
    "again": labels.AGAIN_YES,
}
_VALUE = r'("[^"]*"|(?:in |tomorrow )?[^\s"]*[^\s".,;)])'
_OPTION = re.compile(rf"--({'|'.join(_LABELS)})(?: {_VALUE})?(?= --)?")
_FLAG = re.compile(rf"--({'|'.join(_BARE)})\b")
_ACCESS = re.compile(r"\bTry s3 (\S+) (\S+?)(?=\.$| --)")
_NEXT = re.compile(r"(at “[^”]+”) (?!or |and |beside )(?=[^,.;()“]+? at “)")
_COMMAND = re.compile(rf"`({'|'.join(SLACK_VERBS)})\b")


def in_form(said: str) -> str:
    """Say what is wrong with a form in the words of the form."""
    plain = said.removeprefix("Denied: ")
    plain = plain[:1].upper() + plain[1:] if plain != said else plain
    plain = _ACCESS.sub(rf"Try \1 at “{labels.LEVEL_LABEL}”, \2 at “{labels.WHERE_LABEL}”", plain)
    plain = _OPTION.sub(lambda found: _at(found[1], found[2]), plain)
    plain = _NEXT.sub(r"\1, ", plain)
    plain = _FLAG.sub(lambda found: f"“{_BARE[found[1]]}”", plain)
    return _COMMAND.sub(r"`/daypass \1", plain)


def _at(option: str, value: str | None) -> str:
    until = "until " if option == "until" else ""
    return f"{until}{value} at “{_LABELS[option]}”" if value else f"“{_LABELS[option]}”"
