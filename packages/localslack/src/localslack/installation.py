"""The app as installed in the workspace: its ids, its tokens, and what they are still worth."""

import re
import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from localslack.manifest import Manifest
from localslack.wire import RefusedError


class TokenKind(StrEnum):
    """The two tokens an app holds, by the prefix people know them by."""

    BOT = "xoxb"
    APP = "xapp"


class TokenState(StrEnum):
    """What Slack answers when the bot token is shown; the value is the error, empty when good."""

    GOOD = ""
    EXPIRED = "token_expired"
    REVOKED = "token_revoked"
    INACTIVE = "account_inactive"


@dataclass(slots=True, kw_only=True)
class Installation:
    """One app in one workspace. Token state may be changed at run time by a test."""

    manifest: Manifest
    app_id: str = ""
    bot_id: str = ""
    bot_user_id: str = ""
    request_url: str = ""
    socket_mode: bool = False
    bot_token: str = field(default_factory=lambda: f"xoxb-local-{secrets.token_hex(12)}")
    app_token: str = field(default_factory=lambda: f"xapp-1-local-{secrets.token_hex(12)}")
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    verification_token: str = field(default_factory=lambda: secrets.token_hex(12))
    bot_token_state: TokenState = TokenState.GOOD

    def __post_init__(self) -> None:
        """Make the ids that were not chosen from the app's name: A0APP, B0APP and U0APP for an app called App."""
        name = re.sub(r"[^A-Z0-9]", "", self.manifest.name.upper()) or "APP"
        self.app_id = self.app_id or f"A0{name}"
        self.bot_id = self.bot_id or f"B0{name}"
        self.bot_user_id = self.bot_user_id or f"U0{name}"

    def kind_of(self, token: str) -> TokenKind:
        """
        Recognise a token.

        Raises RefusedError: not_authed, invalid_auth, or what the token's state says.
        """
        if not token:
            raise RefusedError("not_authed")
        if secrets.compare_digest(token.encode(), self.app_token.encode()):
            return TokenKind.APP
        if not secrets.compare_digest(token.encode(), self.bot_token.encode()):
            raise RefusedError("invalid_auth")
        if self.bot_token_state is not TokenState.GOOD:
            raise RefusedError(self.bot_token_state.value)
        return TokenKind.BOT

    def require_scope(self, *any_of: str) -> None:
        """Refuse with `missing_scope` unless the manifest grants one of these scopes."""
        if any_of and not self.manifest.bot_scopes.intersection(any_of):
            raise RefusedError(
                "missing_scope",
                needed=",".join(any_of),
                provided=",".join(sorted(self.manifest.bot_scopes)),
            )
