"""
Slack's own markup as HTML: `*bold*`, `<https://...|links>`, `<@U1>`, `<!date^...>`, code, quotes.

https://docs.slack.dev/messaging/formatting-message-text. Everything an app or a person wrote is
escaped; only the tags made here are let through.
"""

import html
import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from localslack.client.emoji import with_emoji
from localslack.workspace import Workspace

_DATES = {
    "date_num": "%Y-%m-%d",
    "date": "%B {day}, %Y",
    "date_short": "%b {day}, %Y",
    "date_long": "%A, %B {day}, %Y",
    "date_pretty": "%B {day}, %Y",
    "date_short_pretty": "%b {day}, %Y",
    "date_long_pretty": "%A, %B {day}, %Y",
    "time": "%H:%M",
    "time_secs": "%H:%M:%S",
}
_STYLES = (("*", "strong"), ("_", "em"), ("~", "s"))
_SAFE_LINK = re.compile(r"(https?|mailto|slack):", re.IGNORECASE)


class Typesetter:
    """Sets text for one reader, whose time zone dates are told in."""

    def __init__(self, workspace: Workspace, *, reader: str, now: float) -> None:
        self._workspace = workspace
        self._reader = reader
        self._zone = ZoneInfo(workspace.person(reader).tz)
        self._today = datetime.fromtimestamp(now, self._zone).date()

    def plain(self, text: str) -> Markup:
        """Set a plain text object: emoji and line breaks alone."""
        return Markup(html.escape(with_emoji(_unescape(text))).replace("\n", "<br>"))  # noqa: S704 (escaped here)

    def mrkdwn(self, text: str) -> Markup:
        """Set a mrkdwn text."""
        stash: list[str] = []

        def keep(made: str) -> str:
            stash.append(made)
            return f"\0{len(stash) - 1}\0"

        text = text.replace("\0", "")
        text = re.sub(r"```\n?(.+?)\n?```", lambda m: keep(f"<pre>{_escape(m[1])}</pre>"), text, flags=re.DOTALL)
        text = re.sub(r"`([^`\n]+)`", lambda m: keep(f"<code>{_escape(m[1])}</code>"), text)
        text = re.sub(r"<([^<>\n]+)>", lambda m: keep(self._reference(m[1])), text)
        text = re.sub(r"(?<![\w/])https?://[^\s<>\0|*]*[^\s<>\0|*.,;:!?)]", lambda m: keep(_link(m[0], m[0])), text)
        text = _paragraphs(_styled(with_emoji(_escape(text))))
        return Markup(_restored(text, stash))  # noqa: S704 (every piece was escaped above)

    def moment(self, ts: str | float, pattern: str = "%H:%M") -> str:
        """Tell a time in the reader's zone."""
        return datetime.fromtimestamp(float(ts), self._zone).strftime(pattern)

    def day(self, ts: str) -> str:
        """Tell a day as people do: Today, Yesterday, Monday, November 23."""
        when = datetime.fromtimestamp(float(ts), self._zone)
        near = {0: "Today", 1: "Yesterday"}.get((self._today - when.date()).days)
        return near or when.strftime(f"%A, %B {when.day}")

    def _reference(self, inside: str) -> str:
        """Set what stands between angle brackets."""
        target, _, label = inside.partition("|")
        match target[:1]:
            case "@":
                return self._mention(target[1:], label)
            case "#":
                channel = self._workspace.channels.get(target[1:])
                return _tagged("channel", f"#{channel.name if channel else label or target[1:]}")
            case "!":
                return self._special(target[1:], label)
            case _ if _SAFE_LINK.match(target):
                return _link(target, label or target)
            case _:
                return _escape(f"<{inside}>")

    def _mention(self, person_id: str, label: str) -> str:
        person = self._workspace.people.get(person_id)
        name = person.real_name if person else label or person_id
        return _tagged("mention mine" if person_id == self._reader else "mention", f"@{name}")

    def _special(self, command: str, label: str) -> str:
        kind, _, rest = command.partition("^")
        if kind == "date":
            return self._date(rest, label)
        if kind == "subteam":
            group = self._workspace.groups.get(rest)
            return _tagged("mention", f"@{group.handle}" if group else label or rest)
        return _tagged("mention", f"@{kind}")

    def _date(self, rest: str, fallback: str) -> str:
        """Set `<!date^seconds^pattern^link|fallback>`."""
        seconds, _, pattern = rest.partition("^")
        pattern, _, link = pattern.partition("^")
        if not seconds.isdigit():
            return _escape(fallback)
        when = datetime.fromtimestamp(int(seconds), self._zone)
        told = re.sub(r"\{(\w+)\}", self._piece_of(when), pattern)
        return _link(link, told) if link else f'<time title="{_escape(when.isoformat())}">{_escape(told)}</time>'

    def _piece_of(self, when: datetime) -> Callable[[re.Match[str]], str]:
        def piece(found: re.Match[str]) -> str:
            near = {0: "today", 1: "yesterday", -1: "tomorrow"}.get((self._today - when.date()).days)
            if near and found[1].endswith("_pretty"):
                return near
            return when.strftime(_DATES.get(found[1], "").replace("{day}", str(when.day))) or found[0]

        return piece


def _unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _escape(text: str) -> str:
    return html.escape(_unescape(text))


def _tagged(kind: str, text: str) -> str:
    return f'<span class="{kind}">{_escape(text)}</span>'


def _link(target: str, label: str) -> str:
    return f'<a href="{_escape(target)}" target="_blank" rel="noopener noreferrer">{_escape(with_emoji(label))}</a>'


def _styled(text: str) -> str:
    for mark, tag in _STYLES:
        sign = re.escape(mark)
        pattern = rf"(?<![\w{sign}]){sign}(?=\S)([^{sign}\n]*?\S){sign}(?![\w{sign}])"
        text = re.sub(pattern, rf"<{tag}>\1</{tag}>", text)
    return text


def _paragraphs(text: str) -> str:
    """Break lines, and gather lines that begin with a quote sign."""
    made: list[str] = []
    quoted: list[str] = []
    for line in [*text.split("\n"), None]:
        if line is not None and line.startswith("&gt;"):
            quoted.append(line.removeprefix("&gt;").lstrip())
            continue
        if quoted:
            made.append(f"<blockquote>{'<br>'.join(quoted)}</blockquote>")
            quoted = []
        if line is not None:
            made.append(line)
    return re.sub(r"<br>(<blockquote>)|(</blockquote>)<br>", r"\1\2", "<br>".join(made))


def _restored(text: str, stash: list[str]) -> str:
    while "\0" in text:
        text = re.sub(r"\0(\d+)\0", lambda found: stash[int(found[1])], text)
    return text
