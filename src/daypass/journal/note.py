"""Signed notes (https://c2sp.org/signed-note): text, a blank line, and one line for each signature."""

from daypass.journal.encoding import decode, encode
from daypass.journal.key import PublicKey, Signer
from daypass.model.errors import DaypassError

MAX_NOTE = 256 * 1024
"""Characters of the longest note read. The standard wants 16 signatures accepted, each of up to some 7,000."""

_DASH = "\N{EM DASH}"


class BadNote(DaypassError):
    """A text is not a note signed with the key at hand; its content must be ignored."""


def sign_note(text: str, signer: Signer) -> str:
    """Sign a text, which must end in a newline and hold no other control character."""
    _check_text(text)
    signature = encode(signer.public.id + signer.sign(text.encode()))
    return f"{text}\n{_DASH} {signer.name} {signature}\n"


def open_note(note: str, key: PublicKey) -> str:
    """
    Return a note's text once a signature by `key` has been verified. Raises BadNote otherwise.

    Signatures by other keys are ignored, as the standard demands; one by `key` that fails condemns the note.
    """
    if len(note) > MAX_NOTE:
        raise BadNote("The signed note is too long to be one.")
    _check_text(note)
    text, blank, lines = note.rpartition("\n\n")
    text += "\n"
    signatures = [_signature(line, key) for line in lines.removesuffix("\n").split("\n")] if blank else []
    ours = [signature for signature in signatures if signature is not None]
    if not ours:
        raise BadNote(f"The note is not signed with the key {key.name}+{key.id.hex()}.")
    if not all(key.verifies(text.encode(), signature) for signature in ours):
        raise BadNote(f"The note's signature by {key.name} does not fit its text: one of the two was changed.")
    return text


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(letter < " " and letter != "\n" for letter in text):
        raise BadNote("A signed note ends in a newline and holds no other control character.")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise BadNote("A signed note is UTF-8; this text is not.")


def _signature(line: str, key: PublicKey) -> bytes | None:
    """Read one signature line; None when it is by another key."""
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != _DASH or not name:
        raise BadNote("A line under the signed note is not a signature.")
    try:
        raw = decode(encoded)
    except ValueError as error:
        raise BadNote("A signature under the note is not Base 64.") from error
    return raw[4:] if (name, raw[:4]) == (key.name, key.id) else None
