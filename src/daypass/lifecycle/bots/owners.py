"""Who may add robots and change them: the owners of the rules, who are people."""

from daypass.lifecycle.judge import Judge
from daypass.lifecycle.rule_changes.owners import must_own
from daypass.model.errors import NotYours
from daypass.model.principal import Principal, PrincipalId
from daypass.rules.document.read import RuleBook


def owns_rules(who: Principal, rules: RuleBook | None) -> bool:
    """Whether this is an owner of the rules as they stand; nobody is while they cannot be read."""
    return rules is not None and who.may_decide and rules.owners.include(who, guests=False)


def must_own_rules(by: PrincipalId, *, judge: Judge) -> None:
    """Raise NotYours for somebody who does not own the rules, Unavailable while that cannot be told."""
    judge = judge.at_once()
    if not judge.rules().owners:
        raise NotYours("The rules name no owners, so nobody may add robots or change them; give them `owners:` first.")
    must_own(by, judge=judge, refused="Only the owners of the rules may add robots and change them.")
