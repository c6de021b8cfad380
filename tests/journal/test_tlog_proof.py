"""One entry's proof as one text."""

from base64 import b64encode

import pytest

from daypass.journal.key import Signer
from daypass.journal.note import BadNote
from daypass.journal.proof import inclusion_proof
from daypass.journal.tlog_proof import BadProof, check_tlog_proof, write_tlog_proof
from daypass.journal.tree import leaf_hash
from tests.journal.books import KEY, book, is_entry

LINES = [line.removesuffix(b"\n") for line in book().lines if is_entry(line)]
PATH = inclusion_proof([leaf_hash(line) for line in LINES], 7, 20)
PROOF = write_tlog_proof(7, PATH, book().notes[20])
WHOLE = write_tlog_proof(7, PATH, book().notes[20], LINES[7])


def test_a_stranger_can_check_one_entry():
    """The line, the proof and the public key are enough."""
    proven = check_tlog_proof(PROOF, KEY, LINES[7])

    assert (proven.index, proven.line, proven.checkpoint.size) == (7, LINES[7], 20)


def test_a_proof_that_carries_its_entry_is_all_a_stranger_needs():
    """The line stands in the standard's place for what the leaf is made from, and is what comes out."""
    assert WHOLE.split("\n")[1] == "extra " + b64encode(LINES[7]).decode()
    assert check_tlog_proof(WHOLE, KEY).line == LINES[7]


def test_a_line_that_is_given_counts_rather_than_the_one_carried():
    """Who brings the line wants that line proven."""
    with pytest.raises(BadProof, match="not entry 7 of the 20"):
        check_tlog_proof(WHOLE, KEY, LINES[8])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PROOF, "does not carry its entry"),
        (WHOLE.replace("extra ", "extra !"), "not Base 64"),
        (WHOLE.replace(b64encode(LINES[7]).decode(), b64encode(LINES[8]).decode()), "not entry 7 of the 20"),
    ],
)
def test_a_proof_with_no_entry_or_another_one_proves_nothing(text, told):
    """Nothing that is carried is believed before the tree has said so."""
    with pytest.raises(BadProof, match=told):
        check_tlog_proof(text, KEY)


def test_the_proof_is_in_the_form_of_the_standard():
    """First line, index, one hash a line, a blank line, the checkpoint as it was signed."""
    head, _, note = PROOF.partition("\n\n")

    assert head.split("\n")[:2] == ["c2sp.org/tlog-proof@v1", "index 7"]
    assert [len(line) for line in head.split("\n")[2:]] == [44] * 5
    assert note == book().notes[20]


def test_extra_data_is_passed_over():
    """The standard lets one line of opaque data stand before the index."""
    assert check_tlog_proof(PROOF.replace("index", "extra AAAA\nindex"), KEY, LINES[7]).index == 7


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("index 7", "index 6"),
        ("index 7", "index x"),
        ("@v1", "@v2"),
        ("index 7\n", ""),
        ("index 7\n", "index 7\nA\n"),
        ("index 7\n", "index 7\nAAAA\n"),
    ],
)
def test_a_changed_proof_is_refused(old, new):
    """Another index, another form and a damaged path prove nothing."""
    with pytest.raises(BadProof):
        check_tlog_proof(PROOF.replace(old, new, 1), KEY, LINES[7])


@pytest.mark.parametrize("text", ["", "\n\n", "c2sp.org/tlog-proof@v1", "x"])
def test_a_text_that_is_no_proof_is_refused(text):
    """Texts that are something else get a sentence."""
    with pytest.raises((BadProof, BadNote)):
        check_tlog_proof(text, KEY, LINES[7])


def test_another_line_is_not_proven():
    """The proof is of one line alone."""
    with pytest.raises(BadProof, match="not entry 7 of the 20"):
        check_tlog_proof(PROOF, KEY, LINES[8])


def test_a_proof_under_another_key_is_refused():
    """The checkpoint must be signed with the key at hand."""
    with pytest.raises(BadNote):
        check_tlog_proof(PROOF, Signer.generate(KEY.name).public, LINES[7])
