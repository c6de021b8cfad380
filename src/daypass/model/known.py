"""
What is written down of people and rules for a day when neither can be asked: it lets people end access, no more.

Stored as records, like those of model/record.
"""

from dataclasses import dataclass
from datetime import datetime

from daypass.model.decision import Approvers
from daypass.model.principal import DAYPASS, PrincipalId
from daypass.model.record import Validity


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGroup:
    """
    Who was in a group that the rules name, when that was last read.

    It lets people end access while nobody says who is in the group. It gives nothing.
    """

    group: str
    """A Slack user group (`S0LEADS`), or a group of another directory (`file:analysts`)."""
    people: tuple[PrincipalId, ...]
    """Sorted."""
    at: datetime
    state: Validity = Validity.OPEN
    revision: int = 0

    @property
    def key(self) -> str:
        """The group."""
        return self.group

    @property
    def owner(self) -> str:
        """The service itself."""
        return DAYPASS


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOwners:
    """
    Whom the rules named as their owners, when they could last be read.

    It lets owners end access while the rules cannot be read. It gives nothing.
    """

    named: Approvers
    digest: str
    """Of the text of those rules: SHA-256 (hex)."""
    at: datetime
    state: Validity = Validity.OPEN
    revision: int = 0

    @property
    def key(self) -> str:
        """There is one."""
        return "owners"

    @property
    def owner(self) -> str:
        """The service itself."""
        return DAYPASS


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWorkspace:
    """
    Which Slack workspace a bot token is of, as Slack said when it was first asked.

    With it a click is known to be of this workspace while Slack's API does not answer.
    """

    token_hash: str
    """SHA-256 (hex) of the bot token: another token may be of another workspace."""
    team: str
    at: datetime
    state: Validity = Validity.OPEN
    revision: int = 0

    @property
    def key(self) -> str:
        """The token's."""
        return self.token_hash

    @property
    def owner(self) -> str:
        """The service itself."""
        return DAYPASS


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRulesFile:
    """
    Which text of the rules file the owners were told that it does not count, as the rules are changed in Slack by now.

    It keeps replicas from telling them of one edit twice. It gives nothing.
    """

    digest: str
    """Of its text: SHA-256 (hex)."""
    at: datetime
    state: Validity = Validity.OPEN
    revision: int = 0

    @property
    def key(self) -> str:
        """There is one."""
        return "rules-file"

    @property
    def owner(self) -> str:
        """The service itself."""
        return DAYPASS


Known = KnownGroup | KnownOwners | KnownWorkspace | KnownRulesFile
