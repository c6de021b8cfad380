"""What a panic or a freeze is about, as people write it; and what a panic has ended, as they read it."""

from collections.abc import Mapping

from daypass.doors.language.person import parse_person
from daypass.model.freeze import Extent
from daypass.resources.registry import parse_resource


def extent_of(*, person: str | None, resource: str | None, everything: bool) -> Extent:
    """Read it. Raises BadInput for none, for more than one, and for what is no person or place."""
    return Extent(
        person=parse_person(person) if person is not None else None,
        place=parse_resource(resource) if resource is not None else None,
        everything=everything,
    )


def words_for_ended(counts: Mapping[str, int]) -> str:
    """What was ended, counted: `1 grant, 12 logins`; empty when it was nothing."""
    return ", ".join(f"{number} {_one(what) if number == 1 else what}" for what, number in counts.items() if number)


def _one(what: str) -> str:
    head, *rest = what.split(" of ")
    return " of ".join([head.removesuffix("s"), *rest])
