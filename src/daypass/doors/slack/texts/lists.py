"""Titles of the lists in the Home tab, what stands under them when they are empty, and how far one has turned."""

from daypass.doors.slack.texts.plurals import plural

TITLES = {
    "waiting": "Waits for you",
    "reviews": "Emergencies to review",
    "changes": "Changes of the rules",
    "grants": "Your access",
    "requests": "Your requests",
    "history": "Your history",
    "others": "What others have",
}
"""Also the titles of their pages, which Slack limits to 24 characters."""
EMPTY = {
    "waiting": "Nothing waits for your decision.",
    "reviews": "No emergency waits for your review.",
    "changes": "No change of the rules waits for you.",
    "grants": "You have no access now.",
    "requests": "No request of yours is waiting.",
    "history": "You have had no access yet.",
    "others": "Nobody else has access that you may end.",
}
NO_SUCH_LIST = "There is no such list; open the Home tab again."
_SHOW_ALL = {
    "waiting": "Show all that waits for you",
    "reviews": "Show all emergencies that wait for your review",
    "changes": "Show all changes of the rules that wait for you",
    "grants": "Show all of your access",
    "requests": "Show all of your requests",
    "history": "Show all of your history",
    "others": "Show all that others have",
}


def counted(grants: int, requests: int, waiting: int) -> str:
    """What `/daypass ls` says to whoever sees or hears one line of it only."""
    has = (
        plural(grants, one="You have 1 grant now.", other="You have {number} grants now.")
        if grants
        else EMPTY["grants"]
    )
    asked = plural(requests, one="1 request of yours waits.", other="{number} requests of yours wait.")
    decides = plural(waiting, one="1 waits for your decision.", other="{number} wait for your decision.")
    return " ".join([has, *([asked] if requests else []), *([decides] if waiting else [])])


def show_all(which: str) -> str:
    """What the button is called where several such stand in one place."""
    return _SHOW_ALL[which]


def newest(shown: int, total: int) -> str:
    """Said under a list that was cut."""
    return f"These are the newest {shown} of {total}."


def range_of(first: int, last: int, total: int) -> str:
    """Said on top of a page."""
    return f"{first} to {last} of {total}, the newest first."


PROGRAM = "/daypass"
"""What is typed before a command."""


def still_waits(entitlement: object) -> str:
    """What one asked for, beside the command that could be about it."""
    return f"{entitlement}, waiting"


def waits_for_you(entitlement: object) -> str:
    """What somebody else asked for, beside the command that decides on it."""
    return f"{entitlement}, waits for you"


def recurs(entitlement: object) -> str:
    """What comes again and again, beside the command that ends it."""
    return f"{entitlement}, recurs"


def in_advance(entitlement: object) -> str:
    """What was approved in advance, beside the command that takes it back."""
    return f"{entitlement}, approved in advance"
