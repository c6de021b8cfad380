"""Robots: add one, look, give one a new token, answer for one, remove one. The doing of people who own the rules."""

from collections.abc import Iterable

from fastapi import Request

from daypass.doors.api.authentication import Decider, EndingForOthers, Now, Reader, WithServices
from daypass.doors.api.router import api_router
from daypass.doors.api.visibility import names
from daypass.doors.wire.bots import AddRobot, AdoptRobot, RobotOut, RobotsOut, RobotTokenOut, RotateRobot
from daypass.doors.wire.words import RobotWord
from daypass.lifecycle.bots import find
from daypass.lifecycle.bots.administer import Wanted
from daypass.lifecycle.bots.administer import add as adding
from daypass.lifecycle.bots.administer import adopt as adopting
from daypass.lifecycle.bots.administer import remove as removing
from daypass.lifecycle.bots.administer import rotate as rotating
from daypass.model.errors import BadInput
from daypass.model.login import LoginScope

router = api_router("robots", "/robots")


@router.post("", status_code=201)
def add(caller: Decider, body: AddRobot, request: Request, services: WithServices, now: Now) -> RobotTokenOut:
    """Add a robot. Its token is shown this once; it is not kept."""
    wanted = Wanted(
        name=body.name,
        about=body.about,
        scopes=scopes(body.scopes),
        days=body.days,
        issuer=body.issuer,
        audience=body.audience,
        claims=body.claims,
    )
    trusts = request.app.state.workloads.trusts
    added = adding(wanted, by=caller.id, trusts=trusts, judge=services.judge, now=now)
    return RobotTokenOut.handing(added.robot, added.token)


@router.get("")
def ls(caller: Reader, services: WithServices) -> RobotsOut:
    """List the robots: all for the owners of the rules, one's own for everybody else."""
    found = find.visible(caller, rules=services.readable_rules(), ledger=services.ledger)
    return RobotsOut(
        robots=[RobotOut.of(robot) for robot in found], names=names({robot.owner for robot in found}, services)
    )


@router.post("/{name}/rotate")
def rotate(caller: Decider, name: RobotWord, body: RotateRobot, services: WithServices, now: Now) -> RobotTokenOut:
    """Give a robot a new token; the old one is refused from now on."""
    changed = rotating(name, by=caller.id, days=body.days, judge=services.judge, now=now)
    return RobotTokenOut.handing(changed.robot, changed.token)


@router.post("/{name}/adopt")
def adopt(caller: Decider, name: RobotWord, body: AdoptRobot, services: WithServices, now: Now) -> RobotTokenOut:
    """Answer for a robot from now on. A token of ours is changed for another."""
    changed = adopting(name, by=caller.id, days=body.days, judge=services.judge, now=now)
    return RobotTokenOut.handing(changed.robot, changed.token)


@router.post("/{name}/remove")
def remove(by: EndingForOthers, name: RobotWord, services: WithServices, now: Now) -> RobotOut:
    """Remove a robot: it is refused from now on, and its access is taken away."""
    return RobotOut.of(removing(name, by=by, enders=services.enders, now=now))


def scopes(words: Iterable[str]) -> frozenset[LoginScope]:
    """Read the words for what a token may do. Raises BadInput (field `scopes`)."""
    try:
        return frozenset(LoginScope(word) for word in words)
    except ValueError:
        raise BadInput("A robot's scopes are read, ask and use.", field="scopes") from None
