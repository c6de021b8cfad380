"""Whom a word means: by id, as Slack writes a mention, or a robot. Never by a name that somebody gave themselves."""

import re

from daypass.model.errors import BadInput
from daypass.model.principal import ROBOT, PrincipalId

_MENTION = re.compile(r"<@([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,20}")
_ROBOT = re.compile(rf"{ROBOT}[a-z0-9][a-z0-9._-]{{0,63}}")


def parse_person(text: str) -> PrincipalId:
    """Read a Slack user id, a mention, or `bot:NAME`. Raises BadInput with the field `person`."""
    plain = text.strip()
    if match := _MENTION.fullmatch(plain):
        return PrincipalId(match[1])
    if _PERSON.fullmatch(plain) or _ROBOT.fullmatch(plain):
        return PrincipalId(plain)
    if not plain:
        raise BadInput(
            "Say for whom: a Slack member id such as U02ABCDEF, or a robot such as bot:deploy.", field="person"
        )
    raise BadInput(
        f"“{plain[:60]}” does not say exactly who; people can have the same name. Pick them from the list that "
        "Slack opens after “@”, or write their Slack member id (in their profile: “Copy member ID”), or bot:NAME for a "
        "robot.",
        field="person",
    )
