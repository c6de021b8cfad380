"""The canonical bytes of an entry."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.journal.entry import MAX_ENTRY, MAX_WORDS, NotCanonical, canonical, event_bytes
from daypass.journal.export import words_line
from daypass.journal.lines import MAX_LINE
from daypass.journal.words import words_of
from daypass.model.event import EntryKind, Event
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId

AT = datetime(2026, 11, 23, 12, 0, 1, tzinfo=UTC)
HEADING = {"kind": "grant.activated", "at": AT, "actor": "U1"}
TEXT = st.text(st.characters(codec="utf-8"))
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))


def test_an_entry_is_sorted_json_without_blanks():
    """Keys are sorted, blanks left out, text is UTF-8, and the moment ends in Z."""
    raw = canonical({**HEADING, "details": {"b": 1, "a": ["é", None, True]}})

    assert (
        raw
        == (
            '{"actor":"U1","at":"2026-11-23T12:00:01Z","details":{"a":["é",null,true],"b":1},"kind":"grant.activated"}'
        ).encode()
    )


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_the_order_of_keys_does_not_change_the_bytes(details):
    """Two mappings that are equal have the same canonical bytes."""
    backwards = dict(reversed(details.items()))

    assert canonical({**HEADING, "details": details}) == canonical({"details": backwards, **HEADING})


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_an_entry_reads_back_as_it_was(details):
    """Any JSON reader gets the details back from one line of text."""
    raw = canonical({**HEADING, "details": details})

    assert json.loads(raw)["details"] == details
    assert b"\n" not in raw


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2))), "2026-01-02T01:04:05Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 60, tzinfo=UTC), "2026-01-02T03:04:05.000060Z"),
    ],
)
def test_a_moment_is_written_in_utc(at, text):
    """Whatever zone a moment is given in, it is written in UTC, and its fraction is kept."""
    assert json.loads(canonical({**HEADING, "at": at}))["at"] == text


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"details": {"share": 0.5}}, r"details\.share is a float"),
        ({"details": {"when": datetime(2026, 1, 1)}}, r"details\.when .* time zone"),  # noqa: DTZ001
        ({"details": {1: "x"}}, "Every key in details must be text"),
        ({"details": {"n": 2**53}}, r"beyond 2\^53"),
        ({"details": {"n": -(2**53)}}, r"beyond 2\^53"),
        ({"details": {"raw": b"x"}}, "is a bytes"),
        ({"details": [{"set": {1}}]}, r"details\[0\]\.set is a set"),
        ({"details": "\ud800"}, "surrogate"),
        ({"details": "x" * MAX_ENTRY}, "the longest may be"),
        ({"kind": "Granted"}, "kind"),
        ({"kind": None}, "kind"),
        ({"at": "2026-01-01T00:00:00Z"}, "`at` must be a datetime"),
        ({"at": datetime(2026, 1, 1)}, "time zone"),  # noqa: DTZ001
        ({"actor": ""}, "actor"),
    ],
)
def test_what_has_no_canonical_text_is_refused(change, word):
    """A value that could be written in two ways, or not at all, is refused with a sentence that names it."""
    with pytest.raises(NotCanonical, match=word):
        canonical({**HEADING, **change})


def test_an_event_becomes_an_entry():
    """An event's kind, moment, actor, subject and details are its entry, with the revisions of the rows it changed."""
    event = Event(
        kind=EntryKind.LINK_USED, at=AT, actor=PrincipalId("U1"), subject=GrantId("g1"), details={"keys": ("a", "b")}
    )

    assert json.loads(event_bytes(event, {"grants/g1": 3})) == {
        "kind": "link.used",
        "at": "2026-11-23T12:00:01Z",
        "actor": "U1",
        "subject": "g1",
        "details": {"keys": ["a", "b"]},
        "rows": {"grants/g1": 3},
        "stood": {},
        "version": 1,
    }


def test_words_that_no_line_of_an_export_holds_are_refused():
    """The longest that are taken fit their line, also when JSON has six bytes for each character of them."""
    event = Event(kind=EntryKind.LINK_USED, at=AT, actor=PrincipalId("U1"))
    longest = words_of({"reason": "\x01" * (MAX_WORDS - 1), "note": "\x01"})
    longer = words_of({"reason": "\x01" * MAX_WORDS, "note": "\x01"})

    assert event_bytes(event, {}, longest)
    assert len(words_line(2**53, longest)) < MAX_LINE
    with pytest.raises(NotCanonical, match="characters; 32,768 is the most"):
        event_bytes(event, {}, longer)
