"""One person's view of the ledger: what they have, what they asked for, what waits for them."""

from dataclasses import dataclass

from daypass.doors.desk import Desk
from daypass.doors.slack.counter import Picture
from daypass.model.grant import GrantState
from daypass.model.principal import PrincipalId
from daypass.model.request import Request, RequestState

_LIVE = (GrantState.APPROVED, GrantState.ACTIVE, GrantState.ENDING)
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
    )
