"""
Who is in the workspace, from a file that people write: members, channels and user groups.

    name: Acme
    people:
      - {name: ann, real_name: Ann Archer, title: Engineer, colour: plum}
      - {name: ben, real_name: Ben Baker, id: U0BEN, is_admin: true}
    channels:
      - {name: general, topic: News}                     # without members: everybody, and the app
      - {name: team-leads, kind: private_channel, members: [ben, app]}
    groups:
      - {handle: leads, name: Leads, users: [ben]}

An id that is not given is made of the name: U0ANN, C0TEAMLEADS, S0LEADS. Whoever is named may be named by either. The
fields are those of `Person`, `Channel` and `UserGroup`; one that does not exist is refused, with those that do.
"""

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

import yaml

from localslack.workspace import APP, Channel, Colour, Kind, Person, UserGroup

_PARTS = ("name", "people", "channels", "groups")


class UnreadableError(Exception):
    """A workspace file that cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everybody in a workspace, and where they meet."""

    name: str
    people: list[Person]
    channels: list[Channel]
    groups: list[UserGroup]


def read(text: str, *, also: Iterable[Person] = ()) -> Roster:
    """Read a workspace file, with more members. Raises UnreadableError."""
    try:
        document = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise UnreadableError(f"This is not YAML: {error}") from None
    written = _fields("The file", document, _PARTS)
    people = [*(_person(one) for one in _list(written, "people")), *also]
    ids = {person.name: person.id for person in people} | {person.id: person.id for person in people} | {"app": APP}
    found = Roster(
        name=str(written.get("name", "Acme")),
        people=people,
        channels=[_channel(one, ids) for one in _list(written, "channels") or [{"name": "general"}]],
        groups=[_group(one, ids) for one in _list(written, "groups")],
    )
    if all(one.deleted or one.is_bot for one in people):
        raise UnreadableError("Nobody is in this workspace. List people, such as: people: [{name: ann}].")
    return found


def person(name: str, real_name: str) -> Person:
    """Give a member of this name, with an id made of it."""
    return Person(id=_id("U0", name), name=name, real_name=real_name)


def _person(written: Any) -> Person:
    fields = _fields("A person", written, _names_of(Person), needed=("name",))
    fields = {"real_name": str(fields["name"]).capitalize(), "id": _id("U0", fields["name"]), **fields}
    if str(fields.get("tz", "UTC")) not in available_timezones():
        raise UnreadableError(f'"{fields["tz"]}" is no time zone. One is: Europe/Amsterdam.')
    return Person(**fields | {"colour": _one_of(Colour, fields.get("colour", Colour.SLATE))})


def _channel(written: Any, ids: Mapping[str, str]) -> Channel:
    fields = _fields("A channel", written, _names_of(Channel), needed=("name",))
    members = _list(fields, "members") if "members" in fields else [*ids]
    fields = {"id": _id("C0", fields["name"]), **fields, "members": {_whom(ids, one) for one in members}}
    return Channel(**fields | {"kind": _one_of(Kind, fields.get("kind", Kind.PUBLIC))})


def _group(written: Any, ids: Mapping[str, str]) -> UserGroup:
    fields = _fields("A group", written, _names_of(UserGroup), needed=("handle",))
    users = [_whom(ids, one) for one in _list(fields, "users")]
    return UserGroup(**{"id": _id("S0", fields["handle"]), "name": fields["handle"], **fields, "users": users})


def _whom(ids: Mapping[str, str], named: Any) -> str:
    if not isinstance(named, str) or named not in ids:
        raise UnreadableError(f'Nobody is called "{named}". There are: {", ".join(ids)}.')
    return ids[named]


def _list(written: Mapping[str, Any], part: str) -> list[Any]:
    found = written.get(part, [])
    if not isinstance(found, list):
        raise UnreadableError(f'"{part}" is a list.')
    return found


def _fields(what: str, written: Any, known: Iterable[str], *, needed: Iterable[str] = ()) -> dict[str, Any]:
    """Read a map that has no field but the known ones, and has the needed ones."""
    if not isinstance(written, dict):
        raise UnreadableError(f"{what} is written as a map, such as {{name: ann}}.")
    for name in written:
        if name not in known:
            raise UnreadableError(f'{what} has no "{name}". It has: {", ".join(known)}.')
    for name in needed:
        if not isinstance(written.get(name), str):
            raise UnreadableError(f'{what} needs a "{name}".')
    return written


def _names_of(kind: type[Person | Channel | UserGroup]) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


def _one_of(choices: type[Colour] | type[Kind], value: Any) -> Any:
    if value not in list(choices):
        raise UnreadableError(f'"{value}" is none of: {", ".join(choices)}.')
    return choices(value)


def _id(prefix: str, name: str) -> str:
    return prefix + re.sub(r"[^A-Z0-9]", "", str(name).upper())
