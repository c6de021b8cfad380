"""A question, and what was so around it, as a line of a file: written, and read again."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain

from daypass.model.decision import Circumstances, Question, ScheduleName, Ticket, TicketId
from daypass.model.principal import ROBOT, Away, GroupName, Principal, PrincipalId, SlackGroupId
from daypass.rules.document.shape_example import AskShape, Expected
from daypass.rules.document.values import is_person_id

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""When nobody says when: a Monday."""


def question_of(shape: AskShape) -> Question:
    """What the rules are asked."""
    entitlement = replace(shape.s3, options=frozenset(shape.extras or ()))
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


Line = dict[str, object]


def retold(question: Question, around: Circumstances, *, decided: Expected) -> Line:
    """Write one down; what is nothing or not known is left out."""
    return {name: value for name, value in (_asked(question) | _around(around)).items() if value} | {"decided": decided}


def _asked(question: Question) -> Line:
    who, wanted = question.principal, question.entitlement
    return {
        "person": who.id,
        "s3": f"{','.join(sorted(wanted.levels))} {wanted.resource}",
        "extras": sorted(wanted.options),
        "for": f"{int(question.length.total_seconds())}s" if question.length is not None else "",
        "as": question.delivery,
        "reason": question.reason,
        "urgent": question.urgent,
        "asked_by": question.asker.id if question.asker else "",
        "zone": who.tz,
        "slack_groups": sorted(who.slack_groups),
        "directory_groups": sorted(who.groups),
        "manager": who.manager,
    }


def _state(asked: TicketId, ticket: Ticket) -> str:
    state = "open" if ticket.open else "closed"
    return state if ticket.id == asked else f"{state} as {ticket.id}"


def _around(around: Circumstances) -> Line:
    people = around.people.values()
    groups = [*around.slack_groups.items(), *around.groups.items()]
    found: Line = {
        "at": around.at.isoformat(),
        "away": sorted(one.id for one in people if not one.robot and one.away and one.away.at(around.at)),
        "members": {group: sorted(one for one in members if not one.startswith(ROBOT)) for group, members in groups},
        "on_call": {schedule: sorted(here) for schedule, here in around.on_call.items()},
        # Whose a tag is was looked up: the id stands for whatever names them there.
        "tags": {**(around.tags or {}), **around.owners},
        "account": around.account,
        "tickets": {asked: _state(asked, ticket) for asked, ticket in around.tickets.items()},
    }
    return found | ({"live_grants": around.live_grants} if around.live_grants else {})
