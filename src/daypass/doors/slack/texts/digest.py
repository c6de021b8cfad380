"""What is said of many requests in one message."""

from daypass.doors.slack.texts.plurals import plural

HINT = "Many requests came here in the last ten minutes, so these are listed together. They are in my Home tab too."


def counted(number: int) -> str:
    """The line under the last message of a busy channel."""
    many = plural(number, one="+1 more is waiting.", other="+{number} more are waiting.")
    return f"{many} They are listed here in half a minute, and in my Home tab now."


def listed(number: int) -> str:
    """The same line once they are listed."""
    return plural(
        number,
        one="+1 more was waiting; it is listed below.",
        other="+{number} more were waiting; they are listed below.",
    )


def none_waits(number: int) -> str:
    """The title of a list once everything in it is decided, or was taken back."""
    return plural(
        number,
        one="The request that was listed here does not wait any more.",
        other="None of the {number} requests listed here waits any more.",
    )


def title(number: int) -> str:
    """How many requests came while a channel was busy."""
    return plural(
        number, one="1 more request waits for a decision.", other="{number} more requests wait for a decision."
    )


def in_one_line(number: int, who: str) -> str:
    """The notification: how many, and of whom."""
    return f"{title(number)} {who}".strip()


def held(channel: str) -> str:
    """Told to the requestor whose request is not shown by itself."""
    return (
        f"Many requests came in <#{channel}> in the last ten minutes, so yours is in a list there in half a minute. "
        "Those who decide have it in their Home tab already."
    )


def hint(hidden: int) -> str:
    """Said under them; `hidden` are those that the message had no room for."""
    return f"and {hidden} more. {HINT}" if hidden > 0 else HINT
