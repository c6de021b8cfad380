"""A ticket that was moved is judged by what its tracker calls it by now, and not by what the reason calls it."""

from dataclasses import replace

import pytest

from daypass.model.decision import Allowed, Circumstances, Decision, Denied, Ticket, TicketId
from daypass.rules.decide.decision import decide
from daypass.rules.rule.rulebook import RuleBook
from tests.rules.rule.test_conditions import NOON
from tests.rules.worlds import ask, written

INC, JUNK = TicketId("INC-42"), TicketId("JUNK-7")


def rule(ticket: str) -> RuleBook:
    """A book whose one rule wants a ticket."""
    return written(
        f"""
  - {{id: lends, who: anyone, may: [read], on: ["acme-*/**"], for: {{default: 1h, max: 8h}}, ticket: {ticket},
     approve: at-once}}
"""
    )


def decided(book: RuleBook, reason: str, **found: Ticket) -> Decision:
    """What the rule says of a reason, where the tracker answers so for what the reason names."""
    tickets = {TicketId(asked.replace("_", "-")): ticket for asked, ticket in found.items()}
    question = replace(ask("acme-reports/2026/open/"), reason=reason)
    return decide(book, question, Circumstances(at=NOON, tickets=tickets))


OPEN_JUNK = Ticket(id=JUNK, open=True, status="In Progress")


def test_a_ticket_that_was_moved_to_another_project_is_none_of_the_one_that_the_rule_names():
    """INC-42 is open, and a piece of junk; nothing is said of where it went, which may be closed to who asks."""
    found = decided(rule("{matching: 'INC-[0-9]+'}"), "see INC-42", INC_42=OPEN_JUNK)

    assert isinstance(found, Denied)
    assert "INC-42 was moved, and is not called “INC-[0-9]+” any more" in str(found)
    assert "JUNK" not in str(found)


@pytest.mark.parametrize("wanted", ["required", "{matching: '(INC|JUNK)-[0-9]+'}", "{matching: '[A-Z]+-[0-9]+'}"])
def test_a_ticket_that_was_moved_counts_where_its_new_name_would(wanted: str):
    """The grant is bound to the ticket that there is."""
    found = decided(rule(wanted), "see INC-42", INC_42=OPEN_JUNK)

    assert isinstance(found, Allowed)
    assert found.ticket == JUNK


def test_another_ticket_of_the_reason_may_do_instead():
    """The first that is open and is called so."""
    known = {"INC_42": OPEN_JUNK, "INC_43": Ticket(id=TicketId("INC-43"), open=True)}
    found = decided(rule("{matching: 'INC-[0-9]+'}"), "INC-42, INC-43", **known)

    assert isinstance(found, Allowed)
    assert found.ticket == "INC-43"


def test_a_name_that_only_has_the_wanted_one_in_it_is_another():
    """The whole name is what a rule names."""
    moved = Ticket(id=TicketId("INC-42-X"), open=True)

    assert isinstance(decided(rule("{matching: 'INC-[0-9]+'}"), "INC-42", INC_42=moved), Denied)
