"""
Whose matter a request is: who asks, who would have it, and who answers for a robot among them.

None of them ever decides on it, in whichever of their accounts.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from daypass.model.errors import NotAllowed, NotFound, NotYours
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

    @classmethod
    def of(cls, ask: Ask, directory: Directory) -> "Parties":
        """Look them up as they are now. Raises NotFound for somebody whom nobody knows."""
        asker = directory.principal(ask.requestor)
        principal = directory.principal(ask.beneficiary) if ask.beneficiary else asker
        owners = tuple(directory.principal(one) for one in sorted({*_owner(asker), *_owner(principal)}))
        return cls(asker=asker, principal=principal, owners=owners)

    @property
    def all(self) -> tuple[Principal, ...]:
        """Everybody on the asking side, each once."""
        return tuple({one.id: one for one in (self.principal, self.asker, *self.owners)}.values())

    def must_be_active(self) -> None:
        """Raise NotAllowed when one of them has left: then nothing can be lent."""
        for one in self.all:
            if not one.active:
                raise NotAllowed(_left(one), field="person")

    def refuse(self, approver: Principal) -> None:
        """Raise NotYours when this is one of them, also in another account."""
        if approver.id == self.asker.id:
            raise NotYours("Nobody decides on their own request; a colleague has to.")
        if approver.id == self.principal.id:
            raise NotYours("This would be your own access; a colleague has to decide.")
        if any(approver.id == owner.id for owner in self.owners):
            raise NotYours("You answer for the robot that would have this; a colleague has to decide.")
        for one in self.all:
            if approver.is_also(one):
                same = "the same person" if approver.id in one.same_as else "the same person in AWS"
                raise NotYours(f"You and the requestor are {same}; a colleague has to decide.")


def as_known(principal_id: PrincipalId, directory: Directory) -> Principal:
    """Somebody as the directory has them; who has left it is known by their id alone."""
    try:
        return directory.principal(principal_id)
    except NotFound:
        return Principal(id=principal_id, name=principal_id, active=False)


def _owner(principal: Principal) -> Iterator[PrincipalId]:
    if principal.owner is not None:
        yield principal.owner


def _left(one: Principal) -> str:
    if one.robot:
        return f"The robot {one.name} was removed and cannot have anything."
    return f"{one.name} is deactivated in Slack and cannot have anything."
