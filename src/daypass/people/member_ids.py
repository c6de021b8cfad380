"""Which ids the operator's files may name: people by their Slack member id, and robots."""

import re

from daypass.rules.document.values import is_person_id

_ROBOT = re.compile(r"bot:[a-z0-9][a-z0-9._-]{0,63}")


def is_member_id(text: str) -> bool:
    """Whether a text has the form of a person's or of a robot's id."""
    return is_person_id(text) or bool(_ROBOT.fullmatch(text))
