"""
How far an approval by several people has come, under the rules of now. Pure.

An approval counts for the stage and the rule that it was given under, as long as who gave it may still decide there.
Each person counts once, in whichever account; the requestor never does. What was given in a later stage counts only if
it came after the stage before was filled, so that no stage is skipped or taken in advance; and what was given by
somebody to whom a stage is handed over, only if it had waited that long by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from daypass.model.decision import Allowed, Stage
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Approval


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The stage that waits, and what was given so far."""

    stage: Stage | None
    """None when every stage is filled."""
    given: int = 0
    """How many different people have approved in that stage."""
    counted: tuple[Approval, ...] = ()
    """The approvals that count, of all stages."""

    @property
    def lacking(self) -> int:
        """How many more are needed in the stage that waits."""
        return self.stage.needed - self.given if self.stage else 0


def progress(
    decision: Allowed,
    approvals: Sequence[Approval],
    *,
    people: Mapping[PrincipalId, Principal],
    parties: Sequence[Principal],
    since: datetime,
) -> Progress:
    """
    Count the approvals, oldest first; the first stage waits `since` then, each other since the one before was filled.

    `people` are those who gave them, as the directory has them now: who is not in it does not count. `parties` are
    those who ask for or would have the access.
    """
    count = _Count(decision=decision, people=people, taken=list(parties), since=since)
    rest = list(approvals)
    for stage in decision.stages:
        given = 0
        while rest and given < stage.needed:
            given += count.take(rest.pop(0), stage)
        if given < stage.needed:
            return Progress(stage=stage, given=given, counted=tuple(count.counted))
        count.since = count.counted[-1].at
    return Progress(stage=None, counted=tuple(count.counted))


@dataclass(slots=True)
class _Count:
    """Which approvals count so far, and whose may not count (again)."""

    decision: Allowed
    people: Mapping[PrincipalId, Principal]
    taken: list[Principal]
    since: datetime
    """Since when the stage waits."""
    counted: list[Approval] = field(default_factory=list)

    def take(self, approval: Approval, stage: Stage) -> bool:
        """Count one approval for a stage, if it counts there."""
        person = self.people.get(approval.by)
        if person is None or not self._counts(approval, person, stage):
            return False
        self.taken.append(person)
        self.counted.append(approval)
        return True

    def _counts(self, approval: Approval, person: Principal, stage: Stage) -> bool:
        return (
            (approval.rule, approval.stage) == (self.decision.rule, stage.name)
            and (approval.second_factor or not self.decision.second_factor)
            and stage.open_to(approval.at - self.since).include(person)
            and not any(person.is_also(other) for other in self.taken)
        )
