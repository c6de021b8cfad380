"""An approval in advance promises something: its message follows it to its end, and the person is told of that end."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from daypass.doors.slack.texts.preapprovals import no_more
from daypass.lifecycle.end.operator import end_as_operator
from daypass.lifecycle.freezes.freeze import Halt, lift_as_operator, set_freeze
from daypass.lifecycle.freezes.panic import panic_as_operator
from daypass.lifecycle.preapprovals import InAdvance, allow, withdraw
from daypass.model.event import EntryKind, Event
from daypass.model.freeze import Extent
from daypass.model.preapproval import Preapproval
from daypass.model.principal import OPERATOR
from localslack import BlockingSlack
from tests.doors.slack.closed import tell
from tests.doors.slack.conftest import Office, office
from tests.makers import ANN, BOB, NOON, READ_REPORTS

PROMISE = "no click is needed"


@pytest.fixture
def closed(slack: BlockingSlack, tmp_path: Path) -> Office:
    """Daypass, closed, asking in a channel."""
    return office(slack, tmp_path, approvals_channel="C0ACCESS")


def allowed(closed: Office) -> Preapproval:
    """What Bob approved in advance for Ann, through any door."""
    now = closed.clock()
    return allow(
        InAdvance(
            entitlement=READ_REPORTS,
            to=ANN,
            by=BOB,
            length=timedelta(hours=2),
            starts=now,
            ends=now + timedelta(days=7),
        ),
        judge=closed.judge,
        now=now,
    )


def given(closed: Office) -> Preapproval:
    """The same, and Ann was told."""
    permit = allowed(closed)
    tell(closed)
    return permit


def panicked(closed: Office, permit: Preapproval) -> None:
    """The operator ends everything of Ann's."""
    panic_as_operator(
        Halt(extent=Extent(person=permit.principal), by=OPERATOR, reason="laptop stolen", os_user="root"),
        hold=False,
        ledger=closed.ledger,
        logins=closed.logins,
        now=closed.clock(),
    )


def withdrawn(closed: Office, permit: Preapproval) -> None:
    """Bob takes it back."""
    withdraw(permit.id, by=BOB, ledger=closed.ledger, now=closed.clock())


def ended(closed: Office, permit: Preapproval) -> None:
    """The operator ends it on the machine."""
    end_as_operator(permit.id, os_user="root", reason="", ledger=closed.ledger, now=closed.clock())


@pytest.mark.parametrize(
    ("end", "by", "giver_reads"),
    [
        (panicked, "the operator ended it", "Your approval in advance for <@U0ANN> is over"),
        (ended, "the operator ended it", "Your approval in advance for <@U0ANN> is over"),
        (withdrawn, "<@U0BOB> ended it", ""),
    ],
)
def test_the_promise_of_an_approval_in_advance_follows_it_to_its_end(
    closed: Office, end: Callable[[Office, Preapproval], None], by: str, giver_reads: str
):
    """However it ends: nothing says any more that no click is needed, and who did not end it is told, once."""
    permit = given(closed)
    ann, bob = closed.person("U0ANN"), closed.person("U0BOB")
    assert PROMISE in ann.messages()[0].text

    end(closed, permit)
    tell(closed)

    promised, told = ann.messages()
    assert PROMISE not in promised.text
    assert by in promised.text
    assert (told.thread_ts, told.text) == (promised.ts, promised.text)
    assert [giver_reads in one.text for one in bob.messages()] == [True] * bool(giver_reads)


def test_a_freeze_stands_on_what_was_approved_in_advance_until_it_is_lifted(closed: Office):
    """In the same message: that it does not count now, and that it counts again."""
    given(closed)
    ann = closed.person("U0ANN")
    made = set_freeze(Halt(extent=Extent(person=BOB), by=OPERATOR), ledger=closed.ledger, now=closed.clock())
    tell(closed)
    held = ann.messages()[0].text
    lift_as_operator(made.id, os_user="root", rules=closed.rules[-1], ledger=closed.ledger, now=closed.clock())
    tell(closed)

    assert "It does not count now" in held
    assert PROMISE not in held
    assert BOB not in held.split("approved in advance")[1]
    assert PROMISE in ann.messages()[0].text


def test_what_was_taken_back_before_anybody_was_told_is_not_promised(closed: Office):
    """Slack was away meanwhile: no message comes with a promise that does not hold."""
    permit = allowed(closed)
    withdrawn(closed, permit)
    tell(closed)

    assert closed.person("U0ANN").messages() == []


def test_who_ends_a_schedule_or_a_proposal_in_a_panic_is_named_with_the_reason(closed: Office):
    """The line that tells of it has the words that were given with it."""
    event = Event(kind=EntryKind.SERIES_CLOSED, at=NOON, actor=BOB, details={"because": "Panic: laptop <stolen>"})
    assert no_more(event).startswith("*No more windows open*: <@U0BOB> said so. Panic: laptop &lt;stolen&gt;.")
