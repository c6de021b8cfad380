"""
What a person can request at all: what a form suggests, what `offers` lists, and the nearest to what they typed.

It errs on one side alone: whatever `decide` would allow is within reach. What is within reach may still be refused.

Only what the person's own rules name is offered, so that nobody learns from a typing error what else there is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from daypass.model.decision import Denied, Question
from daypass.model.grant import Delivery
from daypass.model.principal import Principal
from daypass.model.resource import Resource
from daypass.resources.registry import implied, resource_at
from daypass.rules.describe.denial import OFFERS
from daypass.rules.describe.rules import in_words
from daypass.rules.match.patterns import Pattern
from daypass.rules.rule.rule import AllowRule, DenyRule
from daypass.rules.rule.rulebook import RuleBook


def may_see(
    book: RuleBook, principal: Principal, bucket: str, prefix: str = "", *, levels: frozenset[str] = frozenset()
) -> bool:
    """
    Whether this person could get anything in the bucket under the prefix; with `levels`, all of these.

    The prefix may stop within a word: `acme-reports`, `20` asks for everything that begins with acme-reports/20.
    """
    return _could(book, principal, f"{bucket}/{prefix}", levels, _UNDER)


def may_request(book: RuleBook, principal: Principal, resource: Resource) -> bool:
    """Whether a rule that names this person is about some of it; one that denies it is not looked at."""
    rules = book.concerning(principal, resource.address) if principal.active else ()
    return any(isinstance(one, AllowRule) and one.is_for(principal) and one.overlaps(resource) for one in rules)


def may_name(book: RuleBook, principal: Principal, bucket: str, key: str, *, levels: frozenset[str]) -> bool:
    """
    Whether this person could get all these levels at this name: one object, or with a slash at its end, a prefix.

    The name of an object is whole: a rule for what begins with it says nothing of it.
    """
    if not key or key.endswith("/"):
        return may_see(book, principal, bucket, key, levels=levels)
    return _could(book, principal, f"{bucket}/{key}", levels, _EXACTLY)


def _could(book: RuleBook, principal: Principal, name: str, levels: frozenset[str], extent: "_Extent") -> bool:
    if not principal.active:
        return False
    rules = [
        rule
        for rule in book.concerning(principal, name)
        if any(extent.touched(pattern, name) for pattern in rule.places)
    ]
    closing = (rule for rule in rules if isinstance(rule, DenyRule) and extent.closed_by(rule, name))
    closed = frozenset(level for rule in closing for level in rule.levels)
    lending = (rule for rule in rules if isinstance(rule, AllowRule) and rule.is_for(principal))
    if levels:
        return implied(levels).isdisjoint(closed) and any(levels <= implied(rule.levels, rule.kind) for rule in lending)
    return any(_left(rule, closed) for rule in lending)


@dataclass(frozen=True, slots=True)
class _Extent:
    """What is meant by a name: all that begins with it, or what is called so."""

    touched: Callable[[Pattern, str], bool]
    """Whether a pattern matches any of it."""
    covered: Callable[[Pattern, str], bool]
    """Whether a pattern matches all of it."""

    def closed_by(self, rule: DenyRule, name: str) -> bool:
        """Whether a rule leaves nothing of it, however that is asked for."""
        always = rule.when is None and not rule.extras and rule.deliveries == frozenset(Delivery)
        return always and any(self.covered(pattern, name) for pattern in rule.places)


_UNDER = _Extent(touched=Pattern.overlaps_under, covered=Pattern.contains_all_under)
_EXACTLY = _Extent(touched=Pattern.matches, covered=Pattern.matches)


def _left(rule: AllowRule, closed: frozenset[str]) -> bool:
    return any(implied(frozenset({level}), rule.kind).isdisjoint(closed) for level in implied(rule.levels, rule.kind))


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


_AS_NEAR = 0.8
"""How alike two names must be: `acme-report` and `acme-reports` are, `acme-logs` and `acme-blobs` are not quite."""


def told(denied: Denied, book: RuleBook, question: Question) -> str:
    """
    Say a denial to the person, with the place that is nearest where no rule speaks of the one asked for.

    Apart from the decision, which is asked thousands of times where the effect of a change is worked out.
    """
    near = nearest_place(book, question) if denied.silent else None
    return denied.sentence.replace(OFFERS, f"Did you mean {near}?") if near else denied.sentence


def nearest_place(book: RuleBook, question: Question) -> Resource | None:
    """Find the place, of those that rules lend this person, that is nearest to the one asked for; None if none is."""
    asked = question.entitlement.resource
    rules = [one for one in book.concerning(question.principal, "") if isinstance(one, AllowRule)]
    mine = [rule for rule in rules if rule.is_for(question.principal) and rule.break_glass is None]
    patterns = [pattern for rule in mine for pattern in rule.places if pattern.speaks_of(asked)]
    texts = {pattern.path.removesuffix("**") for pattern in patterns}
    plain = sorted(text for text in texts if "*" not in text)
    for bucket in get_close_matches(asked.root, sorted({text.partition("/")[0] for text in plain}), cutoff=_AS_NEAR):
        there = resource_at(asked.path.replace(asked.root, bucket, 1), kind=asked.kind, account=asked.account)
        if bucket != asked.root and any(rule.overlaps(there) for rule in mine):
            return there
    near = get_close_matches(asked.path if asked.inner else asked.root, plain, n=1, cutoff=_AS_NEAR)
    return resource_at(near[0], kind=asked.kind, account=asked.account) if near else None
