"""One person's view of the ledger: what they have, what they asked for, what waits for them."""

from collections.abc import Iterator
from dataclasses import dataclass

from daypass.doors.desk import Desk
from daypass.doors.slack.counter import Picture
from daypass.model.grant import GrantState
from daypass.model.principal import Principal, PrincipalId
from daypass.model.request import Request, RequestState
from daypass.rules.offers import offers

_LIVE = (GrantState.APPROVED, GrantState.ACTIVE, GrantState.ENDING)
_HELD = (GrantState.APPROVED, GrantState.ACTIVE)
_HELD_READ = 100
_UNGRANTED = (RequestState.PENDING, RequestState.DENIED, RequestState.LAPSED)
_LATEST = 10
_WAITING_READ = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What concerns one person, newest first."""

    grants: tuple[Picture, ...]
    requests: tuple[Request, ...]
    """Waiting, and those lately turned down; what was approved is among the grants."""
    waiting: tuple[Request, ...]
    """For this person's decision."""
    others: tuple[Picture, ...] = ()
    """What others have now, for those who own the rules or may decide on it."""
    urgent: bool = False
    """Whether a rule names this person for breaking glass."""


def overview(desk: Desk, by: PrincipalId) -> Overview:
    """Read what concerns this person. What waits is a hint: the click asks the rules again."""
    person = desk.directory.principal(by)
    waiting = desk.ledger.requests(states=[RequestState.PENDING], limit=_WAITING_READ)
    return Overview(
        grants=tuple(
            Picture(request=desk.ledger.request(grant.id), grant=grant)
            for grant in desk.ledger.grants(principal=by, states=_LIVE)
        ),
        requests=tuple(desk.ledger.requests(requestor=by, states=_UNGRANTED, limit=_LATEST)),
        waiting=tuple(one for one in waiting if one.requestor != by and one.approvers.include(person)),
        others=tuple(_others(desk, person)),
        urgent=_may_break_glass(desk, person),
    )


def _others(desk: Desk, person: Principal) -> Iterator[Picture]:
    """Live grants of others, the newest first. It is a hint: to end one asks the rules again."""
    rules = desk.readable_rules()
    owner = rules is not None and rules.owners.include(person)
    for grant in desk.ledger.grants(states=_HELD, limit=_HELD_READ):
        if grant.principal == person.id:
            continue
        request = desk.ledger.request(grant.id)
        if owner or request.approvers.include(person):
            yield Picture(request=request, grant=grant)


def _may_break_glass(desk: Desk, person: Principal) -> bool:
    rules = desk.readable_rules()
    found = offers(rules, person).offers if rules else ()
    return any(offer.rule.break_glass is not None for offer in found)
