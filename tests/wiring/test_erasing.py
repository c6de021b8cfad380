"""`daypass operator erase`: by the settings and the database alone."""

from pathlib import Path

import pytest

from daypass.lifecycle.erase import Erased
from daypass.model.errors import BadInput
from daypass.model.event import EntryKind, Event
from daypass.model.fact import Fact
from daypass.store.ledger import SqlLedger
from daypass.wiring import operator
from tests.keys import SIGNER, write_key
from tests.makers import ANN, BOB, NOON, request
from tests.tables import with_tables


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A machine with Daypass's settings, where Ann has asked; returns the database's URL."""
    url = f"sqlite:///{tmp_path / 'daypass.db'}"
    write_key(tmp_path / "journal.key")
    monkeypatch.setenv("DAYPASS_STORE_URL", url)
    monkeypatch.setenv("DAYPASS_JOURNAL_KEY_FILE", str(tmp_path / "journal.key"))
    monkeypatch.setenv("DAYPASS_JOURNAL_ORIGIN", SIGNER.name)
    opened, asked = with_tables(url), request()
    event = Event(
        kind=EntryKind.REQUEST_REFUSED, at=NOON, actor=ANN, subject=asked.id, details={"reason": asked.reason}
    )
    SqlLedger(opened).record(Fact(event=event, changes=(), told=False))
    opened.close()
    return url


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("person", "older_than", "texts"),
    [
        (ANN, None, 1),
        (f"<@{ANN}>", None, 1),
        (BOB, None, 0),
        (None, "0d", 1),
        (None, "36525d", 0),
        (ANN, "36525 days", 0),
    ],
)
def test_the_operator_erases_a_person_or_what_is_old(person: str | None, older_than: str | None, texts: int):
    """As whom they write it, and by days."""
    answer = operator.erase(person=person, older_than=older_than)

    assert answer == {"texts": texts, "rows": 0, "left": 0}
    assert set(answer) == set(Erased.__slots__)


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("person", "older_than"), [(None, None), ("Ann", None), (None, "a year"), (None, "-3d"), (None, "400")]
)
def test_what_is_not_said_clearly_erases_nothing(person: str | None, older_than: str | None):
    """No person and no age is never everybody."""
    with pytest.raises(BadInput):
        operator.erase(person=person, older_than=older_than)
