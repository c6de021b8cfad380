"""
The token of a robot: `dpbNAME_` and 256 bits in hex.

The beginning is for scanners that look for secrets in public places (`dpb_[a-z0-9-]+_[0-9a-f]{64}`), the name for
whoever must know at once which robot it is that leaked. Only the SHA-256 of the whole is kept.
"""

import hmac
import re

from daypass.model.principal import ROBOT, PrincipalId
from daypass.model.secret import Secret, digest
from daypass.model.secret import draw as _draw

PREFIX = Secret.BOT
WORKLOAD_PREFIX = Secret.WORKLOAD
AGENT_PREFIX = Secret.AGENT

NAME = r"[a-z][a-z0-9-]{0,38}[a-z0-9]"
"""What a robot may be called, as a pattern."""
_TOKEN = re.compile(rf"{PREFIX}({NAME})_[0-9a-f]{{64}}")


def is_name(text: str) -> bool:
    """Whether a robot may be called this."""
    return re.fullmatch(NAME, text) is not None


def robot_id(name: str) -> PrincipalId:
    """The id of a robot by its name, with or without what every such id begins with."""
    return PrincipalId(ROBOT + name.strip().removeprefix(ROBOT))


def draw(robot: PrincipalId) -> str:
    """Draw a new token."""
    return _draw(Secret.BOT, robot.removeprefix(ROBOT))


def draw_for_workload() -> str:
    """Draw a short-lived token."""
    return _draw(Secret.WORKLOAD)


def whose(token: str) -> PrincipalId | None:
    """Whose token this says to be; None for what no robot was ever given."""
    found = _TOKEN.fullmatch(token)
    return robot_id(found[1]) if found else None


def fits(token: str, token_hash: str | None) -> bool:
    """Whether this is the token of that hash, found out in the same time for every wrong one."""
    return token_hash is not None and hmac.compare_digest(digest(token), token_hash)
