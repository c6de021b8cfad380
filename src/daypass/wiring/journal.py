"""
The journal's key and head: where they are, and that they fit the database before anything is done with it.

A key is made only for a database without a journal. Every process that opens the ledger goes through `journal_key` and
`check_journal`; what is wrong with the record itself does not stop a start, since access must still end: it is reported
as damage, and nothing is given until an operator has looked at it.
"""

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import structlog

from daypass.aws.clients import Clients
from daypass.aws.head_object import HeadObject
from daypass.journal.damage import BookDamaged, HeadMissing
from daypass.journal.key import BadKey, Signer
from daypass.journal.note import BadNote
from daypass.model.errors import Misconfigured, Unavailable
from daypass.ports import HeadPlace
from daypass.settings import JournalSettings, Settings
from daypass.store import database
from daypass.store.database import Database
from daypass.store.head_file import HeadFile
from daypass.store.journal import SqlBook

log = structlog.get_logger()


def journal_key(settings: Settings, *, make: bool = True) -> Signer:
    """
    Read the journal's key, or make it for a database that has no journal yet.

    Raises Misconfigured when it cannot be read, is missing beside a journal, or has another name than the settings say.
    """
    signer = _read(settings.journal)
    if signer is None:
        if not make:
            raise Misconfigured(f"The journal's key {settings.journal.key_file} is missing.")
        return _make(settings)
    if signer.name != settings.journal.origin:
        file, origin = settings.journal.key_file, settings.journal.origin
        raise Misconfigured(
            f"The journal's key {file} was made for {signer.name!r}, and DAYPASS_JOURNAL_ORIGIN is {origin!r}. "
            f"A journal keeps its name: set {signer.name!r}, or begin a new journal with a new key and database."
        )
    return signer


def journal_head(journal: JournalSettings) -> HeadPlace:
    """Where this process remembers the head of the journal: a file, or an object. Raises Misconfigured for neither."""
    if "://" not in journal.head:
        return HeadFile(Path(journal.head))
    scheme, _, place = journal.head.partition("://")
    bucket, _, key = place.partition("/")
    if scheme != "s3" or not bucket or not key or key.endswith("/"):
        raise Misconfigured(
            f"DAYPASS_JOURNAL_HEAD is {journal.head!r}: write the path of a file, or s3://bucket/key for an object."
        )
    return HeadObject(clients=Clients(connections=2, tries=1), bucket=bucket, key=key)


def check_journal(store: Database, book: SqlBook, file: Path) -> None:
    """
    Check the journal at a start, and begin the head of a new one.

    Raises Misconfigured when another key signed it, and Unavailable while a new one cannot begin. Other damage is
    logged and reported, and a head that cannot be read now is waited for by the fold: endings go on.
    """
    try:
        with suppress(HeadMissing):  # the fold asks the other replicas, and reports it
            book.check()
        book.fold(limit=0)
    except Unavailable as error:
        if not store.has_journal():
            raise
        log.warning("the journal's head cannot be read now", error=error.sentence)
    except HeadMissing as error:
        log.warning("the journal's head is missing", error=error.sentence)
    except BadNote as error:
        if not book.remembers():
            raise Misconfigured(
                f"The journal in the database was signed with another key than {file}. Put the key back that signed "
                "it; only a new database begins with a new key."
            ) from error
        _report(store, error.sentence)
    except BookDamaged as error:
        _report(store, error.sentence)


def checked(book: SqlBook, file: Path) -> int:
    """Check the journal as the doctor does; returns its size. Raises in words for who runs Daypass; changes nothing."""
    try:
        book.check()
        return book.checkpoint().size
    except BadNote:
        raise Misconfigured(
            f"The journal in the database was signed with another key than {file}. Put the key back that signed it."
        ) from None
    except (Unavailable, Misconfigured):
        if away := book.unsigned():
            raise Unavailable(
                f"The journal's head cannot be reached, and nothing is signed until it can; all else goes on. {away}"
            ) from None
        raise


def _report(store: Database, sentence: str) -> None:
    store.damage.report(sentence)
    log.error("the journal is damaged", error=sentence)


def _read(journal: JournalSettings) -> Signer | None:
    """Read the key; None when there is no file."""
    file = journal.key_file
    try:
        return Signer.parse(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if file.is_symlink():
            raise Misconfigured(
                f"The journal's key {file} is a link to {file.readlink()}, which is not there. Put the key back, or "
                "correct the link."
            ) from None
        return None
    except BadKey as error:
        raise Misconfigured(f"The journal's key {file} is none: {error.sentence}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"The journal's key {file} cannot be read: {error}.") from None


def _make(settings: Settings) -> Signer:
    """
    Write a fresh key for us alone to read. Of two processes that start at once, one's key stands and both use it.

    It is written beside and then linked to its name, so that nobody ever reads half a key.
    """
    file = settings.journal.key_file
    must_be_new(settings)
    signer = Signer.generate(settings.journal.origin)
    try:
        with NamedTemporaryFile("w", dir=file.parent, prefix=".journal-key-", encoding="utf-8") as draft:
            draft.write(f"{signer.private_text()}\n")
            draft.flush()
            os.fsync(draft.fileno())
            os.link(draft.name, file)
    except FileExistsError:
        if theirs := _read(settings.journal):
            return theirs
        raise Misconfigured(f"The journal's key {file} was there a moment ago and is gone. Start again.") from None
    except OSError as error:
        raise Misconfigured(f"The journal's key {file} cannot be written: {error.strerror}.") from None
    return signer


def must_be_new(settings: Settings) -> None:
    """Raise Misconfigured when the database has a journal, which only the key that signed it can go on with."""
    store = database.open(settings.store.url)
    try:
        if store.has_journal():
            raise Misconfigured(
                f"The journal's key {settings.journal.key_file} is missing, and the database has a journal. Put the "
                "key back that signed it; a new key is made only for a new database."
            )
    finally:
        store.close()
