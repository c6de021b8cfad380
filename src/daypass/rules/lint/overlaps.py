"""
Rules that never count, and rules that take back what another one says: what is sure from the document alone.

A rule is looked at piece by piece, each of its patterns with each way of handing out and each level. A piece is closed
when denials that strike there take in everybody whom the rule names, several of them together too; it is decided
already when rules before it that lend at least as much take in everybody.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import or_

from daypass.model.entitlement import ordered
from daypass.model.grant import Delivery
from daypass.model.length import words_for_length
from daypass.resources.registry import implied
from daypass.rules.approval.quorum import closed
from daypass.rules.match.patterns import Pattern
from daypass.rules.rule.finding import Finding, FindingKind
from daypass.rules.rule.people import NOBODY, NamedPeople
from daypass.rules.rule.rule import AllowRule, DenyRule, Rule
from daypass.rules.rule.rulebook import RuleBook

_NARROWER = "Take one of them out, or make one of them narrower."
_UP = "Move it up, or take it out."

Piece = tuple[Pattern, Delivery, str]


def of_lending(book: RuleBook, rule: AllowRule, position: int) -> Iterator[Finding]:
    """Find why a rule never lends anything, or never something that it names; and what gets around it."""
    if not rule.who:  # it names nobody, which no document can say
        return
    shut = _Shut.of(book, rule)
    if shut.all_of(shut.pieces):
        sentence = f"Rule {rule.id} never allows anything: {shut.who_closes(shut.pieces)} all of it."
        yield finding(book, rule, FindingKind.UNREACHABLE, sentence, _NARROWER)
        return
    if before := _before(book, rule, position, shut):
        yield finding(book, rule, FindingKind.UNREACHABLE, f"Rule {rule.id} never decides: {before}.", _UP)
        return
    yield from _never_lent(book, rule, shut)
    yield from _around(book, rule, position)


def of_denying(book: RuleBook, rule: DenyRule, position: int) -> Iterator[Finding]:
    """Find a denial that changes nothing, because one before it has all of it."""
    for at, earlier in book.covering(rule):
        if at < position and isinstance(earlier, DenyRule) and _denies_all(earlier, rule):
            sentence = f"Rule {rule.id} changes nothing: {earlier.id}, before it, denies everything that it denies."
            yield finding(book, rule, FindingKind.UNREACHABLE, sentence, "Take it out, or make the first one narrower.")
            return


def finding(book: RuleBook, rule: Rule, kind: FindingKind, sentence: str, suggestion: str) -> Finding:
    """Say something of a rule, at its line."""
    return Finding(file=book.name, line=rule.line, rule=rule.id, kind=kind, sentence=sentence, suggestion=suggestion)


def all_of(these: NamedPeople, those: NamedPeople) -> bool:
    """Whether everybody among those is surely among these."""
    return these.anyone or (
        not those.anyone
        and those.people <= these.people
        and those.slack_groups <= these.slack_groups
        and those.directory_groups <= these.directory_groups
    )


def under(pattern: Pattern, wider: Iterable[Pattern]) -> bool:
    """Whether the pattern surely matches nothing that one of the wider ones does not."""
    return any(pattern == one or (one.speaks_of(pattern) and one.contains_all_under(pattern.stem)) for one in wider)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shut:
    """Whom denials keep from each piece of a rule."""

    rule: AllowRule
    pieces: dict[Piece, NamedPeople]
    by: tuple[DenyRule, ...]
    """The denials that close any of it."""

    @classmethod
    def of(cls, book: RuleBook, rule: AllowRule, *, extra: str | None = None) -> "_Shut":
        """Look at each piece, asked for with this extra or with none."""
        denials = [
            deny
            for _, deny in book.covering(rule)
            if isinstance(deny, DenyRule) and _whenever(deny, rule) and (not deny.extras or extra in deny.extras)
        ]
        by = tuple(deny for deny in denials if any(under(place, deny.places) for place in rule.places))
        keys = product(rule.places, sorted(rule.deliveries), sorted(implied(rule.levels, rule.kind)))
        pieces = {key: reduce(or_, (deny.who for deny in by if _on(deny, *key)), NOBODY) for key in keys}
        return cls(rule=rule, pieces=pieces, by=by)

    def all_of(self, pieces: Iterable[Piece]) -> bool:
        """Whether these pieces are closed to everybody whom the rule names."""
        return bool(self.by) and all(all_of(self.pieces[piece], self.rule.who) for piece in pieces)

    def who_closes(self, pieces: Iterable[Piece]) -> str:
        """Say which denials close these pieces: one that does so alone, or all that have a part in it."""
        keys = list(pieces)
        alone = [deny for deny in self.by if all_of(deny.who, self.rule.who) and all(_on(deny, *key) for key in keys)]
        some = [deny for deny in self.by if any(_on(deny, *key) for key in keys)]
        return _say(alone[:1] or some, "denies", "deny")

    def everywhere(self) -> NamedPeople:
        """Those of the rule to whom every piece is closed."""
        return reduce(_both, self.pieces.values(), self.rule.who) if self.by else NOBODY


def _on(deny: DenyRule, place: Pattern, delivery: Delivery, level: str) -> bool:
    strikes = delivery in deny.deliveries and not implied(frozenset({level}), deny.kind).isdisjoint(deny.levels)
    return strikes and under(place, deny.places)


def _never_lent(book: RuleBook, rule: AllowRule, shut: _Shut) -> Iterator[Finding]:
    """Find what a rule names in so many words and never lends."""
    for named, pieces in _named(rule, shut):
        if shut.all_of(pieces):
            yield _in_vain(book, rule, named, shut.who_closes(pieces))
    for extra in sorted(rule.extras):
        with_it = _Shut.of(book, rule, extra=extra)
        if with_it.all_of(with_it.pieces):
            yield _in_vain(book, rule, extra, with_it.who_closes(with_it.pieces))
    gone = shut.everywhere()
    if names := sorted([*gone.people, *gone.slack_groups, *gone.directory_groups]):
        yield _in_vain(book, rule, _and(names), shut.who_closes(shut.pieces))


def _named(rule: AllowRule, shut: _Shut) -> Iterator[tuple[str, list[Piece]]]:
    for place in dict.fromkeys(rule.places):
        yield str(place), [piece for piece in shut.pieces if piece[0] == place]
    for level in ordered(rule.levels):
        yield level, [piece for piece in shut.pieces if piece[2] == level]
    if rule.deliveries != frozenset(Delivery):  # else they are not named
        for way in sorted(rule.deliveries):
            yield f"a {way}", [piece for piece in shut.pieces if piece[1] is way]


def _in_vain(book: RuleBook, rule: AllowRule, named: str, denied: str) -> Finding:
    sentence = f"Rule {rule.id} speaks of {named} in vain: {denied} that wherever it lends."
    return finding(
        book, rule, FindingKind.CONTRADICTING, sentence, "Take it out of the rule, or make the denial narrower."
    )


def _before(book: RuleBook, rule: AllowRule, position: int, shut: _Shut) -> str:
    """Say which rules before this one decide all that is not denied; nothing when some of it is left."""
    before = (one for at, one in book.covering(rule) if at < position)
    earlier = [one for one in before if isinstance(one, AllowRule) and _lends_as_much(one, rule)]
    if not earlier:
        return ""
    for alone in earlier:
        if all_of(alone.who, rule.who) and rule.deliveries <= alone.deliveries and _places_in(rule, alone):
            return f"{alone.id}, before it, allows everything that it allows"
    open_ = {piece[:2] for piece in shut.pieces if not shut.all_of([piece])}
    helping = [_taking(earlier, place, delivery) for place, delivery in sorted(open_, key=str)]
    if not all(all_of(reduce(or_, (one.who for one in some), NOBODY), rule.who) for some in helping):
        return ""
    names = [one for one in earlier if any(one in some for some in helping)]
    rest = f", and what is left {_say(shut.by, 'denies', 'deny')}" if len(open_) < len(_pairs(shut)) else ""
    said = _say(names, "allows", "allow")
    return f"{said}{' between them' if len(names) > 1 else ''}, before it, everything that it allows{rest}"


def _pairs(shut: _Shut) -> set[tuple[Pattern, Delivery]]:
    return {piece[:2] for piece in shut.pieces}


def _taking(earlier: Sequence[AllowRule], place: Pattern, delivery: Delivery) -> list[AllowRule]:
    return [one for one in earlier if delivery in one.deliveries and under(place, one.places)]


def _places_in(later: AllowRule, earlier: AllowRule) -> bool:
    return all(under(place, earlier.places) for place in later.places)


def _lends_as_much(earlier: AllowRule, later: AllowRule) -> bool:
    """Whether the earlier rule wants no more than the later one, for whom, where and in which way it lends."""
    return (
        _whenever(earlier, later)
        and implied(later.levels, later.kind) <= implied(earlier.levels, earlier.kind)
        and later.extras <= earlier.extras
        and later.longest <= earlier.longest
        # What prolongs a grant is asked for without a length, and must fit beside what has run.
        and later.longest - later.default <= earlier.longest - earlier.default
        and (later.reason_required or not earlier.reason_required)
        and earlier.reason_matching in (None, later.reason_matching)
        and earlier.ticket in (None, later.ticket)
        and earlier.break_glass == later.break_glass
        and _as_fillable(earlier, later)
    )


def _whenever(one: Rule, other: Rule) -> bool:
    """Whether a rule counts whenever the other one does."""
    return not one.paused and one.when in (None, other.when)


def _as_fillable(earlier: AllowRule, later: AllowRule) -> bool:
    """
    Whether enough others can decide in the earlier rule whenever they can in the later one.

    One who is the only approver is turned away by the earlier rule, and may need the later one.
    """
    if earlier.stages == later.stages or all(step.everybody().slack_groups for step in earlier.stages):
        return True
    if len(earlier.stages) != 1 or len(later.stages) != 1:
        return False
    ((first,), (then,)) = earlier.stages, later.stages
    wider = closed(then) and then.everybody().people <= first.everybody().people
    return wider and first.needed is not None and then.needed is not None and first.needed <= then.needed


def _denies_all(earlier: DenyRule, later: DenyRule) -> bool:
    return (
        _whenever(earlier, later)
        and all_of(earlier.who, later.who)
        and later.levels <= earlier.levels
        and later.deliveries <= earlier.deliveries
        and (not earlier.extras or (bool(later.extras) and later.extras <= earlier.extras))
        and all(under(place, earlier.places) for place in later.places)
    )


def _around(book: RuleBook, rule: AllowRule, position: int) -> Iterator[Finding]:
    """Find a rule after this one that lends the same for less, to whoever asks so that this one does not answer."""
    if rule.at_once:
        return
    for at, later in book.covering(rule):
        if at > position and isinstance(later, AllowRule) and _same_ground(rule, later) and (how := _how(rule, later)):
            less = "at once" if later.at_once else "without a passkey"
            wants = "asks somebody" if later.at_once else "wants the approver's passkey"
            sentence = f"Rule {rule.id} {wants}, and {later.id}, after it, lends the same {less} to whoever asks {how}."
            yield finding(
                book, rule, FindingKind.CONTRADICTING, sentence, f"Let {later.id} want as much, or narrow it."
            )


def _same_ground(rule: AllowRule, later: AllowRule) -> bool:
    looser = later.at_once or (rule.second_factor and not later.second_factor)
    return (
        looser
        and _whenever(later, rule)
        and rule.break_glass is None
        and later.break_glass is None
        and all_of(later.who, rule.who)
        and implied(rule.levels, rule.kind) <= implied(later.levels, later.kind)
        and rule.deliveries <= later.deliveries
        and any(under(place, later.places) for place in rule.places)
    )


def _how(rule: AllowRule, later: AllowRule) -> str:
    """Say how one must ask so that the first rule does not answer and the later one does."""
    ways = []
    if later.longest > rule.longest:
        ways.append(f"for more than {words_for_length(rule.longest)}")
    if rule.reason_matching and later.reason_matching is None:
        ways.append(f"without “{rule.reason_matching}” in the reason")
    elif rule.reason_required and not later.reason_required:
        ways.append("without a reason")
    if rule.ticket and later.ticket is None:
        ways.append("without an open ticket")
    return " or ".join(ways)


def _both(one: NamedPeople, other: NamedPeople) -> NamedPeople:
    if one.anyone or other.anyone:
        return other if one.anyone else one
    return NamedPeople(
        people=one.people & other.people,
        slack_groups=one.slack_groups & other.slack_groups,
        directory_groups=one.directory_groups & other.directory_groups,
    )


def _say(rules: Sequence[Rule], one: str, many: str) -> str:
    return f"{_and([rule.id for rule in rules])} {one if len(rules) == 1 else many}"


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
