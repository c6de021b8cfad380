"""
Whose matter a request is: the asking side (model/asking_side.py) as the directory has it, and what its people are told.

None of them ever decides on it, in whichever of their accounts.
"""

from dataclasses import dataclass

from daypass.model.asking_side import AskingSide
from daypass.model.errors import DaypassError, NotAllowed, NotFound, NotYours
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Ask
from daypass.ports import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """The people, and perhaps robots, on the asking side."""

    asker: Principal
    principal: Principal
    """Who would have it; often the one who asks."""
    owners: tuple[Principal, ...] = ()
    """Who answers for the robots among them."""
    holders: tuple[Principal, ...] = ()
    """Who could speak for the robots among them: by a token that they were handed, or by claims that they named."""

    @classmethod
    def of(cls, ask: Ask, directory: Directory) -> "Parties":
        """Look them up as they are now. Raises NotFound for somebody whom nobody knows."""
        find = directory.principal
        asker = find(ask.requestor)
        principal = find(ask.beneficiary) if ask.beneficiary else asker
        owners = {one.owner for one in (asker, principal) if one.owner is not None}
        holders = (asker.holders | principal.holders) - owners
        return cls(
            asker=asker,
            principal=principal,
            owners=tuple(map(find, sorted(owners))),
            # A holder who has left is no reason to stop a bot that somebody answers for.
            holders=tuple(as_known(one, directory) for one in sorted(holders)),
        )

    @property
    def side(self) -> AskingSide:
        """The asking side."""
        return AskingSide.of((self.principal, self.asker), (*self.owners, *self.holders))

    @property
    def all(self) -> tuple[Principal, ...]:
        """Everybody on the asking side, each once."""
        return self.side.people

    def must_be_active(self) -> None:
        """Raise NotAllowed when one of them has left: then nothing can be granted."""
        for one in (self.principal, self.asker, *self.owners):
            if not one.active:
                raise NotAllowed(_left(one), field="person")

    def refuse(self, approver: Principal) -> None:
        """Raise NotYours for somebody on the asking side, in whichever of their accounts, with the reason."""
        if self.side.includes(approver):
            raise NotYours(self._because(approver))

    def _because(self, approver: Principal) -> str:
        if approver.id == self.asker.id:
            return "Nobody decides on their own request; a colleague has to."
        if approver.id == self.principal.id:
            return "This would be your own access; a colleague has to decide."
        if any(approver.is_also(owner) for owner in self.owners):
            return "You answer for the robot that would have this; a colleague has to decide."
        if any(approver.is_also(holder) for holder in self.holders):
            return (
                "You were handed the token of the bot that would have this, or named its claims, and these still "
                "count. A colleague has to decide, or another owner of the rules gives the bot a new token first."
            )
        same = "the same person in AWS" if self._one_identity(approver) else "the same person"
        return f"You and the requestor are {same}; a colleague has to decide."

    def _one_identity(self, approver: Principal) -> bool:
        arns = {one.aws.arn for one in self.all if one.aws is not None}
        return approver.aws is not None and approver.aws.arn in arns


def under_one_id(named: PrincipalId, directory: Directory) -> PrincipalId:
    """The id by which somebody is written down, whichever of theirs was named; that one while it cannot be told."""
    try:
        return directory.principal(named).main
    except DaypassError:
        return named


def as_known(principal_id: PrincipalId, directory: Directory) -> Principal:
    """Somebody as the directory has them; who has left it is known by their id alone."""
    try:
        return directory.principal(principal_id)
    except NotFound:
        return Principal(id=principal_id, name=principal_id, active=False)


def _left(one: Principal) -> str:
    if one.robot:
        return f"The robot {one.name} was removed and cannot have anything."
    return f"{one.name} is deactivated in Slack and cannot have anything."
