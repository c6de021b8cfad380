"""Asking, waiting and deciding, on the command line."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from tests.doors.house import House

READ = ("request", "s3", "read", "acme-reports/2026/", "--for", "2h", "--reason", "INC-42")
DRAFT = ("request", "s3", "read", "acme-drafts/", "--for", "1h")


def ask(terminal, *words: str) -> str:
    """Ask, and return the id."""
    ran = terminal(*(words or READ), "--json")
    assert ran.code == 0, ran.err
    return str(ran.json["id"])


def test_a_request_says_what_was_asked_and_who_decides(ann):
    """In words, with the names of people."""
    ran = ann(*READ)

    assert ran.code == 0, ran.err
    assert "read acme-reports/2026/ for 2 hours, as a session." in ran.out
    assert "It waits for U0Bob (rule “reports”)." in ran.out


def test_the_same_typed_twice_says_so_and_again_files_another(ann):
    """With the id of the first one, on standard error."""
    first = ask(ann)
    ran = ann(*READ)

    assert ran.code == 1
    assert ran.err.startswith("You asked for this ")
    assert first in ran.err
    assert "--again" in ran.err
    assert ask(ann, *READ, "--again") != first


def test_show_names_everybody_whom_the_story_speaks_of(house: House, ann):
    """People and Slack groups: no id where a name is known."""
    made = ask(ann)
    told: dict[str, Detail] = {"people": ("U0BOB",), "slack_groups": ("S0LEADS",), "stage": "team"}
    event = Event(
        kind=EntryKind.REQUEST_HANDED_OVER,
        at=house.clock(),
        actor=PrincipalId("daypass"),
        subject=GrantId(made),
        details=told,
    )
    house.services.ledger.record(Fact(event=event, told=False))
    shown = ann("show", made).out

    assert "asked U0Bob, @leads in the stage team" in shown
    assert "U0BOB" not in shown
    assert "S0LEADS" not in shown


def test_a_dry_run_prints_the_decision_the_rule_the_approvers_and_the_document(ann):
    """And files nothing."""
    ran = ann(*READ, "--dry-run")

    assert ran.code == 0, ran.err
    for words in (
        "rule “reports”",
        "Approval: U0Bob",
        "U0Bob decides.",
        "Would be written: nowhere",
        "nobody was asked",
    ):
        assert words in ran.out
    assert ann("ls").out.startswith("Nothing is yours now")


def test_times_are_shown_in_the_zone_of_the_person_and_in_utc_to_programs(ann):
    """Ann lives in Berlin, wherever her machine stands."""
    end = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(hours=2)
    words = ("request", "s3", "read", "acme-reports/", "--until", f"{end:%Y-%m-%d %H:%M}", "--reason", "x")

    assert f"{end:%H:%M}:00 CE" in ann(*words).out
    assert ann(*words, "--again", "--json").json["term"]["until"].endswith("Z")


def test_what_no_rule_lends_is_denied_with_its_own_exit_code(eve):
    """2, and one sentence."""
    ran = eve(*READ)

    assert ran.err.startswith("Denied: no rule covers read")
    assert len(ran.err.splitlines()) == 1
    assert ran.code == 2


def test_waiting_ends_when_the_grant_is_active(house: House, ann):
    """A rule approves at once, a worker comes by, and the command says how to use it."""
    process = ann.start(*DRAFT, "--wait")
    while not house.services.ledger.requests():
        assert process.poll() is None
    house.work()
    out, err = process.communicate(timeout=60)

    assert process.returncode == 0, err
    assert "is active until" in out
    assert "daypass exec" in out


def test_waiting_ends_with_2_when_it_is_denied(house: House, ann, bob):
    """And says who denied it and why."""
    process = ann.start(*READ, "--wait")
    while not house.services.ledger.requests():
        assert process.poll() is None
    request = house.services.ledger.requests()[0].id
    assert bob("deny", request, "--reason", "use the export").code == 0
    _, err = process.communicate(timeout=60)

    assert process.returncode == 2
    assert err.splitlines()[-1] == f"{request} was denied by U0Bob: use the export"


def test_waiting_ends_with_4_when_it_takes_too_long(ann):
    """The request goes on."""
    ran = ann(*READ, "--wait", "--timeout", "1s")

    assert ran.code == 4
    assert "still waiting for a decision" in ran.err
    assert "Your requests" in ann("ls").out


def test_waiting_ends_with_1_when_it_was_taken_back(house: House, ann):
    """By the same person, elsewhere."""
    process = ann.start(*READ, "--wait")
    while not house.services.ledger.requests():
        assert process.poll() is None
    ann("cancel", house.services.ledger.requests()[0].id)
    process.communicate(timeout=60)

    assert process.returncode == 1


def test_an_approver_sees_what_waits_and_approves(ann, bob):
    """With a length of their own."""
    request = ask(ann)
    waiting = bob("ls").out
    ran = bob("approve", request, "--for", "1h")

    assert "Waiting for your decision" in waiting
    assert request in waiting
    assert (ran.code, ran.out) == (0, f"{request}: approved; active in a few seconds.\n")


def test_a_story_is_told_from_the_beginning(house: House, ann, bob):
    """Who asked, who approved, when it became active."""
    request = ask(ann)
    bob("approve", request)
    house.work()
    story = ann("show", request).out

    told = ("U0Ann asked for", "U0Bob approved it for 2 hours", "saw it live in AWS, until")
    assert [story.index(words) for words in told] == sorted(story.index(words) for words in told)
    assert re.search(r"saw it live in AWS, until \w{3} \d\d \w{3} \d\d:\d\d:\d\d CES?T", story)
    assert "UTC" not in story  # one clock, and it is hers


def test_done_ends_a_grant(house: House, ann):
    """Its owner says so."""
    request = ask(ann, *DRAFT)
    house.work()

    assert ann("done", request).code == 0
    assert ann("show", request, "--json").json["grant"]["ending"]["why"] == "done"


def test_an_extension_is_asked_for(house: House, ann):
    """As a new request."""
    request = ask(ann, *DRAFT)
    house.work()

    assert ann("extend", request, "--for", "1h", "--json").json["extends"] == request


def test_a_revocation_needs_a_reason(bob):
    """The person who loses access reads it."""
    ran = bob("revoke", "abcdefgh2345")

    assert (ran.code, "reason" in ran.err) == (1, True)


def test_who_leaves_the_id_out_is_offered_those_that_it_can_be(ann, bob):
    """Of `deny` what waits for him, of `cancel` what she asked for, of `done` nothing."""
    made = ask(ann)
    offered = f"{made}  (pending: read acme-reports/2026/)"

    assert bob("deny").err == f"Say the id as well:\ndaypass deny {offered}\n"
    assert ann("cancel").err == f"Say the id as well:\ndaypass cancel {offered}\n"
    assert ann("done").err == "Say the id as well: daypass done ID. daypass ls shows yours with their ids.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("reqest",), "“reqest” is not a command. Did you mean “request”?"),
        (("request", "--fro", "2h"), "“--fro” is not an option of request. Did you mean “--for”?"),
        (("request", "s3", "raed", "acme-reports"), "Did you mean “read”?"),
        (("request", "s3", "read", "acme-reports", "--for", "soon", "--reason", "x"), "“soon” is not a length of time"),
        (("request", "s3", "read", "x", "y"), "“y” is one word too many"),
        (("show",), "Say the id as well: daypass show ID. daypass ls shows yours with their ids."),
        (("s3", "read", "acme-reports/"), "Did you mean daypass request s3 LEVEL WHERE?"),
        (("show", "../../etc"), "There is nothing at this address"),
        (("show", "abcdefgh2345"), "There is no request abcdefgh2345 that you may see"),
        (("ls", "--json=yes"), "--json takes no value"),
        (("request", "--timeout", "soon"), "“soon” is not a length of time"),
    ],
)
def test_a_typing_error_is_one_sentence(ann, words, sentence):
    """On stderr, with exit code 1, and never a traceback."""
    ran = ann(*words)

    assert ran.code == 1
    assert sentence in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert ran.out == ""
