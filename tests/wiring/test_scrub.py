"""The scrub as the service does it: of journal and ledger, also while the journal's head cannot be read."""

import threading
from dataclasses import replace
from pathlib import Path

from daypass.model.finding import JournalFinding
from daypass.settings import JournalSettings, Settings, Store
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.wiring import doctor
from daypass.wiring.build import Daypass, build
from daypass.wiring.scrub import scrub_ledger, telling_of_damage
from tests.heads import HandHead
from tests.keys import SIGNER
from tests.store.edits import edit
from tests.store.facts import a_grant, fact
from tests.tables import with_tables


def _house(folder: Path) -> tuple[Daypass, HandHead]:
    url = f"sqlite:///{folder / 'daypass.db'}"
    with_tables(url).close()
    settings = Settings(store=Store(url=url), journal=JournalSettings(head=str(folder / "head"), origin=SIGNER.name))
    house, place = build(settings, signer=SIGNER), HandHead()
    house = replace(house, book=SqlBook(house.database, place))
    house.book.fold()
    SqlLedger(house.database).record(*(fact(a_grant(), number=number) for number in range(3)))
    house.book.fold()
    return house, place


def test_a_journal_whose_head_cannot_be_read_is_gone_over_once_it_can(tmp_path: Path):
    """The ledger is gone over meanwhile; the journal is not left for a day."""
    house, place = _house(tmp_path)
    house = replace(house, book=SqlBook(house.database, place))
    place.away, seen = True, list[bool]()

    def back() -> None:
        seen.append(house.database.damage.scrubbed)
        place.away = len(seen) < 20

    scrub_ledger(house, threading.Event(), back, again_s=0.001)

    assert house.database.damage.scrubbed
    assert (len(seen) >= 20, any(seen[:20])) == (True, False)
    house.database.close()


def test_what_the_service_finds_wrong_with_the_journal_is_told(tmp_path: Path):
    """Found by the scrub, kept for the owners of the rules with the machine that found it."""
    house, _ = _house(tmp_path)
    edit(house.database, "UPDATE journal SET mac = previous WHERE id = 2")
    chore = telling_of_damage(house)
    scrub_ledger(house, threading.Event(), lambda: None)
    chore.run()
    chore.run()

    [found] = house.services.ledger.all(JournalFinding)
    assert found.source.endswith(f", {tmp_path / 'head'}")
    house.database.close()


def test_the_doctor_says_when_the_head_of_the_journal_cannot_be_reached(tmp_path: Path):
    """With what it keeps from happening; the journal is not called damaged."""
    house, place = _house(tmp_path)
    house = replace(house, book=SqlBook(house.database, place))
    place.away = True

    sound, told = doctor._found(lambda: doctor._journal(house))

    assert not sound
    assert told.startswith(
        "The journal's head cannot be reached, and nothing is signed until it can; all else goes on."
    )
    assert house.database.damage.found == ()
    house.database.close()
