"""How the document says who decides, read into steps; and every mention of people on the way."""

from collections.abc import Iterator, Mapping

from daypass.model.decision import Approvers, ScheduleName
from daypass.model.principal import GroupName, PrincipalId, SlackGroupId
from daypass.rules.approval.stage import LateApprovers, RuleStage, Sources
from daypass.rules.document.shape_approval import ApproversShape, ApproveShape, PeopleShape, StageShape, WayShape
from daypass.rules.document.yaml_source import Data, Path
from daypass.rules.rule.people import Named, NamedPeople, everybody

ONLY = "approval"
"""The name of the stage where there is one alone."""

Groups = Mapping[str, NamedPeople]


def named(shape: PeopleShape) -> Named:
    """What a part of the document says of people, its groups not yet unfolded."""
    own = NamedPeople(
        people=frozenset(map(PrincipalId, shape.people)),
        slack_groups=frozenset(map(SlackGroupId, shape.slack_groups)),
        directory_groups=frozenset(map(GroupName, shape.directory_groups)),
    )
    return Named(own=own, groups=tuple(shape.groups))


def steps(approve: ApproveShape | str, groups: Groups) -> tuple[RuleStage, ...]:
    """The steps in their order; none where nobody is asked."""
    if not isinstance(approve, ApproveShape):
        return ()
    if approve.stages is None:
        return (_step(ONLY, approve, groups),)
    return tuple(_step(stage.name, stage, groups) for stage in approve.stages)


def uncountable(approve: ApproveShape | str, groups: Groups) -> Iterator[Path]:
    """Where everybody of a set must agree and a Slack group is in it, also by way of a group of the document."""
    if isinstance(approve, ApproveShape):
        for path, way in _ways(approve):
            if way.all_of and everybody(named(way.all_of), groups).slack_groups:
                yield (*path, "all_of")


def people_of(approve: Data) -> Iterator[tuple[Path, Data]]:
    """Go through the people that an approval names, also where it has other faults."""
    fields = approve if isinstance(approve, dict) else {}
    for field in ("anyone_of", "of", "all_of"):
        yield (field,), fields.get(field)
    for position, after in enumerate(_listed(fields.get("hand_over"))):
        yield ("hand_over", position, "to"), after.get("to") if isinstance(after, dict) else None
    for position, stage in enumerate(_listed(fields.get("stages"))):
        inner = {name: value for name, value in stage.items() if name != "stages"} if isinstance(stage, dict) else None
        yield from ((("stages", position, *path), people) for path, people in people_of(inner))


def _ways(approve: ApproveShape) -> Iterator[tuple[Path, WayShape | StageShape]]:
    yield (), approve
    yield from ((("stages", position), stage) for position, stage in enumerate(approve.stages or ()))


def _step(name: str, way: WayShape, groups: Groups) -> RuleStage:
    people = way.anyone_of or way.of or way.all_of
    assert people is not None  # noqa: S101 - WayShape refused everything else
    return RuleStage(
        name=name,
        approvers=_approvers(people, groups),
        sources=_sources(people),
        needed=None if way.all_of else way.at_least or 1,
        later=tuple(
            LateApprovers(after=each.after, approvers=_approvers(each.to, groups), sources=_sources(each.to))
            for each in way.hand_over
        ),
    )


def _approvers(shape: PeopleShape, groups: Groups) -> Approvers:
    found = everybody(named(shape), groups)
    return Approvers(people=found.people, slack_groups=found.slack_groups, groups=found.directory_groups)


def _sources(shape: ApproversShape) -> Sources:
    return Sources(
        manager=shape.manager,
        owner_tags=frozenset(shape.owner),
        schedules=frozenset(map(ScheduleName, shape.on_call)),
    )


def _listed(data: Data) -> list[Data]:
    return data if isinstance(data, list) else []
