"""An ask that somebody wrote down, in an example or in a file, as the question that the rules answer."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain

from daypass.model.decision import Circumstances, Question, ScheduleName, Ticket, TicketId
from daypass.model.principal import Away, GroupName, Principal, PrincipalId, SlackGroupId
from daypass.rules.document.values import is_person_id
from daypass.rules.examples.shape import AskShape

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""When nobody says when: a Monday."""


def question_of(shape: AskShape) -> Question:
    """What the rules are asked."""
    entitlement = replace(shape.s3, extras=frozenset(shape.extras or ()))
    asker = shape.asked_by if shape.asked_by != shape.person else None
    return Question(
        principal=_person(shape),
        entitlement=entitlement,
        length=shape.length,
        delivery=shape.delivery,
        reason=shape.reason.strip(),
        asker=Principal(id=PrincipalId(asker), name=asker) if asker else None,
        urgent=shape.urgent,
    )


def around_of(shape: AskShape) -> Circumstances:
    """What is so around it. A tag whose value is somebody's id names who owns the bucket."""
    groups = {name: frozenset(map(PrincipalId, people)) for name, people in shape.members.items()}
    return Circumstances(
        at=shape.at or NOON,
        people={one.id: one for one in _others(shape)},
        slack_groups={SlackGroupId(name): people for name, people in groups.items() if ":" not in name},
        groups={GroupName(name): people for name, people in groups.items() if ":" in name},
        on_call={ScheduleName(name): frozenset(map(PrincipalId, one)) for name, one in shape.on_call.items()},
        account=shape.account,
        tags=shape.tags,
        owners={tag: PrincipalId(value) for tag, value in (shape.tags or {}).items() if is_person_id(value)},
        tickets={TicketId(asked): _ticket(asked, state) for asked, state in shape.tickets.items()},
        live_grants=shape.live_grants,
    )


def _ticket(asked: str, state: str) -> Ticket:
    """Read `open`, or `open as JUNK-7` of one that was moved."""
    is_, _, moved = state.partition(" as ")
    return Ticket(id=TicketId(moved or asked), open=is_ == "open")


def _person(shape: AskShape) -> Principal:
    return Principal(
        id=PrincipalId(shape.person),
        name=shape.person,
        slack_groups=frozenset(map(SlackGroupId, shape.slack_groups)),
        groups=frozenset(map(GroupName, shape.directory_groups)),
        tz=shape.zone,
        manager=PrincipalId(shape.manager) if shape.manager else None,
    )


def _others(shape: AskShape) -> list[Principal]:
    """Everybody whom the ask names besides the person, each once."""
    named = chain(shape.members.values(), shape.on_call.values(), [[shape.manager] if shape.manager else []])
    owners = filter(is_person_id, (shape.tags or {}).values())
    ids = sorted({*chain.from_iterable(named), *owners, *shape.away})
    return [Principal(id=PrincipalId(one), name=one, away=Away() if one in shape.away else None) for one in ids]
