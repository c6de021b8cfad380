"""
How fast a book is checked, folded and searched. Prints one line for each figure: name, measured, wanted.

    PYTHONPATH=. python benchmarks/journal.py [--entries 60000]

Entries are some 300 bytes of JSON, like those of a busy day. Each ratio is against a peer in the same run: pymerkle
appending the same lines and giving the root, and the check that reads each entry's JSON and writes it again to hash it.
"""

import argparse
import gc
import io
import random
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import msgspec
from pymerkle import InmemoryTree

from daypass.journal.entry import canonical
from daypass.journal.export import Exported, export
from daypass.journal.fold import fold
from daypass.journal.journal_line import Placed
from daypass.journal.key import Signer
from daypass.journal.proof import inclusion_proof, verify_inclusion
from daypass.journal.tree import EMPTY, leaf_hash
from daypass.journal.verdict import BrokenJournal, Verified
from daypass.journal.verify import verify

BATCH = 500


def entries(size: int) -> Iterator[bytes]:
    """Entries as a service writes them, the same ones at each run."""
    pick = random.Random(7)
    at = datetime(2026, 11, 2, 8, tzinfo=UTC)
    for number in range(size):
        at += timedelta(milliseconds=pick.randrange(1, 9000))
        yield canonical(
            {
                "kind": pick.choice(["request.filed", "request.approved", "grant.provisioning", "grant.activated"]),
                "at": at,
                "actor": f"U0{pick.randrange(10**8):08d}",
                "subject": f"gr-{pick.randrange(16**16):016x}",
                "details": {
                    "resource": f"s3://acme-reports/2026/{pick.randrange(12) + 1:02d}/",
                    "level": "read",
                    "delivery": "session",
                    "seconds": 7200,
                    "reason": f"INC-{number}: look into the failed nightly export",
                    "rules": ["analysts-read-reports"],
                },
            }
        )


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Seconds of the quicker of two runs, and what the work returned."""
    best, result = float("inf"), None
    for _ in range(2):
        gc.collect()
        begun = perf_counter()
        result = work()
        best = min(best, perf_counter() - begun)
    return best, result


def report(name: str, measured: str, wanted: str = "-") -> None:
    """Print one figure."""
    print(f"{name:<58} {measured:>24}   wanted: {wanted}")


def build(path: Path, size: int) -> tuple[Signer, list[bytes]]:
    """Write a book of so many entries to a file, folded in batches; returns its key and its entry lines."""
    signer, frontier = Signer.generate("bench.example/journal"), EMPTY
    every = list(entries(size))
    rows: list[Exported] = []
    checkpoints: list[tuple[int, str]] = []
    begun = perf_counter()
    for start in range(0, size, BATCH):
        batch = every[start : start + BATCH]
        folded = fold(frontier, batch, signer)
        frontier = folded.frontier
        rows += map(Exported, batch, folded.signatures)
        checkpoints.append((frontier.size, folded.checkpoint_note))
    report(f"journal: fold, batches of {BATCH}", f"{size / (perf_counter() - begun):,.0f} entries/s")
    path.write_bytes(b"".join(export(signer.public, rows, checkpoints)))
    report("journal: mean entry", f"{sum(map(len, every)) / size:,.0f} bytes", "about 300")
    lines = [Placed(entry=entry, index=at, signature=signed).line for at, (entry, signed, _) in enumerate(rows)]
    return signer, lines


def appended(lines: list[bytes]) -> bytes:
    """The root as pymerkle finds it."""
    tree = InmemoryTree(algorithm="sha256")
    tree.append_entries(lines)
    return bytes(tree.get_root())


def reencoded(lines: list[bytes]) -> bytes:
    """The root as a check finds it that reads every entry and writes it again."""
    write = msgspec.json.Encoder(order="sorted").encode
    frontier = EMPTY
    for line in lines:
        frontier = frontier.extend([sha256(b"\x00" + write(msgspec.json.decode(line))).digest()])
    return frontier.root()


def main() -> None:
    """Print every figure of the journal."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--entries", type=int, default=60_000)
    size = words.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.jsonl")
        signer, lines = build(path, size)
        with path.open("rb") as file:
            seconds, verdict = timed(lambda: verify(file, signer.public))
        if not isinstance(verdict, Verified) or verdict.size != size:
            raise SystemExit(f"the book does not verify: {verdict}")
        report("journal: verify, fast path", f"{size / seconds:,.0f} entries/s", "200,000 entries/s")
        for peer, work in {"pymerkle append and root": appended, "decode, re-encode, hash": reencoded}.items():
            theirs, root = timed(partial(work, lines))
            if root != verdict.root:
                raise SystemExit(f"{peer} finds another root")
            report(f"journal: verify against {peer}", f"{theirs / seconds:.1f} times as fast", "at least 1")
        altered = path.read_bytes().replace(b'"seconds":7200', b'"seconds":7201')
        seconds, verdict = timed(lambda: verify(io.BytesIO(altered), signer.public))
        if not isinstance(verdict, BrokenJournal) or verdict.index != 0:
            raise SystemExit(f"the altered book is judged wrongly: {verdict}")
        report("journal: name the first wrong entry, every entry altered", f"{seconds * 1000:,.0f} ms")
        leaves = [leaf_hash(line) for line in lines]
        seconds, proof = timed(lambda: inclusion_proof(leaves, size // 3, size))
        if not verify_inclusion(leaves[size // 3], size // 3, size, proof, root):
            raise SystemExit("the proof of an entry proves nothing")
        report(f"journal: inclusion proof in a tree of {size:,}", f"{seconds * 1000:,.0f} ms")


if __name__ == "__main__":
    main()
