"""Credentials, programs, links and the console, on the command line."""

import json
import stat
import sys
from datetime import UTC, datetime, timedelta

import pytest

from daypass.lifecycle.drop import drop
from tests.doors.house import House
from tests.makers import ANN

SHOW_KEY = "import os; print(os.environ['AWS_ACCESS_KEY_ID'], os.environ.get('AWS_PROFILE'))"


@pytest.fixture
def granted(house: House, ann):
    """Give Ann an active grant."""

    def give(delivery: str = "session", length: str = "1h") -> str:
        ran = ann("request", "s3", "read", "acme-drafts/", "--for", length, "--as", delivery, "--json")
        assert ran.code == 0, ran.err
        house.work()
        return str(ran.json["id"])

    return give


def test_credentials_are_printed_in_the_form_that_credential_process_reads(ann, granted):
    """The five keys, on stdout alone."""
    ran = ann("credentials", granted())

    assert (ran.code, ran.err) == (0, "")
    assert set(ran.json) == {"Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}


def test_credentials_are_kept_for_their_owner_and_used_again(house: House, ann, granted):
    """The second call prints the same without asking the service: it cannot even be reached."""
    grant = granted()
    first = ann("credentials", grant).json
    kept = ann.state / "credentials" / f"{grant}.json"
    again = ann("credentials", grant, DAYPASS_URL="http://127.0.0.1:9")

    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert again.json == first


def test_kept_credentials_are_renewed_before_they_end(ann, granted):
    """Those with less than five minutes left are fetched anew."""
    grant = granted()
    ann("credentials", grant)
    kept = ann.state / "credentials" / f"{grant}.json"
    soon = (datetime.now(UTC) + timedelta(minutes=4)).isoformat()
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "AccessKeyId": "OLD", "Expiration": soon}))

    assert ann("credentials", grant).json["AccessKeyId"] == f"ASIA{grant}"


def test_the_last_minutes_are_used_while_the_service_is_away(ann, granted):
    """Daypass being down takes nothing away that AWS still gives."""
    grant = granted()
    ann("credentials", grant)
    kept = ann.state / "credentials" / f"{grant}.json"
    soon = (datetime.now(UTC) + timedelta(minutes=4)).isoformat()
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "Expiration": soon}))
    logins = ann.state / "logins.json"
    logins.write_text(logins.read_text().replace(ann.url, "http://127.0.0.1:9"))

    assert ann("credentials", grant, DAYPASS_URL="http://127.0.0.1:9").json["Expiration"] == soon


def test_credentials_that_the_service_refuses_are_dropped(house: House, ann, granted):
    """After the end nothing is printed, and nothing is kept."""
    grant = granted()
    ann("credentials", grant)
    kept = ann.state / "credentials" / f"{grant}.json"
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "Expiration": "2026-01-01T00:00:00Z"}))
    drop(house.desk.ledger.grants()[0].id, by=ANN, ledger=house.desk.ledger, now=house.clock())
    ran = ann("credentials", grant)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("This grant has ended.")
    assert not kept.exists()


def test_a_damaged_file_of_credentials_is_as_none(ann, granted):
    """The service is asked."""
    grant = granted()
    ann("credentials", grant)
    (ann.state / "credentials" / f"{grant}.json").write_text('{"Expiration": ')

    assert ann("credentials", grant).json["AccessKeyId"] == f"ASIA{grant}"


def test_being_done_drops_the_kept_credentials(ann, granted):
    """Nothing stays on the disk."""
    grant = granted()
    ann("credentials", grant)
    ann("done", grant)

    assert list((ann.state / "credentials").iterdir()) == []


def test_a_program_runs_with_the_grant_and_nothing_else(ann, granted):
    """A profile that is set does not win over it."""
    grant = granted()
    ran = ann("exec", grant, "--", sys.executable, "-c", SHOW_KEY, AWS_PROFILE="admin")

    assert (ran.code, ran.out) == (0, f"ASIA{grant} None\n")


def test_the_exit_code_of_a_program_is_passed_on(ann, granted):
    """And its own options are its own."""
    assert ann("exec", granted(), "--", sys.executable, "-c", "raise SystemExit(17)").code == 17


def test_a_program_that_is_not_there_is_named(ann, granted):
    """With the exit code a shell would give."""
    ran = ann("exec", granted(), "--", "no-such-program")

    assert (ran.code, ran.err) == (127, "There is no program «no-such-program».\n")


def test_the_console_address_is_printed(ann, granted):
    """For a browser."""
    grant = granted()

    assert ann("console", grant).out == f"https://console.invalid/{grant}\n"


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (("a.csv",), "http://127.0.0.1"),
        (("a.csv", "--get"), "https://s3.invalid/acme"),
        (("--manifest",), '{"key": "one.csv"'),
        (("--post",), "{"),
    ],
)
def test_a_link_is_made_in_each_way(ann, granted, words, begins):
    """One that Daypass checks at each click, presigned ones, a form, and all at once."""
    ran = ann("link", granted("link"), *words)

    assert ran.code == 0, ran.err
    assert ran.out.startswith(begins.removesuffix("acme"))


def test_a_grant_of_another_delivery_says_how_to_use_it(ann, granted):
    """A session has no links."""
    ran = ann("link", granted("session"), "a.csv")

    assert (ran.code, "daypass exec" in ran.err) == (1, True)
