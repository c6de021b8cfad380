"""What is said of many requests in one message."""

from daypass.doors.slack.texts.plurals import plural

HINT = "Much is asked here at this moment, so this is said every ten minutes. All of it is in my Home tab too."


def title(number: int) -> str:
    """How many requests came while a channel was busy."""
    return plural(
        number, one="1 more request waits for a decision.", other="{number} more requests wait for a decision."
    )


def hint(hidden: int) -> str:
    """Said under them; `hidden` are those that the message had no room for."""
    return f"and {hidden} more. {HINT}" if hidden > 0 else HINT
