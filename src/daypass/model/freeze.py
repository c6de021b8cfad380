"""
What is ended at once, and what is given nothing until two owners lift it: a person, a place, or all there is.

What was not told is never read as the widest: an extent says exactly one of the three.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from daypass.model.errors import BadInput
from daypass.model.grant import GrantId
from daypass.model.principal import DAYPASS, PrincipalId
from daypass.model.record import Validity
from daypass.model.resource import Resource

IN_FORCE = "in-force"
"""The key of the one row that holds all freezes: a row that somebody deletes or changes is noticed where it is read."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a row was written that never was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What a panic or a freeze is about."""

    person: PrincipalId | None = None
    place: Resource | None = None
    everything: bool = False

    def __post_init__(self) -> None:
        if [self.person is not None, self.place is not None, self.everything].count(True) != 1:
            raise BadInput("Say what it is about: --person WHO, --resource WHERE, or --all, and only one of them.")

    @property
    def kind(self) -> str:
        """Which of the three it says: `person`, `resource` or `all`."""
        return "person" if self.person is not None else "resource" if self.place is not None else "all"

    def __str__(self) -> str:
        return f"{self.person or self.place or 'everything'}"

    def names(self, people: frozenset[PrincipalId]) -> bool:
        """Whether it is about one of these people, or about everybody."""
        return self.everything or self.person in people

    def touches(self, place: Resource) -> bool:
        """Whether it is about a part of this place, or about every place."""
        return self.everything or (self.place is not None and self.place.overlaps(place))


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Nothing is given within this extent until two different owners of the rules have lifted it."""

    id: GrantId
    extent: Extent
    by: PrincipalId
    at: datetime
    reason: str = ""
    ends: bool = False
    """Whether it came with a panic: a worker ends what there is in it until nothing is left."""
    lifting: PrincipalId | None = None
    """The first owner who has said that it may be lifted."""
    also: tuple[PrincipalId, ...] = ()
    """Who had frozen it before, where somebody else then ended everything in it too."""

    @property
    def everybody(self) -> tuple[PrincipalId, ...]:
        """Everybody who froze it, the last one first."""
        return (self.by, *(one for one in self.also if one != self.by))


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezes:
    """Every freeze that stands, in one row."""

    standing: tuple[Freeze, ...]
    at: datetime
    state: Validity = Validity.OPEN
    revision: int = 0

    @property
    def key(self) -> str:
        """There is one."""
        return IN_FORCE

    @property
    def owner(self) -> str:
        """The service itself."""
        return DAYPASS
