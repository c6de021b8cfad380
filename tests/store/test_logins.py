"""Logins: who a command line speaks for."""

from dataclasses import replace

import pytest

from daypass.model.errors import Conflict, NotFound, TooOften
from daypass.model.event import EntryKind
from daypass.model.login import LoginScope
from daypass.store.login_queue import PendingLogin, gives_way
from tests.makers import ANN, BOB, NOON
from tests.store.facts import a_login, at, fact


def _confirmed(login, ledger, by=ANN, revision=1):
    theirs = replace(login, principal=by, revision=revision)
    ledger.record(fact(theirs, kind=EntryKind.LOGIN_CONFIRMED))
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
    ledger.record(fact(replace(confirmed, token_hash="ab" * 32), kind=EntryKind.LOGIN_ISSUED))
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

    ledger.record(fact(issued, kind=EntryKind.LOGIN_ISSUED))

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


class Line:
    """Who waits, and who is let wait."""

    def __init__(self, logins):
        """Begin with nobody."""
        self.logins, self.number = logins, 0

    def ask(self, address, when=0.0, scopes=LoginScope):
        """Begin a login from an address, so many minutes after noon."""
        self.number += 1
        login = replace(
            a_login(self.number, user_code=str(self.number)),
            address=address,
            asked_at=at(when),
            expires_at=at(when + 10),
            scopes=frozenset(scopes),
        )
        self.logins.await_confirmation(login, now=at(when))
        return login.device_hash

    def waits(self, device_hash):
        """Whether it waits still."""
        try:
            return self.logins.by_device(device_hash) is not None
        except NotFound:
            return False


def test_b03_a_neighbour_pushes_nobody_out_who_began_just_now(logins):
    """Behind one address fifty wait; a person has two minutes, and then the oldest makes room for one."""
    line = Line(logins)
    mine, *_ = [line.ask("2001:db8::7"), *(line.ask(f"2001:db8::{one:x}") for one in range(100, 149))]

    with pytest.raises(TooOften) as refused:
        line.ask("2001:db8::8", when=1.5)
    assert (line.waits(mine), refused.value.wait_s) == (True, 31)

    newer = line.ask("2001:db8::8", when=2)
    assert (line.waits(mine), line.waits(newer)) == (False, True)


def makes_room(line, network, now=NOON):
    """Who gives way for somebody of this network."""
    first = gives_way(line, network, now)
    return first.device_hash if first else None


def test_a_flood_pushes_out_its_own():
    """A thousand wait: whoever comes from elsewhere finds room, at the cost of whoever has most."""
    flood = [
        PendingLogin(f"{site}-{one}", f"2001:db8:{site:x}:{one:x}::/64", NOON)
        for site in range(4)
        for one in range(200)
    ]
    few = [PendingLogin(f"few-{one}", f"198.51.100.{one}", NOON) for one in range(200)]

    assert makes_room([*few, *flood], "192.0.2.7") == "0-0"
    with pytest.raises(TooOften):  # it has as many as any other: it waits for two minutes
        gives_way([*few, *flood], "2001:db8:3:ffff::/64", NOON)


def test_within_a_site_the_network_with_most_makes_room():
    """Of a /48 with 200 waiting a flood from one /64 gives way, and never a neighbour's only one."""
    neighbours = [PendingLogin(f"one-{one}", f"2001:db8:0:{one:x}::/64", NOON) for one in range(1, 151)]
    flood = [PendingLogin(f"flood-{one}", "2001:db8:0:ffff::/64", NOON) for one in range(49)]
    line = [*neighbours, *flood, PendingLogin("last", "2001:db8:0:1000::/64", NOON)]

    assert makes_room(line, "2001:db8:0:abc::/64") == "flood-0"


def test_a_thousand_networks_with_one_each_keep_what_they_have_for_two_minutes():
    """Nobody has few, and nobody more: a newcomer is told when to come again."""
    line = [PendingLogin(f"{one}", f"198.51.{one % 200}.{one // 200}", NOON) for one in range(1000)]

    with pytest.raises(TooOften, match="Try again in 61 seconds"):
        gives_way(line, "192.0.2.7", at(1))
    assert makes_room(line, "192.0.2.7", at(2)) == "0"


def test_those_that_would_only_end_things_wait_apart(logins):
    """A flood of ordinary logins is not in the way of who must end something."""
    line = Line(logins)
    for one in range(50):
        line.ask(f"2001:db8::{one:x}")

    assert line.waits(line.ask("2001:db8::7", scopes=[LoginScope.END]))
