"""
Stages cannot be skipped, reordered or replayed, and what is removed between ask and click counts at the click.

Random stages, random clicks, and in between rules that are rewritten, renamed or gone and people who leave and come
back, all through the verbs that the doors call. A reckoning of its own, from nothing but the clicks that were taken,
says after each step what must stand in the ledger.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from daypass.model.errors import NotAllowed, NotFound, NotYours, TooLate
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.model.request import RequestState
from daypass.rules.load.read import parse
from tests.examples import examples
from tests.flow.conftest import Walk
from tests.makers import ANN, EVE, principal

CREW = tuple(PrincipalId(f"U0{letter * 2}") for letter in "BCDE")
GONE = PrincipalId("U0GONE")
"""Named in every stage, and not in the house any more: so that a stage may lose everybody and still be written."""
NAMES = ("first", "second", "third")


@dataclass(frozen=True)
class Turn:
    """One stage as plain data."""

    name: str
    people: frozenset[PrincipalId]
    needed: int


@dataclass(frozen=True)
class Rules:
    """The one rule as plain data, and whether it is there at all."""

    turns: tuple[Turn, ...]
    name: str = "reports"
    there: bool = True

    def text(self) -> str:
        """As a document."""
        place = "acme-reports/**" if self.there else "acme-other/**"
        stages = "".join(
            f"        - {{name: {turn.name}, at_least: {turn.needed}, "
            f"of: {{people: [{', '.join(sorted({*turn.people, ANN, GONE}))}]}}}}\n"
            for turn in self.turns
        )
        limits = "limits: {pending: 10000, live: 10000}"
        head = (
            f"version: 1\n{limits}\nrules:\n  - id: {self.name}\n    who: anyone\n    may: [read]\n"
            f'    on: ["{place}"]\n'
        )
        return f"{head}    for: {{default: 1h, max: 8h}}\n    approve:\n      stages:\n{stages}"


@dataclass
class Reckoning:
    """What must stand, from the clicks that were taken and the rules and people of now."""

    rules: Rules
    absent: set[PrincipalId] = field(default_factory=set)
    taken: list[tuple[PrincipalId, str, str]] = field(default_factory=list)
    """By whom, in which stage, under which rule."""

    def can_be_filled(self) -> bool:
        """Whether every stage can still have people of its own."""
        return self.rules.there and _seats(self.rules.turns, frozenset(self.absent))

    def where(self) -> tuple[Turn | None, list[PrincipalId]]:
        """The stage that waits, and whose approvals count until there."""
        counted: list[PrincipalId] = []
        rest = iter(self.taken)
        for turn in self.rules.turns:
            filled = 0
            while filled < turn.needed:
                by, stage, rule = next(rest, (GONE, "", ""))
                if not stage:
                    return turn, counted
                if (stage, rule) == (turn.name, self.rules.name) and self.may(by, turn) and by not in counted:
                    counted.append(by)
                    filled += 1
        return None, counted

    def may(self, by: PrincipalId, turn: Turn) -> bool:
        """Whether somebody decides in a stage."""
        return by in turn.people and by not in self.absent


def _seats(turns: tuple[Turn, ...], used: frozenset[PrincipalId]) -> bool:
    """Whether there are different people enough, found by trying."""
    if not turns:
        return True
    first, *rest = turns
    if not first.needed:
        return _seats(tuple(rest), used)
    fewer = (replace(first, needed=first.needed - 1), *rest)
    return any(_seats(fewer, used | {one}) for one in first.people - used)


@st.composite
def some_turns(draw: st.DrawFn) -> tuple[Turn, ...]:
    """One to three stages, in an order of their own, of some of the four."""
    names = draw(st.permutations(NAMES))[: draw(st.integers(1, 3))]
    crowds = st.frozensets(st.sampled_from(CREW), min_size=2)
    return tuple(Turn(name=name, people=draw(crowds), needed=draw(st.sampled_from([1, 1, 2]))) for name in names)


people = st.sampled_from(CREW)
clicks = st.tuples(st.just("click"), people)
changes = st.one_of(
    st.tuples(st.just("strike"), people),
    st.tuples(st.just("name"), people),
    st.tuples(st.just("move"), people),
    st.tuples(st.just("reorder"), st.permutations(NAMES)),
    st.tuples(st.just("rewrite"), some_turns()),
    st.tuples(st.just("rename"), st.sampled_from(["reports", "stricter"])),
    st.tuples(st.just("remove"), st.booleans()),
)


@dataclass
class Story:
    """One request, and what happens to it."""

    walk: Walk
    known: Reckoning
    request: GrantId = field(init=False)

    def begin(self) -> None:
        """Everybody is here, and Ann asks."""
        for one in CREW:
            self.walk.directory.people[one] = principal(one, None)
        self.walk.directory.people[GONE] = replace(principal(GONE, None), active=False)
        self.put(self.known.rules)
        self.request = self.walk.ask().id

    def put(self, rules: Rules) -> None:
        """The rules are these from now on."""
        self.known.rules = rules
        self.walk.rules = parse(rules.text(), name="rules.yaml")

    def change(self, what: str, how: object) -> None:
        """Somebody changes the rules, leaves or comes back."""
        rules, known = self.known.rules, self.known
        match what, how:
            case "strike", str(who):
                self.put(replace(rules, turns=tuple(replace(one, people=one.people - {who}) for one in rules.turns)))
            case "name", str(who):
                named = frozenset({PrincipalId(who)})
                self.put(replace(rules, turns=tuple(replace(one, people=one.people | named) for one in rules.turns)))
            case "reorder", list(names):
                self.put(replace(rules, turns=tuple(sorted(rules.turns, key=lambda one: names.index(one.name)))))
            case "move", str(who):
                known.absent ^= {PrincipalId(who)}
                self.walk.directory.change(PrincipalId(who), active=who not in known.absent)
            case "rewrite", tuple(turns):
                self.put(replace(rules, turns=turns))
            case "rename", str(name):
                self.put(replace(rules, name=name))
            case "remove", bool(gone):
                self.put(replace(rules, there=not gone))
            case _:
                raise AssertionError(what)

    def click(self, by: PrincipalId) -> bool:
        """Somebody clicks; returns whether the request is approved now, and holds it against the reckoning."""
        before, (turn, counted) = self.walk.ledger.request(self.request), self.known.where()
        anywhere = any(self.known.may(by, one) for one in self.known.rules.turns)
        counts = anywhere if turn is None else self.known.may(by, turn) and by not in counted
        fillable = self.known.can_be_filled()
        if not (fillable and counts):
            if fillable and turn is not None and by in counted:  # the same once more: answered as it was
                assert self.walk.click(self.request, by) is None
            else:
                with pytest.raises(NotYours if fillable else NotAllowed):
                    self.walk.click(self.request, by)
            assert self.walk.ledger.request(self.request) == before
            return False
        grant = self.walk.click(self.request, by)
        self.known.taken.append((by, turn.name if turn else "", self.known.rules.name))
        now_waits = self.known.where()[0] if turn else None
        after = self.walk.ledger.request(self.request)
        assert (grant is not None) is (after.state is RequestState.APPROVED) is (now_waits is None)
        assert [(one.by, one.stage, one.rule) for one in after.approvals] == self.known.taken
        if now_waits is not None:
            assert after.waits_in == now_waits.name
        return grant is not None


_MANY = settings(examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])


def _of(walk: Walk, turns: tuple[Turn, ...]) -> Story:
    told = Story(walk=walk, known=Reckoning(rules=Rules(turns=turns)))
    told.begin()
    return told


@_MANY
@given(turns=some_turns(), order=st.lists(people, min_size=4, max_size=16))
def test_stages_cannot_be_skipped_reordered_or_replayed(
    walk: Walk, turns: tuple[Turn, ...], order: list[PrincipalId]
) -> None:
    """In whichever order they click: each counts in the stage that waits, or is refused and changes nothing."""
    assume(_seats(turns, frozenset()))
    told = _of(walk, turns)
    while order and not told.click(order.pop(0)):
        assert not walk.ledger.grants(ids=[told.request])
    decided, before = walk.ledger.request(told.request), walk.ledger.grants()
    for by in order:  # only when it was approved
        assert decided.approval is not None
        if any(one.by == by for one in decided.approvals):  # the same once more is answered as it was
            assert walk.click(told.request, by) == walk.ledger.grant(told.request)
        else:
            with pytest.raises(TooLate, match=f"approved by {decided.approval.by} already"):
                walk.click(told.request, by)
    assert walk.ledger.grants() == before


@_MANY
@given(turns=some_turns(), steps=st.lists(st.one_of(clicks, clicks, clicks, changes), min_size=6, max_size=24))
def test_what_is_removed_between_ask_and_click_counts(
    walk: Walk, turns: tuple[Turn, ...], steps: list[tuple[str, object]]
) -> None:
    """An approver or a rule that is gone at the click lends nothing, and what they had approved counts no more."""
    assume(_seats(turns, frozenset()))
    told = _of(walk, turns)
    for what, how in steps:
        if what != "click":
            told.change(what, how)
        elif told.click(PrincipalId(str(how))):
            return
    with pytest.raises(NotFound):
        walk.ledger.grant(told.request)


def test_a_stranger_does_not_finish_what_the_rules_of_now_find_sufficient(walk: Walk) -> None:
    """Two were wanted, one approved, and now the rules want one: the click that ends it is one of those who decide."""
    bea, cleo, *_ = CREW
    turn = Turn(name="first", people=frozenset({bea, cleo}), needed=2)
    told = _of(walk, (turn,))
    told.click(bea)
    told.put(replace(told.known.rules, turns=(replace(turn, needed=1),)))

    with pytest.raises(NotYours):
        walk.click(told.request, EVE)
    assert not walk.ledger.grants(ids=[told.request])
    assert walk.click(told.request, cleo) is not None


def test_who_is_handed_over_to_does_not_decide_before_the_time(walk: Walk) -> None:
    """Cleo may after half an hour, and not a second before."""
    bea, cleo, *_ = CREW
    told = _of(walk, (Turn(name="first", people=frozenset({bea, cleo}), needed=1),))
    later = f"of: {{people: [{bea}]}}, hand_over: [{{after: 30m, to: {{people: [{cleo}]}}}}]}}"
    text = told.known.rules.text()
    walk.rules = parse(f"{text[: text.index('of: {')]}{later}\n", name="rules.yaml")
    walk.clock.forward(timedelta(minutes=30) - timedelta(seconds=1))

    with pytest.raises(NotYours):
        walk.click(told.request, cleo)
    walk.clock.forward(timedelta(seconds=1))
    assert walk.click(told.request, cleo) is not None
