"""When a rule holds: each condition when it is met, when it is not, and when nobody could find out."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from daypass.model.decision import Allowed, Circumstances, Denied, Question, ScheduleName
from daypass.model.principal import PrincipalId
from daypass.rules.decide.decision import decide
from daypass.rules.explain.explain import explain
from daypass.rules.rule.rulebook import RuleBook
from tests.rules.worlds import HOUR, ask, person, written

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
"""A Monday."""
ANN, BOB = PrincipalId("U0ANN"), PrincipalId("U0BOB")
MARKED = "sensitivity: {high: ['acme-reports/pay/**'], low: ['acme-reports/2026/**']}\n"


def lending(when: str, *, more: str = "") -> RuleBook:
    """A book with one rule that lends to anyone at once, when this is so."""
    return written(
        f"""
  - {{id: lends, who: anyone, may: [read], on: ["acme-*/**"], for: {{default: 1h, max: 8h}}, reason: optional,
     when: {when}, approve: at-once{more}}}
""",
        head=MARKED,
    )


def denying(when: str) -> RuleBook:
    """A book with a rule that lends everything, and one that denies when this is so."""
    return written(
        f"""
  - {{id: lends, who: anyone, may: [read], on: ["acme-*/**"], for: {{default: 1h, max: 8h}}, reason: optional,
     approve: at-once}}
  - {{id: denies, deny: true, because: No., who: anyone, on: ["acme-*/**"], when: {when}}}
""",
        head=MARKED,
    )


def around(**known: object) -> Circumstances:
    """What is known at Monday noon."""
    return replace(Circumstances(at=NOON), **known)  # type: ignore[arg-type]


def on_call(**schedules: str) -> Mapping[ScheduleName, frozenset[PrincipalId]]:
    """Who is on call where."""
    return {ScheduleName(name): frozenset(map(PrincipalId, who.split())) for name, who in schedules.items()}


def sentence(book: RuleBook, question: Question, known: Circumstances | None) -> str:
    """What the person reads."""
    found = decide(book, question, known)
    return found.sentence if isinstance(found, Denied) else f"allowed by {found.rule}"


OPEN = ask("acme-reports/2026/open/")
CASES = [
    # a condition, where it is met, where it is not, where it cannot be found out
    (
        "{days: [mon], zone: UTC}",
        (OPEN, around()),
        (OPEN, around(at=NOON + timedelta(days=1))),
        (OPEN, None),
        (
            "Denied: read on acme-reports/2026/open/ only on mon (UTC); it would begin on Tuesday at 12:00 "
            "(rule lends). Try --start 2026-05-11T00:00+00:00 --for 1h."
        ),
        (
            "Denied: read on acme-reports/2026/open/ only on mon (UTC), and when it would begin is not "
            "known (rule lends). `offers` lists what you can request."
        ),
    ),
    (
        "{hours: ['09:00-12:30'], zone: requestor}",
        (OPEN, around()),
        (replace(OPEN, principal=replace(person(), tz="Europe/Berlin")), around()),
        (replace(OPEN, principal=replace(person(), tz="Mars/Olympus")), around()),
        (
            "Denied: read on acme-reports/2026/open/ only at 09:00-12:30 (their own time zone); it would "
            "begin on Monday at 14:00 (rule lends). Try --start 2026-05-05T09:00+02:00 --for 1h."
        ),
        (
            "Denied: read on acme-reports/2026/open/ only at 09:00-12:30 (their own time zone), and the "
            "time zone Mars/Olympus is not known (rule lends). `offers` lists what you can request."
        ),
    ),
    (
        "{on_call: [pay, web]}",
        (OPEN, around(on_call=on_call(pay="U0BOB", web="U0ANN"))),
        (OPEN, around(on_call=on_call(pay="U0BOB", web=""))),
        (OPEN, around(on_call=on_call(pay="U0BOB"))),
        (
            "Denied: read on acme-reports/2026/open/ only to those who are on call for pay or web; Ann is "
            "not (rule lends). Ask the person on call."
        ),
        (
            "Denied: read on acme-reports/2026/open/ only to those who are on call for pay or web, "
            "and who is on call for pay or web could not be found out (rule lends). Try again in a moment."
        ),
    ),
    (
        "{live_grants: {under: 3}}",
        (OPEN, around(live_grants=2)),
        (OPEN, around(live_grants=3)),
        (OPEN, around()),
        (
            "Denied: read on acme-reports/2026/open/ only to those with fewer than 3 live grants; there are "
            "3 (rule lends). End one of them with `done`."
        ),
        (
            "Denied: read on acme-reports/2026/open/ only to those with fewer than 3 live grants, "
            "and how many live grants there are could not be found out (rule lends). Try again in a moment."
        ),
    ),
    (
        "{tags: {team: data, class: [public, internal]}}",
        (OPEN, around(tags={"team": "data", "class": "internal", "more": "x"})),
        (OPEN, around(tags={"team": "data", "class": "secret"})),
        (OPEN, around(account="111122223333")),
        (
            "Denied: read on acme-reports/2026/open/ only in buckets with the tag team=data and the tag "
            "class=internal or public; "
            "acme-reports is not one of them (rule lends). `offers` lists what you can request."
        ),
        (
            "Denied: read on acme-reports/2026/open/ only in buckets with the tag team=data and the tag "
            "class=internal or public, "
            "and the tags of acme-reports could not be found out (rule lends). Try again in a moment."
        ),
    ),
    (
        "{account: ['111122223333', '444455556666']}",
        (OPEN, around(account="444455556666")),
        (OPEN, around(account="777788889999")),
        (OPEN, around(tags={})),
        (
            "Denied: read on acme-reports/2026/open/ only in buckets of account 111122223333 or 444455556666; "
            "acme-reports is not one of them (rule lends). `offers` lists what you can request."
        ),
        (
            "Denied: read on acme-reports/2026/open/ only in buckets of account 111122223333 or 444455556666, "
            "and the account of acme-reports could not be found out (rule lends). Try again in a moment."
        ),
    ),
]
CERTAIN = [
    # a condition that needs nothing besides the question, where it is met, where it is not
    (
        "{reason: 'INC-[0-9]+'}",
        ask(reason="for inc (INC-42)"),
        ask(reason="XINC-42"),
        (
            "Denied: read on acme-reports/2026/open/ only for a reason with “INC-[0-9]+” in it; yours has "
            "none (rule lends). Put that in the reason."
        ),
    ),
    (
        "{sensitivity: [low]}",
        ask("acme-reports/2026/open/"),
        ask("acme-reports/pay/march.csv"),
        (
            "Denied: read on acme-reports/pay/march.csv only for what is low; acme-reports/pay/march.csv is "
            "high (rule lends). `offers` lists what you can request."
        ),
    ),
    (
        "{sensitivity: [unmarked]}",
        ask("acme-other/"),
        ask("acme-reports/2026/"),
        (
            "Denied: read on acme-reports/2026/ only for what is unmarked; acme-reports/2026/ is low (rule "
            "lends). `offers` lists what you can request."
        ),
    ),
]


@pytest.mark.parametrize(("when", "met", "unmet", "unknown", "no", "not_known"), CASES)
def test_a_condition_of_a_rule_that_lends(
    when: str,
    met: tuple[Question, Circumstances],
    unmet: tuple[Question, Circumstances],
    unknown: tuple[Question, Circumstances | None],
    no: str,
    not_known: str,
) -> None:
    """It lends when the condition is met; not when it is not, nor when nobody knows, and the sentence says which."""
    book = lending(when)

    assert sentence(book, *met) == "allowed by lends"
    assert sentence(book, *unmet) == no
    assert sentence(book, *unknown) == not_known


@pytest.mark.parametrize(("when", "met", "unmet", "unknown"), [case[:4] for case in CASES])
def test_a_condition_of_a_rule_that_denies(
    when: str,
    met: tuple[Question, Circumstances],
    unmet: tuple[Question, Circumstances],
    unknown: tuple[Question, Circumstances | None],
) -> None:
    """It denies when the condition is met, and when nobody knows."""
    book = denying(when)

    assert sentence(book, *met) == "No."
    assert sentence(book, *unmet) == "allowed by lends"
    assert sentence(book, *unknown).startswith("No. That counts now because ")


@pytest.mark.parametrize(("when", "met", "unmet", "no"), CERTAIN)
def test_a_condition_on_the_ask_itself(when: str, met: Question, unmet: Question, no: str) -> None:
    """Whether it is met is always known."""
    assert sentence(lending(when), met, None) == "allowed by lends"
    assert sentence(lending(when), unmet, None) == no
    assert sentence(denying(when), met, None) == "No."
    assert sentence(denying(when), unmet, None) == "allowed by lends"


def test_all_conditions_must_be_met() -> None:
    """One that is not is enough for a rule that lends not to, and for one that denies not to."""
    when = "{reason: INC, live_grants: {under: 3}}"

    assert sentence(lending(when), ask(reason="INC"), around(live_grants=1)) == "allowed by lends"
    assert "INC" in sentence(lending(when), ask(reason="other"), around(live_grants=1))
    assert sentence(denying(when), ask(reason="INC"), around(live_grants=1)) == "No."
    assert sentence(denying(when), ask(reason="INC"), around(live_grants=3)) == "allowed by lends"


def test_a_certain_no_keeps_a_denial_off_whatever_else_is_unknown() -> None:
    """The tags could not be read, but the reason is surely another."""
    book = denying("{reason: INC, tags: {stage: production}}")

    assert sentence(book, ask(reason="other"), None) == "allowed by lends"
    assert sentence(book, ask(reason="INC"), None) == (
        "No. That counts now because the tags of acme-reports could not be found out."
    )


def test_what_is_unknown_is_not_told_beside_what_surely_stands_in_the_way() -> None:
    """Who asks for too long reads that alone: the tags were not even looked up."""
    book = lending("{tags: {stage: production}}")

    assert sentence(book, ask(length=9 * HOUR), None) == (
        "Denied: at most 8h for read on acme-reports/2026/open/ (rule lends). Try --for 8h."
    )


@pytest.mark.parametrize(
    ("place", "allow", "deny"),
    [
        ("acme-reports/2026/open/", True, True),
        ("acme-reports/pay/", False, False),
        ("acme-reports", False, True),
        ("acme-other", False, False),
    ],
)
def test_a_place_of_several_words(place: str, allow: bool, deny: bool) -> None:
    """The whole bucket is low, high and unmarked: too much for a rule that lends what is low, enough for a denial."""
    assert isinstance(decide(lending("{sensitivity: [low]}"), ask(place)), Allowed) is allow
    assert isinstance(decide(denying("{sensitivity: [low]}"), ask(place)), Denied) is deny


def test_a_place_that_is_marked_in_part_is_unmarked_too() -> None:
    """Of the rest of the bucket nobody has said that it is low or high."""
    assert isinstance(decide(lending("{sensitivity: [low, high]}"), ask("acme-reports")), Denied)
    assert isinstance(decide(lending("{sensitivity: [low, high, unmarked]}"), ask("acme-reports")), Allowed)
    assert isinstance(decide(denying("{sensitivity: [unmarked]}"), ask("acme-reports")), Denied)


def test_another_account_of_the_same_person_is_on_call() -> None:
    """The schedule has their other account."""
    asked = replace(OPEN, principal=replace(person(), same_as=frozenset({BOB})))

    assert sentence(lending("{on_call: [pay]}"), asked, around(on_call=on_call(pay="U0BOB"))) == "allowed by lends"
    assert sentence(denying("{on_call: [pay]}"), asked, around(on_call=on_call(pay="U0BOB"))) == "No."


def test_explain_says_the_condition_of_every_rule() -> None:
    """Also of a denial that does not strike, and of one that does because something is unknown."""
    book = denying("{tags: {stage: production}}")

    quiet = explain(book, OPEN, around(tags={"stage": "test"}))
    strict = explain(book, OPEN, around())

    assert [verdict.decides for verdict in quiet] == [True, False]
    assert quiet[1].sentence == "Rule denies denies this only in buckets with the tag stage=production."
    assert [verdict.decides for verdict in strict] == [False, True]
    assert strict[1].sentence == (
        "Rule denies denies this: No. That counts now because the tags of acme-reports could not be found out."
    )
