"""
Text as a person typed it, on a phone perhaps, cut into words.

A phone turns `--for` into `—for` and `"` into `“`; here they become plain again, so that what was meant is what is
read. Inside quotes nothing is changed.
"""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from daypass.model.errors import BadInput

LONGEST_TEXT = 8_000
"""Characters; a Slack message holds fewer, and a reason and a key fit in with room to spare."""

# What each opening quote may be closed with: phones and languages mix them freely.
_CLOSERS = {
    '"': '"”',
    "“": '”“"',
    "„": '“”"',
    "”": '”"',
    "«": "»",
    "»": "«",
    "'": "'",
    "‘": "’'",
    "‚": "‘’'",
    "’": "’'",
}
_SAME_MEANING = {
    **dict.fromkeys(("--duration", "--length", "--time", "--hours", "--ttl", "--expires-in", "-d", "-t"), "--for"),
    **dict.fromkeys(
        ("--because", "--why", "--message", "--comment", "--justification", "--note", "-m", "-r"), "--reason"
    ),
    **dict.fromkeys(("--end", "--ends", "--to-time", "--expires"), "--until"),
    **dict.fromkeys(("--from", "--at", "--begin", "--starts"), "--start"),
    **dict.fromkeys(("--delivery", "--type", "--via", "--method"), "--as"),
    **dict.fromkeys(("--user", "--on-behalf-of", "--for-user", "--beneficiary", "--who"), "--to"),
    **dict.fromkeys(("--recurring", "--repeat", "--schedule"), "--every"),
    **dict.fromkeys(("--emergency", "--break-glass"), "--urgent"),
    **dict.fromkeys(("get", "view", "download", "ro", "readonly", "read-only", "r"), "read"),
    **dict.fromkeys(("put", "upload", "edit", "modify", "w"), "write"),
    **dict.fromkeys(("rm", "remove", "del", "destroy"), "delete"),
    **dict.fromkeys(("ls", "browse", "dir"), "list"),
    **dict.fromkeys(("ask", "access", "new", "get-access"), "request"),
    **dict.fromkeys(("list", "status", "mine", "my", "grants", "requests"), "ls"),
    **dict.fromkeys(("reject", "decline", "no"), "deny"),
    **dict.fromkeys(("accept", "ok", "yes"), "approve"),
    **dict.fromkeys(("end", "stop", "finish", "release"), "done"),
    **dict.fromkeys(("renew", "prolong", "longer"), "extend"),
    **dict.fromkeys(("abort", "undo"), "cancel"),
    **dict.fromkeys(("repeat", "rerun"), "again"),
    **dict.fromkeys(("policy", "policies"), "rules"),
    **dict.fromkeys(("url", "presign", "share"), "link"),
    **dict.fromkeys(("ooo", "vacation", "holiday"), "away"),
    **dict.fromkeys(("kill", "kick"), "revoke"),
    **dict.fromkeys(("usage", "commands", "info", "?"), "help"),
    **dict.fromkeys(("signin", "sign-in", "auth"), "login"),
    **dict.fromkeys(("keys", "creds", "credential"), "credentials"),
    **dict.fromkeys(("run", "shell"), "exec"),
}
"""Words of other programs, and ours for them; no spelling brings these together."""
_APOSTROPHES = "'’‘"
_DASHES = "‐‑‒–—―−﹘﹣－"
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


def split(text: str) -> list[str]:
    """
    Cut text into words; quotes keep words together, and curly quotes and long dashes are read as plain ones.

    A quote counts only where a word (or the value after `=`) begins, so that `don't` stays one word. Raises BadInput
    for a quote that is never closed, for more than 8,000 characters and for text that is not valid Unicode.
    """
    if len(text) > LONGEST_TEXT:
        raise BadInput(f"That is {len(text)} characters; {LONGEST_TEXT} is the most that can be read.")
    check_unicode(text)
    return [word if quoted else _plain(word) for word, quoted in _cut(text)]


def check_unicode(text: str, *, field: str = "command") -> None:
    """Raise BadInput for half a surrogate pair, which no file, database or AWS document could hold."""
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        raise BadInput("The text has a broken character in it (half of a pair); type it again.", field=field)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Say ` Did you mean “read”?`, or nothing when no known word is near."""
    near = nearest(word, known)
    return f" Did you mean “{near}”?" if near else ""


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Return the known word that means the same or is spelt nearly so, or nothing when none is near."""
    names, plain = sorted(known), word.lower()
    if _SAME_MEANING.get(plain) in names:
        return _SAME_MEANING[plain]
    return next(iter(get_close_matches(plain, names, n=1, cutoff=cutoff)), "")


def _cut(text: str) -> Iterator[tuple[str, bool]]:
    at = 0
    while at < len(text):
        if text[at].isspace() or text[at] in _INVISIBLE:
            at += 1
            continue
        word, quoted, at = _word(text, at)
        yield word, quoted


def _word(text: str, at: int) -> tuple[str, bool, int]:
    """Read one word from `at`: its text, whether it began with a quote, and where reading goes on."""
    quoted = text[at] in _CLOSERS
    parts: list[str] = []
    while at < len(text) and not text[at].isspace():
        if text[at] in _CLOSERS and (not parts or parts[-1] == "="):
            inside, at = _quoted(text, at)
            parts.append(inside)
        else:
            parts.append(text[at])
            at += 1
    return "".join(parts), quoted, at


def _quoted(text: str, start: int) -> tuple[str, int]:
    closers = _CLOSERS[text[start]]
    signs: list[str] = []
    at = start + 1
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in (*closers, "\\"):
            signs.append(text[at + 1])
            at += 2
        elif text[at] in closers and _closes(text, at):
            return "".join(signs), at + 1
        else:
            signs.append(text[at])
            at += 1
    raise BadInput(f"The quote before “{text[start + 1 : start + 31]}” is never closed; add a closing quote.")


def _closes(text: str, at: int) -> bool:
    """Whether a closing sign really closes: an apostrophe inside a word (`don’t`) does not."""
    following = text[at + 1 : at + 2]
    return text[at] not in _APOSTROPHES or not following or following.isspace()


def _plain(word: str) -> str:
    """Read one or two long dashes in front of a word as `--`, as a phone made them of two short ones."""
    word = word.translate(dict.fromkeys(map(ord, _INVISIBLE)))
    name = word.lstrip(_DASHES)
    return f"--{name}" if name != word and name[:1].isalpha() else word
