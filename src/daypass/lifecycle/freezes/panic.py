"""
End everything in an extent at once; by the ledger alone.

    grants and the links they hand out, pending requests, schedules, approvals in advance, delegations,
    proposed changes of the rules, logins with their agents, the tokens of bots

All of it, however much there is, in commits of some hundred rows; what somebody moves meanwhile is read again. With a
freeze, which is written first, nothing gives it back, and a worker goes on where a process died half-way. Without one
a rule that approves at once may give it back within seconds.

    an owner of the rules, the person themselves, the operator      everything in the extent
    whoever may end single grants                                   those grants and requests, and no freeze
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from daypass.lifecycle.end.permissions import Enders
from daypass.lifecycle.freezes.extent import ExtentEnd, May
from daypass.lifecycle.freezes.freeze import Halt, may_freeze, set_freeze
from daypass.lifecycle.freezes.gate import freezes
from daypass.model.errors import BadInput, Misconfigured, NotYours, Unavailable
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.freeze import Freeze
from daypass.model.request import Request
from daypass.ports import Ledger, Logins

_BATCH = 200
_ROUNDS = 20
"""Each one reads all that is left; only what others moved in between is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a panic has ended, by what it was, and the freeze that keeps it so."""

    counts: dict[str, int]
    freeze: Freeze | None

    @property
    def total(self) -> int:
        """How many things were ended."""
        return sum(self.counts.values())


def panic(halt: Halt, *, hold: bool = True, enders: Enders, logins: Logins, now: datetime) -> Ended:
    """
    End everything that this person may end in an extent, and freeze it where they may, unless `hold` is False.

    Raises NotYours when they may end nothing of it.
    """
    sweep = _sweep(halt, enders.ledger, logins, now)
    if may_freeze(halt.extent, halt.by, enders=enders):
        return _frozen_first(halt, sweep) if hold else _told(_all(sweep), None, sweep, halt)

    def may(request: Request) -> bool:
        return enders.may_end(request, halt.by, now)

    if not any(may(one) for one in sweep.concerned()):
        raise NotYours("There is nothing here that you may end; the owners of the rules end everything.")
    return _told(_all(sweep, may), None, sweep, halt)


def panic_as_operator(halt: Halt, *, hold: bool, ledger: Ledger, logins: Logins, now: datetime) -> Ended:
    """End everything in an extent, as whoever runs Daypass, on the machine."""
    sweep = _sweep(halt, ledger, logins, now)
    return _frozen_first(halt, sweep) if hold else _told(_all(sweep), None, sweep, halt)


def _sweep(halt: Halt, ledger: Ledger, logins: Logins, now: datetime) -> ExtentEnd:
    return ExtentEnd(extent=halt.extent, by=halt.by, note=_note(halt.reason), ledger=ledger, logins=logins, now=now)


def _frozen_first(halt: Halt, sweep: ExtentEnd) -> Ended:
    """End everything behind a freeze, and where there can be none all the same. Then raises Misconfigured."""
    try:
        held = set_freeze(replace(halt, ends=True), ledger=sweep.ledger, now=sweep.now)
    except (BadInput, Misconfigured) as error:
        ended = _told(_all(sweep), None, sweep, halt)
        raise Misconfigured(
            f"Everything in it was ended ({ended.total}), but it is not frozen. {error.sentence}"
        ) from error
    return _told(_all(sweep), held, sweep, halt)


def go_on(*, ledger: Ledger, logins: Logins, now: datetime) -> int:
    """End what is left in extents that a panic froze: for a worker, after a process that died; returns how many."""
    held = [one for one in freezes(ledger) if one.ends]
    sweeps = (
        ExtentEnd(extent=one.extent, by=one.by, note=_note(one.reason), ledger=ledger, logins=logins, now=now)
        for one in held
    )
    return sum(_all(sweep).total() for sweep in sweeps)


def _all(sweep: ExtentEnd, may: May | None = None) -> Counter[str]:
    """End it, round after round, until a round finds nothing. Raises Unavailable when others move it all the time."""
    counts: Counter[str] = Counter()
    for _ in range(_ROUNDS):
        found = list(sweep.everything() if may is None else sweep.of_requests(may))
        if not found:
            return counts
        for batch in _batches(found):
            left = sweep.ledger.record_each([fact for _, fact in batch])
            counts.update(what for what, fact in batch if fact not in left)
    raise Unavailable("Some of it is moved by others all the time; say it again. What was ended stays ended.")


def _batches(found: Sequence[tuple[str, Fact]]) -> Iterator[Sequence[tuple[str, Fact]]]:
    for start in range(0, len(found), _BATCH):
        yield found[start : start + _BATCH]


def _told(counts: Counter[str], held: Freeze | None, sweep: ExtentEnd, halt: Halt) -> Ended:
    """Say in the journal, and to whoever did it, what was ended."""
    details: dict[str, Detail] = {
        "about": str(sweep.extent),
        "what": sweep.extent.kind,
        "reason": halt.reason.strip(),
        **counts,
    }
    details |= {"freeze": held.id} if held else {}
    details |= {"os_user": halt.os_user} if halt.os_user else {}
    subject = held.id if held else None
    event = Event(kind=EntryKind.PANIC_DONE, at=sweep.now, actor=sweep.by, subject=subject, details=details)
    sweep.ledger.record(Fact(event=event))
    return Ended(counts=dict(counts), freeze=held)


def _note(reason: str) -> str:
    said = reason.strip()
    return f"Panic: {said}" if said else "Panic: everything was ended at once."
