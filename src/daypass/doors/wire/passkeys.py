"""Passkeys on the wire: what a browser answers, what the page says then, and what the command line lists."""

from datetime import datetime
from typing import Any

from pydantic import Field

from daypass.doors.wire.inputs import Incoming
from daypass.doors.wire.outputs import WireOut
from daypass.doors.wire.words import PersonText, ShortText
from daypass.model.passkey import Passkey


class PasskeyAnswer(Incoming):
    """What the browser says (W3C Web Authentication, level 3, section 5.1): who reads it looks at every byte."""

    ticket: ShortText = Field(repr=False)
    proof: dict[str, Any] | None = None
    """Of a passkey that is there already."""
    made: dict[str, Any] | None = None
    """A new one."""
    name: ShortText = ""


class DoneOut(WireOut):
    """What the page says when it is done."""

    title: str
    sentence: str


class PasskeyOut(WireOut):
    """One passkey."""

    id: str
    name: str
    added_at: datetime

    @classmethod
    def of(cls, passkey: Passkey) -> "PasskeyOut":
        """Say it."""
        return cls(id=passkey.credential_id, name=passkey.name, added_at=passkey.at)


class PasskeysOut(WireOut):
    """All of one person's."""

    passkeys: list[PasskeyOut]


class PasskeyWord(Incoming):
    """Which passkey: its name, or how its id begins."""

    passkey: ShortText


class ForgetPasskeys(Incoming):
    """Whose passkeys are lost."""

    person: PersonText


class AddressOut(WireOut):
    """An address for the person's own browser, good for once."""

    url: str = Field(repr=False)
    expires_in: int
