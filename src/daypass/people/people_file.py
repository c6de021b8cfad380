"""
The people file: what the operator knows of people that Slack does not.

    groups:
      analysts: [U0ANN, U0BEN]          # in rules: file:analysts
    managers:
      U0ANN: U0BOSS
    same_person:
      - [U0ANN, U0ANNADMIN]             # nobody decides for another account of theirs

Every fault is told with its line. A file with a fault is no file: half of what it says would be another company.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from daypass.model.errors import Fault, Misconfigured, RulesUnreadable
from daypass.model.principal import GroupName, PrincipalId
from daypass.people.member_ids import is_member_id
from daypass.rules.document.values import is_person_id
from daypass.rules.document.yaml_source import Data, DocumentSource, Path, read

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wrong:
    """A fault and where it stands."""

    path: Path
    sentence: str
    suggestion: str = _ID


def parse_register(text: str | bytes, *, name: str) -> PeopleFile:
    """Read a people file; an empty one knows nothing. Raises Misconfigured with every fault and its line."""
    try:
        source = read(text, name=name)
    except RulesUnreadable as unreadable:
        raise _unreadable(list(unreadable.faults)) from None
    data = source.data if source.data is not None else {}
    wrong = [*_wrong(data)]
    faults = [*source.faults, *(_fault(one, source, name) for one in wrong)]
    if faults or not isinstance(data, dict):
        raise _unreadable(faults)
    return _register(data)


def _wrong(data: Data) -> Iterator[_Wrong]:
    parts: Mapping[str, Callable[[Data], Iterator[_Wrong]]] = {
        "groups": _wrong_groups,
        "managers": _wrong_managers,
        "same_person": _wrong_same,
    }
    if not isinstance(data, dict):
        yield _Wrong(path=(), sentence="This is no people file.", suggestion=_FORM)
        return
    for key, given in data.items():
        if key not in parts:
            yield _Wrong(path=(key,), sentence=f"A people file has no “{key}”.", suggestion=_FORM)
        elif given is not None:
            yield from parts[key](given)


def _wrong_groups(given: Data) -> Iterator[_Wrong]:
    if not isinstance(given, dict):
        yield _Wrong(path=("groups",), sentence="Groups are written “name: [ids]”.")
        return
    for name, members in given.items():
        if not _NAME.fullmatch(name):
            yield _Wrong(
                path=("groups", name),
                sentence=f"“{name}” cannot be a group's name.",
                suggestion="Use lower-case letters, digits, hyphens and dots.",
            )
        yield from _wrong_ids(members, ("groups", name), f"The group {name}")


def _wrong_managers(given: Data) -> Iterator[_Wrong]:
    if not isinstance(given, dict):
        yield _Wrong(path=("managers",), sentence="Managers are written “id: id of the manager”.")
        return
    for person, boss in given.items():
        at: Path = ("managers", person)
        if not is_member_id(person):
            yield _Wrong(path=at, sentence=f"“{person}” is not the id of anybody.")
        if not isinstance(boss, str) or not is_person_id(boss):
            yield _Wrong(path=at, sentence=f"The manager of {person} is not a Slack user id.")
        elif boss == person:
            yield _Wrong(path=at, sentence=f"{person} is their own manager.")


def _wrong_same(given: Data) -> Iterator[_Wrong]:
    if not isinstance(given, list):
        yield _Wrong(path=("same_person",), sentence="Each person's accounts are written “- [id, id]”.")
        return
    first: dict[str, int] = {}
    for nth, accounts in enumerate(given):
        at: Path = ("same_person", nth)
        yield from _wrong_ids(accounts, at, "A person's list of accounts")
        for one in accounts if isinstance(accounts, list) else []:
            if first.setdefault(str(one), nth) != nth:
                yield _Wrong(path=at, sentence=f"{one} is in another list too.", suggestion="Make one list of the two.")


def _wrong_ids(given: Data, at: Path, whose: str) -> Iterator[_Wrong]:
    if not isinstance(given, list):
        yield _Wrong(path=at, sentence=f"{whose} is not a list.")
        return
    for nth, one in enumerate(given):
        if not isinstance(one, str) or not is_member_id(one):
            yield _Wrong(path=(*at, nth), sentence=f"“{one}” is not the id of anybody.")


def _fault(wrong: _Wrong, source: DocumentSource, name: str) -> Fault:
    return Fault(file=name, line=source.line(wrong.path), sentence=wrong.sentence, suggestion=wrong.suggestion)


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


def _unreadable(faults: list[Fault]) -> Misconfigured:
    lines = sorted(faults, key=lambda fault: fault.line)
    return Misconfigured("The people file cannot be read:\n" + "\n".join(str(fault) for fault in lines))
