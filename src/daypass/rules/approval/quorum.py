"""
Whether enough different people are left to decide, once those who ask are taken out.

Every stage wants people of its own. By Hall's theorem all stages can be filled exactly when any choice of them names,
together, at least as many people as it needs. A rule has five stages at most, so every choice is looked at.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from daypass.model.asking_side import AskingSide
from daypass.model.decision import Approvers, HandOver, Question, Stage
from daypass.model.principal import Principal, PrincipalId
from daypass.rules.approval.stage import RuleStage

_MOST_TWICE = 6
"""How many people named by several stages are looked at one by one; beyond that nothing is said to be sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortage:
    """Stages that cannot be filled by different people: how many they need, and how many there are."""

    stages: tuple[str, ...]
    needed: int
    named: int


def askers(question: Question) -> frozenset[PrincipalId]:
    """Who must not decide, as far as the question alone says: every account of those on the asking side."""
    return AskingSide.of(asking(question)).ids


def asking(question: Question) -> tuple[Principal, ...]:
    """The one who would have it, and the one who asks."""
    return (question.principal, *((question.asker,) if question.asker else ()))


def left(steps: Iterable[RuleStage], without: frozenset[PrincipalId]) -> tuple[Stage, ...]:
    """The stages as the document alone has them, without these people (rules/approval/approvers knows facts too)."""
    return tuple(_stage(step, without) for step in steps)


def closed(step: RuleStage) -> bool:
    """Whether the document alone names everybody who may decide in this step, now or later."""
    return _closed(step.everybody()) and not step.every_source()


def certain(steps: Iterable[RuleStage]) -> list[RuleStage]:
    """The steps of which the document names everybody."""
    return [step for step in steps if closed(step)]


def shortage(stages: Sequence[Stage]) -> Shortage | None:
    """
    Find the fewest stages that can never be filled by different people.

    A stage that names a group outside the document is left out: who is in it is seen at the click.
    """
    closed = [stage for stage in stages if _closed(stage.everybody())]
    return next(filter(None, map(_lacks, _choices(closed))), None)


def never_filled(steps: Sequence[RuleStage], asking: frozenset[PrincipalId] = frozenset()) -> bool:
    """
    Whether the stages surely cannot be filled, whoever asks besides these.

    Taking somebody out can only help where at least two stages want everybody of whom they name: it is one person less
    and two approvals less. So it is enough to look at those people, with and without each.
    """
    sure = certain(steps)
    wanted = list(chain.from_iterable(step.approvers.people for step in sure if step.needed is None))
    twice = {one for one, times in Counter(wanted).items() if times > 1} - asking
    if len(twice) > _MOST_TWICE:
        return False
    ways = chain.from_iterable(combinations(sorted(twice), size) for size in range(len(twice) + 1))
    return all(shortage(left(sure, asking | frozenset(way))) for way in ways)


def _stage(step: RuleStage, without: frozenset[PrincipalId]) -> Stage:
    approvers = _others(step.approvers, without)
    return Stage(
        name=step.name,
        approvers=approvers,
        # Never 0: a stage of which only the requestor is named is not thereby passed.
        needed=max(1, len(approvers.people)) if step.needed is None else step.needed,
        later=tuple(HandOver(after=each.after, approvers=_others(each.approvers, without)) for each in step.later),
    )


def _others(approvers: Approvers, without: frozenset[PrincipalId]) -> Approvers:
    return Approvers(people=approvers.people - without, slack_groups=approvers.slack_groups, groups=approvers.groups)


def _closed(approvers: Approvers) -> bool:
    return not (approvers.slack_groups or approvers.groups)


def _choices(stages: Sequence[Stage]) -> Iterator[tuple[Stage, ...]]:
    return chain.from_iterable(combinations(stages, size) for size in range(1, len(stages) + 1))


def _lacks(stages: tuple[Stage, ...]) -> Shortage | None:
    needed = sum(stage.needed for stage in stages)
    named = len(frozenset(chain.from_iterable(stage.everybody().people for stage in stages)))
    names = tuple(stage.name for stage in stages)
    return Shortage(stages=names, needed=needed, named=named) if named < needed else None
