"""What people wrote, beside the journal: written with its entries, and read back into them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import structlog
from sqlalchemy import Connection, bindparam, insert, select

from daypass.journal.entry import BadEntry, read_entry
from daypass.journal.words import ALTERED, SaltedText, hashed
from daypass.model.event import Event
from daypass.model.principal import DAYPASS, NOBODY, OPERATOR
from daypass.store.codec import AnyRow
from daypass.store.damaged_rows import slices
from daypass.store.journal_rows import entry_in
from daypass.store.prepared import Prepared, Row
from daypass.store.tables import words

log = structlog.get_logger(__name__)

_CLAIMED = "claimed"
"""The detail that names whom a stranger said they were."""


def keep_words(connection: Connection, said: Iterable[tuple[Event, Sequence[SaltedText]]]) -> None:
    """Write the words of some entries, within the transaction that writes these."""
    rows: list[Row] = [
        {
            "hash": word.hash,
            "salt": word.salt.hex(),
            "text": word.text,
            "subject": event.subject,
            "principal": _whose(event, word),
            "at": event.at,
        }
        for event, some in said
        for word in some
    ]
    if rows:
        _INSERT.run(connection, rows)


def events_of(connection: Connection, rows: Sequence[AnyRow]) -> list[Event]:
    """Read entries (`id` and `entry` of the journal) with their words. Raises Unreadable for one that is no entry."""
    entries = [entry_in(f"journal/{row.id}", row.entry) for row in rows]
    found = _find(connection, [digest for entry in entries for digest in entry.hashes.values()])
    texts = {digest: row.text if fits(row) else _altered(digest) for digest, row in found.items()}
    return [entry.event(texts) for entry in entries]


def words_in(connection: Connection, rows: Sequence[AnyRow]) -> Iterator[tuple[SaltedText, ...]]:
    """Give for each of some entries the words that were not erased; one that was changed is left out."""
    entries = [_hashes_in(row.entry) for row in rows]
    found = _find(connection, [digest for hashes in entries for digest in hashes.values()])
    for hashes in entries:
        there = ((name, found[digest]) for name, digest in hashes.items() if digest in found)
        yield tuple(
            SaltedText(name=name, salt=bytes.fromhex(row.salt), text=row.text) for name, row in there if fits(row)
        )


def _whose(event: Event, word: SaltedText) -> str:
    """Whoever did it; of what Daypass did by itself, the person whom it was done to; a claimed name, whose it is."""
    if event.actor == NOBODY and word.name == _CLAIMED:
        return word.text
    about = event.details.get("principal")
    return about if event.actor in {DAYPASS, OPERATOR} and isinstance(about, str) else event.actor


def fits(row: AnyRow) -> bool:
    """Whether a text is the one that was written, whatever a database may hold in its columns."""
    try:
        return bool(hashed(bytes.fromhex(row.salt), row.text) == row.hash)
    except (TypeError, ValueError, AttributeError):
        return False


def _altered(digest: str) -> str:
    """A text that was changed gives nothing: it is not shown, and the scrub tells the owners of it."""
    log.error("a text beside the journal was changed outside Daypass", words=digest)
    return ALTERED


def _hashes_in(raw: bytes) -> Mapping[str, str]:
    """The hashes in an entry; none where it is no entry, which whoever verifies the export finds."""
    try:
        return read_entry(raw).hashes
    except BadEntry:
        return {}


def _find(connection: Connection, digests: Sequence[str]) -> Mapping[str, AnyRow]:
    found: dict[str, AnyRow] = {}
    for some in slices(digests):
        asked = connection.execute(_BY_HASH, {"digests": some})
        found |= {row.hash: row for row in asked}
    return found


_INSERT = Prepared(insert(words))
_STORED = select(words.c.hash, words.c.salt, words.c.text)
_BY_HASH = _STORED.where(words.c.hash.in_(bindparam("digests", expanding=True)))
