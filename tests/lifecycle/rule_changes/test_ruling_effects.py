"""What a text would do for people, and what every rule makes of a request."""

from dataclasses import replace
from datetime import timedelta

from daypass.lifecycle.rule_changes.effects import effects
from daypass.lifecycle.rule_changes.past_requests import explained
from daypass.model.decision import Ticket, TicketId
from daypass.model.errors import Throttled, Unavailable
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.lease import Term
from daypass.model.principal import GroupName, Principal, PrincipalId, SlackGroupId
from daypass.model.request import Request
from daypass.rules.load.read import parse
from daypass.rules.sampling.effects import ChangeEffect
from tests.hands import HandDirectory
from tests.lifecycle.rule_changes.conftest import CARL, RULES, SHORTER, Ruled
from tests.makers import ANN, BOB, EVE, HOUR, principal, request


def _effect(ruled: Ruled, text: str, before: str = RULES) -> ChangeEffect:
    old, new = parse(before, name="old"), parse(text, name="new")
    return effects(old, new, judge=ruled.judge, now=ruled.clock())


def _filed(ruled: Ruled, filed: Request) -> Request:
    event = Event(kind=EntryKind.REQUEST_FILED, at=ruled.clock(), actor=filed.requestor, subject=filed.id)
    ruled.ledger.record(Fact(event=event, changes=(filed,)))
    return ruled.ledger.request(filed.id)


def test_whom_the_old_text_named_loses_and_whom_the_new_one_names_gains(ruled: Ruled):
    """Nobody needs to have asked for anything before."""
    found = _effect(ruled, RULES.replace("who: {people: [U0ANN]}", "who: {people: [U0CARL]}"))

    assert (found.lose, found.gain) == (frozenset({ANN}), frozenset({CARL}))


def test_the_members_of_a_named_group_are_looked_at(ruled: Ruled):
    """As Slack has them now; a group that is gone hides nobody else."""
    ruled.change(EVE, slack_groups=frozenset({SlackGroupId("S0TEAM")}))

    found = _effect(ruled, RULES.replace("who: {people: [U0ANN]}", "who: {people: [U0ANN], slack_groups: [S0TEAM]}"))

    assert found.gain == {EVE}


def test_the_members_of_a_group_of_another_directory_are_looked_at(ruled: Ruled):
    """As that directory has them now."""
    ruled.change(EVE, groups=frozenset({GroupName("file:team")}))

    found = _effect(ruled, RULES.replace("{people: [U0ANN]}", "{people: [U0ANN], directory_groups: ['file:team']}", 1))

    assert found.gain == {EVE}


def test_everybody_there_is_is_looked_at(ruled: Ruled):
    """Where a text lends to anyone, nobody is named."""
    found = _effect(ruled, RULES.replace("who: {people: [U0ANN]}", "who: anyone"))

    assert found.gain == {CARL, EVE}, "Ann had it, and Bob alone decides"
    assert found.lacking == ()


def test_hundreds_of_people_are_counted_to_the_last_one(ruled: Ruled):
    """A group of 700, of whom 3 have left."""
    team, everyone = SlackGroupId("S0TEAM"), [PrincipalId(f"U0T{number:04}") for number in range(700)]
    for one in everyone:
        ruled.directory.people[one] = replace(principal(one, None), slack_groups=frozenset({team}))
    for one in everyone[:3]:
        ruled.change(one, active=False)

    found = _effect(ruled, RULES.replace("{people: [U0ANN]}", "{people: [U0ANN], slack_groups: [S0TEAM]}", 1))

    assert found.sentence() == "697 people gain, 0 lose; 0 pending requests would be decided differently."
    assert [len(some) for _, some in found.alike] == [697]


class Unlisted(HandDirectory):
    """A directory that knows people one by one and does not list them now; of some it does not tell at all."""

    lost: frozenset[PrincipalId] = frozenset()

    def everybody(self) -> list[Principal]:
        """Be asked too often."""
        raise Throttled("Slack asks us to wait.")

    def principal(self, principal_id: PrincipalId) -> Principal:
        """Look somebody up, unless they are lost."""
        if principal_id in self.lost:
            raise Unavailable("Slack does not answer.")
        return super().principal(principal_id)


def test_numbers_that_cannot_be_whole_say_so(ruled: Ruled):
    """Those who are named or asked lately are counted; that there may be more is said, not kept quiet."""
    directory = Unlisted()
    directory.lost = frozenset({PrincipalId("U0GONE")})
    ruled.directory = directory
    _filed(ruled, request(requestor=EVE))

    found = _effect(ruled, RULES.replace("who: {people: [U0ANN]}", "who: anyone"))
    lost = _effect(ruled, RULES.replace("who: {people: [U0ANN]}", "who: {people: [U0ANN, U0GONE]}"))

    assert found.sentence() == (
        "1 person gains, 0 lose; 1 pending request would be decided differently. "
        "Slack does not list everybody now, so there may be more."
    )
    assert lost.sentence() == (
        "Nobody is known to gain or lose anything, and no pending request would be decided differently. "
        "Slack does not list everybody now, so there may be more. "
        "1 person who is named could not be looked up and is not counted."
    )


def test_requests_that_cannot_be_looked_at_are_not_said_to_stay_as_they_are(ruled: Ruled):
    """Slack knows nothing of the one who asked, at this moment."""
    directory = Unlisted()
    ruled.directory = directory
    _filed(ruled, request(term=Term(length=4 * HOUR)))
    directory.lost = frozenset({ANN})

    assert "1 request that waits could not be looked at." in _effect(ruled, SHORTER).lacking


def test_requests_that_hang_on_what_is_not_known_are_said_to(ruled: Ruled):
    """The tracker does not answer: under either text nothing is lent, which tells nothing."""
    ticketed = RULES.replace("approve:", "ticket: required\n    approve:")
    _filed(ruled, request(term=Term(length=4 * HOUR), reason="INC-42"))

    found = _effect(ruled, SHORTER.replace("approve:", "ticket: required\n    approve:"), before=ticketed)
    open_ = {TicketId("INC-42"): Ticket(id=TicketId("INC-42"), open=True)}
    ruled.directory.around = replace(ruled.directory.around, tickets=open_)
    known = _effect(ruled, SHORTER.replace("approve:", "ticket: required\n    approve:"), before=ticketed)

    assert (len(found.pending), found.lacking) == (
        0,
        ("1 request that waits hangs on what could not be found out now.",),
    )
    assert (len(known.pending), known.lacking) == (1, ())


def test_whom_the_directory_does_not_know_is_left_out(ruled: Ruled):
    """The others are told of all the same."""
    found = _effect(ruled, RULES.replace("who: {people: [U0ANN]}", "who: {people: [U0NOBODY, U0CARL]}"))

    assert found.gain == {CARL}


def test_requests_that_wait_are_decided_by_both_texts(ruled: Ruled):
    """One of four hours waits; the new text lends two."""
    waits = _filed(ruled, request(term=Term(length=4 * HOUR)))

    [redecided] = _effect(ruled, SHORTER).pending

    assert redecided.id == waits.id


def test_a_request_of_somebody_who_has_left_is_not_compared(ruled: Ruled):
    """Nothing can be lent to them under either text."""
    _filed(ruled, request(term=Term(length=4 * HOUR), requestor=BOB))
    ruled.change(BOB, active=False)

    assert _effect(ruled, SHORTER).pending == ()


def test_a_request_is_explained_after_its_time_too(ruled: Ruled):
    """As of when it was filed, then."""
    filed = _filed(ruled, request(term=Term(until=ruled.clock() + HOUR)))
    ruled.clock.forward(timedelta(hours=5))

    [verdict] = explained(filed, judge=ruled.judge, now=ruled.clock())

    assert (verdict.rule, verdict.decides) == ("reports", True)


def test_a_request_is_explained_by_the_rules_of_now(ruled: Ruled):
    """What they would say today, whatever they said when it was filed."""
    filed = _filed(ruled, request(term=Term(length=4 * HOUR)))
    ruled.file.write_text(SHORTER)

    [verdict] = explained(filed, judge=ruled.judge, now=ruled.clock())

    assert (verdict.applies, verdict.decides) == (False, False)


def test_a_person_of_the_rules_who_is_named_twice_is_told_of_once(ruled: Ruled):
    """By the rule and by what they asked."""
    _filed(ruled, request())

    assert [one.person for one in _effect(ruled, SHORTER).people] == [PrincipalId("U0ANN")]
