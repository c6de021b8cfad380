"""An outage is never a refusal: where a no hangs on what could not be looked up, the decision says so."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from daypass.model.decision import Circumstances, Denied, Question, Ticket, TicketId
from daypass.rules.decide.decision import decide
from daypass.rules.rule.rulebook import RuleBook
from tests.rules.rule.test_conditions import NOON, denying, lending, on_call
from tests.rules.worlds import HOUR, ask, written

INC = TicketId("INC-42")
ASK = replace(ask("acme-reports/2026/open/"), reason="INC-42")


def rule(more: str, approve: str = "at-once") -> RuleBook:
    """A book with one rule."""
    return written(
        f"""
  - {{id: lends, who: anyone, may: [read], on: ["acme-*/**"], for: {{default: 1h, max: 8h}}, {more}
     approve: {approve}}}
"""
    )


def outage(book: RuleBook, question: Question = ASK, known: Mapping[str, object] | None = None) -> str:
    """What a no says of an outage."""
    found = decide(book, question, replace(Circumstances(at=NOON), **known or {}))  # type: ignore[arg-type]
    assert isinstance(found, Denied)
    return found.lacking


TICKETED = rule("ticket: required,")
OF_TEAM = rule("reason: optional,", "{anyone_of: {on_call: [pay]}}")
OF_OWNER = rule("reason: optional,", "{anyone_of: {owner: [team-owner]}}")
SOURCES = [
    (TICKETED, "Whether INC-42 is open could not be found out, and rule lends needs it: the ticket tracker"),
    (
        lending("{on_call: [pay]}"),
        "Who is on call for pay could not be found out, and rule lends needs it: the on-call schedule",
    ),
    (lending("{live_grants: {under: 3}}"), "How many live grants there are could not be found out"),
    (lending("{tags: {team: data}}"), "The tags of acme-reports could not be found out, and rule lends needs it: AWS"),
    (lending("{account: ['111122223333']}"), "The account of acme-reports could not be found out"),
    (OF_TEAM, "Who is on call for pay could not be found out"),
    (OF_OWNER, "Who owns the bucket (tag team-owner) could not"),
    (denying("{on_call: [pay]}"), "Who is on call for pay could not be found out, and rule denies needs it"),
    (denying("{tags: {team: data}}"), "The tags of acme-reports could not be found out, and rule denies needs it"),
]


@pytest.mark.parametrize(("book", "named"), SOURCES)
def test_what_could_not_be_looked_up_and_would_decide_is_an_outage(book: RuleBook, named: str):
    """With its name, the rule's, and what to do."""
    said = outage(book)

    assert said.startswith(named)
    assert said.endswith("Try again in a moment; if it lasts, tell whoever runs Daypass.")


@pytest.mark.parametrize(("book", "named"), SOURCES[:-2])
def test_what_is_refused_whatever_the_answer_is_a_refusal(book: RuleBook, named: str):
    """Ann asks for longer than the rule lends; nobody is sent to wait for a tracker."""
    assert not outage(book, replace(ASK, length=9 * HOUR))


@pytest.mark.parametrize(
    ("book", "known"),
    [
        (TICKETED, {"tickets": {INC: Ticket(id=INC, open=False)}}),
        (TICKETED, {"no_tickets": frozenset({INC})}),
        (lending("{on_call: [pay]}"), {"on_call": on_call(pay="U0BOB")}),
        (lending("{hours: ['09:00-12:30'], zone: requestor}"), {"at": NOON + timedelta(hours=4)}),
        (OF_TEAM, {"on_call": on_call(pay="")}),
        (OF_OWNER, {"tags": {}}),
        (OF_OWNER, {"tags": {"team-owner": "U0GONE"}, "no_owners": {"team-owner": "names nobody"}}),
        (denying("{on_call: [pay]}"), {"on_call": on_call(pay="U0ANN")}),
    ],
)
def test_what_is_known_and_says_no_is_a_refusal(book: RuleBook, known: dict[str, object]):
    """Also that there is no such ticket, that nobody is on call, that the bucket's tag is missing or names nobody."""
    assert not outage(book, known=known)


def test_a_denial_that_is_sure_is_no_outage_though_another_is_not():
    """Whoever is on call, the second rule denies it."""
    both = written(
        """
  - {id: lends, who: anyone, may: [read], on: ["acme-*/**"], for: {default: 1h, max: 8h}, reason: optional,
     approve: at-once}
  - {id: perhaps, deny: true, because: No., who: anyone, on: ["acme-*/**"], when: {on_call: [pay]}}
  - {id: surely, deny: true, because: No., who: anyone, on: ["acme-*/**"]}
"""
    )
    assert not outage(both)


def test_a_denial_that_is_unsure_is_no_outage_where_nothing_is_lent_anyway():
    """Once the schedule answers, it is refused all the same."""
    alone = written(
        """
  - {id: lends, who: {people: [U0BOB]}, may: [read], on: ["acme-*/**"], for: {default: 1h, max: 8h},
     reason: optional, approve: at-once}
  - {id: denies, deny: true, because: No., who: anyone, on: ["acme-*/**"], when: {on_call: [pay]}}
"""
    )
    assert not outage(alone)
