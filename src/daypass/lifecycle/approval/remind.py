"""
Remind those who may decide of what waits for them: by and by less often, and not at night.

    after 15 minutes, an hour, four hours in the same stage, then once a day, until somebody decides or it lapses

How often somebody was reminded is read from the journal, so there is no other memory that could disagree. Two workers
that find the same reminder due change the same row, so that one of them comes second and says nothing.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from daypass.lifecycle.approval.escalation import open_now
from daypass.model.decision import Approvers
from daypass.model.errors import Conflict, DaypassError, NotFound
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.principal import DAYPASS, ROBOT, GroupName, Principal, PrincipalId, SlackGroupId
from daypass.model.request import Request
from daypass.ports import Directory, Ledger

FIRST_PAUSE = timedelta(minutes=15)
LATER_PAUSES = (timedelta(minutes=45), timedelta(hours=3), timedelta(days=1))
"""From one reminder to the next; the last one again and again."""
OPENS, CLOSES = 8, 20
"""Between these hours of their own clock, Monday to Friday, people are reminded."""
MOST_REMINDED = 20
_FRIDAY = 5

log = structlog.get_logger()


def remind(
    *,
    ledger: Ledger,
    directory: Directory,
    now: datetime,
    in_channel: bool = False,
    first: timedelta = FIRST_PAUSE,
) -> int:
    """
    Remind of every request that has waited long enough; returns how many there were.

    `in_channel` says that approvers are asked in one place together: then the first one's hours are everybody's.
    """
    count = 0
    for request in ledger.lapsed(filed_before=now - first):
        before = _reminders(request, ledger.story(request.id))
        if now < _due(request, before, first):
            continue
        together = in_channel or bool(request.channel)
        people = _to_remind(request, directory, now=now, together=together)
        if people:
            with suppress(Conflict):  # somebody decided, or another worker was first
                ledger.record(Fact(event=_event(request, len(before) + 1, people, now), changes=(request,)))
                count += 1
    return count


def people_of(approvers: Approvers, request: Request, directory: Directory) -> list[PrincipalId]:
    """
    Everyone of these who may decide on a request, each once: never a party of it, nor who has approved already.

    Those named by themselves come before members of groups, those of Slack before those of other directories. A group
    that is gone is passed over. Raises Unavailable while nobody says who is in a group.
    """
    members: list[PrincipalId] = []
    groups: list[SlackGroupId | GroupName] = [*sorted(approvers.slack_groups), *sorted(approvers.groups)]
    for group in groups:
        try:
            members += sorted(directory.members(group))
        except NotFound:
            log.warning("group is gone", grant=request.id, group=group)
    left_out = {*_parties(request, directory), *(approval.by for approval in request.approvals)}
    return [one for one in dict.fromkeys([*sorted(approvers.people), *members]) if one not in left_out]


def _parties(request: Request, directory: Directory) -> set[PrincipalId]:
    """Who asks, who would have it, and who answers or speaks for a robot among them."""
    parties = {request.requestor, request.principal}
    robots = _known((one for one in parties if one.startswith(ROBOT)), directory)
    return parties.union(*(one.answered_by for one in robots))


def at_work(person: Principal, now: datetime) -> bool:
    """Whether it is a working hour by this person's own clock, and they are here."""
    there = now.astimezone(ZoneInfo(person.tz))
    away = person.away is not None and person.away.at(now)
    return not away and there.isoweekday() <= _FRIDAY and OPENS <= there.hour < CLOSES


def _to_remind(request: Request, directory: Directory, *, now: datetime, together: bool) -> list[PrincipalId]:
    """Whom to remind now. Nobody while Slack does not say who they are: the reminder waits until it does."""
    try:
        asked = people_of(open_now(request, now), request, directory)[:MOST_REMINDED]
        here = [person for person in _known(asked, directory) if person.active]
    except DaypassError as error:
        log.warning("reminder waits", grant=request.id, error=error.report)
        return []
    awake = here if request.urgent else [person for person in here if at_work(person, now)]
    if together:
        return [person.id for person in here] if awake[:1] == here[:1] else []
    return [person.id for person in awake]


def _known(people: Iterable[PrincipalId], directory: Directory) -> list[Principal]:
    known = []
    for one in people:
        with suppress(NotFound):
            known.append(directory.principal(one))
    return known


def _reminders(request: Request, story: Sequence[Event]) -> list[Event]:
    """Those since the present stage began to wait."""
    return [each for each in story if each.kind is EntryKind.REQUEST_REMINDED and each.at >= request.waiting_since]


def _due(request: Request, before: Sequence[Event], first: timedelta) -> datetime:
    """When the next one is due, counted from the last one, so that a night never ends with several at once."""
    if not before:
        return request.waiting_since + first
    return before[-1].at + LATER_PAUSES[min(len(before), len(LATER_PAUSES)) - 1]


def _event(request: Request, number: int, people: Sequence[PrincipalId], now: datetime) -> Event:
    details: dict[str, Detail] = {"number": number, "stage": request.waits_in, "people": tuple(people)}
    return Event(kind=EntryKind.REQUEST_REMINDED, at=now, actor=DAYPASS, subject=request.id, details=details)
