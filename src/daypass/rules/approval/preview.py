"""
Who will be asked, in which order and why: what the person reads before they ask, and the approvers after it.

Ids stay as they are; whoever shows the sentences puts names in their place.
"""

from collections.abc import Iterator, Sequence

from daypass.model.decision import Approvers, Stage
from daypass.model.length import words_for_length

_NAMED = 12
"""How many are named in one sentence."""


def preview(stages: Sequence[Stage]) -> list[str]:
    """Say of each stage who decides now and later, why these, and who does not; nothing where nobody is asked."""
    return list(dict.fromkeys(sentence for position in range(len(stages)) for sentence in _stage(stages, position)))


def _stage(stages: Sequence[Stage], position: int) -> Iterator[str]:
    stage = stages[position]
    turn = f"{'Then' if position else 'First'}, at stage {stage.name}, " if len(stages) > 1 else ""
    yield _sentence(f"{turn}{_whom(stage)}")
    for each in stage.later:
        after = f"After {words_for_length(each.after)}" + (f" at stage {stage.name}" if turn else "")
        yield f"{after}, {_names(each.approvers, 'or')} may decide too."
    yield from map(_sentence, stage.why)
    yield from (_sentence(f"{one.principal} {one.why}") for one in stage.skipped)


def _whom(stage: Stage) -> str:
    approvers = stage.approvers
    if not approvers:
        return f"nobody can be asked at first; it needs {_people(stage.needed)}"
    open_ended = bool(approvers.slack_groups or approvers.groups)
    if not open_ended and len(approvers.people) == stage.needed:
        return f"{_names(approvers, 'and')} decide{'s' if stage.needed == 1 else ''}"
    if stage.needed == 1:
        return f"any one of {_names(approvers, 'or')} decides"
    return f"{_people(stage.needed)} out of {_names(approvers, 'and')} decide"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} different people"


def _names(approvers: Approvers, last: str) -> str:
    groups = [f"the members of {group}" for group in sorted([*approvers.slack_groups, *approvers.groups])]
    names = [*sorted(approvers.people), *groups]
    if len(names) > _NAMED:
        names = [*names[:_NAMED], f"{len(names) - _NAMED} more"]
    if len(names) < 2:  # noqa: PLR2004 - a list of one needs no word before its last
        return "".join(names) or "nobody else"
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
