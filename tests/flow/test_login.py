"""How a command line comes to speak for somebody, and how it stops."""

from datetime import timedelta
from pathlib import Path

import pytest

from daypass.lifecycle import login
from daypass.model.errors import NotFound, NotYours, TooLate
from daypass.model.event import EntryKind
from daypass.model.login import LoginScope
from daypass.store.logins import SqlLogins
from tests.flow.conftest import Walk
from tests.makers import ANN, BOB


@pytest.fixture
def logins(walk: Walk) -> SqlLogins:
    """The real table of logins."""
    return SqlLogins(walk.database)


def collect(walk: Walk, logins: SqlLogins, device_code: str) -> login.Token | None:
    """Poll once."""
    return login.collect(device_code, logins=logins, ledger=walk.ledger, now=walk.clock())


def log_in(walk: Walk, logins: SqlLogins, **begin: object) -> str:
    """Go the whole way as Ann."""
    begun = login.begin("laptop", logins=logins, now=walk.clock(), **begin)  # type: ignore[arg-type]
    login.confirm(begun.user_code, by=ANN, logins=logins, ledger=walk.ledger, now=walk.clock())
    token = collect(walk, logins, begun.device_code)
    assert token is not None
    return token.text


def test_nobody_is_logged_in_before_they_said_so_in_slack(walk: Walk, logins: SqlLogins) -> None:
    """The poll gets nothing until the person confirmed the code, then a token that speaks for them."""
    begun = login.begin("laptop", logins=logins, now=walk.clock())
    assert collect(walk, logins, begun.device_code) is None
    login.confirm(begun.user_code.lower(), by=ANN, logins=logins, ledger=walk.ledger, now=walk.clock())
    token = collect(walk, logins, begun.device_code)

    assert token is not None
    assert login.identify(token.text, logins=logins, now=walk.clock()) == ANN


def test_a_code_is_good_once(walk: Walk, logins: SqlLogins) -> None:
    """The second confirmation and the second collection are refused."""
    begun = login.begin("laptop", logins=logins, now=walk.clock())
    login.confirm(begun.user_code, by=ANN, logins=logins, ledger=walk.ledger, now=walk.clock())
    with pytest.raises((TooLate, NotFound)):
        login.confirm(begun.user_code, by=BOB, logins=logins, ledger=walk.ledger, now=walk.clock())
    collect(walk, logins, begun.device_code)

    with pytest.raises(TooLate):
        collect(walk, logins, begun.device_code)


def test_a_code_lapses(walk: Walk, logins: SqlLogins) -> None:
    """After ten minutes it can be neither confirmed nor collected."""
    begun = login.begin("laptop", logins=logins, now=walk.clock())
    walk.clock.forward(timedelta(minutes=10))

    with pytest.raises(NotFound):
        login.confirm(begun.user_code, by=ANN, logins=logins, ledger=walk.ledger, now=walk.clock())
    with pytest.raises((TooLate, NotFound)):
        collect(walk, logins, begun.device_code)


def test_a_token_lives_half_a_day(walk: Walk, logins: SqlLogins) -> None:
    """Twelve hours later it speaks for nobody."""
    token = log_in(walk, logins)
    walk.clock.forward(timedelta(hours=12))

    with pytest.raises(NotYours, match="daypass login"):
        login.identify(token, logins=logins, now=walk.clock())


def test_a_token_that_was_ended_speaks_for_nobody(walk: Walk, logins: SqlLogins) -> None:
    """Logging out is at once, and doing it twice is no error."""
    token = log_in(walk, logins)
    login.end(token, logins=logins, ledger=walk.ledger, now=walk.clock())
    login.end(token, logins=logins, ledger=walk.ledger, now=walk.clock())

    with pytest.raises(NotYours):
        login.identify(token, logins=logins, now=walk.clock())


def test_all_of_a_persons_logins_end_together(walk: Walk, logins: SqlLogins) -> None:
    """A lost laptop: everything that speaks for Ann stops."""
    tokens = [log_in(walk, logins), log_in(walk, logins)]
    assert login.end_all(by=ANN, logins=logins, ledger=walk.ledger, now=walk.clock()) == 2

    for token in tokens:
        with pytest.raises(NotYours):
            login.identify(token, logins=logins, now=walk.clock())


def test_a_token_does_only_what_it_was_asked_for(walk: Walk, logins: SqlLogins) -> None:
    """A login for reading decides nothing."""
    token = log_in(walk, logins, scopes=[LoginScope.READ])

    assert login.identify(token, logins=logins, now=walk.clock(), scope=LoginScope.READ) == ANN
    with pytest.raises(NotYours, match="decide"):
        login.identify(token, logins=logins, now=walk.clock(), scope=LoginScope.DECIDE)


def test_the_store_never_holds_a_token_or_a_code(walk: Walk, logins: SqlLogins) -> None:
    """Whoever reads the database finds nothing that opens anything."""
    token = log_in(walk, logins)

    path = Path(str(walk.database).partition("sqlite:///")[2].rstrip(")"))
    held = path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
    assert b"laptop" in held
    assert token.encode() not in held


def test_a_login_that_somebody_did_not_begin_is_ended_by_them(walk: Walk, logins: SqlLogins) -> None:
    """It gets no token, its code is good for nothing any more, and the journal knows who said so."""
    begun = login.begin("laptop", address="203.0.113.9", logins=logins, now=walk.clock())
    login.reject(begun.user_code, by=BOB, logins=logins, ledger=walk.ledger, now=walk.clock())

    with pytest.raises(TooLate):
        collect(walk, logins, begun.device_code)
    with pytest.raises(NotFound):
        login.confirm(begun.user_code, by=ANN, logins=logins, ledger=walk.ledger, now=walk.clock())
    told = [event for event in walk.journal() if event.kind is EntryKind.LOGIN_REJECTED]
    assert [(one.actor, one.details["address"]) for one in told] == [(BOB, "203.0.113.9")]


def test_a_confirmed_login_is_ended_by_nobody_else(walk: Walk, logins: SqlLogins) -> None:
    """Who has read somebody's code over their shoulder cannot throw them out."""
    begun = login.begin("laptop", logins=logins, now=walk.clock())
    login.confirm(begun.user_code, by=ANN, logins=logins, ledger=walk.ledger, now=walk.clock())

    with pytest.raises(TooLate):
        login.reject(begun.user_code, by=BOB, logins=logins, ledger=walk.ledger, now=walk.clock())
    assert collect(walk, logins, begun.device_code) is not None
