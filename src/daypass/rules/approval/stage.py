"""A stage of an approval as a rule has it, before anybody asks."""

from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from operator import or_

from daypass.model.decision import Approvers, ScheduleName


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Approvers named by what they are, not yet by who: that is found out each time it counts."""

    manager: bool = False
    """The manager of who would have the access."""
    owner_tags: frozenset[str] = frozenset()
    """Tags of the bucket that name its owner."""
    schedules: frozenset[ScheduleName] = frozenset()
    """Whoever is on call in these."""

    def __or__(self, other: "Sources") -> "Sources":
        return Sources(
            manager=self.manager or other.manager,
            owner_tags=self.owner_tags | other.owner_tags,
            schedules=self.schedules | other.schedules,
        )

    def __bool__(self) -> bool:
        return bool(self.manager or self.owner_tags or self.schedules)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateApprovers:
    """Who may decide besides, once a stage has waited for so long."""

    after: timedelta
    approvers: Approvers
    sources: Sources = Sources()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleStage:
    """A stage as the rule has it, whoever asks."""

    name: str
    approvers: Approvers
    needed: int | None
    """None wants everybody who is named, but for the requestor and those who are not there."""
    sources: Sources = Sources()
    later: tuple[LateApprovers, ...] = ()

    def everybody(self) -> Approvers:
        """All who are named, to decide now or later."""
        return reduce(or_, (each.approvers for each in self.later), self.approvers)

    def every_source(self) -> Sources:
        """What those are who decide now or later without being named."""
        return reduce(or_, (each.sources for each in self.later), self.sources)
