"""Proofs on the command line: fetched where the service is, checked where it is not."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from daypass.journal.key import Signer
from tests.doors.cli.conftest import Terminal
from tests.doors.house import House


@dataclass
class Kept:
    """What an auditor has on a machine that reaches nothing."""

    key: str
    older: Path
    newer: Path
    entry: Path
    growth: Path
    line: str


@pytest.fixture
def kept(house: House, ann: Terminal, bob: Terminal, alone: Terminal) -> Kept:
    """Two checkpoints of different days, the proof of an entry and that of growth between the two."""
    alone.home.mkdir()
    house.book.fold()
    older = bob("journal", "checkpoint").out
    ann("request", "s3", "read", "acme-reports/", "--reason", "INC-42 – später")
    house.book.fold()
    texts = {
        "older": older,
        "newer": bob("journal", "checkpoint").out,
        "entry": bob("journal", "inclusion", "0").out,
        "growth": bob("journal", "consistency", older.split("\n")[1]).out,
    }
    for name, text in texts.items():
        (alone.home / name).write_text(text)
    files = {name: alone.home / name for name in texts}
    line = bob("journal", "inclusion", "0", "--json").json["entry"]
    return Kept(key=bob("journal", "key").out.strip(), line=line, **files)


def test_one_entry_is_proven_offline(kept: Kept, alone: Terminal):
    """The proof carries the entry, and the entry is shown."""
    ran = alone("verify", "--proof", str(kept.entry), "--key", kept.key)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.split("\n")[0].startswith("Entry 0 of PeterNeumann is proven")
    assert ran.out.split("\n")[1] == kept.line


def test_a_proof_is_read_from_a_pipe_and_told_to_programs(kept: Kept, alone: Terminal):
    """JSON, with the entry as its line."""
    ran = alone("verify", "--proof", "-", "--key", kept.key, "--json", given=kept.entry.read_text())

    assert (ran.code, ran.json["verified"], ran.json["entry"]) == (0, True, kept.line)


def test_growth_is_proven_offline_from_the_checkpoint_that_was_kept(kept: Kept, alone: Terminal):
    """The newer one may have been kept too."""
    proof = ("verify", "--proof", str(kept.growth), "--key", kept.key)

    one = alone(*proof, "--against", str(kept.older))
    both = alone(*proof, "--against", str(kept.older), "--against", str(kept.newer))

    assert (one.code, both.code, one.out) == (0, 0, both.out)
    assert "was only added to" in one.out


def test_somebody_who_may_not_read_the_entry_is_given_its_proof_alone(kept: Kept, eve: Terminal, alone: Terminal):
    """Whoever has the line checks it with that."""
    ran = eve("journal", "inclusion", "0")
    proof, line = alone.home / "hers", alone.home / "line"
    proof.write_text(ran.out)
    line.write_text(kept.line + "\n")

    assert ran.err.startswith("The entry itself is for those who may decide")
    assert alone("verify", str(line), "--proof", str(proof), "--key", kept.key).code == 0
    without = alone("verify", "--proof", str(proof), "--key", kept.key)
    assert (without.code, without.err.count("\n"), "does not carry its entry" in without.err) == (1, 1, True)


def test_what_does_not_hold_is_refused_in_one_sentence(kept: Kept, alone: Terminal):
    """A changed proof, a missing checkpoint, another key, a file that is something else."""
    changed = alone.home / "changed"
    changed.write_text(kept.entry.read_text().replace("index 0", "index 1"))
    long = alone.home / "long"
    long.write_bytes(bytes(1 << 21))
    other = Signer.generate("daypass.example.com/journal").public.text
    tried = {
        "not entry 1 of": alone("verify", "--proof", str(changed), "--key", kept.key),
        "was kept (--against)": alone("verify", "--proof", str(kept.growth), "--key", kept.key),
        "not signed with the key": alone("verify", "--proof", str(kept.entry), "--key", other),
        "not a proof": alone("verify", "--proof", str(kept.older), "--key", kept.key),
        "longer than any": alone("verify", "--proof", str(long), "--key", kept.key),
        "more than one line": alone("verify", str(kept.older), "--proof", str(kept.entry), "--key", kept.key),
        "No such file": alone("verify", "--proof", str(alone.home / "none"), "--key", kept.key),
        "or --proof": alone("verify", "--key", kept.key),
        "read once": alone("verify", "-", "--proof", "-", "--key", kept.key),
    }

    assert {told: ran.err for told, ran in tried.items() if told not in ran.err} == {}
    assert {(ran.code, ran.out, ran.err.count("\n")) for ran in tried.values()} == {(1, "", 1)}


def test_a_refusal_is_told_to_programs_too(kept: Kept, alone: Terminal):
    """On the standard output, with exit code 1."""
    ran = alone("verify", "--proof", str(kept.growth), "--key", kept.key, "--json")

    assert (ran.code, ran.json["verified"], ran.json["entry"]) == (1, False, None)


def test_two_kept_checkpoints_are_both_held_against_the_file(kept: Kept, bob: Terminal, alone: Terminal):
    """The file that agrees with the older one alone is too short."""
    whole = alone.home / "journal"
    whole.write_text(bob("journal", "export").out)
    short = alone.home / "short"
    size = int(kept.older.read_text().split("\n")[1])
    lines = whole.read_text().splitlines(keepends=True)
    entries = [number for number, line in enumerate(lines) if line.startswith('{"entry":')]
    short.write_text("".join(lines[: entries[size]]))
    against = ("--key", kept.key, "--against", str(kept.older), "--against", str(kept.newer))

    assert alone("verify", str(whole), *against).code == 0
    assert alone("verify", str(short), *against[:4]).code == 0
    assert (alone("verify", str(short), *against).code, alone("verify", str(short), *against).err[:22]) == (
        1,
        "The book was cut short",
    )


def test_proofs_are_told_to_programs(kept: Kept, bob: Terminal):
    """Hashes in hex, with the checkpoint they lead to."""
    newest = kept.newer.read_text()
    older, newer = (text.split("\n")[1] for text in (kept.older.read_text(), newest))
    grown = bob("journal", "consistency", older, newer, "--json").json

    assert bob("journal", "inclusion", "0", "--json").json["checkpoint"] == newest
    assert (grown["first_checkpoint"], grown["checkpoint"]) == (kept.older.read_text(), newest)


@pytest.mark.parametrize("words", [("inclusion", "100000"), ("consistency", "0", "100000"), ("consistency", "100000")])
def test_what_is_not_there_has_no_proof(kept: Kept, bob: Terminal, words):
    """One sentence, and nothing that could be taken for a proof."""
    ran = bob("journal", *words)

    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
