"""The emoji short codes that the client knows; any other code is shown as it was written."""

import re

_CODES = {
    "alarm_clock": "⏰", "arrow_right": "➡️", "bell": "🔔", "bust_in_silhouette": "👤", "calendar": "📅",
    "chart_with_upwards_trend": "📈", "clipboard": "📋", "clock1": "🕐", "clock3": "🕒", "closed_lock_with_key": "🔐",
    "construction": "🚧", "eyes": "👀", "exclamation": "❗", "file_folder": "📁", "fire": "🔥", "gear": "⚙️",
    "globe_with_meridians": "🌐", "green_circle": "🟢", "grey_question": "❔", "hand": "✋", "heavy_check_mark": "✔️",
    "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "house": "🏠", "inbox_tray": "📥", "information_source": "ℹ️",  # noqa: RUF001 (the emoji is meant)
    "key": "🔑", "large_blue_circle": "🔵", "large_green_circle": "🟢", "large_yellow_circle": "🟡", "link": "🔗",
    "lock": "🔒", "mag": "🔍", "memo": "📝", "mega": "📣", "no_entry": "⛔", "no_entry_sign": "🚫", "outbox_tray": "📤",
    "package": "📦", "page_facing_up": "📄", "pencil": "✏️", "pencil2": "✏️", "question": "❓", "raised_hand": "✋",
    "red_circle": "🔴", "repeat": "🔁", "rocket": "🚀", "rotating_light": "🚨", "shield": "🛡️", "sos": "🆘",
    "sparkles": "✨", "speech_balloon": "💬", "star": "⭐", "stop_button": "⏹️", "stopwatch": "⏱️", "tada": "🎉",
    "thumbsup": "👍", "timer_clock": "⏲️", "unlock": "🔓", "warning": "⚠️", "wave": "👋", "wastebasket": "🗑️",
    "white_check_mark": "✅", "white_circle": "⚪", "x": "❌", "zap": "⚡", "+1": "👍", "-1": "👎",
}  # fmt: skip


def with_emoji(text: str) -> str:
    """Put emoji in place of the codes that are known."""
    return re.sub(r":([a-z0-9_+-]+):", lambda found: _CODES.get(found[1], found[0]), text)
