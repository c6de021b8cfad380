"""Approvals of several people: who counts, in which order, and what a change of the rules in between does."""

from datetime import timedelta

import pytest

from daypass.lifecycle.story import words
from daypass.model.errors import NotYours, TooLate
from daypass.model.event import EntryKind
from daypass.model.principal import Away, PrincipalId, SlackGroupId
from daypass.model.request import RequestState
from daypass.rules.load.read import parse
from tests.flow.conftest import Walk
from tests.hands import Meanwhile
from tests.makers import ANN, BOB, BOBS_USER, EVE, HOUR, NOON, principal

CARL, DORA = PrincipalId("U0CARL"), PrincipalId("U0DORA")

_HEAD = """
version: 1
rules:
  - id: reports
    who: {people: [U0ANN]}
    may: [list, read]
    on: ["acme-reports/**"]
    for: {default: 1h, max: 8h}
"""
TWO_OF_THREE = _HEAD + "    approve: {at_least: 2, of: {people: [U0ANN, U0BOB, U0CARL, U0DORA]}}\n"
TEAM_THEN_SECURITY = (
    _HEAD
    + """
    approve:
      stages:
        - {name: team, anyone_of: {people: [U0BOB, U0DORA]}}
        - {name: security, anyone_of: {people: [U0CARL, U0BOB]}}
"""
)


@pytest.fixture
def several(walk: Walk) -> Walk:
    """The house with Carl and Dora in it, where two of three must agree."""
    for one in (CARL, DORA):
        walk.directory.people[one] = principal(one, None)
    walk.rules = parse(TWO_OF_THREE, name="rules.yaml")
    return walk


@pytest.fixture
def staged(several: Walk) -> Walk:
    """The house where the team agrees first and security after it."""
    several.rules = parse(TEAM_THEN_SECURITY, name="rules.yaml")
    return several


def test_one_approval_of_two_lends_nothing(several: Walk) -> None:
    """After the first click the request waits and there is no grant."""
    request = several.ask()
    assert several.click(request.id, by=BOB) is None
    assert several.ledger.request(request.id).state is RequestState.PENDING
    assert several.ledger.grants() == []


def test_the_second_person_makes_the_grant(several: Walk) -> None:
    """Two different people are enough, and the journal names both."""
    request = several.ask()
    several.click(request.id, by=BOB)
    assert several.click(request.id, by=CARL) is not None
    kinds = [event.kind for event in several.story(request.id)]
    assert kinds[:3] == [EntryKind.REQUEST_FILED, EntryKind.REQUEST_ENDORSED, EntryKind.REQUEST_APPROVED]
    assert several.story(request.id)[2].details["with"] == ("U0BOB",)


def test_one_person_counts_once(several: Walk) -> None:
    """The same click again is answered as before and changes nothing; for another length it is refused."""
    request = several.ask()
    several.click(request.id, by=BOB)
    assert several.click(request.id, by=BOB) is None
    with pytest.raises(NotYours, match="approved this already, on 23 Nov at 12:00 UTC"):
        several.click(request.id, by=BOB, length=HOUR / 2)
    assert len(several.ledger.request(request.id).approvals) == 1


def test_two_accounts_of_one_person_count_once(several: Walk) -> None:
    """Carl is another account of Bob's: the two together are one approval."""
    several.directory.change(CARL, same_as=frozenset({BOB}))
    request = several.ask()
    several.click(request.id, by=BOB)
    with pytest.raises(NotYours, match="approved this already"):
        several.click(request.id, by=CARL)


def test_accounts_with_one_aws_identity_count_once(several: Walk) -> None:
    """Whoever is the same user in AWS is the same person."""
    several.directory.change(CARL, aws=BOBS_USER)
    request = several.ask()
    several.click(request.id, by=BOB)
    with pytest.raises(NotYours):
        several.click(request.id, by=CARL)


def test_nobody_approves_their_own_request_from_a_second_account(several: Walk) -> None:
    """Dora is Ann's other account, and the rule names Dora; her click is refused all the same."""
    several.directory.change(DORA, same_as=frozenset({ANN}))
    request = several.ask()
    with pytest.raises(NotYours, match="same person"):
        several.click(request.id, by=DORA)


def test_the_shortest_length_that_was_chosen_stands(several: Walk) -> None:
    """Bob gives ten minutes, Carl an hour: it is ten minutes."""
    request = several.ask()
    several.click(request.id, by=BOB, length=timedelta(minutes=10))
    grant = several.click(request.id, by=CARL, length=HOUR)
    assert grant is not None
    assert grant.term.length == timedelta(minutes=10)


def test_an_approver_who_was_removed_does_not_count_any_more(several: Walk) -> None:
    """Bob approved and is then taken out of the rule: Carl alone is not two."""
    request = several.ask()
    several.click(request.id, by=BOB)
    several.rules = parse(TWO_OF_THREE.replace("U0BOB, ", ""), name="rules.yaml")
    assert several.click(request.id, by=CARL) is None
    assert several.click(request.id, by=DORA) is not None


def test_an_approver_who_left_does_not_count_any_more(several: Walk) -> None:
    """Bob approved and his account is then deactivated: two others are needed."""
    request = several.ask()
    several.click(request.id, by=BOB)
    several.directory.change(BOB, active=False)
    assert several.click(request.id, by=CARL) is None
    assert several.click(request.id, by=DORA) is not None


def test_an_approval_under_another_rule_does_not_count(several: Walk) -> None:
    """The rule was replaced by one with another name: what was given under the old one is not carried over."""
    request = several.ask()
    several.click(request.id, by=BOB)
    several.rules = parse(TWO_OF_THREE.replace("id: reports", "id: stricter"), name="rules.yaml")
    assert several.click(request.id, by=CARL) is None


def test_a_later_stage_cannot_decide_first(staged: Walk) -> None:
    """Security's click before the team's is refused, and leaves nothing that could count later."""
    request = staged.ask()
    with pytest.raises(NotYours):
        staged.click(request.id, by=CARL)
    assert staged.click(request.id, by=DORA) is None
    assert staged.ledger.request(request.id).waits_in == "security"


def test_each_stage_wants_a_person_of_its_own(staged: Walk) -> None:
    """Bob is named in both stages, and yet may not fill both."""
    request = staged.ask()
    staged.click(request.id, by=BOB)
    assert staged.click(request.id, by=BOB) is None
    assert staged.ledger.request(request.id).waits_in == "security"
    assert staged.click(request.id, by=CARL) is not None


def test_a_stage_that_became_empty_again_must_be_filled_before_the_next(staged: Walk) -> None:
    """Dora filled the first stage and was removed: security's approval waits for another of the team."""
    request = staged.ask()
    staged.click(request.id, by=DORA)
    staged.rules = parse(TEAM_THEN_SECURITY.replace(", U0DORA", ""), name="rules.yaml")
    with pytest.raises(NotYours):
        staged.click(request.id, by=CARL)
    assert staged.click(request.id, by=BOB) is None
    assert staged.click(request.id, by=CARL) is not None


def test_a_denial_in_any_stage_ends_it(staged: Walk) -> None:
    """Security says no while the team is still asked."""
    request = staged.ask()
    assert staged.deny(request.id, by=CARL).state is RequestState.DENIED


def test_two_who_click_at_once_both_count(several: Walk) -> None:
    """Carl's click is written while Bob's is being judged: Bob's is judged again, and both are enough."""
    request = several.ask()
    several.aws = Meanwhile(happening=[lambda: several.click(request.id, by=CARL)])
    grant = several.click(request.id, by=BOB)
    assert grant is not None
    assert {one.by for one in several.ledger.request(request.id).approvals} == {BOB, CARL}


def test_who_clicks_while_somebody_denies_is_too_late(several: Walk) -> None:
    """Carl's denial is written while Bob's approval is being judged."""
    request = several.ask()
    several.aws = Meanwhile(happening=[lambda: several.deny(request.id, by=CARL)])
    with pytest.raises(TooLate):
        several.click(request.id, by=BOB)
    assert several.ledger.request(request.id).state is RequestState.DENIED


LEADS = SlackGroupId("S0LEADS")
OR_A_LEAD = TWO_OF_THREE.replace("of: {", "of: {slack_groups: [S0LEADS], ")
UNTIL = NOON + HOUR


def test_what_is_approved_in_somebodys_stead_says_so(several: Walk) -> None:
    """Bob is away and named Eve, who is in no rule: the journal has in whose stead she decided."""
    several.directory.change(BOB, away=Away(until=UNTIL, delegate=EVE))
    request = several.ask()
    several.click(request.id, by=EVE)
    several.click(request.id, by=CARL)

    by_eve, by_carl = several.story(request.id)[1:3]
    assert by_eve.details["instead_of"] == ("U0BOB",)
    assert "instead_of" not in by_carl.details
    assert "in the stead of U0BOB" in words(by_eve)
    assert "stead" not in words(by_carl)


def test_nobodys_word_counts_beside_that_of_their_delegate(several: Walk) -> None:
    """Bob is named, and in a group that is named too: with a delegate he has one word all the same, and it is hers."""
    several.rules = parse(OR_A_LEAD, name="rules.yaml")
    several.directory.change(BOB, slack_groups=frozenset({LEADS}), away=Away(until=UNTIL, delegate=EVE))
    request = several.ask()
    several.click(request.id, by=EVE)
    with pytest.raises(NotYours, match="say that you are back"):
        several.click(request.id, by=BOB)
    assert several.click(request.id, by=CARL) is not None


def test_nor_in_another_account(several: Walk) -> None:
    """Dora is Bob's other account, and named in her own right."""
    several.directory.change(BOB, away=Away(until=UNTIL, delegate=EVE))
    several.directory.change(DORA, same_as=frozenset({BOB}))
    request = several.ask()
    several.click(request.id, by=EVE)
    with pytest.raises(NotYours, match="say that you are back"):
        several.click(request.id, by=DORA)
    several.clock.forward(HOUR)
    assert several.click(request.id, by=DORA) is None


def test_nor_does_what_was_approved_before_it_was_left_to_a_delegate(several: Walk) -> None:
    """Bob approves as a lead, says that he is away, and Eve approves in his stead: that is one of two."""
    several.rules = parse(OR_A_LEAD, name="rules.yaml")
    several.directory.change(BOB, slack_groups=frozenset({LEADS}))
    request = several.ask()
    several.click(request.id, by=BOB)
    several.directory.change(BOB, away=Away(until=UNTIL, delegate=EVE))
    assert several.click(request.id, by=EVE) is None


def test_who_is_away_may_still_turn_down_and_take_away(several: Walk) -> None:
    """Bob is on holiday and not asked; what he would not let through he can stop."""
    several.directory.change(BOB, away=Away())
    request = several.ask()
    with pytest.raises(NotYours):
        several.click(request.id, by=BOB)
    assert several.deny(request.id, by=BOB).state is RequestState.DENIED
