"""Logins: who a command line speaks for."""

from dataclasses import replace

import pytest

from daypass.model.errors import Conflict, NotFound, Unavailable
from daypass.model.event import Kind
from daypass.store.logins import MOST_WAITING
from tests.makers import ANN, BOB, NOON
from tests.store.facts import a_login, at, fact


def _confirmed(login, ledger, by=ANN, revision=1):
    theirs = replace(login, principal=by, revision=revision)
    ledger.record(fact(theirs, kind=Kind.LOGIN_CONFIRMED))
    return replace(theirs, revision=revision + 1)


def test_a_waiting_login_is_found_by_its_code_and_by_its_device(logins):
    """Until its time is over."""
    logins.await_confirmation(a_login(), now=NOON)
    waiting = replace(a_login(), revision=1)

    assert logins.by_user_code("ABCD-EFGH", now=at(9)) == waiting
    assert logins.by_device(waiting.device_hash) == waiting
    with pytest.raises(NotFound):
        logins.by_user_code("ABCD-EFGH", now=at(10))


def test_a_code_that_two_command_lines_were_given_is_nobodys(logins):
    """A click is never guessed at."""
    logins.await_confirmation(a_login(1), now=NOON)
    logins.await_confirmation(a_login(2), now=NOON)

    with pytest.raises(NotFound):
        logins.by_user_code("ABCD-EFGH", now=NOON)


def test_a_confirmed_login_still_shows_whose_it_is(logins, ledger):
    """A second click on the same code can be told that it is confirmed; once a token was issued the code is gone."""
    logins.await_confirmation(a_login(), now=NOON)
    confirmed = _confirmed(a_login(), ledger)

    assert logins.by_user_code("ABCD-EFGH", now=NOON) == confirmed
    ledger.record(fact(replace(confirmed, token_hash="ab" * 32), kind=Kind.LOGIN_ISSUED))
    with pytest.raises(NotFound):
        logins.by_user_code("ABCD-EFGH", now=NOON)


def test_a_login_is_confirmed_once(logins, ledger):
    """Of two clicks at the same time the second is a conflict."""
    logins.await_confirmation(a_login(), now=NOON)
    _confirmed(a_login(), ledger, by=ANN)

    with pytest.raises(Conflict):
        _confirmed(a_login(), ledger, by=BOB)

    assert logins.by_device(a_login().device_hash).principal == ANN


def test_a_token_is_found_by_its_hash_alone(logins, ledger):
    """Before it is issued, or under another hash, nobody is found."""
    logins.await_confirmation(a_login(), now=NOON)
    issued = replace(_confirmed(a_login(), ledger), token_hash="ab" * 32, expires_at=at(600))
    with pytest.raises(NotFound):
        logins.by_token("ab" * 32)

    ledger.record(fact(issued, kind=Kind.LOGIN_ISSUED))

    assert logins.by_token("ab" * 32) == replace(issued, revision=3)


def test_a_persons_logins_come_newest_first(logins, ledger):
    """Theirs alone."""
    for number, person in ((1, ANN), (2, BOB), (3, ANN)):
        login = replace(a_login(number, user_code=f"CODE-{number}"), asked_at=at(number))
        logins.await_confirmation(login, now=NOON)
        _confirmed(login, ledger, by=person)

    assert [login.user_code for login in logins.of(ANN)] == ["CODE-3", "CODE-1"]


def test_codes_that_lapsed_unconfirmed_are_dropped(logins, ledger):
    """The next one who asks sweeps them out; a confirmed one stays."""
    logins.await_confirmation(a_login(1, user_code="LOST"), now=NOON)
    logins.await_confirmation(a_login(2, user_code="KEPT"), now=NOON)
    _confirmed(a_login(2, user_code="KEPT"), ledger)

    logins.await_confirmation(replace(a_login(3), expires_at=at(20)), now=at(10))

    with pytest.raises(NotFound):
        logins.by_device(a_login(1).device_hash)
    assert logins.by_device(a_login(2).device_hash).principal == ANN


def test_nobody_can_fill_the_house_with_codes(logins):
    """Anybody may ask for one, so there is an end to how many wait; when they lapse there is room again."""
    for number in range(MOST_WAITING):
        logins.await_confirmation(a_login(number, user_code=str(number)), now=NOON)

    with pytest.raises(Unavailable, match="ten minutes"):
        logins.await_confirmation(a_login(MOST_WAITING), now=NOON)
    logins.await_confirmation(a_login(MOST_WAITING), now=at(10))
