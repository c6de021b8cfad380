"""What other rules would mean is told before they are in force: who gains, who loses, which requests are redecided."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daypass.model.decision import Allowed, Circumstances, Question
from daypass.model.entitlement import Entitlement
from daypass.model.grant import Delivery, GrantId
from daypass.model.principal import Principal
from daypass.resources.registry import parse_resource
from daypass.resources.s3_statements import Level
from daypass.rules.decide.decision import decide
from daypass.rules.rule.rule import Rule
from daypass.rules.rule.rulebook import RuleBook
from daypass.rules.sampling import effects
from daypass.rules.sampling.effects import ChangeEffect, effect
from tests.examples import repeated
from tests.rules.worlds import GROUPS, HOUR, IDS, PLACES, any_rules, ask, book, person, written

AT = datetime(2026, 5, 4, 10, tzinfo=UTC)
LENDS = """
  - id: lends
    who: {people: [U0ANN, U0BEN]}
    may: [read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0CID]}}
"""
LEADS = """
  - id: leads
    who: {slack_groups: [S0LEADS]}
    may: [read, write]
    on: ["acme-*/public/**"]
    for: {default: 1h, max: 1d}
    approve: at-once
"""
DENIES = """
  - {id: denies, deny: true, who: anyone, on: ["acme-reports/payroll/**"]}
"""
PEOPLE = [person("U0ANN"), person("U0BEN", "S0LEADS"), person("U0EVE", "S0LEADS"), person("U0GUS", active=False)]


def seen(old: str | RuleBook, new: str | RuleBook, people: list[Principal] | None = None) -> ChangeEffect:
    """Compare two books for a few people."""
    before, after = (one if isinstance(one, RuleBook) else written(one) for one in (old, new))
    return effect(before, after, people=PEOPLE if people is None else people, pending=[], at=AT)


def told(old: str, new: str) -> tuple[list[str], list[str], list[str]]:
    """Name who gains, who loses, and for whom something is on other terms."""
    found = seen(old, new)
    return sorted(found.gain), sorted(found.lose), sorted(found.otherwise)


@pytest.mark.parametrize(
    ("old", "new", "gain", "lose", "otherwise"),
    [
        (LENDS + LEADS, LENDS + LEADS, "", "", ""),
        (LENDS, LENDS + LEADS, "BEN EVE", "", ""),
        (LENDS + LEADS, LENDS, "", "BEN EVE", ""),
        (LENDS, LENDS.replace("max: 8h", "max: 9h"), "ANN BEN", "", ""),
        (LENDS, LENDS.replace("max: 8h", "max: 4h"), "", "ANN BEN", ""),
        (LENDS, LENDS.replace("[U0CID]", "[U0DEE]"), "", "", "ANN BEN"),
        (LENDS, LENDS.replace("default: 1h", "default: 2h"), "", "", "ANN BEN"),
        (LENDS, LENDS.replace("[U0ANN, U0BEN]", "[U0ANN, U0EVE]"), "EVE", "BEN", ""),
        (LENDS, LENDS.replace("may: [read]", "may: [read, delete]"), "ANN BEN", "", ""),
        (LENDS, LENDS.replace("may:", "delivery: [session]\n    may:"), "", "ANN BEN", ""),
        (LENDS, LENDS.replace("may:", "delivery: [session, policy, link]\n    may:"), "ANN BEN", "", ""),
        (LENDS, LENDS.replace("reports/**", "reports/2026/**"), "", "ANN BEN", ""),
        (LENDS, LENDS.replace("may:", "extras: [versions]\n    may:"), "ANN BEN", "", ""),
        (LENDS, LENDS.replace("may:", "paused: true\n    may:"), "", "ANN BEN", ""),
        (LENDS, LENDS + DENIES, "", "ANN BEN", ""),
        (LENDS + DENIES, LENDS + DENIES.replace("deny: true", "deny: true, paused: true"), "ANN BEN", "", ""),
        (LEADS, LEADS + DENIES, "", "", ""),
        (LEADS, LEADS + DENIES.replace("reports/payroll/**", "reports/**"), "", "BEN EVE", ""),
        (LENDS + LEADS, LEADS + LENDS, "", "", "BEN"),
        (LENDS, LENDS.replace("[U0CID]", "[U0BEN]"), "", "BEN", "ANN"),
        (LENDS, LENDS + LENDS.replace("id: lends", "id: behind"), "", "", ""),
    ],
)
def test_who_gains_and_who_loses_is_told(old: str, new: str, gain: str, lose: str, otherwise: str):
    """By rule: added, gone, wider, narrower, other approvers, moved, denied on a part."""
    ids = tuple([f"U0{one}" for one in names.split()] for names in (gain, lose, otherwise))

    assert told(old, new) == ids


def test_a_denial_that_has_a_part_of_every_folder_hides_nothing_else():
    """Nothing but single objects can be asked for then, and they are."""
    inside = DENIES.replace("reports/payroll/**", "reports/*/1")

    assert told(LENDS + inside, LENDS.replace("max: 8h", "max: 9h") + inside) == (["U0ANN", "U0BEN"], [], [])


def test_what_lies_deeper_than_a_denial_is_seen():
    """A `**` within a pattern is more than one folder, too."""
    denied = DENIES.replace("reports/payroll/**", "reports/*/q1.csv")

    assert told(denied, LENDS.replace("reports/**", "reports/**/q1.csv") + denied) == (["U0ANN", "U0BEN"], [], [])


def test_examples_say_what_is_gained():
    """A few, in words."""
    [ann, _] = seen(LENDS, LENDS.replace("max: 8h", "max: 9h")).people

    assert ann.person == "U0ANN"
    assert ann.gains[0] == "read acme-reports for 9 hours as a policy"
    assert (len(ann.gains), ann.loses) == (3, ())


def test_a_rule_is_asked_at_the_moment_and_in_the_bucket_that_suit_it():
    """Its conditions do not hide what it lends."""
    when = (
        'when: {days: [sun], hours: ["02:00-03:00"], zone: Asia/Tokyo, tags: {team: a}, on_call: [payments]}\n    may:'
    )

    assert seen(LENDS, LENDS + LEADS.replace("may:", when)).gain == {"U0BEN", "U0EVE"}
    assert seen(LEADS, LEADS.replace("may:", 'when: {account: ["111122223333"]}\n    may:')).lose == {"U0BEN", "U0EVE"}


@pytest.mark.parametrize(
    "extra",
    [
        "reason: {matching: 'INC-[0-9]+'}",
        "ticket: required",
        "ticket: {matching: 'OPS-[0-9]{2}'}",
        "when: {reason: 'CHANGE-[0-9]+'}",
        "when: {live_grants: {under: 2}}",
        "break_glass: {review: {people: [U0CID]}, within: 1d}",
    ],
)
def test_what_a_rule_wants_to_be_said_is_said(extra: str):
    """Reasons, tickets and urgency are made up to fit."""
    assert seen(LENDS, LENDS + LEADS.replace("may:", f"{extra}\n    may:")).gain == {"U0BEN", "U0EVE"}


def test_places_that_become_sensitive_are_seen():
    """A rule for what is not marked no longer lends what is."""
    plain = LENDS.replace("may:", "when: {sensitivity: [unmarked]}\n    may:")
    marked = replace(written(plain), marked={"high": written(LENDS).rules[0].places})

    assert seen(plain, marked).lose == {"U0ANN", "U0BEN"}
    assert seen(plain, marked).besides == ("Counts as high now: acme-reports/**.",)


def test_requests_that_wait_are_decided_by_both():
    """Those that come to something else for their own length are told, with both answers: an hour stays an hour."""
    question = ask("acme-reports/2026/", who=person("U0ANN"), length=8 * HOUR)
    shorter = replace(question, length=HOUR)
    pending = [(GrantId("aaaaaaaaaaaa"), question), (GrantId("bbbbbbbbbbbb"), shorter)]
    around = Circumstances(at=AT)

    found = effect(
        written(LENDS),
        written(LENDS.replace("default: 1h, max: 8h", "default: 1h, max: 2h")),
        people=[],
        pending=[(one, asked, around) for one, asked in pending],
        at=AT,
    )

    assert [one.id for one in found.pending] == ["aaaaaaaaaaaa"]
    assert found.pending[0].sentence == (
        "aaaaaaaaaaaa (U0ANN, read acme-reports/2026/ for 8 hours as a session): "
        "was allowed when U0CID agrees for up to 8 hours (rule lends); "
        "becomes denied: at most 2h for read on acme-reports/2026/ (rule lends). Try --for 2h."
    )
    assert found.sentence() == "0 people gain, 0 lose; 1 pending request would be decided differently."


def test_the_sentence_counts_people_and_requests():
    """In the singular too, and when there is nothing to say."""
    assert seen(LENDS, LENDS).sentence() == (
        "Nobody gains or loses anything, and no pending request would be decided differently."
    )
    assert seen(LENDS, LENDS.replace("[U0ANN, U0BEN]", "[U0ANN, U0EVE]")).sentence() == (
        "1 person gains, 1 loses; 0 pending requests would be decided differently."
    )
    assert seen(LENDS + LEADS, LEADS + LENDS).sentence() == (
        "0 people gain, 0 lose, 1 keeps what they have on other terms; 0 pending requests would be decided differently."
    )


EVERYBODY = [person(one, *groups) for one, groups in product(IDS, ((), *((group,) for group in GROUPS)))]
EVERYTHING = [
    (Entitlement(resource=parse_resource(place), levels=frozenset({level})), delivery)
    for place, level, delivery in product(PLACES, Level, Delivery)
]


def can(rules: RuleBook, one: Principal) -> set[int]:
    """Everything of the small world that somebody can have under rules, asked one by one."""
    questions = (
        Question(principal=one, entitlement=what, length=None, delivery=delivery, reason="A probe")
        for what, delivery in EVERYTHING
    )
    around = Circumstances(at=AT)
    return {number for number, asked in enumerate(questions) if isinstance(decide(rules, asked, around), Allowed)}


CROWD = [
    *(person(one, *groups) for one, groups in zip(IDS, ((), ("S0RED",), GROUPS), strict=True)),
    *(
        person(f"U0{name}{number}", *groups)
        for number, groups in enumerate(((), ("S0RED",), ("S0BLUE",)))
        for name in ("DEE", "EVE")[: 2 if groups else 1]
    ),
]
some_rules = st.lists(any_rules, max_size=3, unique_by=lambda rule: rule.id)


@settings(max_examples=min(10, repeated(4)), derandomize=True)  # what it does not see is told in effect.py
@given(some_rules, some_rules)
def test_all_are_told_what_each_would_be_told_alone(old: list[Rule], new: list[Rule]):
    """Of any two books, for people in every mix of groups: nobody is missed, and nobody is taken for another."""
    before, after = book(*old), book(*new)
    found = seen(before, after, CROWD)
    some = CROWD[::3]

    for one in some:
        assert seen(before, after, [one]).people == tuple(told for told in found.people if told.person == one.id)
        without, with_ = can(before, one), can(after, one)
        assert (one.id in found.gain) >= bool(with_ - without)
        assert (one.id in found.lose) >= bool(without - with_)


@settings(max_examples=min(40, repeated(15)), derandomize=True)
@given(some_rules, any_rules, st.sampled_from(EVERYBODY))
def test_whoever_loses_by_one_rule_is_told_so_and_nobody_else(rules: list[Rule], more: Rule, one: Principal):
    """Beside asking for everything there is: a rule that is added, and the same rule taken out."""
    before, after = book(*rules), book(*rules, more)
    without, with_ = can(before, one), can(after, one)
    found = seen(before, after, [one])

    assert bool(found.gain) >= bool(with_ - without)
    assert bool(found.lose) >= bool(without - with_)
    assert seen(after, before, [one]).lose == found.gain
    assert seen(after, before, [one]).gain == found.lose


def wide(number: int) -> str:
    """Rules over one folder each, of one bucket, each for a group of its own and for anyone in the last one."""
    one = "  - {id: r%d, who: {slack_groups: [S0G%d]}, may: [read], on: ['acme-reports/%d/**'], approve: at-once,\n"
    rules = "".join(f"{one % (at, at, at)}     for: {{default: 1h, max: 8h}}}}\n" for at in range(number))
    return f"\n{rules}"


ANYBODY = "  - {id: wide, who: anyone, may: [read], on: ['acme-*/**'], for: {default: 1h, max: 8h}, approve: at-once}\n"


def test_a_change_that_is_too_wide_to_try_all_of_it_is_sampled_and_says_so(monkeypatch):
    """No more is asked than that, nothing is told that is not so, and everybody who was tried is told of."""
    people = [person(f"U0P{at}", f"S0G{at}") for at in range(12)]
    whole = seen(wide(12), wide(12) + ANYBODY, people)
    asked = []

    def counting(*question):
        asked.append(question)
        return decide(*question)

    for name, most in {"PLACES": 5, "QUESTIONS": 60}.items():
        monkeypatch.setattr(effects, f"MOST_{name}", most)
    monkeypatch.setattr(effects, "LOOKS_AT_PEOPLE", 0)
    monkeypatch.setattr(effects, "LOOKS_AT_RULES", 0)
    monkeypatch.setattr(effects, "decide", counting)

    sampled = seen(wide(12), wide(12) + ANYBODY, people)

    assert whole.lacking == ()
    assert len(asked) <= 2 * 60
    assert sampled.gain
    assert sampled.gain <= whole.gain
    assert "too wide" in sampled.lacking[0]
    assert "there may be more" in sampled.sentence()


@pytest.mark.heavy
def test_a_wide_change_for_ten_thousand_people_is_bounded():
    """Each in groups of their own, under a wildcard for anyone."""
    people = [person(f"U0P{at}", *(f"S0G{at * step % 40}" for step in (1, 7, 11))) for at in range(10_000)]
    began = process_time()

    found = seen(wide(40), wide(40) + ANYBODY, people)

    assert len(found.gain) == 10_000
    assert process_time() - began < 10
