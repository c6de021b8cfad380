"""Sets of people as a rule names them, with its named groups unfolded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from daypass.model.principal import Principal, PrincipalId, SlackGroupId


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """People by id and Slack user groups by id; `anyone` is everybody with an active account."""

    people: frozenset[PrincipalId] = frozenset()
    slack_groups: frozenset[SlackGroupId] = frozenset()
    anyone: bool = False

    def include(self, principal: Principal) -> bool:
        """Whether this person, as the directory has them now, is one of them."""
        return self.anyone or principal.id in self.people or not self.slack_groups.isdisjoint(principal.slack_groups)

    def __or__(self, other: "People") -> "People":
        return People(
            people=self.people | other.people,
            slack_groups=self.slack_groups | other.slack_groups,
            anyone=self.anyone or other.anyone,
        )

    def __bool__(self) -> bool:
        return bool(self.anyone or self.people or self.slack_groups)


ANYONE = People(anyone=True)
NOBODY = People()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a document says of a set of people: ids, and the names of other groups."""

    own: People
    groups: tuple[str, ...] = ()


def find_circle(groups: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Find groups that contain each other: names in order, the first again at the end; empty when none do."""
    done: set[str] = set()
    for name in groups:
        if circle := _circle_from(name, groups, done):
            return circle
    return ()


def unfold(named: Named, groups: Mapping[str, Named]) -> People:
    """All the people of a set, its groups and their groups. A group that is unknown adds nobody."""
    people, seen, ahead = named.own, set[str](), list(named.groups)
    while ahead:
        name = ahead.pop()
        if name in groups and name not in seen:
            seen.add(name)
            people |= groups[name].own
            ahead.extend(groups[name].groups)
    return people


def _circle_from(start: str, groups: Mapping[str, Sequence[str]], done: set[str]) -> tuple[str, ...]:
    # An explicit stack: a chain of ten thousand groups must not end in a RecursionError.
    trail: list[tuple[str, Iterable[str]]] = [(start, iter(groups.get(start, ())))]
    while trail:
        for name in trail[-1][1]:
            names = [walked for walked, _ in trail]
            if name in names:
                return (*names[names.index(name) :], name)
            if name not in done:
                trail.append((name, iter(groups.get(name, ()))))
                break
        else:
            done.add(trail.pop()[0])
    return ()
