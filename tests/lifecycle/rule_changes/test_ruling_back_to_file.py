"""Going back to the rules file: the way out for whoever runs Daypass, told to the journal like every other change."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from daypass.lifecycle.rule_changes.back_to_file import back_to_file
from daypass.model.errors import BadInput, RulesUnreadable, TooLate
from daypass.model.event import EntryKind
from daypass.model.principal import DAYPASS
from daypass.model.rule_change import RulesVersion
from daypass.store.tables import records
from tests.lifecycle.rule_changes.conftest import LONGER, RULES, SHORTER, Ruled
from tests.makers import ANN, BOB


def _back(ruled: Ruled) -> RulesVersion:
    return back_to_file(rules=ruled.rules, ledger=ruled.ledger, now=ruled.clock())


def _damage(ruled: Ruled, number: int) -> None:
    with ruled.database.writing() as connection:
        connection.execute(update(records).where(records.c.id == f"rules-version/{number:08d}").values(body="{}"))


def test_the_file_is_in_force_again_as_the_newest_version(ruled: Ruled):
    """And whatever is written there counts at once, as before any change."""
    ruled.approve(ruled.propose(LONGER))
    ruled.change(ANN, active=False)
    ruled.change(BOB, active=False)

    version = _back(ruled)

    assert (version.number, version.text, version.author) == (3, RULES, DAYPASS)
    assert ruled.longest() == timedelta(hours=8)
    ruled.file.write_text(SHORTER)
    assert ruled.longest() == timedelta(hours=2)
    assert ruled.rules.version(ruled.clock()).number == 4


def test_the_journal_tells_that_daypass_did_it_and_what_is_different(ruled: Ruled):
    """Nobody goes back unseen."""
    ruled.approve(ruled.propose(LONGER))
    version = _back(ruled)

    told = ruled.entries(EntryKind.RULES_CHANGED)[-1]
    assert (told.actor, told.details["version"], told.details["digest"]) == (DAYPASS, 3, version.digest)
    assert "+    for: {default: 1h, max: 8h}" in str(told.details["diff"])


def test_a_change_of_the_version_that_was_left_is_outdated(ruled: Ruled):
    """It was made from what does not count any more."""
    ruled.approve(ruled.propose(LONGER))
    change = ruled.propose(SHORTER)
    _back(ruled)

    with pytest.raises(TooLate, match="Version 3 is in force, from the file"):
        ruled.approve(change)


def test_owners_change_the_rules_again_after_it(ruled: Ruled):
    """From the file, as the first time."""
    ruled.approve(ruled.propose(LONGER))
    _back(ruled)

    assert ruled.approve(ruled.propose(SHORTER)).number == 4
    assert ruled.longest() == timedelta(hours=2)


def test_a_version_that_cannot_be_read_is_left_behind(ruled: Ruled):
    """By replicas that knew the one before it too."""
    replica = ruled.replica()
    ruled.approve(ruled.propose(LONGER))
    replica()
    ruled.approve(ruled.propose(SHORTER))
    _damage(ruled, 3)
    with pytest.raises(RulesUnreadable):
        replica()

    assert _back(ruled).number == 4
    assert ruled.longest() == timedelta(hours=8)
    assert replica() == ruled.rules()


def test_where_the_file_is_in_force_there_is_nothing_to_go_back_to(ruled: Ruled):
    """Neither before any change nor after going back."""
    with pytest.raises(BadInput, match="in force already"):
        _back(ruled)
    ruled.approve(ruled.propose(LONGER))
    _back(ruled)
    with pytest.raises(BadInput, match="in force already"):
        _back(ruled)


def test_a_file_with_faults_is_never_put_in_force(ruled: Ruled):
    """What counts goes on."""
    ruled.approve(ruled.propose(LONGER))
    ruled.file.write_text("no rules")

    with pytest.raises(RulesUnreadable):
        _back(ruled)
    assert ruled.longest() == timedelta(hours=12)
