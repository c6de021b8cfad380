"""
The rules as they change: every version there was, and every change that somebody proposed.

    pending ----> applied      a version with this text exists from that commit on
        |-------> denied
        |-------> withdrawn    by its author
        `-------> outdated     another version came first: make it anew from that one

A change is never applied by its author alone.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.model.request import Approval
from daypass.model.words import mask

VERSION_LINE = re.compile(r"# daypass rules, version ([0-9]{1,8})\r?\n")
"""What a file of rules that was pulled begins with; no part of the rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesVersion:
    """One version of the rules, as it was and is kept for good."""

    number: int
    """From 1."""
    text: str
    digest: str
    """SHA-256 (hex) of the text in UTF-8."""
    author: PrincipalId
    at: datetime
    note: str = ""
    change: GrantId | None = None
    """The change that it came from; None for the first one, which came from the file."""
    revision: int = 0

    def __post_init__(self) -> None:
        mask(self, "note")

    @property
    def key(self) -> str:
        """Its number, so written that keys are in order."""
        return f"{self.number:08d}"

    @property
    def owner(self) -> str:
        """Who wrote it."""
        return self.author

    @property
    def state(self) -> str:
        """None: a version is a version."""
        return ""


class ChangeState(StrEnum):
    """Where a proposed change is in its life."""

    PENDING = "pending"
    APPLIED = "applied"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesChange:
    """A whole new text of the rules that somebody proposes in place of version `base`."""

    id: GrantId
    author: PrincipalId
    base: int
    text: str
    note: str
    filed_at: datetime
    state: ChangeState = ChangeState.PENDING
    shadow_until: datetime | None = None
    """Until when it decides beside the version in force, for its differences to be listed."""
    approval: Approval | None = None
    revision: int = 0

    def __post_init__(self) -> None:
        mask(self, "note")

    @property
    def key(self) -> str:
        """Its id."""
        return self.id

    @property
    def owner(self) -> str:
        """Who proposed it."""
        return self.author

    @property
    def at(self) -> datetime:
        """When it was proposed."""
        return self.filed_at

    def decided(self, state: ChangeState, approval: Approval | None = None) -> "RulesChange":
        """Leave `pending`, once and for good."""
        if self.state is not ChangeState.PENDING or state is ChangeState.PENDING:
            raise ValueError(f"a change that is {self.state} cannot become {state}")
        return replace(self, state=state, approval=approval)
