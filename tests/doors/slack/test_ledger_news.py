"""The owners of the rules hear of rows that were changed outside Daypass."""

from daypass.model.event import Detail, Event, Kind
from daypass.model.fact import Fact
from daypass.model.principal import DAYPASS
from daypass.rules.document import parse
from daypass.sandbox.slack import BlockingActor
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
    event = Event(kind=Kind.LEDGER_ALTERED, at=daypass.clock(), actor=DAYPASS, details=details)
    daypass.desk.ledger.record(Fact(event=event))

    told = bob.wait_for_message("changed outside Daypass").visible_text

    assert "2 rows" in told
    assert "grants/abcdefgh2345" in told
    assert "restore the rows from a backup" in told
    assert "Daypass" not in str(ann.messages())
