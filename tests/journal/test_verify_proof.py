"""Proofs checked with the public key, and with checkpoints that were kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daypass.journal.checkpoint import sign_checkpoint
from daypass.journal.consistency import write_consistency
from daypass.journal.key import Signer
from daypass.journal.note import BadNote
from daypass.journal.proof import consistency_proof, inclusion_proof, tree_root
from daypass.journal.tlog_proof import BadProof, ProvenEntry, write_tlog_proof
from daypass.journal.tree import leaf_hash
from daypass.journal.verify_proof import verify_proof
from daypass.model.errors import DaypassError
from tests.journal.books import KEY, SIGNER, book, is_entry

LINES = [line.removesuffix(b"\n") for line in book().lines if is_entry(line)]
LEAVES = [leaf_hash(line) for line in LINES]
NOTES = book().notes
FORKED = book(actor="U2").notes
ENTRY = write_tlog_proof(7, inclusion_proof(LEAVES, 7, 16), NOTES[16], LINES[7])
GROWTH = write_consistency(12, consistency_proof(LEAVES, 12, 16), NOTES[16])


def test_the_proof_of_growth_is_in_the_form_that_witnesses_take():
    """The old size, one hash a line, a blank line, the checkpoint as it was signed."""
    head, _, note = GROWTH.partition("\n\n")

    assert head.split("\n")[0] == "old 12"
    assert [len(line) for line in head.split("\n")[1:]] == [44] * 3
    assert note == NOTES[16]


@given(st.tuples(st.integers(1, 20), st.integers(1, 20)).map(sorted))
def test_every_growth_is_proven_from_the_checkpoint_that_was_kept(pair):
    """Whatever the two sizes are, equal ones too."""
    first, second = pair
    kept, newer = (sign_checkpoint(size, tree_root(LEAVES, 0, size), SIGNER) for size in pair)

    proven = verify_proof(
        write_consistency(first, consistency_proof(LEAVES, first, second), newer), KEY, against=[kept]
    )

    assert (proven.checkpoint.size, str(second) in proven.sentence) == (second, True)


def test_an_entry_is_proven_and_handed_back():
    """What was proven is that line, whatever else was said."""
    proven = verify_proof(ENTRY, KEY)

    assert isinstance(proven, ProvenEntry)
    assert (proven.index, proven.line) == (7, LINES[7])
    assert "Entry 7 of PeterNeumann is proven" in proven.sentence


def test_a_kept_checkpoint_of_the_same_size_agrees():
    """With the proof of an entry, and with the newer side of a proof of growth."""
    assert verify_proof(ENTRY, KEY, against=[NOTES[16]]).checkpoint.size == 16
    assert verify_proof(GROWTH, KEY, against=[NOTES[12], NOTES[16]]).checkpoint.size == 16


@pytest.mark.parametrize(
    ("text", "against", "told"),
    [
        (ENTRY, [FORKED[16]], "The book was forked"),
        (ENTRY, [NOTES[16], FORKED[16]], "The book was forked"),
        (ENTRY, [NOTES[12]], "daypass journal consistency 12 16"),
        (ENTRY, [NOTES[20]], "daypass journal consistency 16 20"),
        (GROWTH, [], "give the checkpoint of 12"),
        (GROWTH, [NOTES[16]], "give the checkpoint of 12"),
        (GROWTH, [FORKED[12]], "either the proof was changed, or history was"),
        (GROWTH, [NOTES[12], FORKED[12]], "either the proof was changed, or history was"),
        (GROWTH, [NOTES[12], FORKED[16]], "The book was forked"),
        (GROWTH, [NOTES[12], NOTES[20]], "daypass journal consistency 16 20"),
        (GROWTH.replace(NOTES[16], FORKED[16]), [NOTES[12]], "either the proof was changed, or history was"),
        (GROWTH.replace("old 12", "old 8"), [NOTES[8]], "either the proof was changed, or history was"),
        (GROWTH.replace("old 12", "old twelve"), [NOTES[12]], "does not say the size"),
        (GROWTH.replace("old 12\n", "old 12\nA\n"), [NOTES[12]], "not Base 64"),
        (GROWTH.replace("old 12\n", "old 12\nAAAA\n"), [NOTES[12]], "not a SHA-256"),
        (write_consistency(20, [], NOTES[16]), [NOTES[20]], "either the proof was changed, or history was"),
    ],
)
def test_what_a_kept_checkpoint_does_not_bear_out_is_refused(text, against, told):
    """Each way with the sentence that fits it."""
    with pytest.raises(BadProof, match=told):
        verify_proof(text, KEY, against=against)


def test_a_proof_of_growth_is_of_no_entry():
    """A line beside it would look proven."""
    with pytest.raises(BadProof, match="leave the entry out"):
        verify_proof(GROWTH, KEY, line=LINES[7], against=[NOTES[12]])


@pytest.mark.parametrize(("text", "against"), [(ENTRY, []), (GROWTH, [NOTES[12]])])
def test_another_key_bears_nothing_out(text, against):
    """Neither the proof's checkpoint nor the one that was kept."""
    with pytest.raises(BadNote):
        verify_proof(text, Signer.generate(KEY.name).public, against=against)


def test_a_kept_checkpoint_that_is_none_is_named():
    """The one to fetch again is not the proof."""
    with pytest.raises(BadNote, match=r"^The saved checkpoint cannot be used"):
        verify_proof(ENTRY, KEY, against=["x"])


@given(st.sampled_from([ENTRY, GROWTH]), st.data())
def test_no_change_to_a_proof_is_passed(text, data):
    """One letter put elsewhere, and the answer is a sentence: never a traceback, never a yes to something else."""
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("\n 0179Aa+/=-").filter(lambda one: one != text[at]))
    changed = text[:at] + letter + text[at + 1 :]

    with pytest.raises(DaypassError):
        verify_proof(changed, KEY, against=[NOTES[12]] if text == GROWTH else [])


@given(st.text())
def test_any_text_at_all_gets_a_sentence(text):
    """With the beginning of a real proof before it, too."""
    for start in ("", "old 12\n", "c2sp.org/tlog-proof@v1\n", ENTRY[:80]):
        with pytest.raises(DaypassError):
            verify_proof(start + text, KEY)
