"""
Secrets of ours: how each begins, how it is drawn, what may be kept of one; and how any secret is masked in a text.

Every secret that Daypass hands out begins with the letters of its kind, so that scanners of public places find it, and
so that `masked` knows it wherever a person pastes it. A new kind is a new member of `Secret`, and nothing else.
"""

import re
import secrets
from collections.abc import Container, Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeVar

from daypass.model import break_glass_code

T = TypeVar("T")

MASK = "[masked: looks like a secret]"


class Secret(StrEnum):
    """What a secret of ours begins with."""

    LOGIN = "dpl_"
    """The token of a person's command line."""
    DEVICE = "dpd_"
    """The device code that a command line keeps while its login waits (RFC 8628)."""
    LINK = "dpk_"
    """A Daypass link to one object."""
    ONE_TIME_LINK = "dpo_"
    """An address that does one thing once."""
    BOT = "dpb_"
    """A bot's own token; its name follows."""
    WORKLOAD = "dpw_"
    """The short-lived token that a workload's own is exchanged for."""
    AGENT = "dpa_"
    """The token that an agent has in the name of a person."""


def draw(kind: Secret, name: str = "") -> str:
    """Draw a new secret of a kind: 256 bits in hex, after the name of whoever it is for, where one is given."""
    return f"{kind}{name and name + '_'}{secrets.token_hex(32)}"


def digest(secret: str) -> str:
    """
    The SHA-256 (hex) under which a token or code is known here; the thing itself is never stored.

    No salt and no stretching: what is hashed is drawn with 192 bits or more, so there is nothing to guess.
    """
    return sha256(secret.encode()).hexdigest()


def masked(text: str) -> str:
    """The text without what looks like a secret: of AWS, Slack, GitHub, GitLab, JWTs, private keys, and all of ours."""
    if len(text) < _SHORTEST:
        return text
    return _CODES.sub(_masked_code, _SECRETS.sub(MASK, text))


def masked_each(details: Mapping[str, T], *, besides: Container[str]) -> dict[str, T]:
    """The same for each text among the values, also within a tuple, but for the names `besides`."""
    return {name: value if name in besides else _masked_value(value) for name, value in details.items()}


def _masked_value(value: Any) -> Any:
    match value:
        case str():
            return masked(value)
        case tuple():
            return tuple(map(_masked_value, value))
        case _:
            return value


def _masked_code(found: re.Match[str]) -> str:
    """A break-glass code has no letters of its own at its beginning, but a checksum."""
    return found[0] if break_glass_code.canonical(found[0]) is None else MASK


_SHORTEST = 16
"""Characters of the shortest secret that is known."""
_OURS = "|".join(Secret)
_SECRETS = re.compile(
    rf"""
      -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)
    | PRIVATE\+KEY\+\S+
    | (?i:(?:{_OURS})(?:[a-z0-9-]{{2,40}}_)?[0-9a-f]{{40,}})
    | (?:AKIA|ASIA)[A-Z0-9]{{12,}}
    | (?<![\w/+])(?=[\w/+]*[a-z])(?=[\w/+]*[A-Z])(?=[\w/+]*\d)[A-Za-z0-9/+]{{40}}(?![\w/+=])
    | (?<![A-Za-z0-9/+])(?:IQoJ|FwoG|Fwo[A-Z])[A-Za-z0-9/+=]{{60,}}
    | (?<=X-Amz-Signature=)[0-9a-fA-F]{{16,}} | (?<=X-Amz-Security-Token=)[^\s&>]{{16,}}
    | (?<=SigninToken=)[^\s&>]{{16,}}
    | x(?:ox[a-z]|app)-[\w-]{{6,}}
    | (?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[\w/-]{{10,}}
    | gh[opsur]_\w{{20,}} | github_pat_\w{{20,}} | glpat-[\w-]{{16,}}
    | eyJ[\w-]{{8,}}\.[\w-]{{8,}}\.[\w-]*
    | (?<=://)[^\s/:@]+:[^\s/@]+(?=@)
    """,
    re.VERBOSE | re.DOTALL,
)
_CODES = re.compile(r"(?<![0-9A-Za-z-])(?:[0-9A-TV-Za-tv-z][ -]?){24}[0-9A-TV-Za-tv-z](?![0-9A-Za-z-])")
