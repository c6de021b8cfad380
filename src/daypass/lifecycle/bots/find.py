"""Find robots: one by its name, or all that somebody may see."""

from daypass.lifecycle.bots.owners import owns_rules
from daypass.lifecycle.bots.tokens import robot_id
from daypass.model.bot import Bot
from daypass.model.errors import NotFound, TooLate
from daypass.model.principal import Principal
from daypass.model.record import Validity
from daypass.ports import Ledger
from daypass.rules.document.read import RuleBook


def find(name: str, *, ledger: Ledger) -> Bot:
    """Read a robot, one that was removed too. Raises NotFound."""
    try:
        return ledger.find(Bot, robot_id(name))
    except NotFound:
        raise NotFound("There is no such robot; `daypass robot ls` shows those there are.") from None


def standing(name: str, *, ledger: Ledger) -> Bot:
    """Read a robot that was not removed. Raises NotFound, or TooLate for one that was."""
    robot = find(name, ledger=ledger)
    if robot.state is not Validity.OPEN:
        raise TooLate(f"{robot.id} was removed already.")
    return robot


def visible(viewer: Principal, *, rules: RuleBook | None, ledger: Ledger) -> list[Bot]:
    """List the robots that stand: all for an owner of the rules, their own for everybody else."""
    owner = None if owns_rules(viewer, rules) else viewer.id
    return ledger.all(Bot, owner=owner, states=(Validity.OPEN,))
