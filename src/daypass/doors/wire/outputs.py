"""What every answer has in common."""

from pydantic import BaseModel, ConfigDict


class WireOut(BaseModel):
    """What we send."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, populate_by_name=True)
