"""
A proof checked with the public key and nothing else: `daypass verify --proof FILE`.

A proof is under one checkpoint, and a checkpoint that was kept elsewhere can be held against it where the two are of
the same size: if their roots differ, one key has signed two histories.
"""

from collections.abc import Sequence

from daypass.journal.checkpoint import Checkpoint, open_checkpoint
from daypass.journal.consistency import ProvenGrowth, check_consistency, is_consistency
from daypass.journal.key import PublicKey
from daypass.journal.note import BadNote
from daypass.journal.tlog_proof import BadProof, ProvenEntry, check_tlog_proof


def verify_proof(
    text: str, key: PublicKey, *, line: bytes | None = None, against: Sequence[str] = ()
) -> ProvenEntry | ProvenGrowth:
    """
    Check the proof of an entry (tlog_proof) or of growth (consistency), told apart by its first line.

    `line` is the entry's line of the book, for a proof that does not carry it. `against` are signed checkpoints of the
    same book that were kept elsewhere. Raises BadProof or BadNote, whatever the text holds.
    """
    saved = [_opened(note, key) for note in against]
    if is_consistency(text):
        if line is not None:
            raise BadProof("A proof of growth is of no single entry; leave the entry out.")
        grown = check_consistency(text, key, saved)
        _hold_against([one for one in saved if one.size != grown.first], grown.checkpoint)
        return grown
    found = check_tlog_proof(text, key, line)
    _hold_against(saved, found.checkpoint)
    return found


def _opened(note: str, key: PublicKey) -> Checkpoint:
    try:
        return open_checkpoint(note, key)
    except BadNote as error:
        raise BadNote(f"The saved checkpoint cannot be used. {error.sentence}") from error


def _hold_against(saved: Sequence[Checkpoint], checkpoint: Checkpoint) -> None:
    for one in saved:
        if one.size != checkpoint.size:
            first, second = sorted((one.size, checkpoint.size))
            raise BadProof(
                f"The saved checkpoint is of {one.size} entries and the proof's of {checkpoint.size}; "
                f"`daypass journal consistency {first} {second}` connects the two."
            )
        if one.root != checkpoint.root:
            raise BadProof(
                f"The book was forked: the same key signed one tree of {one.size} entries in the saved checkpoint and "
                "another in the proof's."
            )
