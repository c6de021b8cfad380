"""
What somebody typed, out of what Slack makes of it before it is delivered.

The manifest asks for it (`should_escape`), because a name alone says nobody: of `@ann` only Slack knows which Ann was
picked, and writes `<@U02ANN|ann>`. It also makes links of what looks like one, a bucket's name with dots in it
included, and those become words again.
"""

import re

from daypass.doors.language import split

_TAG = re.compile(r"<(?:(?P<sign>[@#!])(?P<what>[^|<>]*)|(?P<link>[^|<>@#!][^|<>]*))(?:\|(?P<shown>[^<>]*))?>")
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Stand around a mention of Slack's making while signs that somebody typed are made plain: private to this page."""
_MENTION = re.compile(f"{_OPEN}(?P<who>[^|{_CLOSE}]*)(?:\\|(?P<shown>[^{_CLOSE}]*))?{_CLOSE}")


def words(delivered: str) -> list[str]:
    """
    Cut a command, as Slack delivers it, into the words that were typed.

    A mention that is a word of its own says who it is (`<@U02ANN>`); within other words it is only text (`@ann`).
    Raises BadInput like `split`.
    """
    typed = unescape(_TAG.sub(_plain, delivered.replace(_OPEN, "").replace(_CLOSE, "")))
    return [_said(word) for word in split(typed)]


def unescape(text: str) -> str:
    """Read `&amp;`, `&lt;` and `&gt;`, which Slack writes for the signs it uses itself."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _plain(tag: re.Match[str]) -> str:
    shown = tag["shown"]
    match tag["sign"]:
        case "@":
            return f"{_OPEN}{tag[0][2:-1]}{_CLOSE}"
        case "#":
            return f"#{shown or tag['what']}"
        case "!":
            return f"@{(shown or tag['what']).lstrip('@')}"
        case _:
            return shown or tag["link"].removeprefix("mailto:")


def _said(word: str) -> str:
    option, equals, value = word.partition("=") if word.startswith("-") else ("", "", word)
    if alone := _MENTION.fullmatch(value):
        return f"{option}{equals}<@{alone['who']}>"
    return _MENTION.sub(lambda found: f"@{found['shown'] or found['who']}", word)
