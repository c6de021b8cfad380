"""Sets of people as a rule names them, with its named groups unfolded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from daypass.model.principal import GroupName, Principal, PrincipalId, SlackGroupId


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPeople:
    """People and Slack user groups by id, groups of other directories by name; `anyone` is every active account."""

    people: frozenset[PrincipalId] = frozenset()
    slack_groups: frozenset[SlackGroupId] = frozenset()
    directory_groups: frozenset[GroupName] = frozenset()
    anyone: bool = False

    def include(self, principal: Principal, *, guests: bool) -> bool:
        """
        Whether this person, as the directory has them now, is one of them.

        `guests` says whether `anyone` and groups hold guests too; a guest named by id is named.
        """
        if not self.people.isdisjoint(principal.ids):
            return True
        if principal.guest and not guests:
            return False
        return (
            self.anyone
            or not self.slack_groups.isdisjoint(principal.slack_groups)
            or not self.directory_groups.isdisjoint(principal.groups)
        )

    def __or__(self, other: "NamedPeople") -> "NamedPeople":
        return NamedPeople(
            people=self.people | other.people,
            slack_groups=self.slack_groups | other.slack_groups,
            directory_groups=self.directory_groups | other.directory_groups,
            anyone=self.anyone or other.anyone,
        )

    def __bool__(self) -> bool:
        return bool(self.anyone or self.people or self.slack_groups or self.directory_groups)


ANYONE = NamedPeople(anyone=True)
NOBODY = NamedPeople()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a document says of a set of people: ids, and the names of other groups."""

    own: NamedPeople
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Groups in an order in which each comes after those it holds; or a circle of them, for which there is none."""

    names: tuple[str, ...]
    circle: tuple[str, ...] = ()
    """The names of a circle, the first again at the end."""


def in_order(groups: Mapping[str, Named]) -> Order:
    """Put groups in order, each once. Groups that are unknown are left out."""
    done: dict[str, None] = {}
    for name in groups:
        if circle := _visit(name, groups, done):
            return Order(names=tuple(done), circle=circle)
    return Order(names=tuple(done))


def unfold(groups: Mapping[str, Named]) -> dict[str, NamedPeople]:
    """All the people of each group, with those of the groups it holds."""
    found: dict[str, NamedPeople] = {}
    for name in in_order(groups).names:
        found[name] = everybody(groups[name], found)
    return found


def everybody(named: Named, groups: Mapping[str, NamedPeople]) -> NamedPeople:
    """All the people of a set, with those of its groups. A group that is unknown adds nobody."""
    return reduce(or_, (groups.get(group, NOBODY) for group in named.groups), named.own)


def _visit(start: str, groups: Mapping[str, Named], done: dict[str, None]) -> tuple[str, ...]:
    # An explicit stack: a chain of ten thousand groups must not end in a RecursionError.
    trail: dict[str, Iterator[str]] = {}
    ahead = [start]
    while ahead:
        name = ahead[-1]
        if name in done:
            ahead.pop()
            continue
        inner = next(trail.setdefault(name, iter(groups[name].groups)), None)
        if inner is None:
            done[name] = None
            del trail[name]
            ahead.pop()
        elif inner in trail:
            names = list(trail)
            return (*names[names.index(inner) :], inner)
        elif inner in groups:
            ahead.append(inner)
    return ()
