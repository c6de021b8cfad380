"""Access for a ticket: it must be open when one asks and at the click, and the grant ends when it closes."""

from dataclasses import replace

import pytest

from daypass.lifecycle.end.tickets import end_closed
from daypass.model.decision import Ticket, TicketId
from daypass.model.errors import NotAllowed, Unavailable
from daypass.model.event import EntryKind
from daypass.model.grant import GrantState, Why
from daypass.model.lease import Term
from daypass.model.request import RequestState
from daypass.rules.load.read import parse
from tests.flow.conftest import Walk
from tests.makers import ANN, HOUR

INC = TicketId("INC-42")
RULES = """
version: 1
rules:
  - id: reports
    who: {people: [U0ANN]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
    ticket: {matching: "INC-[0-9]+"}
    approve: {anyone_of: {people: [U0BOB]}}
"""


@pytest.fixture
def ticketed(walk: Walk) -> Walk:
    """The house where INC-42 is open."""
    walk.rules = parse(RULES, name="rules.yaml")
    say(walk, open_=True)
    return walk


def say(walk: Walk, *, open_: bool) -> None:
    """The tracker says that it is open, or closed."""
    ticket = Ticket(id=INC, open=open_, status="In Progress" if open_ else "Done")
    walk.directory.around = replace(walk.directory.around, tickets={INC: ticket})


def sweep(walk: Walk) -> int:
    """The chore comes round."""
    return end_closed(judge=walk.judge, now=walk.clock())


def test_a_grant_ends_when_its_ticket_closes(ticketed: Walk) -> None:
    """AWS allows Ann until then; afterwards nothing stands, and the journal says why."""
    grant = ticketed.active()
    assert sweep(ticketed) == 0
    say(ticketed, open_=False)
    assert sweep(ticketed) == 1
    ticketed.loop.run_until_idle()
    ended = ticketed.ledger.grant(grant.id)
    assert (ended.state, ended.ending and ended.ending.why) == (GrantState.ENDED, Why.TICKET)
    assert not ticketed.aws.allows(grant.id, ticketed.clock())
    assert EntryKind.TICKET_CLOSED in {event.kind for event in ticketed.story(grant.id)}
    assert sweep(ticketed) == 0


def test_a_tracker_that_does_not_answer_ends_nothing(ticketed: Walk) -> None:
    """The grant's own date does."""
    grant = ticketed.active()
    ticketed.directory.around = replace(ticketed.directory.around, tickets={})
    assert sweep(ticketed) == 0
    assert ticketed.ledger.grant(grant.id).state is GrantState.ACTIVE


def test_a_ticket_that_closed_before_the_click_lends_nothing(ticketed: Walk) -> None:
    """Open when Ann asked, done when Bob clicks."""
    request = ticketed.ask()
    say(ticketed, open_=False)
    with pytest.raises(NotAllowed):
        ticketed.click(request.id)
    assert ticketed.ledger.grants() == []


def test_without_an_open_ticket_nothing_is_asked(ticketed: Walk) -> None:
    """Closed, unknown to the tracker, or not named at all."""
    ticketed.directory.around = replace(ticketed.directory.around, no_tickets=frozenset({TicketId("INC-43")}))
    for reason in ("INC-43", "because"):
        with pytest.raises(NotAllowed):
            ticketed.ask(reason=reason)
    say(ticketed, open_=False)
    with pytest.raises(NotAllowed):
        ticketed.ask()


def test_a_tracker_that_does_not_answer_refuses_nobody(ticketed: Walk) -> None:
    """Neither who asks nor who approves: both are told what to wait for, and the journal knows of no refusal."""
    request = ticketed.ask()
    ticketed.directory.around = replace(ticketed.directory.around, tickets={})

    with pytest.raises(Unavailable, match="Whether INC-42 is open could not be found out"):
        ticketed.ask()
    with pytest.raises(Unavailable, match="Try again in a moment"):
        ticketed.click(request.id)
    assert not {EntryKind.REQUEST_REFUSED, EntryKind.REVIEW_REFUSED} & {event.kind for event in ticketed.journal()}
    say(ticketed, open_=True)
    assert ticketed.approve(request.id).state is GrantState.APPROVED


def test_whoever_decides_denies_while_the_tracker_does_not_answer(ticketed: Walk) -> None:
    """Taking away needs the ledger alone; those who may are then those who were asked."""
    request = ticketed.ask()
    ticketed.directory.around = replace(ticketed.directory.around, tickets={})

    assert ticketed.judge.deciders(request, ticketed.clock()) == request.approvers
    assert ticketed.deny(request.id).state is RequestState.DENIED


def test_a_grant_without_a_ticket_is_left_alone(walk: Walk) -> None:
    """However many tickets are closed."""
    grant = walk.active()
    say(walk, open_=False)
    assert sweep(walk) == 0
    assert walk.ledger.grant(grant.id).state is GrantState.ACTIVE


@pytest.mark.parametrize("state", ["gone", "left", "scheduled"])
def test_a_closed_ticket_ends_what_was_lent_to_anybody_and_for_later(ticketed: Walk, state: str) -> None:
    """Somebody whom Slack does not know any more, who was deactivated, or whose access has not begun."""
    later = Term(length=HOUR, starts=ticketed.clock() + HOUR) if state == "scheduled" else Term(length=HOUR)
    grant = ticketed.approve(ticketed.ask(term=later).id)
    if state == "gone":
        del ticketed.directory.people[ANN]
    if state == "left":
        ticketed.directory.change(ANN, active=False)
    say(ticketed, open_=False)
    assert sweep(ticketed) == 1
    assert ticketed.ledger.grant(grant.id).state is GrantState.ENDING


def test_a_ticket_that_is_opened_again_gives_nothing_back(ticketed: Walk) -> None:
    """Access is taken away automatically and never given back so; Ann asks anew."""
    grant = ticketed.active()
    say(ticketed, open_=False)
    sweep(ticketed)
    ticketed.loop.run_until_idle()
    say(ticketed, open_=True)
    assert sweep(ticketed) == 0
    ticketed.loop.run_until_idle()
    assert ticketed.ledger.grant(grant.id).state is GrantState.ENDED
    assert not ticketed.aws.allows(grant.id, ticketed.clock())
    assert ticketed.approve(ticketed.ask().id).state is GrantState.APPROVED
