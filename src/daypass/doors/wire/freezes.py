"""Panic and freezes, as programs say and see them."""

from collections.abc import Callable, Iterable
from datetime import datetime

from pydantic import ConfigDict, Field, JsonValue

from daypass.doors.wire.inputs import Incoming
from daypass.doors.wire.outputs import WireOut
from daypass.doors.wire.words import PersonText, PlaceText, ReasonText
from daypass.lifecycle.freezes.panic import Ended
from daypass.model.freeze import Freeze
from daypass.model.principal import PrincipalId

_ONE_OF: list[JsonValue] = [
    {"required": ["person"], "properties": {"person": {"type": "string"}}},
    {"required": ["resource"], "properties": {"resource": {"type": "string"}}},
    {"required": ["all"], "properties": {"all": {"const": True}}},
]


class About(Incoming):
    """What it is about: exactly one of a person, a resource, and everything."""

    model_config = ConfigDict(json_schema_extra={"oneOf": _ONE_OF})

    person: PersonText | None = Field(default=None, description="A Slack member id, or bot:NAME.")
    resource: PlaceText | None = Field(default=None, description="A bucket, a prefix that ends in /, or one object.")
    all: bool = Field(default=False, description="Everything there is.")
    reason: ReasonText = ""


class PanicIn(About):
    """End everything in it at once."""

    freeze: bool = Field(default=True, description="Freeze it too, where the caller may.")


Names = Callable[[Iterable[PrincipalId]], dict[str, str]]
"""Says who is called what."""


def people_of(freeze: Freeze) -> list[PrincipalId]:
    """Whom a freeze names."""
    return [one for one in (freeze.extent.person, *freeze.everybody, freeze.lifting) if one is not None]


class FreezeOut(WireOut):
    """A freeze that stands."""

    id: str
    about: str
    by: str
    also: list[str]
    """Who had frozen it before, where somebody else then ended everything in it too."""
    at: datetime
    reason: str
    ends: bool
    """Whether it came with a panic."""
    lifting: str | None
    """The first owner of the rules who has said that it may be lifted."""
    names: dict[str, str]
    """The names of the people in it, by id, as far as they are known."""

    @classmethod
    def of(cls, freeze: Freeze, names: Names | None = None) -> "FreezeOut":
        """Show a freeze."""
        return cls(
            id=freeze.id,
            about=str(freeze.extent),
            by=freeze.by,
            also=[one for one in freeze.also if one != freeze.by],
            at=freeze.at,
            reason=freeze.reason,
            ends=freeze.ends,
            lifting=freeze.lifting,
            names=names(people_of(freeze)) if names else {},
        )


class FreezesOut(WireOut):
    """Every freeze that stands."""

    freezes: list[FreezeOut]
    names: dict[str, str]
    """The name of the person who was asked about, by id."""

    @classmethod
    def of(cls, freezes: Iterable[Freeze], names: Names | None = None, *, about: PrincipalId | None) -> "FreezesOut":
        """Show them."""
        known = names([about]) if names and about else {}
        return cls(freezes=[FreezeOut.of(one, names) for one in freezes], names=known)


class LiftedOut(WireOut):
    """What became of a freeze: lifted, or what waits for a second owner."""

    lifted: bool
    freeze: FreezeOut | None


class EndedOut(WireOut):
    """What a panic has ended, and the freeze that keeps it so."""

    ended: dict[str, int]
    freeze: FreezeOut | None

    @classmethod
    def of(cls, ended: Ended, names: Names | None = None) -> "EndedOut":
        """Show what was ended."""
        return cls(ended=ended.counts, freeze=FreezeOut.of(ended.freeze, names) if ended.freeze else None)
