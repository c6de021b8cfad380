"""
What somebody typed, out of what Slack makes of it before it is delivered.

The manifest asks for it (`should_escape`), because a name alone says nobody: of `@ann` only Slack knows which Ann was
picked, and writes `<@U02ANN|ann>`. It also makes links of what looks like one, a bucket's name with dots in it
included, and those become words again.
"""

import re

from daypass.doors.grammar import split

_TAG = re.compile(r"<(?:(?P<sign>[@#!])(?P<what>[^|<>]*)|(?P<link>[^|<>@#!][^|<>]*))(?:\|(?P<shown>[^<>]*))?>")
_MENTION = re.compile(r"<@(?P<who>[UW][A-Z0-9]{2,20})(?:\|(?P<shown>[^<>]*))?>")


def as_typed(text: str) -> str:
    """Undo Slack's links, channels and groups, and its `&amp;`, `&lt;` and `&gt;`; mentions of people stay."""
    return unescape(_TAG.sub(_plain, text))


def words(typed: str) -> list[str]:
    """
    Cut what was typed into words. A mention that is a word of its own says who; within other words it is only text.

    Raises BadInput like `split`.
    """
    return [
        word if _MENTION.fullmatch(word) else _MENTION.sub(lambda found: f"@{found['shown'] or found['who']}", word)
        for word in split(typed)
    ]


def unescape(text: str) -> str:
    """Read `&amp;`, `&lt;` and `&gt;`, which Slack writes for the signs it uses itself."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _plain(tag: re.Match[str]) -> str:
    shown = tag["shown"]
    match tag["sign"]:
        case "@":
            return tag[0]
        case "#":
            return f"#{shown or tag['what']}"
        case "!":
            return f"@{(shown or tag['what']).lstrip('@')}"
        case _:
            return shown or tag["link"].removeprefix("mailto:")
