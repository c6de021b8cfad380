"""What there is to end in an extent, each as the fact that ends it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from daypass.lifecycle.end.end_early import ending_event
from daypass.model.absence import Absence
from daypass.model.bot import Bot
from daypass.model.errors import Misconfigured, NotFound
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Change, Fact
from daypass.model.freeze import Extent
from daypass.model.grant import Ending, Grant, GrantState, Why
from daypass.model.login import Login
from daypass.model.preapproval import Preapproval
from daypass.model.principal import ROBOT, PrincipalId
from daypass.model.record import Validity
from daypass.model.request import Approval, Request, RequestState
from daypass.model.resource import Resource
from daypass.model.rule_change import ChangeState, RulesChange
from daypass.model.schedule import Schedule
from daypass.ports import Ledger, Logins

_LIVE = (GrantState.APPROVED, GrantState.ACTIVE)

May = Callable[[Request], bool]
Found = tuple[str, Fact]
"""What it is, for the count, and the fact that ends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtentEnd:
    """One extent, and by whom and why what is in it ends."""

    extent: Extent
    by: PrincipalId
    note: str
    ledger: Ledger
    logins: Logins
    now: datetime

    def everything(self) -> Iterator[Found]:
        """All there is."""
        yield from self.of_requests(None)
        yield from self._permits()
        yield from self._absences()
        yield from self._changes()
        yield from self._robots()
        yield from self._sessions()

    def of_requests(self, may: May | None) -> Iterator[Found]:
        """What came of requests that somebody may end (None: whatever it is): grants, what waits, schedules."""
        for grant in self.ledger.each_grant(states=_LIVE):
            if self._concerns_grant(grant) and self._lives(grant) and _let(self._request_of(grant), may):
                ending = Ending(why=Why.REVOKED, by=self.by, at=self.now, note=self.note)
                yield "grants", Fact(event=ending_event(grant, ending), changes=(grant.ending_now(ending),))
        for request in self.ledger.each_request(states=(RequestState.PENDING,)):
            if self._concerns(request) and _let(request, may):
                yield "requests", self._denied(request)
        for series in self.ledger.all(Schedule, states=(Validity.OPEN,)):
            first = self._request_of(series)
            if (self._concerns(first) if first else self.extent.everything) and _let(first, may):
                event = Event(
                    kind=EntryKind.SERIES_CLOSED,
                    at=self.now,
                    actor=self.by,
                    subject=series.id,
                    details={"because": self.note},
                )
                yield "schedules", Fact(event=event, changes=(replace(series, state=Validity.CLOSED),))

    def concerned(self) -> Iterator[Request]:
        """The requests whose grants, or which themselves, are in the extent."""
        for grant in self.ledger.each_grant(states=_LIVE):
            if self._concerns_grant(grant) and (request := self._request_of(grant)) is not None:
                yield request
        yield from (one for one in self.ledger.each_request(states=(RequestState.PENDING,)) if self._concerns(one))
        for series in self.ledger.all(Schedule, states=(Validity.OPEN,)):
            first = self._request_of(series)
            if first is not None and self._concerns(first):
                yield first

    def _denied(self, request: Request) -> Fact:
        approval = Approval(by=self.by, at=self.now, rule=request.rule, note=self.note)
        event = Event(
            kind=EntryKind.REQUEST_DENIED, at=self.now, actor=self.by, subject=request.id, details={"reason": self.note}
        )
        return Fact(event=event, changes=(request.decided(RequestState.DENIED, approval),))

    def _permits(self) -> Iterator[Found]:
        for permit in self.ledger.all(Preapproval, states=(Validity.OPEN,)):
            if self._in(frozenset({permit.by, permit.principal}), permit.entitlement.resource):
                details: dict[str, Detail] = {"to": permit.principal, "by": permit.by, "because": self.note}
                event = Event(
                    kind=EntryKind.PERMIT_WITHDRAWN, at=self.now, actor=self.by, subject=permit.id, details=details
                )
                yield "preapprovals", Fact(event=event, changes=(replace(permit, state=Validity.CLOSED),))

    def _absences(self) -> Iterator[Found]:
        """Delegations alone: who is away without one gives nobody anything."""
        for absence in self.ledger.all(Absence, states=(Validity.OPEN,)):
            delegate = absence.delegate
            if delegate is None or absence.until <= self.now:
                continue
            if self._in(frozenset({absence.principal, delegate}), None):
                details: dict[str, Detail] = {"principal": absence.principal, "delegate": delegate}
                event = Event(kind=EntryKind.ABSENCE_ENDED, at=self.now, actor=self.by, details=details)
                yield "delegations", Fact(event=event, changes=(replace(absence, delegate=None),))

    def _changes(self) -> Iterator[Found]:
        for change in self.ledger.all(RulesChange, states=(ChangeState.PENDING,)):
            if self._in(frozenset({change.author}), None):
                event = Event(
                    kind=EntryKind.RULES_WITHDRAWN,
                    at=self.now,
                    actor=self.by,
                    subject=change.id,
                    details={"reason": self.note},
                )
                yield "changes of the rules", Fact(event=event, changes=(change.decided(ChangeState.WITHDRAWN),))

    def _robots(self) -> Iterator[Found]:
        for robot in self.ledger.all(Bot, states=(Validity.OPEN,)):
            if robot.token_hash is not None and self._in(frozenset({robot.id, robot.owner}), None):
                event = Event(kind=EntryKind.ROBOT_TOKEN_ENDED, at=self.now, actor=self.by, details={"robot": robot.id})
                yield "bot tokens", self._quietly(event, replace(robot, token_hash=None))

    def _sessions(self) -> Iterator[Found]:
        for login in self.logins.live(now=self.now):
            if login.principal is not None and self._in(self._with_owner(login.principal), None):
                yield "logins", self._quietly(_ended(login, self.by, self.now), replace(login, revoked_at=self.now))

    def _concerns_grant(self, grant: Grant) -> bool:
        return self._in(self._with_owner(grant.principal), grant.entitlement.resource)

    def _concerns(self, request: Request) -> bool:
        people = self._with_owner(request.principal) | self._with_owner(request.requestor)
        return self._in(people, request.entitlement.resource)

    def _in(self, people: frozenset[PrincipalId], place: Resource | None) -> bool:
        return self.extent.names(people) or (place is not None and self.extent.touches(place))

    def _with_owner(self, one: PrincipalId) -> frozenset[PrincipalId]:
        """Somebody, and who answers for them where it is a bot."""
        if not one.startswith(ROBOT):
            return frozenset({one})
        try:
            return frozenset({one, self.ledger.find(Bot, one).owner})
        except (NotFound, Misconfigured):
            return frozenset({one})

    def _lives(self, grant: Grant) -> bool:
        return grant.lease is None or self.now < grant.lease.ends

    def _request_of(self, one: Grant | Schedule) -> Request | None:
        try:
            return self.ledger.request(one.id)
        except (NotFound, Misconfigured):
            return None

    def _quietly(self, event: Event, change: Change) -> Fact:
        return Fact(event=event, changes=(change,), told=False)


def _let(request: Request | None, may: May | None) -> bool:
    """Whether it is to be ended; what has no request that can be read is ended by who may end everything."""
    return may is None or (request is not None and may(request))


def _ended(login: Login, by: PrincipalId, now: datetime) -> Event:
    details: dict[str, Detail] = {"client": login.client, "login": login.device_hash, "principal": login.principal}
    return Event(kind=EntryKind.LOGIN_REVOKED, at=now, actor=by, details=details)
