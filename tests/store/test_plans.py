"""
What the store does for one call, counted, beside few and many grants that have ended: it must be the same.

Counted are the steps of SQLite's virtual machine, and the rows that EXPLAIN ANALYZE of PostgreSQL looked at. The
plan of every statement is held so, whatever statistics SQLite has.
"""

import inspect
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from daypass.model.break_glass import GlassReview
from daypass.model.grant import GrantState
from daypass.model.known import KnownGroup
from daypass.model.passkey import OneTimeLink
from daypass.model.preapproval import Preapproval
from daypass.model.record import Validity
from daypass.model.request import RequestState
from daypass.model.rule_change import ChangeState, RulesChange
from daypass.ports import Message
from daypass.store.database import Database
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.store.logins import SqlLogins
from daypass.store.outbox import SqlOutbox
from daypass.store.postings import SqlPostings
from daypass.store.queue import SqlQueue
from daypass.store.retention import SqlRetention
from daypass.store.tiles import SqlTiles
from tests.counting import Counted, counting, grown, looked_at
from tests.heads import HandHead
from tests.makers import ANN, BOB, HOUR, NOON, principal
from tests.store.facts import HOLD, a_grant, a_login, a_request, at, fact, stored
from tests.tables import with_tables
from tests.years import write_years

DAY = timedelta(days=1)
FEW, MANY = 550, 2_000
LIVE = (GrantState.APPROVED, GrantState.ACTIVE, GrantState.ENDING)
OVER = (RequestState.DENIED, RequestState.LAPSED, RequestState.CANCELLED, RequestState.APPROVED)
WHOLE = {
    "SqlBook.export": "carries all of it out, a page at a time",
    "SqlBook.scrub": "goes over all of it once a day, a page at a time",
    "SqlBook.public_key": "asks nothing",
    "SqlBook.unsigned": "asks nothing",
    "SqlBook.faults": "asks nothing",
    "SqlBook.remembers": "asks nothing",
    "SqlBook.accept": "is for an operator, once",
    "SqlBook.compare": "is for an operator, once",
    "SqlLedger.must_be_allowed_to_give": "asks nothing",
    "SqlLogins.over": "goes over all that is kept of them once a day, a page at a time",
}
"""What may cost more the more there is, and why."""


def use(database: Database, book: SqlBook, counted: Counted, waits: list[Any]) -> None:
    """Call every public method of the store once, as the doors and the chores do."""
    ledger, queue, outbox = (counted.of(one(database)) for one in (SqlLedger, SqlQueue, SqlOutbox))
    logins, postings, journal = counted.of(SqlLogins(database)), counted.of(SqlPostings(database)), counted.of(book)
    request, grant, active = waits
    ledger.record(fact(a_request()), fact(a_grant()))
    ledger.record_each([fact(a_request()), fact(a_grant())])
    ledger.find(KnownGroup, "S1"), ledger.link("0" * 64)
    ledger.request(request.id), ledger.grant(grant.id), ledger.story(request.id), ledger.chain(grant.chain)
    ledger.requests(states=[RequestState.PENDING]), ledger.requests(requestor=ANN, states=[RequestState.PENDING])
    ledger.requests(ids=[request.id, active.id], states=[RequestState.PENDING]), ledger.requests(ids=[grant.id, "x"])
    ledger.grants(states=LIVE), ledger.grants(principal=ANN, states=LIVE), ledger.grants(ids=[grant.id, active.id])
    ledger.grants(principal=ANN, states=(GrantState.ENDED,), approved_after=NOON - HOUR)
    ledger.each_request(), ledger.each_request(requestor=ANN), ledger.each_request(states=[RequestState.PENDING])
    ledger.each_grant(states=LIVE), ledger.each_grant(states=tuple(GrantState)), ledger.lapsed(filed_before=at(9))
    ledger.pending_for(principal(BOB)), ledger.held_by_others(BOB, states=LIVE)
    ledger.page_of_requests(requestor=ANN, states=OVER, skip=0, size=5)
    ledger.page_of_grants(principal=ANN, states=[GrantState.ENDED], skip=0, size=5)
    ledger.told_of([grant.id, "x"]), ledger.drop_errands(before=NOON)
    ledger.all(Preapproval, owner=ANN, states=[Validity.OPEN]), ledger.all(OneTimeLink, states=[Validity.OPEN])
    ledger.all(GlassReview, states=[Validity.CLOSED], since=NOON - HOUR), ledger.all(GlassReview, since=NOON - HOUR)
    ledger.given(Preapproval, by=BOB, states=[Validity.OPEN]), ledger.some(GlassReview, [grant.id, "x"])
    ledger.running(RulesChange, state=ChangeState.PENDING, now=NOON)
    ledger.over(Preapproval, state=Validity.OPEN, now=NOON)
    ledger.newest(RulesChange), ledger.newest(GlassReview, owner=ANN), ledger.page(RulesChange, skip=0, size=5)
    ledger.page(RulesChange, states=[ChangeState.PENDING], skip=0, size=5)
    claim = queue.claim(now=at(1), hold=HOLD, limit=1)[0]
    queue.renew(claim, now=at(1), hold=HOLD, lands_by=at(2)), queue.landed([claim], now=at(1))
    queue.wait(claim, until=at(2)), queue.claim(now=at(1), hold=HOLD, limit=1, gives=False)
    queue.take(grant.id, now=at(9), hold=HOLD), queue.postpone(claim, until=at(3), error="no")
    queue.late(busy_before=at(9)), queue.forget_late([grant.id]), queue.attempts(grant.id)
    queue.troubled(overdue_before=at(1)), queue.reported([grant.id]), queue.depth(now=at(9)), queue.damaged()
    notice = outbox.claim(now=at(1), hold=HOLD, limit=5)[0]
    outbox.delay(notice.id, until=at(3), error="no"), outbox.sent(notice.id), outbox.forget(before=NOON)
    outbox.backlog()
    login = a_login()
    logins.await_confirmation(login, now=NOON), logins.by_device(login.device_hash), logins.live(now=NOON)
    logins.by_user_code(login.user_code, now=NOON), logins.of(ANN)
    logins.by_token("0" * 64)
    postings.remember(grant.id, "card", Message(channel="C", ts="1"))
    postings.recall(grant.id, "card"), postings.subject_of("C", "1")
    counted.of(SqlRetention(database)).drop_old(before=NOON - 3650 * DAY)
    journal.fold(), journal.check(), journal.checkpoint(), journal.waiting(), journal.look_for_own()
    journal.compare(), journal.inclusion(5), journal.consistency(300 if journal.checkpoint().size > 300 else 5)


def spent(url: str, over: int, *, learn: str) -> dict[str, int]:
    """What each call costs beside so many ended grants; SQLite learns of its tables before they are there, or after."""
    with counting() as counted:
        database = with_tables(url)
        ledger, book = SqlLedger(database), SqlBook(database, HandHead())
        book.fold()
        request, grant, active = a_request(), a_grant(), a_grant(GrantState.ACTIVE)
        ledger.record(fact(request), fact(grant), fact(active))
        if learn == "first":
            analyze(database)
        write_years(database, over)
        while book.fold():
            pass
        SqlTiles(database).extend()
        if learn == "last":
            analyze(database)
        if learn == "first":
            database.renew_statistics()
        use(database, book, counted, [ledger.request(request.id), stored(grant), stored(active)])
        found = {key: steps or looked_at(database, said) for key, (steps, said) in counted.calls.items()}
        database.close()
    return found


def analyze(database: Database) -> None:
    """Let the database learn of its tables."""
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))


@pytest.mark.heavy
@pytest.mark.parametrize("learn", ["never", "first", "last"])
def test_no_call_costs_more_the_more_grants_have_ended_on_sqlite(tmp_path, learn):
    """Whatever SQLite learned of its tables: nothing, or something on the first day and anew since, or all just now."""
    few, many = (spent(f"sqlite:///{tmp_path / f'{over}.db'}", over, learn=learn) for over in (FEW, MANY))

    assert grown(few, many, whole=WHOLE) == {}


def test_no_call_looks_at_more_rows_the_more_grants_have_ended_on_postgresql(postgres):
    """As EXPLAIN ANALYZE has it of every statement."""
    few, many = (spent(postgres.fresh_database(), over, learn="last") for over in (FEW, MANY))

    assert grown(few, many, whole=WHOLE) == {}


def test_every_public_method_of_the_store_is_counted(tmp_path):
    """A new method is called above, or says why it may cost more the more there is."""
    called = {key.partition(":")[0] for key in spent(f"sqlite:///{tmp_path / 'daypass.db'}", 10, learn="never")}
    classes = (SqlLedger, SqlQueue, SqlOutbox, SqlLogins, SqlPostings, SqlBook)
    public = {
        f"{one.__name__}.{name}"
        for one in classes
        for name, _ in inspect.getmembers(one, inspect.isfunction)
        if not name.startswith("_")
    }

    assert public - called - WHOLE.keys() == set()
