"""
The kinds of resources that can be granted, and how one is found: by its word, by an ARN, by a URL.

    s3 · s3:acme-reports/2026/ · acme-reports/2026/ · arn:aws:s3:::acme-reports/2026/* · s3://acme-reports/2026/
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from daypass.model.entitlement import Entitlement, ordered
from daypass.model.errors import BadInput
from daypass.model.grant import Delivery
from daypass.model.resource import BARE, Resource
from daypass.resources.kind import Kind
from daypass.resources.role import Role
from daypass.resources.s3 import S3

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (S3(), Role())}
"""Every kind there is. A new one is one more here."""

_EVERY_LEVEL = [level for kind in KINDS.values() for level in kind.levels]
LEVELS: Mapping[str, str] = {level.word: level.label for level in [*_EVERY_LEVEL, *reversed(_EVERY_LEVEL)]}
"""Every word for a level, of whatever kind, with what it lets its holder do."""


def split_kind(text: str, kinds: Mapping[str, Kind] = KINDS) -> tuple[str, str]:
    """Split `role:deploy` into the kind and what is behind it. The kind is empty where none is named, as in a URL."""
    word, colon, rest = text.partition(":")
    return (word, rest) if colon and word in kinds and not rest.startswith("//") else ("", text)


def kind_of(resource: Resource) -> Kind:
    """The kind of a resource. Raises BadInput for one that this Daypass does not know."""
    return kind_called(resource.kind)


def kind_called(name: str) -> Kind:
    """The kind of that name. Raises BadInput (field `resource`) when there is none."""
    if name not in KINDS:
        raise BadInput(f"There is no kind of resource “{name}”; there are {', '.join(KINDS)}.", field="resource")
    return KINDS[name]


def parse_resource(text: str, *, kinds: Mapping[str, Kind] = KINDS) -> Resource:
    """
    Read a resource: `KIND:NAME`, an ARN, a URL, or a bare name, which means S3. Raises BadInput (field `resource`).

    An ARN or a URL is of the kind that claims it; one that nobody claims is explained by S3.
    """
    text = text.strip()
    named, rest = split_kind(text, kinds)
    if named:
        return kinds[named].parse(rest)
    found = next((kind for kind in kinds.values() if kind.claims(text)), kinds[BARE])
    return found.parse(text)


def resource_at(path: str, *, kind: str = BARE, account: str = "") -> Resource:
    """The resource of a path, checked by its kind. Raises BadInput (field `resource`)."""
    return kind_called(kind).at(path, account=account)


def parse_levels(text: str, kind: str = BARE) -> frozenset[str]:
    """Read `read` or `read,write`. Raises BadInput with the field `level`."""
    there_are = [level.word for level in kind_called(kind).levels]
    said = [word for word in re.split(r"[,+\s]+", text.strip().lower()) if word]
    for word in said:
        if word not in there_are:
            raise BadInput(f"“{word}” is not a level of access; there are {either(there_are)}.", field="level")
    return frozenset(said)


@lru_cache(maxsize=1024)
def implied(levels: frozenset[str], kind: str = BARE) -> frozenset[str]:
    """The levels with what they bring along: who reads, lists what they read."""
    return levels.union(*(level.implies for level in kind_called(kind).levels if level.word in levels))


def only_level(kind: str) -> frozenset[str]:
    """The level that is meant when none is said: that of a kind which has one alone; else none."""
    levels = kind_called(kind).levels
    return frozenset({levels[0].word}) if len(levels) == 1 else frozenset()


def must_fit(entitlement: Entitlement, delivery: Delivery) -> None:
    """Raise BadInput for levels, options or a delivery that this kind of resource does not have."""
    resource, kind = entitlement.resource, kind_of(entitlement.resource)
    words = [level.word for level in kind.levels]
    if not entitlement.levels <= set(words):
        wrong = min(entitlement.levels - set(words))
        raise BadInput(f"There is no “{wrong}” on {resource}; there is {either(words)}.", field="level")
    if not entitlement.options <= set(kind.options):
        raise BadInput(f"There is no “{min(entitlement.options - set(kind.options))}” on {resource}.", field="level")
    if delivery not in kind.deliveries:
        offered = either(sorted(kind.deliveries))
        raise BadInput(f"Access to {resource} is not delivered as a {delivery}; ask for a {offered}.", field="delivery")


def either(words: list[str]) -> str:
    """Several words to choose from, in a sentence: `list, read, write or delete`."""
    return f"{', '.join(words[:-1])} or {words[-1]}" if words[1:] else words[0]


def spelled(levels: frozenset[str], kind: str = BARE) -> str:
    """Name levels as one types them: without those that others bring along."""
    return ",".join(ordered(one for one in levels if one not in implied(levels - {one}, kind)))


def changing_levels(kind: str = BARE) -> frozenset[str]:
    """The levels whose holder can change something."""
    return frozenset(level.word for level in kind_called(kind).levels if level.changes)


def related(levels: frozenset[str], kind: str = BARE) -> frozenset[str]:
    """The levels that bring any of these along, or are brought along by them, and these."""
    found = [level.implies | {level.word} for level in kind_called(kind).levels if level.implies]
    return levels.union(*(one for one in found if one & levels))


def level_words() -> list[str]:
    """Every level of any kind."""
    return list(dict.fromkeys(level.word for kind in KINDS.values() for level in kind.levels))


def option_words() -> list[str]:
    """Every option of any kind."""
    return list(dict.fromkeys(option for kind in KINDS.values() for option in kind.options))


def describe(entitlement: Entitlement) -> str:
    """Say what is granted, in plain words: `read and write everything under acme-reports/2026/, with tags`."""
    levels, options = ordered(entitlement.levels), sorted(entitlement.options)
    besides = f", with {listed(options)}" if options else ""
    resource = entitlement.resource
    what = " ".join(filter(None, (listed(levels), kind_of(resource).extent(resource), str(resource))))
    return f"{what}{besides}"


def listed(words: list[str]) -> str:
    """Several words in a sentence: `read, write and delete`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
