"""What went wrong, as Slack says it: those to whom a sentence refers are mentioned, whatever its words look like."""

from daypass.doors import refusals
from daypass.doors.slack.blocks import mark, unmarked
from daypass.model.text import Text, rendered


def spoken(text: Text) -> str:
    """A sentence with marks where it refers to people, for `sentence` to make mentions of."""
    words = tuple(unmarked(one) if isinstance(one, str) else one for one in text)
    return rendered(words, lambda one: mark(one) if one.startswith(("U", "W")) else one)


def refusal(error: Exception) -> str:
    """The sentence of an error, as `spoken`."""
    return spoken(refusals.text(error))
