"""
Notice that somebody left, and decide whether what they had ends now.

Left means that Slack said `deleted: true` of that very id; an error and an absence from a list mean nothing. Each
departure waits for five seconds, so that many at once are seen to be many: more than 20 within a minute, or most of
those who were asked after, are more likely a broken or a compromised Slack than people who left. Then nothing ends, the
owners are told, and one of them confirms or dismisses it. While some are held, those who come after are held too.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from daypass.lifecycle.judge import Judge
from daypass.lifecycle.leavers.remove_access import take_away
from daypass.lifecycle.rule_changes.owners import must_own
from daypass.model.departure import TO_DO, Departure, DepartureSource, DepartureState
from daypass.model.errors import Conflict, NotFound, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.principal import DAYPASS, OPERATOR, ROBOT, PrincipalId
from daypass.ports import Ledger, Logins

MOST = 20
"""So many people may leave within a minute."""
WINDOW = timedelta(minutes=1)
GRACE = timedelta(seconds=5)

log = structlog.get_logger()


def notice(who: PrincipalId, source: DepartureSource, *, ledger: Ledger, now: datetime) -> bool:
    """Write down that somebody left. False when that is known already."""
    known = _known(who, ledger)
    if who.startswith(ROBOT) or (known is not None and known.state in TO_DO):
        return False
    departure = Departure(principal=who, at=now, source=source, revision=known.revision if known else 0)
    with suppress(Conflict):  # another process noticed it at the same moment
        ledger.record(_fact(EntryKind.LEAVER_NOTICED, departure, DAYPASS, now))
    return True


def returned(who: PrincipalId, *, ledger: Ledger, now: datetime) -> bool:
    """Write down that somebody is there after all; what has not ended yet does not. False when nothing was to end."""
    known = _known(who, ledger)
    if known is None or known.state not in TO_DO:
        return False
    with suppress(Conflict):
        ledger.record(_fact(EntryKind.LEAVER_DISMISSED, replace(known, state=DepartureState.DISMISSED), DAYPASS, now))
    return True


def is_leaving(who: PrincipalId, ledger: Ledger) -> bool:
    """Whether somebody is said to have left, and what they have has not ended yet."""
    known = _known(who, ledger)
    return known is not None and known.state in TO_DO


def settle(*, ledger: Ledger, logins: Logins, now: datetime, suspicious: bool = False) -> int:
    """
    End what those have who left, or hold all of it when they are too many; returns for how many it ended.

    `suspicious` holds what was noticed, however few they are.
    """
    waiting = ledger.all(Departure, states=TO_DO)
    fresh = [one for one in waiting if one.state is DepartureState.NOTICED]
    if fresh and (suspicious or _any_held(waiting) or _many(ledger, now)):
        _hold(fresh, ledger, now)
        fresh = []
    ready = [one for one in fresh if now - one.at >= GRACE]
    confirmed = [one for one in waiting if one.state is DepartureState.CONFIRMED]
    return sum(_end(one, ledger, logins, now) for one in (*ready, *confirmed))


def held(ledger: Ledger) -> list[Departure]:
    """Those who are said to have left and for whom nothing ends until somebody confirms it."""
    return ledger.all(Departure, states=(DepartureState.HELD,))


def confirm(*, by: PrincipalId, judge: Judge, now: datetime) -> list[Departure]:
    """Say, as an owner of the rules, that all who are held have left. Raises NotYours, TooLate when none is held."""
    _must_own(by, judge)
    return _decide(by, judge.ledger, now, left=True)


def dismiss(*, by: PrincipalId, judge: Judge, now: datetime) -> list[Departure]:
    """Say, as an owner of the rules, that none of those who are held has left. Raises as `confirm` does."""
    _must_own(by, judge)
    return _decide(by, judge.ledger, now, left=False)


def decide_as_operator(*, left: bool, os_user: str, ledger: Ledger, now: datetime) -> list[Departure]:
    """Confirm or dismiss it on the machine: an owner may be among them. Raises TooLate when none is held."""
    return _decide(OPERATOR, ledger, now, left=left, os_user=os_user)


def _must_own(by: PrincipalId, judge: Judge) -> None:
    must_own(by, judge=judge, refused="Only the owners of the rules confirm or dismiss this.")


def _decide(by: PrincipalId, ledger: Ledger, now: datetime, *, left: bool, os_user: str = "") -> list[Departure]:
    state = DepartureState.CONFIRMED if left else DepartureState.DISMISSED
    kind = EntryKind.LEAVER_CONFIRMED if left else EntryKind.LEAVER_DISMISSED
    more: dict[str, Detail] = {"os_user": os_user} if os_user else {}
    waiting = held(ledger)
    if not waiting:
        raise TooLate("Nobody waits for that; it was decided already, or Slack has taken it back.")
    decided = [replace(one, state=state) for one in waiting]
    lost = ledger.record_each([_fact(kind, one, by, now, more) for one in decided])
    return [one for one in decided if all(one not in fact.changes for fact in lost)]


def _any_held(waiting: Iterable[Departure]) -> bool:
    return any(one.state is DepartureState.HELD for one in waiting)


def _many(ledger: Ledger, now: datetime) -> bool:
    recent = ledger.all(Departure, since=now - WINDOW)
    return sum(one.state is not DepartureState.DISMISSED for one in recent) > MOST


def _hold(fresh: Sequence[Departure], ledger: Ledger, now: datetime) -> None:
    people = tuple(sorted(one.principal for one in fresh))
    event = Event(kind=EntryKind.LEAVERS_HELD, at=now, actor=DAYPASS, details={"people": people, "count": len(people)})
    changes = tuple(replace(one, state=DepartureState.HELD) for one in fresh)
    with suppress(Conflict):  # another process holds them, or somebody came back; it is looked at again
        ledger.record(Fact(event=event, changes=changes))
        log.error("leavers.held", count=len(people), people=people)


def _end(departure: Departure, ledger: Ledger, logins: Logins, now: datetime) -> bool:
    told: dict[str, Detail] = dict(take_away(departure.principal, ledger=ledger, logins=logins, now=now))
    with suppress(Conflict):  # another process ended it at the same moment
        done = replace(departure, state=DepartureState.DONE)
        ledger.record(_fact(EntryKind.LEAVER_ENDED, done, DAYPASS, now, told))
        log.info("leaver.ended", principal=departure.principal, **told)
    return True


def _known(who: PrincipalId, ledger: Ledger) -> Departure | None:
    try:
        return ledger.find(Departure, who)
    except NotFound:
        return None


def _fact(
    kind: EntryKind, departure: Departure, actor: PrincipalId, now: datetime, more: dict[str, Detail] | None = None
) -> Fact:
    details: dict[str, Detail] = {"principal": departure.principal, "source": departure.source, **(more or {})}
    return Fact(event=Event(kind=kind, at=now, actor=actor, details=details), changes=(departure,), told=False)
