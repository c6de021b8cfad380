"""What a panic or a freeze is about, as people write it."""

from daypass.doors.grammar.whom import parse_person
from daypass.model.entitlement import parse_place
from daypass.model.freeze import Extent


def extent_of(*, person: str | None, resource: str | None, everything: bool) -> Extent:
    """Read it. Raises BadInput for none, for more than one, and for what is no person or place."""
    return Extent(
        person=parse_person(person) if person is not None else None,
        place=parse_place(resource) if resource is not None else None,
        everything=everything,
    )
