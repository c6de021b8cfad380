"""Whatever the rule names and whatever the directory says: nobody decides for themselves, and no stage gets lost."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from daypass.model.decision import Approvers, Circumstances, Question, ScheduleName, Stage
from daypass.model.principal import Away, AwsIdentity, GroupName, Principal, PrincipalId
from daypass.rules.approval.approvers import stages_for
from daypass.rules.approval.stage import LateApprovers, RuleStage, Sources
from tests.examples import examples
from tests.rules.worlds import HOUR, ask

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
IDS = [PrincipalId(name) for name in ("U0ANN", "U0BEN", "U0CID", "U0DEE", "bot:deploy")]
TAG, SCHEDULE, GROUP = "team-owner", ScheduleName("payments"), GroupName("file:budget")

anybody = st.sampled_from(IDS)
nobody: st.SearchStrategy[PrincipalId | None] = st.none()
few = st.frozensets(anybody, max_size=3)
rarely = st.sampled_from([False, False, False, True])
arns = st.sampled_from([None, None, None, *(f"arn:aws:iam::111122223333:user/u{n}" for n in range(2))])


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """An ask with everything around it, and steps that it is put to."""

    question: Question
    around: Circumstances
    steps: tuple[RuleStage, ...]

    def stages(self) -> tuple[Stage, ...]:
        """Who is asked."""
        return stages_for(self.steps, self.question, self.around)


@st.composite
def people(draw: st.DrawFn, one: PrincipalId) -> Principal:
    """Draw what the directory says of somebody."""
    until = draw(st.sampled_from([None, NOON, NOON - HOUR, NOON + HOUR]))
    delegate = draw(nobody | anybody)
    arn = draw(arns)
    return Principal(
        id=one,
        name=one,
        active=not draw(rarely),
        manager=draw(nobody | anybody),
        same_as=draw(st.just(frozenset[PrincipalId]()) | st.frozensets(anybody, max_size=1)),
        aws=AwsIdentity(arn=arn) if arn else None,
        away=Away(until=until, delegate=delegate) if draw(st.booleans()) else None,
        owner=draw(anybody) if one.startswith("bot:") else None,
    )


sources = st.builds(
    Sources,
    manager=st.booleans(),
    owner_tags=st.sampled_from([frozenset[str](), frozenset({TAG})]),
    schedules=st.sampled_from([frozenset[ScheduleName](), frozenset({SCHEDULE})]),
)
approvers = st.builds(
    Approvers, people=few, groups=st.sampled_from([frozenset[GroupName](), frozenset[GroupName](), frozenset({GROUP})])
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw an ask, what is known around it, and one to three steps."""
    known = {one: draw(people(one)) for one in IDS}
    principal, asker = known[draw(anybody)], draw(st.none() | anybody.map(known.__getitem__))
    looked_up = draw(st.frozensets(anybody))
    around = Circumstances(
        at=NOON,
        people={one: known[one] for one in sorted(looked_up)},
        strangers=draw(st.just(frozenset[PrincipalId]()) | few) - looked_up,
        groups=draw(st.just({}) | few.map(lambda found: {GROUP: found})),
        on_call=draw(st.just({}) | few.map(lambda found: {SCHEDULE: found})),
        owners=draw(st.just({}) | anybody.map(lambda found: {TAG: found})),
    )
    later = st.lists(
        st.builds(LateApprovers, after=st.just(HOUR), approvers=approvers, sources=sources), max_size=1
    ).map(tuple)
    names = ["team", "lead", "security"][: draw(st.integers(1, 3))]
    needed = st.sampled_from([None, 1, 2])
    steps = tuple(
        draw(st.builds(RuleStage, name=st.just(name), approvers=approvers, sources=sources, needed=needed, later=later))
        for name in names
    )
    return World(question=replace(ask(who=principal), asker=asker), around=around, steps=steps)


def on_the_asking_side(world: World) -> set[PrincipalId]:
    """Every account of who asks, would have it or answers for it: each fact of the directory joins two ids."""
    parties = [world.question.principal, *([world.question.asker] if world.question.asker else [])]
    known = [*parties, *world.around.people.values()]
    joined = [{one.id, other} for one in known for other in one.same_as]
    joined += [{one.id, other.id} for one in known for other in known if one.aws and one.aws == other.aws]
    found = {one.id for one in parties} | {one.owner for one in parties if one.owner}
    for _ in joined:
        for pair in joined:
            found |= pair if pair & found else set()
    return found


def named_by(step: RuleStage, world: World, *, counted: bool) -> set[PrincipalId]:
    """Everybody whom a step names at first, in whichever way."""
    around = world.around
    named = set(step.approvers.people)
    named |= {owner for tag, owner in around.owners.items() if tag in step.sources.owner_tags}
    named |= {one for name, found in around.on_call.items() if name in step.sources.schedules for one in found}
    named |= {
        one for name, found in around.groups.items() if counted and name in step.approvers.groups for one in found
    }
    manager = world.question.principal.manager
    return named | ({manager} if step.sources.manager and manager else set())


def missing(one: PrincipalId, around: Circumstances) -> bool:
    """Whether the directory says that somebody is not there."""
    known = around.people.get(one)
    away = known is not None and known.away is not None and (known.away.until is None or known.away.until > NOON)
    return one in around.strangers or away or (known is not None and not known.active)


@examples(125)
@given(worlds())
def test_nobody_on_the_asking_side_is_ever_asked(world: World) -> None:
    """Not by id, alias, second account, delegate, as manager, owner, on call or in a group that is counted."""
    asking = on_the_asking_side(world)

    for stage in world.stages():
        assert asking.isdisjoint(stage.everybody().people)


@examples(50)
@given(worlds())
def test_no_stage_is_lost_and_none_passes_by_itself(world: World) -> None:
    """The stages are those of the rule, each wants somebody, and a number is what the rule says."""
    stages = world.stages()

    assert [stage.name for stage in stages] == [step.name for step in world.steps]
    for stage, step in zip(stages, world.steps, strict=True):
        assert stage.needed >= 1
        assert step.needed in (None, stage.needed)
        assert [each.after for each in stage.later] == [each.after for each in step.later]


@examples(125)
@given(worlds())
def test_who_is_asked_is_named_or_stands_in_for_one_who_is_named_and_away(world: World) -> None:
    """Nobody else comes in, who does not come in is told why, and who is not there is not asked."""
    for stage, step in zip(world.stages(), world.steps, strict=True):
        named = named_by(step, world, counted=step.needed is None)
        people = {one: world.around.people[one] for one in named if one in world.around.people}
        delegates = {known.away.delegate for one, known in people.items() if known.away and missing(one, world.around)}

        assert set(stage.approvers.people) <= named | delegates
        assert named - set(stage.approvers.people) <= {one.principal for one in stage.skipped}
        assert not any(missing(one, world.around) or one.startswith("bot:") for one in stage.everybody().people)


@examples(50)
@given(worlds())
def test_where_everybody_must_agree_knowing_less_is_never_easier(world: World) -> None:
    """Take away what is known of the owner, of who is on call and of the group: at least as many people lack."""
    less = replace(world, around=replace(world.around, owners={}, on_call={}, groups={}))

    for much, little, step in zip(world.stages(), less.stages(), world.steps, strict=True):
        if step.needed is None:
            assert little.needed - len(little.approvers.people) >= much.needed - len(much.approvers.people)


@examples(50)
@given(worlds())
def test_every_other_person_who_is_there_and_named_is_asked(world: World) -> None:
    """Nobody is left out without a reason."""
    asking = on_the_asking_side(world)

    for stage, step in zip(world.stages(), world.steps, strict=True):
        named = named_by(step, world, counted=step.needed is None)
        there = {one for one in named - asking if not missing(one, world.around) and not one.startswith("bot:")}
        assert there <= stage.approvers.people
