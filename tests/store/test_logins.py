"""Logins: who a command line speaks for."""

from dataclasses import replace

import pytest

from daypass.model.errors import Conflict, NotFound
from daypass.model.event import Kind
from daypass.store.logins import MOST_OF_A_NETWORK, MOST_WAITING
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


def test_b03_nobody_can_fill_the_house_with_codes(logins):
    """Of one network so many wait, and then its oldest makes room; of all together so many, and then the oldest."""

    def ask(number: int, address: str) -> str:
        login = replace(a_login(number, user_code=str(number)), address=address, asked_at=at(number / 1000))
        logins.await_confirmation(login, now=NOON)
        return login.device_hash

    def waits(device_hash: str) -> bool:
        try:
            return logins.by_device(device_hash) is not None
        except NotFound:
            return False

    mine = ask(0, "192.0.2.7")
    flood = [ask(number, f"2001:db8::{number:x}") for number in range(1, MOST_OF_A_NETWORK + 3)]
    assert [waits(one) for one in (mine, *flood[:3], flood[-1])] == [True, False, False, True, True]

    many = [ask(number, f"198.51.{number % 200}.{number // 200}") for number in range(100, 100 + MOST_WAITING)]
    assert [waits(one) for one in (mine, flood[-1], many[0], many[-1])] == [False, False, True, True]
