"""What the journal is told of changes of the rules, refused clicks among it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from daypass.model.errors import Conflict, Refusal, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.ports import Ledger

LONGEST_BECAUSE = 4_000
"""Characters of a refusal that the journal keeps; a text may have thousands of faults."""


class Outdated(TooLate):
    """The change was made from a version that is not in force any more; the journal was told with its new state."""


@contextmanager
def refusals_journalled(
    change: GrantId | None, by: PrincipalId, doing: str, *, ledger: Ledger, now: datetime
) -> Iterator[None]:
    """Keep in the journal that somebody tried what is refused."""
    try:
        yield
    except Outdated:
        raise
    except (Refusal, Conflict) as refusal:
        told: dict[str, Detail] = {"doing": doing, "because": refusal.sentence[:LONGEST_BECAUSE]}
        ledger.record(Fact(event=event(EntryKind.RULES_REFUSED, change, by, now, told), told=False))
        raise


def event(
    kind: EntryKind, change: GrantId | None, by: PrincipalId, now: datetime, details: Mapping[str, Detail]
) -> Event:
    """Say what happened to a change."""
    return Event(kind=kind, at=now, actor=by, subject=change, details=details)
