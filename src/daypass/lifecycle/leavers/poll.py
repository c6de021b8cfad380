"""
Ask Slack, slowly, whether those who hold live grants are still there: an event of Slack's may have been lost.

Ten people a minute at most, one after the other, the held ones first: a departure that is held and is not so any more
is dismissed by itself. With Slack silent nothing ends by this, and it is written down since when.
"""

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

import structlog

from daypass.lifecycle.leavers.notice import held, notice, returned, settle
from daypass.model.bot import Bot
from daypass.model.departure import DepartureSource, DirectoryWatch, WatchState
from daypass.model.errors import Conflict, DaypassError, NotFound, Unavailable
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantState
from daypass.model.principal import DAYPASS, ROBOT, PrincipalId
from daypass.ports import Leavers, Ledger, Logins

EACH_ROUND = 10
"""So many are asked after in a round, one round a minute: a tenth of what Slack allows of users.info."""
SILENT_AFTER = timedelta(minutes=10)
_FEW = 4
"""Of so many who were asked after, and more, not most have left at once."""
_LIVE = (GrantState.APPROVED, GrantState.ACTIVE)

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class AskAfter:
    """Goes round those who hold live grants, again and again. For one thread."""

    leavers: Leavers
    ledger: Ledger
    logins: Logins
    _ahead: deque[PrincipalId] = field(default_factory=deque)
    _silent_since: datetime | None = None

    def round(self, *, now: datetime) -> int:
        """Ask after the next ones; returns how many have left. Raises nothing of Slack's."""
        asked = self._asked(self._next(), now)
        for who in (who for who, gone in asked.items() if not gone):
            returned(who, ledger=self.ledger, now=now)
        left = [who for who, gone in asked.items() if gone]
        fresh = [who for who in left if notice(who, DepartureSource.ASKED, ledger=self.ledger, now=now)]
        if len(fresh) >= _FEW and 2 * len(left) > len(asked):
            settle(ledger=self.ledger, logins=self.logins, now=now, suspicious=True)
        return len(fresh)

    def _asked(self, people: list[PrincipalId], now: datetime) -> dict[PrincipalId, bool]:
        """Who of these has left, as far as Slack answers; the others come first at the next round."""
        found: dict[PrincipalId, bool] = {}
        for nth, who in enumerate(people):
            try:
                found[who] = self.leavers.has_left(who)
            except Unavailable as silence:
                self._ahead.extendleft(reversed(people[nth:]))
                if not found:
                    self._silence(silence, now)
                break
            except DaypassError as error:
                log.warning("leavers.not_asked", principal=who, error=error.report)
        if found:
            self._answered(now)
        return found

    def _next(self) -> list[PrincipalId]:
        if not self._ahead:
            self._ahead.extend(_holders(self.ledger))
        waiting = [one.principal for one in held(self.ledger)][:EACH_ROUND]
        more = [self._ahead.popleft() for _ in range(min(EACH_ROUND - len(waiting), len(self._ahead)))]
        return list(dict.fromkeys((*waiting, *more)))

    def _silence(self, error: Unavailable, now: datetime) -> None:
        self._silent_since = self._silent_since or now
        log.warning("leavers.silent", since=self._silent_since.isoformat(), error=error.report)
        if now - self._silent_since >= SILENT_AFTER:
            self._write_down(WatchState.SILENT, self._silent_since, now)

    def _answered(self, now: datetime) -> None:
        self._silent_since = None
        self._write_down(WatchState.ANSWERED, now, now)

    def _write_down(self, state: WatchState, since: datetime, now: datetime) -> None:
        """Write it down when it has changed, and not each minute: the journal is for good."""
        known = last_watch(self.ledger)
        if known is not None and known.state is state:
            return
        watch = DirectoryWatch(at=since, state=state, revision=known.revision if known else 0)
        event = Event(
            kind=EntryKind.LEAVERS_WATCHED, at=now, actor=DAYPASS, details={"state": state, "since": since.isoformat()}
        )
        with suppress(Conflict):
            self.ledger.record(Fact(event=event, changes=(watch,), told=False))


def last_watch(ledger: Ledger) -> DirectoryWatch | None:
    """Whether Slack answers when it is asked after people, and since when; None before it was asked."""
    try:
        return ledger.find(DirectoryWatch, "slack")
    except NotFound:
        return None


def _holders(ledger: Ledger) -> list[PrincipalId]:
    """Everybody who holds something live, and who answers for a bot that does; each once."""
    grants = ledger.each_grant(states=_LIVE)
    holders = dict.fromkeys(grant.principal for grant in grants)
    robots = [one for one in holders if one.startswith(ROBOT)]
    owners = (robot.owner for robot in ledger.some(Bot, robots))
    return list(dict.fromkeys(chain((one for one in holders if not one.startswith(ROBOT)), owners)))
