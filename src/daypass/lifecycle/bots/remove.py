"""Remove a robot: it is refused from that moment, and what it has is taken away."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from daypass.lifecycle.bots.add import robot_fact
from daypass.lifecycle.bots.find import find
from daypass.lifecycle.cancel import cancel
from daypass.lifecycle.end.end_early import finish
from daypass.lifecycle.end.permissions import Enders
from daypass.model.bot import Bot
from daypass.model.errors import NotYours, TooLate
from daypass.model.event import EntryKind
from daypass.model.grant import Ending, GrantState, Why
from daypass.model.principal import PrincipalId
from daypass.model.record import Validity
from daypass.model.request import RequestState
from daypass.ports import Ledger

_LIVE = (GrantState.APPROVED, GrantState.ACTIVE)


def remove(name: str, *, by: PrincipalId, enders: Enders, now: datetime) -> Bot:
    """
    Remove a robot, by an owner of the rules or by who answers for it; it needs the ledger alone.

    Repeated, it takes away what a first time that was cut off had left. Raises NotYours or NotFound.
    """
    ledger = enders.ledger
    robot = find(name, ledger=ledger)
    if robot.owner != by and not enders.owns(by):
        raise NotYours("Only the owners of the rules, and who answers for a robot, may remove it.")
    removed = replace(robot, state=Validity.CLOSED, token_hash=None)
    if robot.state is Validity.OPEN:
        ledger.record(robot_fact(EntryKind.ROBOT_REMOVED, removed, by=by, now=now))
    _take_away(robot, by, ledger, now)
    return removed


def cancel_asks(robot: Bot, ledger: Ledger, now: datetime) -> None:
    """Cancel what a robot has asked for and nobody has decided on yet."""
    for request in ledger.requests(requestor=robot.id, states=(RequestState.PENDING,)):
        with suppress(TooLate):
            cancel(request.id, by=robot.id, ledger=ledger, now=now)


def _take_away(robot: Bot, by: PrincipalId, ledger: Ledger, now: datetime) -> None:
    cancel_asks(robot, ledger, now)
    ending = Ending(why=Why.REVOKED, by=by, at=now, note="The robot was removed.")
    for grant in ledger.grants(principal=robot.id, states=_LIVE):
        with suppress(TooLate):
            finish(grant.id, ending, ledger=ledger)
