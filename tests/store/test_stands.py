"""What a fact was decided by stands still until it is written: neither of two such commits slips past the other."""

import threading

import pytest
from sqlalchemy import text

from daypass.model.errors import Conflict
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.freeze import NEVER, Extent, Freeze, Freezes
from daypass.model.grant import new_grant_id
from daypass.store.commit import commit
from daypass.store.database import Database
from daypass.store.ledger import SqlLedger
from tests.makers import ANN, NOON
from tests.tables import with_tables

_NONE = Freezes(standing=(), at=NEVER)
_GIVEN = Fact(event=Event(kind=EntryKind.REQUEST_ENDORSED, at=NOON, actor=ANN), stands=(_NONE,), told=False)
_FROZEN = Fact(
    event=Event(kind=EntryKind.FREEZE_SET, at=NOON, actor=ANN),
    changes=(
        Freezes(
            standing=(Freeze(id=new_grant_id(), extent=Extent(everything=True), by=ANN, at=NOON),), at=NOON, revision=0
        ),
    ),
    told=False,
)
_WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


@pytest.mark.parametrize(("first", "second"), [(_GIVEN, _FROZEN), (_FROZEN, _GIVEN)], ids=["given", "frozen"])
def test_of_a_freeze_and_what_it_would_refuse_the_second_waits_for_the_first(
    postgres_url: str, first: Fact, second: Fact
):
    """On PostgreSQL, where both are under way at once, and no freeze was ever written before."""
    store, others = with_tables(postgres_url), with_tables(postgres_url)
    became: list[bool] = []
    other = threading.Thread(target=lambda: became.append(_written(second, others)))
    with store.writing() as connection:
        commit(connection, [first], store.sealer)
        other.start()
        while other.is_alive() and not _waits(others):
            pass
        assert not became
    other.join()

    assert became == [first is _GIVEN]
    for each in (store, others):
        each.close()


def _written(fact: Fact, store: Database) -> bool:
    try:
        SqlLedger(store).record(fact)
    except Conflict:
        return False
    return True


def _waits(store: Database) -> bool:
    with store.reading() as connection:
        return bool(connection.execute(_WAITING).scalar_one())


def test_many_give_at_once_while_nothing_is_frozen(postgres_url: str):
    """They hold the same together, and none waits for another."""
    store, others = with_tables(postgres_url), with_tables(postgres_url)
    with store.writing() as connection:
        commit(connection, [_GIVEN], store.sealer)
        assert _written(_GIVEN, others)
    for each in (store, others):
        each.close()
