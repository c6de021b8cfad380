"""
Each edit that a writer of the database can make, in plain SQL: it gives nobody anything, it hides nothing, it is found.

The writer here has everything but the journal's key. SECURITY.md lists the edits and what happens.
"""

from dataclasses import replace

import pytest

from daypass.model.bot import Bot
from daypass.model.errors import NotFound
from daypass.model.freeze import IN_FORCE, Freezes
from daypass.model.grant import Grant, GrantState
from daypass.model.lease import Lease
from daypass.model.listener import Listener
from daypass.model.login import Login
from daypass.model.passkey import OneTimeLink
from daypass.model.preapproval import Preapproval
from daypass.model.record import Validity
from daypass.model.request import Request, RequestState
from daypass.model.rule_change import RulesChange, RulesVersion
from daypass.store import database as databases
from daypass.store.codec import GRANTS, LOGINS, REQUESTS, Altered, codec_of
from daypass.store.ledger import SqlLedger
from daypass.store.outbox import SqlOutbox
from daypass.store.scrub import SqlScrub
from tests.keys import SIGNER
from tests.makers import EVE, HOUR, NOON
from tests.store.facts import HOLD, a_grant, a_login, a_request, at, ending, fact, grants_of, stored
from tests.store.records import BARE, a_permit, a_robot, a_version
from tests.store.tampering import ANNS, EDITS, SEALED, backup, edit, put, put_back, sql

every_sealed = pytest.mark.parametrize("sealed", SEALED.values(), ids=SEALED.keys())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty database. Seals are made above the database: PostgreSQL is tried in `make soak`."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


def _altered(database):
    return {one.row for one in SqlScrub(database).altered()}


@pytest.mark.heavy
@every_sealed
def test_an_edited_row_gives_nothing_hides_nothing_and_is_found(database, ledger, logins, sealed):
    """Whatever is changed in it: it is refused by name, its neighbour is read as ever, and the scrub names it alone."""
    ledger.record(fact(sealed.one, sealed.other))
    there = sealed.find(ledger, logins, sealed.other)
    before = backup(database, sealed)

    for name, statement in EDITS.items():
        edit(database, sealed, statement)

        # Daypass deletes some itself, when they are over; of a link it is not told when that was.
        gone = name == "deleted" and (sealed.table == "logins" or isinstance(sealed.one, OneTimeLink | RulesChange))
        dropped = gone and isinstance(sealed.one, OneTimeLink)
        with pytest.raises(NotFound if gone else Altered):
            sealed.find(ledger, logins, sealed.one)
        assert sealed.find(ledger, logins, sealed.other) == there
        assert _altered(database) == (set() if dropped else {f"{sealed.table}/{sealed.name(sealed.one)}"}), name
        put_back(database, sealed, before)

    assert sealed.find(ledger, logins, sealed.one).revision == 1
    assert _altered(database) == set()


@every_sealed
def test_an_older_row_that_is_put_back_is_refused(database, ledger, logins, sealed):
    """Its seal fits; what the journal tells of it does not."""
    ledger.record(fact(sealed.one))
    before = backup(database, sealed)
    ledger.record(fact(replace(sealed.one, revision=1)))
    assert sealed.find(ledger, logins, sealed.one).revision == 2

    put_back(database, sealed, before)

    with pytest.raises(Altered, match=r"of revision 1, and the journal tells of revision 2"):
        sealed.find(ledger, logins, sealed.one)
    assert _altered(database) == {f"{sealed.table}/{sealed.name(sealed.one)}"}


@every_sealed
def test_an_older_row_is_found_also_when_the_index_of_changes_was_edited(database, ledger, logins, sealed):
    """The journal's entries say which revision a row had reached."""
    ledger.record(fact(sealed.one))
    before = backup(database, sealed)
    ledger.record(fact(replace(sealed.one, revision=1)))
    put_back(database, sealed, before)
    sql(database, "DELETE FROM changes WHERE revision = 2")

    assert _altered(database) == {f"{sealed.table}/{sealed.name(sealed.one)}"}
    with pytest.raises(Altered, match=r"of revision 1, and the journal tells of revision 2"):
        sealed.find(ledger, logins, sealed.one)


def test_freezes_deleted_with_all_that_told_of_them_are_missed_from_the_next_scrub_on(database, ledger):
    """A row that is not there, and of which no row of `changes` tells, is taken for one that never was."""
    ledger.record(fact(BARE["freezes"]))
    sql(database, "DELETE FROM records")
    sql(database, "DELETE FROM changes")

    assert _altered(database) == {"records/freezes/in-force"}
    with pytest.raises(Altered, match="it was deleted"):
        ledger.find(Freezes, IN_FORCE)


ENDED = replace(ending(a_grant()), state=GrantState.ENDED, lease=Lease(starts=NOON, ends=NOON + HOUR))
DENIED = replace(a_request(), state=RequestState.DENIED)
REVOKED = replace(ANNS, revoked_at=at(1))
CLOSED = a_permit(state=Validity.CLOSED)
OTHER_COURSES = {
    "ended, and it is active": ("grant", ENDED, replace(ENDED, state=GrantState.ACTIVE, ending=None)),
    "an hour, and it is a day": ("grant", ENDED, replace(ENDED, lease=Lease(starts=NOON, ends=NOON + 24 * HOUR))),
    "denied, and it waits": ("request", DENIED, replace(DENIED, state=RequestState.PENDING)),
    "revoked, and it speaks": ("login", REVOKED, replace(REVOKED, revoked_at=None)),
    "closed, and it is open": ("permit", CLOSED, replace(CLOSED, state=Validity.OPEN)),
}
"""What is journalled, and another row of the same revision that Daypass has sealed in a copy of the database."""


@pytest.mark.parametrize(("kind", "told", "put_in"), OTHER_COURSES.values(), ids=OTHER_COURSES.keys())
def test_a_sealed_row_of_the_same_revision_is_compared_with_its_own_entry(database, ledger, kind, told, put_in):
    """Of a backup, or of a copy under the same key: the scrub finds that the newest entry tells something else."""
    sealed = replace(SEALED[kind], one=told)
    ledger.record(fact(put_in))
    ledger.record(fact(replace(told, revision=1)))
    assert _altered(database) == set()

    row, other = backup(database, sealed), _codec(told).write(replace(put_in, revision=1), database.sealer)
    put_back(database, sealed, row | {name: other[name] for name in ("body", "seal", "state") if name in row})

    [found] = SqlScrub(database).altered()
    assert found.row == f"{sealed.table}/{sealed.name(told)}"
    assert "and the journal tells that it is" in found.because


def _codec(value):
    return {Grant: GRANTS, Request: REQUESTS, Login: LOGINS}.get(type(value)) or codec_of(type(value))


@every_sealed
def test_a_row_inserted_under_another_key_is_refused(database, ledger, logins, sealed):
    """A copy of a good row is no row of another key, whatever the journal tells of that key."""
    ledger.record(fact(sealed.one))
    before = backup(database, sealed)
    name = sealed.name(sealed.other)
    row = before | {sealed.key: name} | ({"token_hash": "34" * 32} if sealed.table == "logins" else {})

    put(database, sealed, row)

    with pytest.raises(Altered):
        sealed.find(ledger, logins, sealed.other)
    assert _altered(database) == {f"{sealed.table}/{name}"}


def test_a_login_that_a_writer_of_the_database_made_speaks_for_nobody(database, ledger, logins):
    """Neither one made by hand, nor one that waits and is given a person and a token."""
    logins.await_confirmation(a_login(), now=NOON)
    token = "99" * 32

    sql(
        database,
        "UPDATE logins SET principal = 'U0EVE', token_hash = :token, body = replace(body, 'null', '7')",
        token=token,
    )

    with pytest.raises(Altered):
        logins.by_token(token)
    with pytest.raises(Altered):
        logins.by_device(a_login().device_hash)


def test_a_login_that_waits_needs_no_entry_and_one_that_was_confirmed_does(database, ledger, logins):
    """Nobody's is told of in the journal; somebody's whose entry is gone is refused."""
    logins.await_confirmation(a_login(), now=NOON)
    assert logins.by_device(a_login().device_hash).principal is None
    assert _altered(database) == set()

    ledger.record(fact(replace(a_login(), principal=EVE, revision=1)))
    sql(database, "DELETE FROM changes")

    with pytest.raises(Altered, match="the journal tells nothing of it"):
        logins.by_device(a_login().device_hash)


def test_a_revoked_login_that_is_put_back_speaks_for_nobody(database, ledger, logins):
    """The token that was taken back stays without a person."""
    ledger.record(fact(ANNS))
    before = backup(database, SEALED["login"])
    ledger.record(fact(replace(ANNS, revision=1, revoked_at=at(1))))

    put_back(database, SEALED["login"], before)

    with pytest.raises(Altered):
        logins.by_token(ANNS.token_hash)


def test_a_bot_whose_token_was_changed_is_no_bot(database, ledger):
    """One UPDATE of the hash of its token gives the writer nothing."""
    ledger.record(fact(replace(a_robot(), token_hash="ab" * 32)))
    sql(database, "UPDATE records SET body = replace(body, :old, :new)", old="ab" * 32, new="cd" * 32)

    with pytest.raises(Altered):
        ledger.find(Bot, a_robot().key)
    assert ledger.all(Bot) == []


def test_the_newest_rules_deleted_are_missed_at_once(database, ledger):
    """Going on with the version before would let what the newest denied."""
    ledger.record(fact(a_version(1)))
    ledger.record(fact(a_version(2)))
    sql(database, "DELETE FROM records WHERE id = 'rules-version/00000002'")

    with pytest.raises(Altered, match="it was deleted"):
        ledger.find(RulesVersion, "00000002")


def test_an_altered_grant_is_set_aside_and_the_others_are_claimed(database, ledger, queue):
    """Nothing is put into AWS by it, and it is reported as a damaged row is."""
    bad, good = a_grant(approved_at=at(-1)), a_grant()
    ledger.record(fact(bad), fact(good))
    sql(database, "UPDATE grants SET body = replace(body, '7200', '9900') || ' ' WHERE id = :id", id=bad.id)

    assert grants_of(queue.claim(now=NOON, hold=HOLD, limit=10)) == [stored(good)]
    [damaged] = queue.damaged()
    assert damaged.grant == bad.id
    assert "was changed outside Daypass" in damaged.fault


def test_a_row_put_back_holds_up_no_other_row_of_its_batch(database, ledger):
    """What is committed together with it is written; the fact about it is left out."""
    bad, good = a_grant(), a_grant()
    ledger.record(fact(bad), fact(good))
    sealed = replace(SEALED["grant"], one=bad)
    before = backup(database, sealed)
    ledger.record(fact(ending(stored(bad))))
    put_back(database, sealed, before)
    stale = fact(ending(stored(bad)))

    assert ledger.record_each([stale, fact(ending(stored(good)))]) == [stale]
    assert ledger.grant(good.id).state is GrantState.ENDING


def test_lines_for_people_are_sealed_too(database, ledger, outbox):
    """A line that was changed or made outside Daypass is told nobody; those after it are."""
    first, second = a_grant(), a_grant()
    ledger.record(fact(first), fact(second))
    blob = {"sqlite": "CAST(replace(CAST(entry AS TEXT), 'daypass', 'nobody') AS BLOB)"}.get(
        _kind(database), "convert_to(replace(convert_from(entry, 'UTF8'), 'daypass', 'nobody'), 'UTF8')"
    )
    sql(database, f"UPDATE outbox SET entry = {blob} WHERE subject = :id", id=first.id)  # noqa: S608
    sql(
        database,
        "INSERT INTO outbox (listener, subject, entry, seal, person, at, due) "
        "SELECT listener, :id, entry, seal, person, at, due FROM outbox",
        id="other",
    )

    assert [notice.event.subject for notice in outbox.claim(now=NOON, hold=HOLD, limit=10)] == [second.id]
    assert outbox.claim(now=NOON, hold=HOLD, limit=10) == []


def test_a_line_of_one_listener_is_not_told_to_another(database, ledger):
    """Whoever can write to the database cannot have a telephone ring for what only Slack is told."""
    ledger.record(fact(a_grant()))
    sql(database, "UPDATE outbox SET listener = :listener", listener=Listener.GLASS_HOOK.value)

    assert SqlOutbox(database, Listener.GLASS_HOOK).claim(now=NOON, hold=HOLD, limit=10) == []


def _kind(database):
    with database.reading() as connection:
        return connection.dialect.name


@pytest.mark.heavy
@pytest.mark.parametrize("value", ["CAST(x'ff00' AS TEXT)", "x'ff'", "9223372036854775807", "1e300"])
@pytest.mark.parametrize("column", ["body", "seal", "revision", "at", "state"])
def test_what_is_no_text_and_no_number_hides_nothing_but_its_row(sqlite_url, column, value):
    """SQLite keeps anything in any column; a list with such a row in it is still read."""
    database = databases.open(sqlite_url, SIGNER)
    database.migrate()
    ledger, bad, good = SqlLedger(database), a_permit(), a_permit()
    ledger.record(fact(bad), fact(good))
    sql(database, f"UPDATE records SET {column} = {value} WHERE id = :id", id=f"permit/{bad.id}")  # noqa: S608

    assert [one.id for one in ledger.all(Preapproval)] == [good.id]
    with pytest.raises(Altered):
        ledger.find(Preapproval, bad.id)
    database.close()


def test_a_closed_permit_is_not_opened_by_a_column(database, ledger):
    """What a list is asked by and what a row says are the same, or the row is none."""
    ledger.record(fact(a_permit(state=Validity.CLOSED)))
    sql(database, "UPDATE records SET state = 'open'")

    assert ledger.all(Preapproval, states=(Validity.OPEN,)) == []
