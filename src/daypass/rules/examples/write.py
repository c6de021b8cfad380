"""A question, and what was so around it, written as a line of a file of requests, which examples/read reads back."""

from daypass.model.decision import Circumstances, Question, Ticket, TicketId
from daypass.model.principal import ROBOT
from daypass.rules.examples.shape import Expected

Line = dict[str, object]


def retold(question: Question, around: Circumstances, *, decided: Expected) -> Line:
    """Write one down; what is nothing or not known is left out."""
    return {name: value for name, value in (_asked(question) | _around(around)).items() if value} | {"decided": decided}


def _asked(question: Question) -> Line:
    who, wanted = question.principal, question.entitlement
    return {
        "person": who.id,
        "s3": f"{','.join(sorted(wanted.levels))} {wanted.place}",
        "extras": sorted(wanted.extras),
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
