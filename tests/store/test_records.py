"""The cabinet: small values of many kinds, written by the ledger alone and read back as they were."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from sqlalchemy import text

from daypass.model.bot import Bot
from daypass.model.break_glass import GlassReview, SealedCode
from daypass.model.errors import BadInput, Conflict, NotFound
from daypass.model.event import EntryKind
from daypass.model.fact import Record
from daypass.model.passkey import OneTimeLink, Passkey
from daypass.model.preapproval import Preapproval
from daypass.model.record import Validity
from daypass.model.rule_change import ChangeState, RulesChange, RulesVersion
from daypass.store.scrub import SqlScrub
from tests.makers import ANN, BOB, EVE, NOON
from tests.store.facts import HOLD, a_grant, at, fact, stored
from tests.store.records import (
    BARE,
    BOT,
    FULL,
    a_change,
    a_code,
    a_permit,
    a_review,
    a_robot,
    a_version,
    an_errand,
    kept,
)

every_record = pytest.mark.parametrize(
    "record", [*BARE.values(), *FULL], ids=lambda record: f"{type(record).__name__}-{record.state}"
)
every_kind = pytest.mark.parametrize("name", BARE)


def test_every_kind_that_a_fact_may_change_is_tried_here():
    """A kind added to the model without a place in the cabinet fails here first."""
    assert {type(record) for record in BARE.values()} == set(get_args(Record))


@every_record
def test_what_is_kept_comes_back_as_it_went_in(ledger, records, record):
    """Found by its key and among all, at the next revision, whatever stands in its fields."""
    ledger.record(fact(record, kind=EntryKind.PERMIT_GIVEN))

    assert records.find(type(record), record.key) == kept(record)
    assert records.all(type(record)) == [kept(record)]


@every_kind
def test_a_row_bears_the_name_of_its_kind(database, ledger, name):
    """Names are for good: tomorrow's Daypass finds today's rows by them."""
    record = BARE[name]
    ledger.record(fact(record))

    with database.reading() as connection:
        row = connection.execute(text("SELECT id, kind FROM records")).one()
    assert tuple(row) == (f"{name}/{record.key}", name)


@every_kind
def test_whoever_keeps_second_is_told_and_writes_nothing(ledger, records, name):
    """A change on an older revision is a conflict, and neither it nor what came with it is written."""
    record, grant = BARE[name], a_grant()
    ledger.record(fact(record))
    ledger.record(fact(kept(record)))

    with pytest.raises(Conflict):
        ledger.record(fact(grant, kept(record)))

    assert records.find(type(record), record.key).revision == 2
    assert ledger.grants() == []


@every_kind
def test_a_new_one_that_is_there_already_is_a_conflict(ledger, outbox, name):
    """Revision 0 means new: a second with the same key is refused, and nobody is told of it."""
    ledger.record(fact(BARE[name]))

    with pytest.raises(Conflict):
        ledger.record(fact(BARE[name]))

    assert len(outbox.claim(now=NOON, hold=HOLD, limit=10)) == 1


@every_kind
def test_one_that_was_never_kept_cannot_be_changed(ledger, records, name):
    """A revision above 0 of something that is not there is a conflict, not an insert."""
    with pytest.raises(Conflict):
        ledger.record(fact(replace(BARE[name], revision=1)))

    assert records.all(type(BARE[name])) == []


def test_a_change_is_kept_in_the_commit_of_its_grant(ledger, records):
    """A code that is used up and the grant it was used for appear together."""
    code, grant = a_code(), a_grant()
    ledger.record(fact(code))
    used = replace(kept(code), used_for=grant.id, state=Validity.CLOSED)

    ledger.record(fact(used, grant, kind=EntryKind.CODE_USED))

    assert records.find(SealedCode, code.key) == kept(used)
    assert ledger.grant(grant.id) == stored(grant)


def test_kinds_do_not_share_their_keys(ledger, records):
    """A permit and a review of one id are two, each with a revision of its own."""
    permit = a_permit()
    review = replace(a_review(), id=permit.id)
    ledger.record(fact(permit, review))
    ledger.record(fact(kept(review)))

    assert records.find(Preapproval, permit.id).revision == 1
    assert records.find(GlassReview, permit.id).revision == 2
    with pytest.raises(NotFound):
        records.find(RulesChange, permit.id)


def test_many_kinds_are_kept_in_one_commit(ledger, records):
    """One fact may change one of every kind; a later one changes them all again."""
    ledger.record(fact(*BARE.values()))
    ledger.record(fact(*map(kept, BARE.values())))

    assert {records.find(type(record), record.key).revision for record in BARE.values()} == {2}


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (Preapproval, "There is no such permit here."),
        (SealedCode, "There is no such sealed code here."),
        (RulesVersion, "There is no such rules version here."),
    ],
)
@pytest.mark.parametrize("key", ["", "nobody", "permit/x", "%", "../", "ü"])
def test_what_is_not_there_is_not_found(ledger, records, kind, sentence, key):
    """A sentence says so; the key, which may be the hash of a secret, is not said again."""
    ledger.record(fact(*BARE.values()))

    with pytest.raises(NotFound) as raised:
        records.find(kind, key)

    assert raised.value.sentence == sentence


def test_a_key_that_no_database_holds_is_bad_input_or_not_there(records):
    """Signs that PostgreSQL cannot hold never become a traceback."""
    for key in ("a\x00b", "\ud800"):
        with pytest.raises((NotFound, BadInput)):
            records.find(Passkey, key)


def test_all_of_a_kind_come_newest_first(ledger, records):
    """By the moment, to the microsecond; those of one moment by their keys; other kinds are left out."""
    old, new = a_permit(at=at(-1)), a_permit(at=NOON + timedelta(microseconds=1))
    same = sorted((a_permit(), a_permit()), key=lambda permit: permit.id, reverse=True)
    ledger.record(fact(same[1], old, new, same[0], a_review()))

    assert [permit.id for permit in records.all(Preapproval)] == [new.id, same[0].id, same[1].id, old.id]


def test_the_newest_of_a_kind_is_one_and_a_page_says_how_many_there_are(ledger, records):
    """Of one owner too; there is none where there is nothing, and a page beyond the end is empty."""
    old, middle, new = a_permit(at=at(-1)), a_permit(), a_permit(at=at(1), principal=BOB)
    assert records.newest(Preapproval) is None
    ledger.record(fact(old, middle, new))

    newest, anns = records.newest(Preapproval), records.newest(Preapproval, owner=ANN)
    pages = [records.page(Preapproval, skip=skip, size=2) for skip in (0, 2, 4)]

    assert [newest.id, anns.id] == [new.id, middle.id]
    assert [[one.id for one in page.items] for page in pages] == [[new.id, middle.id], [old.id], []]
    assert {page.total for page in pages} == {3}


def test_one_owners_are_found_by_owner(ledger, records):
    """A permit belongs to whom it is for, a robot to who answers for it, a version to its author."""
    anns, bobs = a_permit(), a_permit(principal=BOB)
    ledger.record(fact(anns, bobs, a_robot(), a_version()))

    assert records.all(Preapproval, owner=ANN) == [kept(anns)]
    assert records.all(Preapproval, owner=BOB) == [kept(bobs)]
    assert records.all(Preapproval, owner=EVE) == []
    assert records.all(Bot, owner=ANN) == [kept(a_robot())]
    assert records.all(Bot, owner=BOT) == []
    assert records.all(RulesVersion, owner=ANN) == [kept(a_version())]


def test_those_in_a_state_are_found_by_state(ledger, records):
    """In one, in several, in none at all; and an owner's among them."""
    pending, denied = a_change(), replace(a_change(), state=ChangeState.DENIED, filed_at=at(-1))
    bobs = replace(a_change(), author=BOB, filed_at=at(-2))
    ledger.record(fact(pending, denied, bobs))

    assert records.all(RulesChange, states=[ChangeState.PENDING]) == [kept(pending), kept(bobs)]
    assert records.all(RulesChange, states=iter(ChangeState)) == [kept(pending), kept(denied), kept(bobs)]
    assert records.all(RulesChange, states=[]) == []
    assert records.all(RulesChange, owner=BOB, states=[ChangeState.PENDING]) == [kept(bobs)]
    assert records.all(RulesChange, owner=BOB, states=[ChangeState.DENIED]) == []


def test_a_record_is_found_where_it_stands_now(ledger, records):
    """Once closed, or someone else's, it is no longer among those it was among."""
    robot = a_robot()
    ledger.record(fact(robot))

    ledger.record(fact(replace(kept(robot), owner=BOB, state=Validity.CLOSED, at=at(1))))

    assert records.all(Bot, owner=ANN) == records.all(Bot, states=[Validity.OPEN]) == []
    assert [found.at for found in records.all(Bot, owner=BOB, states=[Validity.CLOSED])] == [at(1)]


def test_errands_that_are_over_are_dropped_and_missed_by_nobody(database, ledger, records):
    """Those of yesterday; today's stay, and nobody takes the others for rows that were stolen."""
    old, new = an_errand(), replace(an_errand(), ticket_hash="ab" * 32, at=NOON + timedelta(days=1))
    ledger.record(fact(old), fact(new))

    assert ledger.drop_errands(before=NOON + timedelta(hours=12)) == 1
    assert records.all(OneTimeLink) == [kept(new)]
    with pytest.raises(NotFound):
        records.find(OneTimeLink, old.key)
    assert list(SqlScrub(database).altered()) == []
