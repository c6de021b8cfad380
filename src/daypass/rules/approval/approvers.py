"""
Who is asked, once it is known what is so around an ask.

    the rule names              the directory says          asked
    a person                    nothing besides             that person
                                away, with a delegate       the delegate
                                away, has left, is nobody   nobody in their place
    the manager, an owner,      who that is                 that person, as above
      who is on call            nothing                     nobody
    an owner                    nobody has that name        nobody, and no outage: the tag is to be set right
    a group                                                 whoever is in it at the click
    a group, all of it          who is in it                each of these, as above
    any of these                somebody on the asking side nobody

Where everybody must agree, those who are not there are not waited for. A delegate counts once, whoever else they are:
where that leaves fewer people than places, the rule cannot be filled until somebody is back. What could not be found
out is still waited for, so that nothing is easier to get because a directory was out of reach.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from operator import or_

from daypass.model.decision import Approvers, Circumstances, HandOver, Needs, Question, ScheduleName, Skipped, Stage
from daypass.model.principal import GroupName, Principal, PrincipalId
from daypass.rules.approval.eligibility import OWN, Colleagues
from daypass.rules.approval.stage import RuleStage, Sources


def stages_for(
    steps: Iterable[RuleStage],
    question: Question,
    around: Circumstances | None = None,
    colleagues: Colleagues | None = None,
) -> tuple[Stage, ...]:
    """
    The stages as they stand for this ask at this moment; None knows nothing besides the question.

    Whoever asks about many rules works out the colleagues once.
    """
    known = colleagues or Colleagues.of(question, around)
    finding = _Finding(question=question, around=around, colleagues=known)
    return tuple(_stage(step, finding) for step in steps)


def outages(
    steps: Iterable[RuleStage], question: Question, around: Circumstances | None, colleagues: Colleagues
) -> tuple[str, ...]:
    """Say what of those who decide could not be looked up."""
    finding = _Finding(question=question, around=around, colleagues=colleagues)
    found = (finding.people(step.approvers, step.sources, counted=step.needed is None) for step in steps)
    return tuple(dict.fromkeys(chain.from_iterable(one.outages for one in found)))


def needed_by(step: RuleStage, principal: Principal) -> Needs:
    """What must be known to say who is asked in a step, when this one would have the access."""
    sources = step.every_source()
    manager = {principal.manager} if sources.manager and principal.manager else set()
    return Needs(
        people=step.everybody().people | manager,
        groups=step.approvers.groups if step.needed is None else frozenset(),
        schedules=sources.schedules,
        owner_tags=sources.owner_tags,
    )


def missing(stages: Iterable[Stage]) -> str:
    """Say who those are whom a rule names by what they are, and who is not there; perhaps nothing."""
    absent = (f"{one.principal} {one.why}" for stage in stages for one in stage.skipped if one.why != OWN)
    return "; ".join(dict.fromkeys(chain((why for stage in stages for why in stage.why), absent)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Who stands for a part of a rule, why, who does not, and how many parts of it could not be found out."""

    people: frozenset[PrincipalId] = frozenset()
    seats: frozenset[PrincipalId] = frozenset()
    """Whom the rule names of those for whom somebody is there: two of them may have left it to the same delegate."""
    why: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unknown: int = 0
    outages: tuple[str, ...] = ()
    """What could not be looked up, and might be known in a moment."""

    def __or__(self, other: "_Found") -> "_Found":
        return _Found(
            people=self.people | other.people,
            seats=self.seats | other.seats,
            why=tuple(dict.fromkeys((*self.why, *other.why))),
            skipped=tuple(dict.fromkeys((*self.skipped, *other.skipped))),
            unknown=self.unknown + other.unknown,
            outages=(*self.outages, *other.outages),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    """Looks for the people of one ask."""

    question: Question
    around: Circumstances | None
    colleagues: Colleagues

    def people(self, approvers: Approvers, sources: Sources, *, counted: bool) -> _Found:
        """Everybody of a part of a rule; `counted` looks into groups, since all of them must agree."""
        groups = sorted(approvers.groups) if counted else []
        parts = chain([self._seated(approvers.people)], map(self._group, groups), self._sources(sources))
        return reduce(or_, parts)

    def _sources(self, sources: Sources) -> Iterator[_Found]:
        if sources.manager:
            yield self._manager()
        yield from map(self._owner, sorted(sources.owner_tags))
        yield from map(self._on_call, sorted(sources.schedules))

    def _manager(self) -> _Found:
        whose = self.question.principal
        if whose.manager is None:
            return _unknown(f"the manager of {whose.id} is not known")
        return self._seated([whose.manager], f"is the manager of {whose.id}")

    def _owner(self, tag: str) -> _Found:
        owner = self.around.owners.get(tag) if self.around else None
        if self.around and tag in self.around.no_owners:
            return _unknown(self._no_owner(tag, self.around.no_owners[tag]))
        if owner is None:
            tags = self.around.tags if self.around else None
            outage = tags is None or tag in tags
            return _unknown(f"who owns the bucket (tag {tag}) could not be found out", outage=outage)
        return self._seated([owner], f"owns the bucket (tag {tag})")

    def _no_owner(self, tag: str, says: str) -> str:
        bucket = self.question.entitlement.resource.root
        return f"the tag {tag} of bucket {bucket} {says}; set it to the Slack user ID or email address of the owner"

    def _on_call(self, schedule: ScheduleName) -> _Found:
        on_call = self.around.on_call.get(schedule) if self.around else None
        if on_call is None:
            return _unknown(f"who is on call for {schedule} could not be found out", outage=True)
        if not on_call:
            return _unknown(f"nobody is on call for {schedule}")
        return self._seated(on_call, f"is on call for {schedule}")

    def _group(self, group: GroupName) -> _Found:
        members = self.around.groups.get(group) if self.around else None
        if members is None:
            return _unknown(f"who is in {group} could not be found out", outage=True)
        return self._seated(members, f"is in {group}") if members else _unknown(f"nobody is in {group}")

    def _seated(self, named: Iterable[PrincipalId], why: str = "") -> _Found:
        return reduce(or_, (self._seat(one, why) for one in sorted(named)), _Found())

    def _seat(self, named: PrincipalId, why: str) -> _Found:
        seat = self.colleagues.seat(named)
        return _Found(
            people=frozenset() if seat.taken_by is None else frozenset({seat.taken_by}),
            seats=frozenset() if seat.taken_by is None else frozenset({named}),
            why=(f"{named} {why}",) if why else (),
            skipped=(Skipped(principal=named, why=seat.passed_over),) if seat.passed_over else (),
        )


def _unknown(why: str, *, outage: bool = False) -> _Found:
    return _Found(why=(why,), unknown=1, outages=(why,) if outage else ())


def _stage(step: RuleStage, finding: _Finding) -> Stage:
    everybody = step.needed is None
    now = finding.people(step.approvers, step.sources, counted=everybody)
    later = [finding.people(each.approvers, each.sources, counted=False) for each in step.later]
    ever = reduce(or_, later, now)
    return Stage(
        name=step.name,
        approvers=Approvers(people=now.people) if everybody else _with_groups(now, step.approvers),
        # Never 0: a stage of which nobody is there is not thereby passed.
        needed=max(1, finding.colleagues.count(now.seats) + now.unknown) if step.needed is None else step.needed,
        later=tuple(
            HandOver(after=each.after, approvers=_with_groups(found, each.approvers))
            for each, found in zip(step.later, later, strict=True)
        ),
        why=ever.why,
        skipped=ever.skipped,
    )


def _with_groups(found: _Found, approvers: Approvers) -> Approvers:
    return Approvers(people=found.people, slack_groups=approvers.slack_groups, groups=approvers.groups)
