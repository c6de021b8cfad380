"""Counting approvals, over random stages, people and orders of clicks."""

from datetime import timedelta
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from daypass.lifecycle.approval.stages import progress
from daypass.model.decision import Allowed, Approvers, RuleId, Stage
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Approval
from tests.makers import HOUR, NOON

_IDS = [PrincipalId(f"U0{letter}") for letter in "ABCDEF"]
_RULE, _OTHER = RuleId("now"), RuleId("before")
_NAMES = ("team", "security", "owner")

ids = st.sampled_from(_IDS)
crowds = st.frozensets(ids, min_size=1)


@st.composite
def decisions(draw: st.DrawFn) -> Allowed:
    """A rule's answer with one to three stages."""
    names = _NAMES[: draw(st.integers(1, 3))]
    stages = tuple(
        Stage(name=name, approvers=Approvers(people=draw(crowds)), needed=draw(st.integers(1, 2))) for name in names
    )
    return Allowed(rule=_RULE, default=HOUR, longest=HOUR, stages=stages, second_factor=draw(st.booleans()))


approvals = st.lists(
    st.builds(
        lambda by, stage, rule, factor, after: Approval(
            by=by, at=NOON + timedelta(seconds=after), rule=rule, stage=stage, second_factor=factor
        ),
        ids,
        st.sampled_from(_NAMES),
        st.sampled_from([_RULE, _RULE, _RULE, _OTHER]),
        st.sampled_from([True, True, False]),
        st.integers(0, 100),
    ),
    max_size=10,
)


@st.composite
def crews(draw: st.DrawFn) -> dict[PrincipalId, Principal]:
    """Some of the people: a few have left, a few are second accounts of others."""
    known = draw(st.frozensets(ids))
    return {
        one: Principal(
            id=one,
            name=one,
            active=draw(st.sampled_from([True, True, True, False])),
            same_as=frozenset(draw(st.lists(ids, max_size=1))),
        )
        for one in known
    }


@given(decisions(), approvals, crews(), ids)
def test_what_counts_was_given_by_different_people_who_may_stage_by_stage(
    decision: Allowed, given_so_far: list[Approval], people: dict[PrincipalId, Principal], asker: PrincipalId
) -> None:
    """Whoever counts is here, may decide in that stage, is nobody else who counts, and is not the requestor."""
    requestor = Principal(id=asker, name=asker)
    found = progress(decision, given_so_far, people=people, parties=(requestor,), since=NOON)
    stages = {stage.name: stage for stage in decision.stages}
    persons = [people[one.by] for one in found.counted]
    assert all(stages[one.stage].approvers.include(people[one.by]) for one in found.counted)
    assert all(one.rule == _RULE and (one.second_factor or not decision.second_factor) for one in found.counted)
    assert not any(person.is_also(requestor) for person in persons)
    assert not any(a.is_also(b) for i, a in enumerate(persons) for b in persons[i + 1 :])


@given(decisions(), approvals, crews(), ids)
def test_stages_are_filled_in_order_and_from_later_and_later_clicks(
    decision: Allowed, given_so_far: list[Approval], people: dict[PrincipalId, Principal], asker: PrincipalId
) -> None:
    """A stage counts only once the one before is full, and only with clicks that came after that."""
    found = progress(decision, given_so_far, people=people, parties=(Principal(id=asker, name=asker),), since=NOON)
    filled = [(name, len(list(each))) for name, each in groupby(found.counted, key=lambda one: one.stage)]
    reached = [stage for stage in decision.stages if found.stage is None or stage.name != found.stage.name]
    full = [(stage.name, stage.needed) for stage in reached[: len(filled)]]
    partly = [(found.stage.name, found.given)] if found.stage and found.given else []
    assert filled == ([*full[: len(filled) - len(partly)], *partly])
    places = iter(given_so_far)
    assert all(any(one is place for place in places) for one in found.counted)


@given(decisions(), approvals, crews(), ids)
def test_everything_counts_again_when_it_is_counted_again(
    decision: Allowed, given_so_far: list[Approval], people: dict[PrincipalId, Principal], asker: PrincipalId
) -> None:
    """What counted still does without what did not."""
    parties = (Principal(id=asker, name=asker),)
    found = progress(decision, given_so_far, people=people, parties=parties, since=NOON)
    assert progress(decision, found.counted, people=people, parties=parties, since=NOON) == found


@given(decisions(), crews())
def test_a_full_set_of_clicks_is_enough(decision: Allowed, people: dict[PrincipalId, Principal]) -> None:
    """When there are different people for all stages and each clicks in the order of the stages, nothing is lacking."""
    crew = {one: Principal(id=one, name=one) for one in _IDS}
    clicks, used = [], set(people)  # the people drawn here ask
    for stage in decision.stages:
        free = sorted(stage.approvers.people - used)[: stage.needed]
        used |= set(free)
        clicks += [Approval(by=one, at=NOON, rule=_RULE, stage=stage.name, second_factor=True) for one in free]
    found = progress(decision, clicks, people=crew, parties=[crew[one] for one in people], since=NOON)
    enough = len(clicks) == sum(stage.needed for stage in decision.stages)
    assert (found.stage is None) is enough


def test_an_approval_of_a_later_stage_does_not_count_before_its_turn() -> None:
    """Security's approval stands before the team's in the row: security is still to be asked."""
    stages = (
        Stage(name="team", approvers=Approvers(people=frozenset({_IDS[0]}))),
        Stage(name="security", approvers=Approvers(people=frozenset({_IDS[1]}))),
    )
    decision = Allowed(rule=_RULE, default=HOUR, longest=HOUR, stages=stages)
    early = Approval(by=_IDS[1], at=NOON, rule=_RULE, stage="security")
    team = Approval(by=_IDS[0], at=NOON, rule=_RULE, stage="team")
    crew = {one: Principal(id=one, name=one) for one in _IDS}
    found = progress(decision, (early, team), people=crew, parties=(), since=NOON)
    assert found.stage == stages[1]
