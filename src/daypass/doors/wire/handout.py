"""What is handed over: tokens, credentials, addresses, proofs. None is kept or logged; `repr` leaves secrets out."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from daypass.doors.wire.outputs import WireOut


class DeviceCode(WireOut):
    """What a command line shows and keeps while it waits (RFC 8628, section 3.2)."""

    device_code: str = Field(repr=False)
    user_code: str
    verification_uri: str
    expires_in: int
    interval: int


class TokenOut(WireOut):
    """The token that speaks for a person (RFC 6749, section 5.1)."""

    access_token: str = Field(repr=False)
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the kind of a token, not one
    expires_in: int
    expires_at: datetime
    principal: str


class PrincipalOut(WireOut):
    """Who the caller is."""

    id: str
    name: str
    tz: str
    aws: str | None


class CredentialsOut(WireOut):
    """AWS credentials as `credential_process` reads them (AWS SDKs reference), with where they are for."""

    version: Literal[1] = Field(default=1, alias="Version")
    access_key_id: str = Field(alias="AccessKeyId")
    secret_access_key: str = Field(alias="SecretAccessKey", repr=False)
    session_token: str = Field(alias="SessionToken", repr=False)
    expiration: datetime = Field(alias="Expiration")
    renewable: bool = Field(
        default=True,
        alias="Renewable",
        description="False when they end with the grant, so that asking again brings none that end later.",
    )
    region: str = Field(
        default="", alias="Region", description="The region of the granted resource; empty where nobody knows."
    )


class UrlOut(WireOut):
    """An address to open; a secret while it lives."""

    url: str = Field(repr=False)
    key: str | None = None
    expires_at: datetime | None = None


class PostFormOut(WireOut):
    """Where to post a file, and every field to send with it, before the file."""

    url: str = Field(repr=False)
    fields: dict[str, str] = Field(repr=False)
    expires_at: datetime


class CheckpointOut(WireOut):
    """The newest signed checkpoint of the journal (C2SP tlog-checkpoint); empty, of size 0, before the first."""

    checkpoint: str
    size: int


class KeyOut(WireOut):
    """The key that checks our checkpoints (C2SP signed-note vkey)."""

    public_key: str


class InclusionOut(WireOut):
    """The proof that an entry is under a checkpoint (RFC 6962, section 2.1.1)."""

    index: int
    entry: str | None
    """The entry's line of the journal, which the leaf is the hash of; null for those who may not read it."""
    hashes: list[str]
    """In hex, from the leaf's sibling to the root's child."""
    checkpoint: str
    proof: str
    """All of this as a C2SP tlog-proof, for `daypass verify --proof`."""


class ConsistencyOut(WireOut):
    """The proof that the tree of a checkpoint begins with a smaller one (RFC 6962, section 2.1.2)."""

    first: int
    second: int
    hashes: list[str]
    """In hex."""
    first_checkpoint: str | None
    """What was signed of the smaller tree; null when nothing was. Trust the one that you kept instead."""
    checkpoint: str
    proof: str
    """The proof in the form that C2SP tlog-witness takes, for `daypass verify --proof`."""
