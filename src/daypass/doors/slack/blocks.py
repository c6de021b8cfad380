"""
Block Kit in a few words, and what makes somebody's text harmless in it.

Slack reads `<...>` as mentions and links, and `*_~` and the back-tick as dress. Whatever a person wrote goes through
`escape`, `code` or a plain-text block, so that a reason cannot call a channel or forge a line of ours.
Limits: https://docs.slack.dev/reference/block-kit
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]
View = dict[str, Any]

LONGEST_SECTION = 3000
_PIECE = 2400
"""Characters of a document in one section: room is left for what escaping adds."""
LONGEST_OPTION_TEXT = 75
LONGEST_OPTION_VALUE = 150
_LONGEST_SPOKEN = 75
_PAIRS = 10
READ = "read"
"""The callback of a page that is only read."""
_OPEN, _CLOSE = "\ue000", "\ue001"
"""Stand around a reference to somebody until the words about it are made harmless: private to this page."""
_MARK = re.compile(f"{_OPEN}([UW][A-Z0-9]+){_CLOSE}")
_BARE_ID = re.compile(r"(?<!@)\b(?=[A-Z]*[0-9])[UW][A-Z0-9]{3,}\b")
_BARE_GROUP = re.compile(r"(?<!\^)\bS0[A-Z0-9]{2,}\b")
_BACK_TICK = "\u02cb"
"""Looks like a back-tick and ends no code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One message: its blocks, and the text that stands for them in a notification."""

    text: str
    blocks: tuple[Block, ...] = ()


def escape(text: str) -> str:
    """Make text harmless in mrkdwn (https://docs.slack.dev/messaging/formatting-message-text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def sentence(text: str) -> str:
    """Make a sentence of an error harmless, but let it name people: by their ids, unless these stand in code."""
    return named(_MARK.sub(r"<@\1>", escape(text)))


def mark(one: str) -> str:
    """Refer to somebody in a sentence that is not harmless yet."""
    return f"{_OPEN}{one}{_CLOSE}"


def unmarked(words: str) -> str:
    """Words in which nobody can write such a reference."""
    return words.replace(_OPEN, "").replace(_CLOSE, "")


def named(text: str, *, groups: bool = False) -> str:
    """Let text that is harmless already name people, and Slack groups, by their ids, unless these stand in code."""
    pieces = text.split("`")
    pieces[::2] = [_BARE_ID.sub(r"<@\g<0>>", piece) for piece in pieces[::2]]
    if groups:
        pieces[::2] = [_BARE_GROUP.sub(r"<!subteam^\g<0>>", piece) for piece in pieces[::2]]
    return "`".join(pieces)


def code(text: str) -> str:
    """Show text as code, whole, whatever is in it."""
    return f"`{escape(text).replace('`', _BACK_TICK)}`"


def cut(text: str, longest: int) -> str:
    """Shorten text to a limit, visibly."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _shown(text: str) -> str:
    """Text as a block holds it: never too long, and never nothing at all, which Slack refuses."""
    return cut(text, LONGEST_SECTION) or "…"


def section(text: str, *, accessory: Block | None = None) -> Block:
    """A paragraph in mrkdwn."""
    block: Block = {"type": "section", "text": {"type": "mrkdwn", "text": _shown(text)}}
    return block | ({"accessory": accessory} if accessory else {})


def fenced(text: str) -> str:
    """Show lines as code, to be copied; nothing in them ends it."""
    return f"```{escape(_unfenced(text))}```"


def _unfenced(text: str) -> str:
    return text.replace("```", 3 * _BACK_TICK)


def preformatted(text: str) -> list[Block]:
    """Text in columns, such as help or a document, whole: in as many blocks as it takes."""
    safe = _unfenced(text)
    return [section(fenced(safe[at : at + _PIECE])) for at in range(0, len(safe), _PIECE)]


def quoted(text: str) -> Block:
    """What a person wrote, as plain text that Slack does not interpret."""
    return {"type": "section", "text": plain(_shown(text))}


def fields(pairs: Iterable[tuple[str, str]]) -> list[Block]:
    """Name and value, two columns, the values in mrkdwn; Slack takes ten pairs in one block."""
    told = [{"type": "mrkdwn", "text": cut(f"*{name}*\n{value}", 2000)} for name, value in pairs]
    return [{"type": "section", "fields": told[at : at + _PAIRS]} for at in range(0, len(told), _PAIRS)]


def context(text: str) -> Block:
    """A small grey line."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": _shown(text)}]}


def header(text: str) -> Block:
    """A large line."""
    return {"type": "header", "text": plain(cut(text, 150))}


def divider() -> Block:
    """A rule between parts."""
    return {"type": "divider"}


def actions(block_id: str, elements: Sequence[Block]) -> Block:
    """A row of buttons and pickers."""
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(  # noqa: PLR0913 - the parts of a button
    text: str, action_id: str, value: str = "", *, style: str = "", url: str = "", spoken: str = ""
) -> Block:
    """
    A button. Its value carries an id, never a state.

    `spoken` is what a screen reader says in place of the text, where several buttons say the same.
    """
    block: Block = {"type": "button", "text": plain(text), "action_id": action_id}
    told = {"value": value, "style": style, "url": url, "accessibility_label": cut(spoken, _LONGEST_SPOKEN)}
    return block | {name: what for name, what in told.items() if what}


def option(text: str, value: str, hint: str = "") -> Block:
    """One choice of a picker."""
    block: Block = {"text": plain(cut(text, LONGEST_OPTION_TEXT)), "value": value}
    return block | ({"description": plain(cut(hint, LONGEST_OPTION_TEXT))} if hint else {})


def plain(text: str) -> Block:
    """Text without dress."""
    return {"type": "plain_text", "text": text, "emoji": False}


def field(block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    """A labelled field of a form."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": {"action_id": block_id, **element},
        "optional": optional,
    }
    return block | ({"hint": plain(hint)} if hint else {})


def line(*, initial: str = "", placeholder: str = "", longest: int = 300, several: bool = False) -> Block:
    """A field to type in."""
    element: Block = {"type": "plain_text_input", "multiline": several, "max_length": longest}
    if initial:
        element["initial_value"] = initial[:longest]
    return element | ({"placeholder": plain(placeholder)} if placeholder else {})


def choice(options: Sequence[Block], *, initial: Block | None = None) -> Block:
    """A picker with fixed choices."""
    element: Block = {"type": "static_select", "options": list(options)}
    return element | ({"initial_option": initial} if initial else {})


def modal(  # noqa: PLR0913 - the parts of one form
    title: str,
    blocks: Sequence[Block],
    *,
    callback_id: str = READ,
    submit: str = "",
    close: str,
    metadata: str = "",
) -> View:
    """A form, or a page to read when there is nothing to submit."""
    view: View = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title),
        "close": plain(close),
        "blocks": list(blocks),
        "private_metadata": metadata,
    }
    return view | ({"submit": plain(submit)} if submit else {})
