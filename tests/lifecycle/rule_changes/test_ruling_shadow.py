"""A proposed text in the shadow: what it would have decided is kept, and changes nothing."""

from datetime import timedelta

import pytest

from daypass.lifecycle.rule_changes.shadow import compare, differences
from daypass.model.grant import GrantId
from daypass.model.lease import Term
from daypass.model.principal import DAYPASS
from daypass.model.request import Ask, Wish
from daypass.model.rule_change import RulesChange
from tests.lifecycle.rule_changes.conftest import LONGER, RULES, SHORTER, Ruled
from tests.makers import ANN, BOB, HOUR, READ_REPORTS

REQUEST = GrantId("abcdefgh2345")
SHADOW = timedelta(days=7)


def _ask(ruled: Ruled, hours: int = 4) -> None:
    ask = Ask(requestor=ANN, wish=Wish(entitlement=READ_REPORTS, term=Term(length=hours * HOUR), reason="INC-42"))
    compare(REQUEST, ask, judge=ruled.judge, now=ruled.clock())


def _differences(ruled: Ruled, change: RulesChange) -> list[tuple[object, object, object]]:
    found = differences(change.id, ruled.ledger)
    return [(one.details["request"], one.details["old"], one.details["new"]) for one in found]


def test_what_the_shadow_would_have_denied_is_kept(ruled: Ruled):
    """With what was decided, and for which request."""
    change = ruled.propose(SHORTER, shadow=SHADOW)
    _ask(ruled)

    [(request, old, new)] = _differences(ruled, change)
    assert request == REQUEST
    assert str(old).startswith("allowed when U0BOB")
    assert str(new).startswith("denied: ")
    assert differences(change.id, ruled.ledger)[0].actor == DAYPASS


def test_what_the_shadow_would_have_allowed_is_kept(ruled: Ruled):
    """A denial of now that would be none."""
    change = ruled.propose(LONGER, shadow=SHADOW)
    _ask(ruled, hours=10)

    [(_, old, new)] = _differences(ruled, change)
    assert (str(old)[:6], str(new)[:7]) == ("denied", "allowed")


def test_where_both_say_the_same_nothing_is_kept(ruled: Ruled):
    """Nor for a rule that only has another name."""
    change = ruled.propose(RULES.replace("id: reports", "id: renamed"), shadow=SHADOW)
    _ask(ruled)

    assert _differences(ruled, change) == []


def test_every_change_in_the_shadow_is_asked(ruled: Ruled):
    """Each keeps its own differences."""
    changes = [ruled.propose(SHORTER, shadow=SHADOW), ruled.propose(SHORTER + "# again\n", by=BOB, shadow=SHADOW)]
    _ask(ruled)

    assert [len(_differences(ruled, change)) for change in changes] == [1, 1]


def test_a_change_without_a_shadow_is_not_asked(ruled: Ruled):
    """It only waits."""
    change = ruled.propose(SHORTER)
    _ask(ruled)

    assert _differences(ruled, change) == []


def test_a_shadow_ends(ruled: Ruled):
    """To the moment: [proposed, proposed + shadow)."""
    change = ruled.propose(SHORTER, shadow=timedelta(days=1))
    ruled.clock.forward(timedelta(days=1) - timedelta(seconds=1))
    _ask(ruled)
    ruled.clock.forward(timedelta(seconds=1))
    _ask(ruled)

    assert len(_differences(ruled, change)) == 1


@pytest.mark.parametrize("ending", ["withdraw", "deny", "approve"])
def test_a_change_that_is_decided_watches_no_more(ruled: Ruled, ending: str):
    """Denied, withdrawn or in force."""
    change = ruled.propose(SHORTER, shadow=SHADOW)
    getattr(ruled, ending)(change)
    _ask(ruled)

    assert _differences(ruled, change) == []


def test_a_shadow_that_cannot_be_asked_stands_in_nobodys_way(ruled: Ruled):
    """Whoever asked has left meanwhile."""
    change = ruled.propose(SHORTER, by=BOB, shadow=SHADOW)
    ruled.change(ANN, active=False)
    _ask(ruled)

    assert _differences(ruled, change) == []
