"""A Daypass link: one object of a grant, by an address that can be revoked."""

from dataclasses import dataclass
from datetime import datetime

from daypass.model.grant import GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A Daypass link to one object of a grant. Its token is never kept, its SHA-256 (hex) is."""

    token_hash: str
    grant: GrantId
    key: str
    made_at: datetime
    refused_at: datetime | None = None
    """When somebody first followed it after its grant had ended."""
    revision: int = 0
