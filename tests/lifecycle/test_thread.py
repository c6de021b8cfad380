"""What people say about a request: kept once, cut visibly, without what looks like a secret."""

from dataclasses import replace
from pathlib import Path

import pytest

from daypass.lifecycle.thread import LONGEST_SAID, How, ThreadMessage, keep
from daypass.model.errors import NotFound
from daypass.model.event import EntryKind
from daypass.model.grant import GrantId
from daypass.model.request import Request
from daypass.store.ledger import SqlLedger
from tests.lifecycle.waiting import file, ledger, told
from tests.makers import BOB, NOON, request

SAID = ThreadMessage(author=BOB, channel="C1", ts="1.0", text="Is INC-42 still open?")


@pytest.fixture
def book(tmp_path: Path) -> SqlLedger:
    """A ledger."""
    return ledger(tmp_path)


@pytest.fixture
def filed(book: SqlLedger) -> Request:
    """Ann's request."""
    return file(book, request())


def test_what_is_said_is_kept_with_who_said_it(book: SqlLedger, filed: Request):
    """The author is the actor, and the message can be found in Slack by its time."""
    assert keep(filed.id, SAID, ledger=book, now=NOON)

    (event,) = told(book, filed.id, EntryKind.THREAD_SAID)
    assert (event.actor, event.at) == (BOB, NOON)
    assert event.details == {
        "how": "said",
        "author": "U0BOB",
        "channel": "C1",
        "ts": "1.0",
        "changed": "",
        "text": "Is INC-42 still open?",
        "cut": False,
    }


def test_the_same_told_twice_is_kept_once(book: SqlLedger, filed: Request):
    """A repeated delivery changes nothing; the same words said again are another saying."""
    assert [keep(filed.id, SAID, ledger=book, now=NOON) for _ in range(3)] == [True, False, False]
    assert keep(filed.id, replace(SAID, ts="2.0"), ledger=book, now=NOON)


def test_every_edit_and_the_deletion_are_kept_once(book: SqlLedger, filed: Request):
    """What was said before stays in the journal; whoever deleted it is not known, and is not named."""
    edits = [replace(SAID, how=How.EDITED, changed=at, text=at) for at in ("5.0", "5.0", "6.0")]
    deleted = replace(SAID, how=How.DELETED)
    for saying in (SAID, *edits, deleted, deleted):
        keep(filed.id, saying, ledger=book, now=NOON)

    events = told(book, filed.id, EntryKind.THREAD_SAID)
    assert [(each.details["how"], each.details["text"]) for each in events] == [
        ("said", "Is INC-42 still open?"),
        ("edited", "5.0"),
        ("edited", "6.0"),
        ("deleted", ""),
    ]
    assert events[-1].actor == "daypass"


def test_it_does_not_stand_in_the_way_of_who_decides_at_that_moment(book: SqlLedger, filed: Request):
    """The request's row is left as it is: a click that was under way still counts."""
    keep(filed.id, SAID, ledger=book, now=NOON)

    assert book.request(filed.id).revision == filed.revision


def test_a_long_text_is_cut_and_says_so(book: SqlLedger, filed: Request):
    """The journal is no place for novels."""
    keep(filed.id, replace(SAID, text="x" * (LONGEST_SAID + 1)), ledger=book, now=NOON)

    (event,) = told(book, filed.id, EntryKind.THREAD_SAID)
    assert (event.details["text"], event.details["cut"]) == ("x" * LONGEST_SAID, True)


def test_a_secret_at_the_cut_is_masked_whole(book: SqlLedger, filed: Request):
    """Masked first and cut after it, so that no half of it is left."""
    keep(filed.id, replace(SAID, text="x" * (LONGEST_SAID - 6) + " AKIAIOSFODNN7EXAMPLE"), ledger=book, now=NOON)

    assert "AKIA" not in str(told(book, filed.id, EntryKind.THREAD_SAID)[0].details["text"])


def test_of_a_request_that_is_not_there_nothing_is_kept(book: SqlLedger):
    """There is nothing to keep it with."""
    with pytest.raises(NotFound):
        keep(GrantId("zzzzzzzzzzzz"), SAID, ledger=book, now=NOON)
