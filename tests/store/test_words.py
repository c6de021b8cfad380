"""What people wrote: hidden in the journal, read back from beside it, erased, and exported as far as it is there."""

import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from daypass.journal.entry import BadEntry, read_entry
from daypass.journal.verdict import BrokenJournal, JournalFault, Verified
from daypass.journal.verify import verify
from daypass.journal.words import ALTERED, ERASED
from daypass.lifecycle.erase import Erased, Which, erase
from daypass.model.errors import BadInput
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import Ending, GrantState, Why
from daypass.model.principal import DAYPASS, OPERATOR
from daypass.model.request import Approval, RequestState
from daypass.store.erase import SqlWords
from daypass.store.scrub import SqlScrub
from tests.makers import ANN, BOB, NOON, grant, request

LATER = NOON + timedelta(hours=5)
ANNS = "My sister's wedding"
BOBS = "Ann told me about it"


def _raw(database):
    with database.reading() as connection:
        return b"\n".join(connection.execute(text("SELECT entry FROM journal ORDER BY id")).scalars())


def _write(ledger, database, *, state=RequestState.DENIED):
    """Ann asks, Bob denies with a note, and Daypass says it again."""
    asked = request(reason=ANNS)
    decided = replace(asked, revision=1).decided(state, Approval(by=BOB, at=NOON, rule=asked.rule, note=BOBS))
    said = [
        (EntryKind.REQUEST_FILED, ANN, {"reason": ANNS, "rule": "reports"}, (asked,)),
        (EntryKind.REQUEST_DENIED, BOB, {"reason": BOBS}, (decided,)),
        (EntryKind.GRANT_ENDING, DAYPASS, {"note": BOBS, "why": "revoked"}, ()),
    ]
    for kind, actor, details, changes in said:
        event = Event(kind=kind, at=NOON, actor=actor, subject=asked.id, details=details)
        ledger.record(Fact(event=event, changes=changes))
    return asked.id


def _erase(database, ledger, logins, person=None, before=None):
    which = Which(person=person, before=before, by=OPERATOR, os_user="root")
    return erase(which, words=SqlWords(database), ledger=ledger, logins=logins, now=LATER)


def _told(ledger, subject):
    return [event.details.get("reason") or event.details.get("note") for event in ledger.story(subject)[:3]]


def _exported(book):
    book.fold()
    return list(book.export())


def _verdict(lines, signer):
    return verify(io.BytesIO(b"".join(lines)), signer.public)


def test_words_are_hidden_in_the_journal_and_read_back_from_beside_it(database, ledger):
    """The entry has a hash; facts stand in it as they are; the story has everything."""
    subject = _write(ledger, database)

    raw = _raw(database)
    assert ANNS.encode() not in raw
    assert b'"reason":{"sha256":"' in raw
    assert b'"rule":"reports"' in raw
    assert _told(ledger, subject) == [ANNS, BOBS, BOBS]


def test_the_same_words_have_another_hash_each_time(database, ledger):
    """Nobody can see who wrote the same, nor find a short text by guessing."""
    _write(ledger, database)

    hashes = [one["sha256"] for line in _raw(database).splitlines() for one in _hidden(line)]
    assert len(hashes) == len(set(hashes)) == 3


def _hidden(line):
    return [one for one in json.loads(line)["details"].values() if isinstance(one, dict)]


def test_words_that_were_changed_are_not_shown_and_the_scrub_names_them(database, ledger):
    """A writer of the database can take words away, and put none into anybody's mouth."""
    subject = _write(ledger, database)
    with database.writing() as connection:
        connection.execute(text("UPDATE words SET text = 'For no reason' WHERE text = :old"), {"old": ANNS})

    assert _told(ledger, subject) == [ALTERED, BOBS, BOBS]
    assert [one.row.partition("/")[0] for one in SqlScrub(database).altered()] == ["words"]


@pytest.mark.parametrize("salt", ["'zz'", "''"])
def test_a_damaged_salt_is_words_that_were_changed(database, ledger, salt):
    """Whatever stands there, the story can be read."""
    subject = _write(ledger, database)
    with database.writing() as connection:
        connection.execute(text(f"UPDATE words SET salt = {salt}"))  # noqa: S608 - the test's own

    assert _told(ledger, subject) == [ALTERED] * 3


def test_a_person_is_erased_and_the_journal_verifies_as_before(database, ledger, logins, book, signer):
    """Their words go, and Daypass's in their story; others' stay; who erased them is in the journal."""
    subject = _write(ledger, database)

    assert _erase(database, ledger, logins, ANN) == Erased(texts=2, rows=1, left=0)

    assert _told(ledger, subject) == [ERASED, BOBS, ERASED]
    stored = ledger.request(subject)
    assert (stored.reason, stored.approval.note) == (ERASED, ERASED)
    last = ledger.story(subject)[-1]
    assert (last.kind, last.actor, last.details["os_user"]) == (EntryKind.WORDS_ERASED, OPERATOR, "root")
    assert isinstance(_verdict(_exported(book), signer), Verified)
    assert list(SqlScrub(database).altered()) == []


def test_an_approvers_words_go_wherever_they_are_repeated_in_the_story(database, ledger, logins):
    """Bob's denial, and what Daypass said after him; Ann's reason stays."""
    subject = _write(ledger, database)

    _erase(database, ledger, logins, BOB)

    assert _told(ledger, subject) == [ANNS, ERASED, ERASED]
    stored = ledger.request(subject)
    assert (stored.reason, stored.approval.note) == (ANNS, ERASED)


@pytest.mark.parametrize(("before", "texts"), [(NOON, 0), (NOON + timedelta(seconds=1), 3)])
def test_a_retention_erases_what_is_older(database, ledger, logins, before, texts):
    """Everybody's, from before that moment and not of it."""
    _write(ledger, database)

    assert _erase(database, ledger, logins, before=before).texts == texts


def test_what_is_not_over_keeps_its_words_for_those_who_decide(database, ledger, logins):
    """A request that waits and a grant that lives are counted, and erased when one erases again."""
    waits = request(reason=ANNS)
    ledger.record(
        Fact(event=Event(kind=EntryKind.REQUEST_FILED, at=NOON, actor=ANN, subject=waits.id), changes=(waits,))
    )

    assert _erase(database, ledger, logins, ANN).left == 1
    assert ledger.request(waits.id).reason == ANNS


def test_the_reason_of_a_grant_that_lives_is_kept(database, ledger, logins):
    """Whoever looks at an open grant still sees what it is for."""
    subject = _write(ledger, database, state=RequestState.APPROVED)
    live = grant()
    ledger.record(
        Fact(event=Event(kind=EntryKind.GRANT_PROVISIONING, at=NOON, actor=DAYPASS, subject=live.id), changes=(live,))
    )

    assert _erase(database, ledger, logins, ANN).left == 1
    assert ledger.request(subject).reason == ANNS


def test_the_note_on_a_grant_that_still_ends_is_kept(database, ledger, logins):
    """Until AWS shows nothing of it any more, whoever looks reads why it ends."""
    ends = grant(GrantState.ACTIVE).ending_now(Ending(why=Why.REVOKED, by=BOB, at=NOON, note=ANNS))
    told = Event(kind=EntryKind.GRANT_ENDING, at=NOON, actor=BOB, subject=ends.id)
    ledger.record(Fact(event=told, changes=(ends,)))

    assert _erase(database, ledger, logins, ANN).left == 1
    assert ledger.grant(ends.id).ending.note == ANNS


def test_what_is_younger_than_it_is_said_keeps_its_words(database, ledger, logins):
    """Of a request that was decided, by the moment at which it was filed."""
    subject = _write(ledger, database)

    assert _erase(database, ledger, logins, ANN, before=NOON - timedelta(days=1)).rows == 0
    assert ledger.request(subject).reason == ANNS


def test_nothing_said_is_not_everybodys_words_of_any_age(database, ledger, logins):
    """What is erased does not come back."""
    subject = _write(ledger, database)

    with pytest.raises(BadInput, match="Say whose words"):
        _erase(database, ledger, logins)
    assert _told(ledger, subject)[0] == ANNS


def test_the_note_on_a_grant_that_ended_is_erased(database, ledger, logins):
    """With the words of whoever ended it."""
    note = Ending(why=Why.REVOKED, by=BOB, at=NOON, note=BOBS)
    over = grant().ending_now(note).ended(NOON)
    ledger.record(
        Fact(event=Event(kind=EntryKind.GRANT_ENDED, at=NOON, actor=DAYPASS, subject=over.id), changes=(over,))
    )

    assert _erase(database, ledger, logins, BOB).rows == 1
    assert ledger.grant(over.id).ending == replace(note, note=ERASED)


def test_an_export_has_the_words_that_are_there_and_verifies_with_and_without_them(
    database, ledger, logins, book, signer
):
    """Exports from before and after, and one whose words somebody took out, are the same journal."""
    _write(ledger, database)
    before = _exported(book)
    _erase(database, ledger, logins, ANN)
    after = _exported(book)
    silent = [line for line in before if not line.startswith(b'{"words":')]

    verdicts = [_verdict(lines, signer) for lines in (before, after, silent)]
    assert [(isinstance(one, Verified), one.spoken) for one in verdicts] == [(True, 3), (True, 1), (True, 0)]
    assert (ANNS.encode() in b"".join(before), ANNS.encode() in b"".join(after)) == (True, False)
    assert [line for line in silent if line.startswith(b'{"entry":')] == [
        line for line in after if line.startswith(b'{"entry":')
    ][:3]


def _replaced(lines, old, new):
    return [line.replace(old, new) for line in lines]


def _moved(lines):
    said = next(line for line in lines if line.startswith(b'{"words":'))
    rest = [line for line in lines if line != said]
    return [*rest[:-1], said, rest[-1]]


@pytest.mark.parametrize(
    ("forge", "index"),
    [
        (lambda lines: _replaced(lines, ANNS.encode(), b"For no reason"), 0),
        (lambda lines: _replaced(lines, b'{"words":{"reason"', b'{"words":{"rule"'), 0),
        (lambda lines: _replaced(lines, b'}},"index":1}', b'}},"index":0}'), 1),
        (lambda lines: _replaced(lines, b'}},"index":2}', b'}}, "index":2}'), 2),
        (_moved, 2),
    ],
    ids=["other text", "other name", "other index", "other form", "elsewhere"],
)
def test_an_export_with_words_that_nobody_wrote_there_is_refused(database, ledger, book, signer, forge, index):
    """The entry is named, and that it is its words which do not fit."""
    _write(ledger, database)
    lines = _exported(book)

    verdict = _verdict(forge(lines), signer)

    assert isinstance(verdict, BrokenJournal)
    assert (verdict.fault, verdict.index) == (JournalFault.WORDS, index)
    assert f"The text of entry {index} " in verdict.sentence


def test_a_wrong_entry_among_words_is_named_with_its_line(database, ledger, book, signer):
    """Lines are counted with those of the words between them."""
    _write(ledger, database)
    lines = _exported(book)

    verdict = _verdict(_replaced(lines, b'"why":"revoked"', b'"why":"expired"'), signer)

    assert isinstance(verdict, BrokenJournal)
    assert (verdict.index, verdict.fault) == (2, JournalFault.ALTERED)
    assert "(line 6)" in verdict.sentence


def test_an_entry_of_another_version_is_refused_not_guessed_at(database, ledger):
    """One function reads entries, and says which version it knows."""
    _write(ledger, database)
    raw = _raw(database).splitlines()[0]

    with pytest.raises(BadEntry, match="version 2"):
        read_entry(raw.replace(b'"version":1', b'"version":2'))
