"""A command line that is logged in, or waits to be confirmed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from daypass.model.network import whose
from daypass.model.principal import PrincipalId
from daypass.model.words import mask, one_line

LONGEST_CLIENT = 60
"""Characters that are kept of what a command line calls itself."""


class LoginScope(StrEnum):
    """What a command line may do in somebody's name."""

    READ = "read"
    ASK = "ask"
    DECIDE = "decide"
    USE = "use"
    """Be handed credentials and links."""
    END = "end"
    """End what one has, or may end, and do nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """
    A command line that is, or waits to be, somebody's (RFC 8628, the device flow).

    `device_hash` and `token_hash` are SHA-256 (hex) of what only the command line holds; `user_code` is what the
    person compares. It is good for nothing until `principal` is set by that person's own click in Slack.
    """

    device_hash: str
    user_code: str
    client: str
    """What it calls itself, such as its host's name: a stranger's words, one printable line of at most 60."""
    asked_at: datetime
    expires_at: datetime
    """When the code lapses; once a token was issued, when the token does."""
    scopes: frozenset[LoginScope] = frozenset(LoginScope)
    principal: PrincipalId | None = None
    token_hash: str | None = None
    revoked_at: datetime | None = None
    address: str = ""
    """Where it was when it began: the network address as we saw it, never what it says of itself."""
    revision: int = 0

    @property
    def network(self) -> str:
        """Whoever is behind its address, for a limit."""
        return whose(self.address)

    @property
    def aim(self) -> str:
        """What it would be. Those that would only end things wait apart: no flood of the others is in the way."""
        return "ending" if self.scopes == {LoginScope.END} else "login"

    def __post_init__(self) -> None:
        object.__setattr__(self, "client", one_line(self.client, LONGEST_CLIENT))
        mask(self, "client")
