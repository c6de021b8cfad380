"""What building the house makes, and what it leaves alone."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from daypass.aws.head_object import HeadObject
from daypass.model.errors import Misconfigured, Unavailable
from daypass.settings import JournalSettings, Settings, Store
from daypass.store import database
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.wiring.journal import check_journal, journal_head, journal_key
from tests.keys import SIGNER, write_key
from tests.store.facts import a_grant, fact
from tests.tables import with_tables


def _settings(folder: Path, origin: str = "daypass.test", key: str = "journal.key") -> Settings:
    store = Store(url=f"sqlite:///{folder / 'daypass.db'}")
    return Settings(store=store, journal=JournalSettings(key_file=folder / key, origin=origin))


def test_the_journals_key_is_made_once_for_its_owner_alone(tmp_path: Path):
    """The first start makes it with mode 0600, the second finds it."""
    settings = _settings(tmp_path)
    made = journal_key(settings)
    file = settings.journal.key_file

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert journal_key(settings).public == made.public
    assert [one.name for one in tmp_path.glob("*journal*")] == ["journal.key"]


def test_processes_that_start_at_once_use_one_key(tmp_path: Path):
    """Of many first starts at the same moment one writes the key, and none ever reads half of it."""
    for round_ in range(10):
        settings = _settings(tmp_path, key=f"{round_}.key")
        with ThreadPoolExecutor(8) as starts:
            keys = {signer.public.text for signer in starts.map(lambda _, one=settings: journal_key(one), range(8))}

        assert len(keys) == 1


def test_a_key_that_cannot_be_kept_is_refused(tmp_path: Path):
    """A folder that is not there: a sentence with the file's name."""
    with pytest.raises(Misconfigured, match="cannot be written"):
        journal_key(_settings(tmp_path, key="nowhere/journal.key"))


def test_a_key_that_links_to_nothing_is_refused(tmp_path: Path):
    """It was there once: a new one beside it would sign another history."""
    (tmp_path / "journal.key").symlink_to(tmp_path / "gone.key")

    with pytest.raises(Misconfigured, match=r"is a link to .*gone\.key, which is not there"):
        journal_key(_settings(tmp_path))


def test_a_key_is_made_only_for_a_database_without_a_journal(tmp_path: Path):
    """With the key missing beside entries, nothing is written over it."""
    settings = _settings(tmp_path)
    opened = database.open(settings.store.url, SIGNER)
    opened.migrate()
    SqlLedger(opened).record(fact(a_grant()))
    opened.close()

    with pytest.raises(Misconfigured, match="is missing, and the database has a journal"):
        journal_key(settings)
    assert not settings.journal.key_file.exists()


def test_a_key_of_another_name_than_the_settings_say_is_refused(tmp_path: Path):
    """A journal keeps its name, and every process says so."""
    write_key(tmp_path / "journal.key")

    with pytest.raises(Misconfigured, match="was made for 'PeterNeumann', and DAYPASS_JOURNAL_ORIGIN"):
        journal_key(_settings(tmp_path))


@pytest.mark.parametrize(
    ("head", "is_"),
    [
        ("s3://acme-audit/daypass/journal.head", "s3://acme-audit/daypass/journal.head"),
        ("/data/journal.head", "/data/journal.head"),
        ("daypass-journal.head", "daypass-journal.head"),
    ],
)
def test_the_head_is_remembered_in_a_file_or_an_object(head: str, is_: str):
    """As DAYPASS_JOURNAL_HEAD says."""
    place = journal_head(JournalSettings(head=head))

    assert (isinstance(place, HeadObject), str(place)) == (head.startswith("s3:"), is_)


@pytest.mark.parametrize("head", ["s3://acme-audit", "s3://acme-audit/", "s3:///journal.head", "s3://a/b/", "gs://a/b"])
def test_a_place_that_is_none_is_refused(head: str):
    """Rather than made a file of that name."""
    with pytest.raises(Misconfigured, match="write the path of a file, or s3://bucket/key"):
        journal_head(JournalSettings(head=head))


class _Away:
    """A place that does not answer."""

    def read(self) -> str | None:
        """Fail."""
        raise Unavailable("S3 does not answer.")

    def replace(self, old: str | None, new: str) -> None:
        """Fail."""
        raise Unavailable(f"S3 does not answer to {new!r} in place of {old!r}.")


def test_a_start_while_the_head_cannot_be_read_waits_for_it_so_that_access_ends(tmp_path: Path):
    """Not so with a new database: what is written before its first head is remembered is nobody's to confirm."""
    store = with_tables(f"sqlite:///{tmp_path / 'daypass.db'}")
    with pytest.raises(Unavailable):
        check_journal(store, SqlBook(store, _Away()), tmp_path / "journal.key")

    SqlLedger(store).record(fact(a_grant()))
    check_journal(store, SqlBook(store, _Away()), tmp_path / "journal.key")

    assert store.damage.found == ()
    store.close()
