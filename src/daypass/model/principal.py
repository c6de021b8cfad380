"""Who somebody is: to Slack, which is their identity here, and to AWS, where their access is put."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from daypass.model.errors import BadInput
from daypass.model.words import one_line

PrincipalId = NewType("PrincipalId", str)
"""A Slack user id such as U0ALICE, or `bot:deploy` for a robot. Never a name, an e-mail address or a message's text."""

SlackGroupId = NewType("SlackGroupId", str)
"""A Slack user group id such as S0ANALYSTS."""

GroupName = NewType("GroupName", str)
"""A group of people of a directory that is not Slack, after its source: `file:analysts`."""

DAYPASS = PrincipalId("daypass")
"""The actor of what the service does by itself: provisioning, expiry, clean-up."""

OPERATOR = PrincipalId("operator")
"""The actor of what is done on the machine that Daypass runs on; the journal has the name of the user there."""

NOBODY = PrincipalId("nobody")
"""The actor of what somebody did who has not proven who they are. Whom they say they are stands in `claimed`."""

_IAM_ARN = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):(user|role)/((?:[\x21-\x7e]+/)?)([\w+=,.@-]{1,64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsIdentity:
    """
    An IAM user or role of a person.

    `unique_id` (AIDA... or AROA...) survives a rename, so that a revocation finds whom it is about
    whatever the grantee has done to the name.
    """

    arn: str
    unique_id: str = ""

    def __post_init__(self) -> None:
        if not _IAM_ARN.fullmatch(self.arn):
            raise BadInput(
                f"“{self.arn}” is not the ARN of an IAM user or role "
                "(arn:aws:iam::123456789012:user/ann); give one in the map of people.",
                field="person",
            )

    @property
    def kind(self) -> str:
        """Either `user` or `role`."""
        return self._part(3)

    @property
    def name(self) -> str:
        """The name without its path, as the IAM API takes it."""
        return self._part(5)

    @property
    def account(self) -> str:
        """The twelve digits of the AWS account."""
        return self._part(2)

    def _part(self, group: int) -> str:
        match = _IAM_ARN.fullmatch(self.arn)
        assert match is not None  # noqa: S101 - __post_init__ refused everything else
        return match.group(group)


LONGEST_NAME = 80
"""Characters of a person's name that are shown."""
ROBOT = "bot:"
"""How the id of a robot begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """Somebody is not at work: until when, as far as is known, and who decides in their stead."""

    until: datetime | None = None
    """None for as long as the directory says so."""
    delegate: PrincipalId | None = None

    def at(self, now: datetime) -> bool:
        """Whether they are still away."""
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """One person, or a robot, as the directory knows them at this moment."""

    id: PrincipalId
    name: str
    """For people to read, never to compare: one printable line, whatever they call themselves elsewhere."""
    aws: AwsIdentity | None = None
    slack_groups: frozenset[SlackGroupId] = frozenset()
    unread: frozenset[SlackGroupId] = frozenset()
    """Slack groups that rules name, and of which it cannot be said now whether this person is in them."""
    tz: str = "UTC"
    """IANA name of the person's time zone, as their Slack profile has it."""
    active: bool = True
    """False for a deactivated Slack account: it can neither ask nor decide."""
    guest: bool = False
    """A guest of the workspace: asks where a rule takes guests in or names them, and never decides."""
    groups: frozenset[GroupName] = frozenset()
    manager: PrincipalId | None = None
    same_as: frozenset[PrincipalId] = frozenset()
    """Other accounts of the same person, as far as any directory knows: for refusing, as it may rest on an address."""
    aliases: frozenset[PrincipalId] = frozenset()
    """Other ids of this very account, by Slack's own word: what one of them may, and may not, they all do."""
    away: Away | None = None
    owner: PrincipalId | None = None
    """Of a robot: who answers for it, and so never decides for it."""
    holders: frozenset[PrincipalId] = frozenset()
    """Of a robot: who was handed a credential of it that counts, or named the claims that count; see Robot.holders."""

    def __post_init__(self) -> None:
        if (shown := one_line(self.name, LONGEST_NAME)) != self.name:
            object.__setattr__(self, "name", shown)

    @property
    def ids(self) -> frozenset[PrincipalId]:
        """Every id of this account. Whoever looks for somebody among ids looks for any of these."""
        return self.aliases | {self.id}

    @property
    def main(self) -> PrincipalId:
        """The one of these by which the account is written down: that of the workspace (U..), not of the Grid (W..)."""
        return min(self.ids)

    @property
    def robot(self) -> bool:
        """Whether this is a program: it may ask, never decide."""
        return self.id.startswith(ROBOT)

    @property
    def answered_by(self) -> frozenset[PrincipalId]:
        """Of a robot: everybody who answers for it or could speak for it. Nobody of these decides for it."""
        return self.holders | ({self.owner} if self.owner else frozenset())

    @property
    def may_decide(self) -> bool:
        """Whether this could decide at all: a person who is here, and no guest."""
        return self.active and not self.robot and not self.guest

    def is_also(self, other: "Principal") -> bool:
        """Whether both are accounts of one person: by id, by what the directory knows, or by one AWS identity."""
        one_identity = self.aws is not None and other.aws is not None and self.aws.arn == other.aws.arn
        return one_identity or not (self.same_as | {self.id}).isdisjoint(other.same_as | {other.id})
