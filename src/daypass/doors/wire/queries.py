"""What stands after the `?`, strictly: a misspelt `dry_run` must not become the real thing."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from daypass.doors.wire.words import PersonText

_MOST = 2**53
_TRUTHS = {"true": True, "false": False}


def _truth(said: Any) -> Any:
    """Read true or false, as the description has it, and not `on` or `y`."""
    return _TRUTHS.get(said.lower(), []) if isinstance(said, str) else said


Truth = Annotated[bool, BeforeValidator(_truth)]


class Query(BaseModel):
    """The parameters of an address."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class DryRunQuery(Query):
    """Whether it is only tried."""

    dry_run: Truth = Field(default=False, description="Only say what would be decided and written.")


class WithEnded(Query):
    """Whether what is over is listed too."""

    ended: Truth = Field(default=False, alias="all", description="What has ended or is decided too.")


class AboutSomebody(Query):
    """About whom."""

    person: PersonText | None = Field(default=None, description="Only what is about this person, or about everybody.")


class Everywhere(Query):
    """Whether one login ends, or all of them."""

    everywhere: Truth = Field(default=False, alias="all", description="End every login of this person.")


class PageQuery(Query):
    """Which page of a long list."""

    skip: int = Field(default=0, ge=0, lt=_MOST, description="So many of the newest are left out: the page after them.")


class PageWithEnded(PageQuery, WithEnded):
    """Which page, and of what."""


class Newest(Query):
    """How many of the newest."""

    most: int = Field(default=1000, ge=1, le=100_000, description="How many.")


class Between(Query):
    """Between which sizes of the tree."""

    first: int = Field(ge=0, lt=_MOST)
    second: int | None = Field(default=None, ge=0, lt=_MOST, description="The newest, if not said.")
