"""Rich text blocks as HTML, piece by piece; unknown pieces are left out, never passed through."""

import html
from collections.abc import Callable

from markupsafe import Markup

from localslack.client.mrkdwn import Typesetter
from localslack.wire import Json

_TAGS = {"bold": "strong", "italic": "em", "strike": "s", "code": "code"}


def rich_text(block: Json, setter: Typesetter) -> Markup:
    """Set a rich_text block."""
    return Markup("".join(_group(each, setter) for each in block["elements"]))  # noqa: S704 (escaped below)


def _group(group: Json, setter: Typesetter) -> str:
    inside = "".join(_piece(each, setter) for each in group["elements"] if not each["type"].startswith("rich_text"))
    match group["type"]:
        case "rich_text_preformatted":
            return f"<pre>{inside}</pre>"
        case "rich_text_quote":
            return f"<blockquote>{inside}</blockquote>"
        case "rich_text_list":
            tag = "ol" if group["style"] == "ordered" else "ul"
            return f"<{tag}>{''.join(f'<li>{_group(item, setter)}</li>' for item in group['elements'])}</{tag}>"
        case _:
            return f"<span>{inside}</span>"


def _piece(piece: Json, setter: Typesetter) -> str:
    made = str(setter.mrkdwn(mention)) if (mention := _as_mrkdwn(piece)) else _text(piece)
    for style, tag in _TAGS.items():
        if piece.get("style", {}).get(style):
            made = f"<{tag}>{made}</{tag}>"
    return made


def _text(piece: Json) -> str:
    return html.escape(str(piece.get("text", ""))).replace("\n", "<br>")


def _as_mrkdwn(piece: Json) -> str:
    """Write a piece that is more than text the way mrkdwn would; empty for plain text."""
    write = _WRITERS.get(piece["type"])
    return write(piece) if write else ""


_WRITERS: dict[str, Callable[[Json], str]] = {
    "link": lambda piece: f"<{piece['url']}|{piece.get('text') or piece['url']}>",
    "user": lambda piece: f"<@{piece['user_id']}>",
    "channel": lambda piece: f"<#{piece['channel_id']}>",
    "usergroup": lambda piece: f"<!subteam^{piece['usergroup_id']}>",
    "broadcast": lambda piece: f"<!{piece['range']}>",
    "emoji": lambda piece: f":{piece['name']}:",
    "date": lambda piece: f"<!date^{piece['timestamp']}^{piece['format']}|{piece.get('fallback', '')}>",
}
