"""
The people file: what the operator knows of people that Slack does not.

    groups:
      analysts: [U0ANN, U0BEN]          # in rules: file:analysts
    managers:
      U0ANN: U0BOSS
    same_person:
      - [U0ANN, U0ANNADMIN]             # nobody decides for another account of theirs

Every fault is told with its line. A file that has become unreadable, or is gone, refuses everybody from that moment on,
as unreadable rules do: without it nobody knows any more whose second account would decide on whose request.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path as FilePath

from daypass.model.errors import Misconfigured, NotFound
from daypass.model.principal import GroupName, PrincipalId
from daypass.people.member_ids import is_member_id
from daypass.rules.document.values import is_person_id
from daypass.rules.document.yaml_source import Data, Path
from daypass.sources.operator_yaml import Flaw, OperatorYaml
from daypass.sources.watched_file import WatchedFile

SOURCE = "file"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_ID = "Write Slack user ids such as U02ABCDEF."
_FORM = "Write “groups:”, “managers:” and “same_person:”; see docs/people.md."

Ids = frozenset[PrincipalId]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFile:
    """What a people file says."""

    groups: Mapping[GroupName, Ids] = field(default_factory=dict)
    managers: Mapping[PrincipalId, PrincipalId] = field(default_factory=dict)
    same: Mapping[PrincipalId, Ids] = field(default_factory=dict)
    """Of each id, the other ids of the same person."""

    def groups_of(self, principal_id: PrincipalId) -> frozenset[GroupName]:
        """The groups that somebody is in."""
        return frozenset(name for name, members in self.groups.items() if principal_id in members)


class PeopleFileOnDisk:
    """A people file, read again whenever its text has changed: a GroupSource, too."""

    name = SOURCE

    def __init__(self, path: FilePath) -> None:
        """Name the file; it is read each time it is asked for."""
        self._file = WatchedFile(
            path,
            partial(parse_register, name=str(path)),
            unreachable=lambda why: Misconfigured(f"The people file {path} cannot be read: {why}."),
        )

    def now(self) -> PeopleFile:
        """What the file says. Raises Misconfigured, with every fault, for as long as it is bad."""
        return self._file.now()

    def groups_of(self, principal_id: PrincipalId) -> frozenset[GroupName]:
        """The groups that somebody is in. Raises Misconfigured."""
        return self.now().groups_of(principal_id)

    def members(self, group: GroupName) -> frozenset[PrincipalId]:
        """Who is in a group. Raises NotFound for one that the file does not have, Misconfigured."""
        try:
            return self.now().groups[group]
        except KeyError:
            raise NotFound(f"The people file has no group {group}.") from None


def parse_register(text: str | bytes, *, name: str) -> PeopleFile:
    """Read a people file; an empty one knows nothing. Raises Misconfigured with every fault and its line."""
    file = OperatorYaml.read(text, name=name, what="The people file", form=_FORM, otherwise="This is no people file.")
    file.must_have_no(_flaws(file.data))
    return _register(file.data)


def _flaws(data: Mapping[str, Data]) -> Iterator[Flaw]:
    parts: Mapping[str, Callable[[Data], Iterator[Flaw]]] = {
        "groups": _wrong_groups,
        "managers": _wrong_managers,
        "same_person": _wrong_same,
    }
    for key, given in data.items():
        if key not in parts:
            yield Flaw(path=(key,), sentence=f"A people file has no “{key}”.", suggestion=_FORM)
        elif given is not None:
            yield from parts[key](given)


def _wrong_groups(given: Data) -> Iterator[Flaw]:
    if not isinstance(given, dict):
        yield Flaw(path=("groups",), sentence="Groups are written “name: [ids]”.", suggestion=_ID)
        return
    for name, members in given.items():
        if not _NAME.fullmatch(name):
            yield Flaw(
                path=("groups", name),
                sentence=f"“{name}” cannot be a group's name.",
                suggestion="Use lower-case letters, digits, hyphens and dots.",
            )
        yield from _wrong_ids(members, ("groups", name), f"The group {name}")


def _wrong_managers(given: Data) -> Iterator[Flaw]:
    if not isinstance(given, dict):
        yield Flaw(path=("managers",), sentence="Managers are written “id: id of the manager”.", suggestion=_ID)
        return
    for person, boss in given.items():
        at: Path = ("managers", person)
        if not is_member_id(person):
            yield Flaw(path=at, sentence=f"“{person}” is not the id of anybody.", suggestion=_ID)
        if not isinstance(boss, str) or not is_person_id(boss):
            yield Flaw(path=at, sentence=f"The manager of {person} is not a Slack user id.", suggestion=_ID)
        elif boss == person:
            yield Flaw(path=at, sentence=f"{person} is their own manager.", suggestion=_ID)


def _wrong_same(given: Data) -> Iterator[Flaw]:
    if not isinstance(given, list):
        yield Flaw(path=("same_person",), sentence="Each person's accounts are written “- [id, id]”.", suggestion=_ID)
        return
    first: dict[str, int] = {}
    for nth, accounts in enumerate(given):
        at: Path = ("same_person", nth)
        yield from _wrong_ids(accounts, at, "A person's list of accounts")
        for one in accounts if isinstance(accounts, list) else []:
            if first.setdefault(str(one), nth) != nth:
                yield Flaw(path=at, sentence=f"{one} is in another list too.", suggestion="Make one list of the two.")


def _wrong_ids(given: Data, at: Path, whose: str) -> Iterator[Flaw]:
    if not isinstance(given, list):
        yield Flaw(path=at, sentence=f"{whose} is not a list.", suggestion=_ID)
        return
    for nth, one in enumerate(given):
        if not isinstance(one, str) or not is_member_id(one):
            yield Flaw(path=(*at, nth), sentence=f"“{one}” is not the id of anybody.", suggestion=_ID)


def _register(data: Mapping[str, Data]) -> PeopleFile:
    """Put together what was found to be right."""
    groups, managers, same = data.get("groups"), data.get("managers"), data.get("same_person")
    accounts = [_ids(one) for one in same] if isinstance(same, list) else []
    return PeopleFile(
        groups={GroupName(f"{SOURCE}:{name}"): _ids(ids) for name, ids in groups.items()}
        if isinstance(groups, dict)
        else {},
        managers={PrincipalId(one): PrincipalId(str(boss)) for one, boss in managers.items()}
        if isinstance(managers, dict)
        else {},
        same={one: ids - {one} for ids in accounts for one in ids},
    )


def _ids(given: Data) -> Ids:
    return frozenset(PrincipalId(str(one)) for one in given) if isinstance(given, list) else frozenset()
