"""What a request would allow in AWS, as the approvers read it."""

from collections.abc import Iterable

from daypass.doors.slack.blocks import code, escape


def actions_in_aws(actions: Iterable[str]) -> str:
    """The IAM actions a request would allow."""
    return "In AWS: " + ", ".join(code(action) for action in actions)


def actions_unknown(why: str) -> str:
    """Said in place of the actions when they cannot be known."""
    return f"In AWS: not known now ({escape(why)})"
