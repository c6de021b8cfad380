"""What an e-mail address looks like, in calendars and in answers of services."""

import re

_SHAPE = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z0-9-]{1,63}"
_WHOLE = re.compile(_SHAPE)
_WITHIN = re.compile(rf"(?<![\w.+@-]){_SHAPE}(?![\w@-])")
_LONGEST = 254


def address(text: str) -> str | None:
    """Give the address in lower case, or None when the text is none."""
    fits = len(text) <= _LONGEST and _WHOLE.fullmatch(text)
    return text.lower() if fits else None


def addresses_within(text: str) -> frozenset[str]:
    """Find every address in a line of text, lower case."""
    return frozenset(found.lower() for found in _WITHIN.findall(text[:1000]))
