"""A stage of an approval as a rule has it, before anybody asks."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

from daypass.model.decision import Approvers, HandOver


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stage as the rule has it, whoever asks."""

    name: str
    approvers: Approvers
    needed: int | None
    """None wants everybody who is named, but for the requestor."""
    later: tuple[HandOver, ...] = ()

    def everybody(self) -> Approvers:
        """All who may decide now or later."""
        return reduce(or_, (each.approvers for each in self.later), self.approvers)
