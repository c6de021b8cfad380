"""What every answer has in common, and the one shape of every refusal."""

from pydantic import BaseModel, ConfigDict


class Outgoing(BaseModel):
    """What we send."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, populate_by_name=True)


class Refused(Outgoing):
    """Why not: a sentence for a person, the word of the ask that is wrong, a code for programs."""

    sentence: str
    field: str | None = None
    code: str


class ErrorOut(Outgoing):
    """Every answer that is not the one asked for."""

    error: Refused
