"""
Answer for a robot in somebody else's stead, such as one whose person has left.

Whoever answered before may decide on its requests from now on, so they must not be able to speak for it: a robot with
a token of ours gets another, and what it asked for before and still waits is cancelled. Whoever named the claims of a
robot that comes with its issuer's tokens stays on its side, as those claims still count.
"""

from dataclasses import replace
from datetime import datetime

from daypass.lifecycle.bots.add import Added, robot_fact, with_token
from daypass.lifecycle.bots.find import standing
from daypass.lifecycle.bots.owners import must_own_rules
from daypass.lifecycle.bots.remove import cancel_asks
from daypass.lifecycle.judge import Judge
from daypass.model.errors import BadInput
from daypass.model.event import EntryKind
from daypass.model.principal import PrincipalId


def adopt(name: str, *, by: PrincipalId, days: int | None, judge: Judge, now: datetime) -> Added:
    """
    Answer for a robot from now on; `days` is how long its new token is good, None for one that comes with its own.

    Raises NotYours for who does not own the rules, NotFound, TooLate, and BadInput.
    """
    ledger = judge.ledger
    must_own_rules(by, judge=judge)
    robot = replace(standing(name, ledger=ledger), owner=by)
    token = None
    if not robot.issuer:
        robot, token = with_token(robot, days, to=by, now=now)
    elif days is not None:
        raise BadInput(f"{robot.id} comes with the tokens of {robot.issuer}; leave out the days.", field="days")
    ledger.record(robot_fact(EntryKind.ROBOT_CHANGED, robot, by=by, now=now))
    cancel_asks(robot, ledger, now)
    return Added(robot=robot, token=token)
