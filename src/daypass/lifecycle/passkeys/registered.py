"""The passkeys of one person: which there are, and which one a word means."""

from daypass.model.errors import BadInput, NotFound
from daypass.model.passkey import Passkey
from daypass.model.principal import PrincipalId
from daypass.model.record import Validity
from daypass.ports import Ledger

_SHORTEST = 6
"""Characters of an id that may stand for it."""


def of(person: PrincipalId, *, ledger: Ledger) -> list[Passkey]:
    """Read a person's passkeys that still count, newest first."""
    return ledger.all(Passkey, owner=person, states=(Validity.OPEN,))


def named(person: PrincipalId, word: str, *, ledger: Ledger) -> Passkey:
    """Find the one that a word means: its name, or how its id begins. Raises NotFound, BadInput for several."""
    mine, meant = of(person, ledger=ledger), word.strip()
    by_id = [one for one in mine if len(meant) >= _SHORTEST and one.credential_id.startswith(meant)]
    found = by_id or [one for one in mine if one.name.casefold() == meant.casefold()]
    if not found:
        raise NotFound(f"You have no passkey “{meant[:60]}”; `daypass passkey ls` shows yours.")
    if len(found) > 1:
        raise BadInput(f"You have {len(found)} passkeys “{meant[:60]}”; name one by its id.", field="passkey")
    return found[0]
