"""Find bots, and who may change them."""

from daypass.lifecycle.bots.tokens import robot_id
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.rule_changes.owners import must_own
from daypass.model.bot import Bot
from daypass.model.errors import NotFound, NotYours, TooLate
from daypass.model.principal import Principal, PrincipalId
from daypass.model.record import Validity
from daypass.ports import Ledger
from daypass.rules.load.read import RuleBook


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


def owns_rules(who: Principal, rules: RuleBook | None) -> bool:
    """Whether this is an owner of the rules as they stand; nobody is while they cannot be read."""
    return rules is not None and who.may_decide and rules.owners.include(who, guests=False)


def must_own_rules(by: PrincipalId, *, judge: Judge) -> None:
    """Raise NotYours for somebody who does not own the rules, Unavailable while that cannot be told."""
    judge = judge.at_once()
    if not judge.rules().owners:
        raise NotYours("The rules name no owners, so nobody may add robots or change them; give them `owners:` first.")
    must_own(by, judge=judge, refused="Only the owners of the rules may add robots and change them.")
