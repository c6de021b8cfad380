"""Give a robot a new token; the old one is refused from that moment."""

from datetime import datetime

from daypass.lifecycle.bots.add import Added, robot_fact, with_token
from daypass.lifecycle.bots.find import standing
from daypass.lifecycle.bots.owners import must_own_rules
from daypass.lifecycle.bots.remove import cancel_asks
from daypass.lifecycle.judge import Judge
from daypass.model.errors import BadInput
from daypass.model.event import EntryKind
from daypass.model.principal import PrincipalId


def rotate(name: str, *, by: PrincipalId, days: int, judge: Judge, now: datetime) -> Added:
    """
    Draw a new token. Raises NotYours for who does not own the rules, NotFound, TooLate, and BadInput.

    Who answers for the robot stays the same. Whoever was handed the token before may decide on its requests from now
    on; so what it asked for before and still waits is cancelled when the token goes to somebody else.
    """
    ledger = judge.ledger
    must_own_rules(by, judge=judge)
    robot = standing(name, ledger=ledger)
    if robot.issuer:
        raise BadInput(f"{robot.id} comes with the tokens of {robot.issuer}; there is none of ours to change.")
    changed, token = with_token(robot, days, to=by, now=now)
    ledger.record(robot_fact(EntryKind.ROBOT_CHANGED, changed, by=by, now=now))
    if robot.handed_to != by:
        cancel_asks(robot, ledger, now)
    return Added(robot=changed, token=token)
