"""Two real processes that fold one journal, each with its own connections."""

import io
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from daypass.journal.verdict import Verified
from daypass.journal.verify import verify
from daypass.store import database as databases
from daypass.store.head_file import HeadFile
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from tests.keys import SIGNER
from tests.store.facts import a_grant, fact
from tests.store.workers import fold_all


def _until(so: Callable[[], bool]) -> None:
    """Wait until something is so, for two minutes at most."""
    started = time.monotonic()
    while not so():
        assert time.monotonic() - started < 120
        time.sleep(0.01)


def race(url: str, heads: tuple[Path, Path], *, entries: int) -> list[int]:
    """
    Let two processes fold, an entry a time, while entries come; returns how many folds each has done.

    Each remembers its head in a file of its own, or both in one.

    The export must verify, and neither may have found damage.
    """
    store = databases.open(url, SIGNER)
    store.migrate()
    for head in heads:
        SqlBook(store, HeadFile(head)).fold()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        ready = [head.with_name(f"ready-{number}") for number, head in enumerate(heads)]
        racing = [pool.submit(fold_all, url, head, entries, mark) for head, mark in zip(heads, ready, strict=True)]
        _until(lambda: all(mark.exists() for mark in ready))  # on a busy machine one starts long after the other
        for number in range(entries):
            SqlLedger(store).record(fact(a_grant(), number=number))
        ended = [one.result(timeout=400) for one in racing]
    book = SqlBook(store, HeadFile(heads[0]))
    book.check()
    exported = list(book.export())
    store.close()
    assert [faults for _, faults in ended] == [(), ()]
    assert isinstance(verify(io.BytesIO(b"".join(exported)), SIGNER.public), Verified)
    assert sum(b'"entry"' in line for line in exported) == entries
    return [done for done, _ in ended]
