"""Signed notes, against the vectors of the reference implementation (golang.org/x/mod)."""

import pytest

from daypass.journal.encoding import decode, encode
from daypass.journal.key import PublicKey, Signer
from daypass.journal.note import MAX_NOTE, BadNote, open_note, sign_note
from tests.journal.books import KEY, SIGNER

TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
ENOCH = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
ENOCH_KEY = PublicKey.parse("EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop")


def test_a_note_is_signed_as_the_reference_signs_it():
    """The same text and key give the same note, byte for byte."""
    assert sign_note(TEXT, SIGNER) == f"{TEXT}\n{PETER}"


@pytest.mark.parametrize("lines", [PETER, PETER + ENOCH, ENOCH + PETER])
def test_a_note_is_opened_by_a_key_that_signed_it(lines):
    """Signatures by other keys do not matter."""
    assert open_note(f"{TEXT}\n{lines}", KEY) == TEXT


def test_the_second_signature_opens_the_note_too():
    """Each key finds its own signature line."""
    assert open_note(f"{TEXT}\n{PETER}{ENOCH}", ENOCH_KEY) == TEXT


def test_sixteen_signatures_are_accepted():
    """The standard wants at least 16 signatures read, some of them 5 kB long."""
    long = "".join(f"— witness{number} {encode(bytes(5000))}\n" for number in range(15))

    assert open_note(f"{TEXT}\n{long}{PETER}", KEY) == TEXT


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        TEXT + "\n",
        f"{TEXT}\n{PETER[:-1]}",
        f"\x01{TEXT}\n{PETER}",
        f"\ud800{TEXT}\n{PETER}",
        f"{TEXT}\r\n{PETER}",
        f"{TEXT}\n— Bad Name x08go/ZJ\n",
        f"{TEXT}\n{PETER}Unexpected line.\n",
        f"{TEXT}\n{ENOCH}",
        f"{TEXT}more\n\n{PETER}",
        f"{TEXT}\n{PETER[:60]}ABCD{PETER[60:]}",
        f"{TEXT}\n{PETER}{PETER.replace('wJnAM', 'wJnBM')}",
        f"{TEXT}\n{PETER.replace('AM=', 'AN=')}",
        f"{TEXT}\n{PETER.replace('PeterNeumann', 'CarmenSandiego')}",
        "x" * MAX_NOTE + f"{TEXT}\n{PETER}",
    ],
)
def test_a_note_that_does_not_hold_is_refused(note):
    """Unsigned, mangled, foreign, changed and overlong notes are all refused."""
    with pytest.raises(BadNote):
        open_note(note, KEY)


def test_a_key_of_the_same_name_does_not_open_the_note():
    """The name alone is nothing: the key id must fit too."""
    with pytest.raises(BadNote, match="not signed with the key PeterNeumann"):
        open_note(f"{TEXT}\n{PETER}", Signer.generate("PeterNeumann").public)


@pytest.mark.parametrize("text", ["no newline", "a tab\t\n", ""])
def test_a_text_that_cannot_be_a_note_is_not_signed(text):
    """The signer refuses what no reader would accept."""
    with pytest.raises(BadNote):
        sign_note(text, SIGNER)


@pytest.mark.parametrize("text", ["AAB=", "AA", "A A=", "AAA=\n", "AAA=AAA=", "é"])
def test_base64_has_one_text_for_one_value(text):
    """Unused bits that are set, missing padding and blanks are refused."""
    with pytest.raises(ValueError):  # noqa: PT011  (the codec's own sentences differ)
        decode(text)
