"""What somebody could ask for at all: the rules that name them, in the order in which they would be asked."""

from dataclasses import dataclass

from daypass.model.principal import Principal
from daypass.rules.decide.rule import AllowRule, DenyRule
from daypass.rules.decide.rulebook import RuleBook
from daypass.rules.describe.rules import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A rule that lends to this person, and its sentence."""

    rule: AllowRule
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What is lent to somebody, and the sentences of the rules that may stand in the way of some of it."""

    offers: tuple[Offer, ...]
    denials: tuple[str, ...]


def offers(book: RuleBook, principal: Principal) -> Offers:
    """
    Go through the rules that name this person. What is offered may still be refused, by a denial or for the moment.

    Nothing is offered to who is deactivated, and nothing that breaks glass to a robot.
    """
    if not principal.active:
        return Offers(offers=(), denials=())
    mine = [rule for rule in book.rules if not rule.paused and rule.is_for(principal)]
    return Offers(
        offers=tuple(Offer(rule=rule, sentence=in_words(rule)) for rule in mine if isinstance(rule, AllowRule)),
        denials=tuple(in_words(rule) for rule in mine if isinstance(rule, DenyRule)),
    )
