"""The owners of the rules hear of rows that were changed outside Daypass."""

from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.principal import DAYPASS
from daypass.rules.load.read import parse
from localslack import BlockingActor
from tests.doors.slack.conftest import Office
from tests.makers import RULES

OWNED = f"{RULES}\nowners: {{people: [U0BOB]}}\n"


def test_the_owners_are_told_which_rows_and_what_to_do(daypass: Office, ann: BlockingActor, bob: BlockingActor):
    """Once each, in words; nobody else is told."""
    daypass.rules.append(parse(OWNED, name="rules.yaml"))
    details: dict[str, Detail] = {
        "number": 2,
        "rows": ("grants/abcdefgh2345", "logins/ab"),
        "because": "Its seal does not fit.",
    }
    event = Event(kind=EntryKind.LEDGER_ALTERED, at=daypass.clock(), actor=DAYPASS, details=details)
    daypass.services.ledger.record(Fact(event=event))

    told = bob.wait_for_message("changed outside Daypass").visible_text

    assert "2 rows" in told
    assert "grants/abcdefgh2345" in told
    assert "restore the rows from a backup" in told
    assert "Daypass" not in str(ann.messages())


def test_the_owners_are_told_that_the_journal_is_damaged_and_that_it_is_over(daypass: Office, bob: BlockingActor):
    """What stopped, what goes on, what to do; then that access is granted again."""
    daypass.rules.append(parse(OWNED, name="rules.yaml"))
    details: dict[str, Detail] = {"because": "Entry 3 is missing.", "source": "web-1, /data/head", "number": 0}
    for kind in (EntryKind.JOURNAL_DAMAGED, EntryKind.JOURNAL_MENDED):
        daypass.services.ledger.record(Fact(event=Event(kind=kind, at=daypass.clock(), actor=DAYPASS, details=details)))

    damaged = bob.wait_for_message("journal is damaged").visible_text
    mended = bob.wait_for_message("Settled").visible_text

    assert "Entry 3 is missing. (Found on web-1, /data/head.)" in damaged
    assert "Stopped until this is settled: new requests, approvals" in damaged
    assert "Still working: every way to end access" in damaged
    assert "daypass journal accept" in damaged
    assert "access is granted as before" in mended
