"""Credentials, programs, links and the console, on the command line."""

import json
import re
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from daypass.doors.cli import exec_environment
from daypass.lifecycle.end.end import drop
from daypass.model.event import EntryKind
from tests.doors.house import House
from tests.makers import ANN

SHOW_KEY = "import os; print(os.environ['AWS_ACCESS_KEY_ID'], os.environ.get('AWS_PROFILE'))"
SHOW_SDK = """
import boto3, json
session = boto3.Session()
s3, keys = session.client("s3"), session.get_credentials()
found = [keys.access_key, keys.method, keys.account_id, session.region_name, session.profile_name, s3.meta.endpoint_url]
print(json.dumps(found))
"""
USE_IT = """
import boto3
s3 = boto3.Session(profile_name="reports").client("s3")
for _ in range(5):
    print("ASIA" in s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"}))
"""


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
    changed = {"AccessKeyId": "OLD", "Expiration": soon, "Renewable": True}
    kept.write_text(json.dumps(json.loads(kept.read_text()) | changed))

    assert ann("credentials", grant).json["AccessKeyId"] == f"ASIA{grant}"


def test_an_sdk_makes_one_session_of_a_grant_that_is_nearly_over(house: House, ann, granted):
    """It asks before every call, because less than ten minutes are left; nobody could give it any that end later."""
    grant = granted(length="4m")
    config = ann.home / "config"
    config.write_text(
        "[profile reports]\nregion = eu-central-1\n"
        f"credential_process = {sys.executable} -m daypass credentials {grant}\n"
    )
    environment = ann.environment(AWS_CONFIG_FILE=str(config))
    used = subprocess.run([sys.executable, "-c", USE_IT], env=environment, capture_output=True, text=True, check=True)

    assert used.stdout.split() == ["True"] * 5
    assert [event.kind for event in house.journal()].count(EntryKind.CREDENTIALS_VENDED) == 1


def test_the_last_minutes_are_used_while_the_service_is_away(ann, granted):
    """Daypass being down takes nothing away that AWS still gives."""
    grant = granted()
    ann("credentials", grant)
    kept = ann.state / "credentials" / f"{grant}.json"
    soon = (datetime.now(UTC) + timedelta(minutes=4)).isoformat()
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "Expiration": soon, "Renewable": True}))
    logins = ann.state / "logins.json"
    logins.write_text(logins.read_text().replace(ann.url, "http://127.0.0.1:9"))

    assert ann("credentials", grant, DAYPASS_URL="http://127.0.0.1:9").json["Expiration"] == soon


def test_credentials_that_the_service_refuses_are_dropped(house: House, ann, granted):
    """After the end nothing is printed, and nothing is kept."""
    grant = granted()
    ann("credentials", grant)
    kept = ann.state / "credentials" / f"{grant}.json"
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "Expiration": "2026-01-01T00:00:00Z"}))
    drop(house.services.ledger.grants()[0].id, by=ANN, ledger=house.services.ledger, now=house.clock())
    ran = ann("credentials", grant)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("This grant has ended.")
    assert not kept.exists()


@pytest.mark.parametrize("delivery", ["session", "policy", "link"])
def test_what_has_ended_says_so_whatever_its_delivery(house: House, ann, granted, delivery: str):
    """When, how, and what asks for it anew; never that it can be used in another way. The same in `ls` and `show`."""
    grant = granted(delivery)
    drop(house.services.ledger.grants()[0].id, by=ANN, ledger=house.services.ledger, now=house.clock())
    house.work()
    ran = ann("exec", grant, "--", "true")
    how = r"The one who had it said they were done\. That was U0Ann, on \d\d \w+ at \d\d:\d\d UTC\."

    assert ran.code == 1
    assert re.match(rf"This grant has ended\. {how} `again {grant}` asks for it anew\.", ran.err)


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


def test_of_the_callers_own_aws_nothing_reaches_a_program(ann, granted):
    """The SDK finds the grant, in the region of its bucket; no profile, account, endpoint or region of the caller."""
    grant = granted()
    (ann.home / ".aws").mkdir()
    (ann.home / ".aws/config").write_text("[default]\nregion = us-gov-east-1\nendpoint_url = http://127.0.0.1:9\n")
    own = {
        "AWS_PROFILE": "admin",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCOUNT_ID": "999999999999",
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_CONFIG_FILE": str(ann.home / "none"),
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/dev/null",
        "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/admin",
    }
    ran = ann("exec", grant, "--", sys.executable, "-c", SHOW_SDK, **own)

    expected = [f"ASIA{grant}", "env", None, "us-gov-west-1", "default", "https://s3.us-gov-west-1.amazonaws.com"]
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == expected


GIVEN = {
    "AccessKeyId": "ASIAGRANT",
    "SecretAccessKey": "s",
    "SessionToken": "t",
    "Expiration": "2026-11-30T12:00:00Z",
    "Region": "cn-north-1",
}


@pytest.mark.parametrize(
    "name",
    [
        *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_FILE", "BOTO_CONFIG"),
        *("AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_BEARER_TOKEN_BEDROCK"),
        *("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_SSO_ACCOUNT_ID"),
        *("AWS_ACCOUNT_ID", "AWS_ACCOUNT_ID_ENDPOINT_MODE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"),
        *("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_VAULT", "AWS_ACCESS_KEY", "AWS_NEW_NEXT_YEAR"),
    ],
)
def test_what_says_who_or_where_the_caller_is_is_taken_out(name: str):
    """And whatever AWS adds to it next year."""
    assert name not in exec_environment.of(GIVEN, {name: "theirs"})


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "AWS_PAGER", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "PATH"])
def test_what_says_how_the_caller_works_is_kept(name: str):
    """A company's proxy and its certificates are no identity."""
    assert exec_environment.of(GIVEN, {name: "theirs"})[name] == "theirs"


def test_the_region_is_the_resources_and_the_endpoint_is_named_for_it():
    """A region that nobody knows leaves the caller's; an endpoint is only what is meant for these programs."""
    own = {"AWS_REGION": "eu-west-1", "DAYPASS_AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}
    given, unknown = exec_environment.of(GIVEN, own), exec_environment.of({**GIVEN, "Region": ""}, own)

    assert (given["AWS_REGION"], given["AWS_DEFAULT_REGION"]) == ("cn-north-1", "cn-north-1")
    assert (unknown["AWS_REGION"], unknown["AWS_ENDPOINT_URL"]) == ("eu-west-1", "http://127.0.0.1:4566")


def test_the_exit_code_of_a_program_is_passed_on(ann, granted):
    """And its own options are its own."""
    assert ann("exec", granted(), "--", sys.executable, "-c", "raise SystemExit(17)").code == 17


def test_a_program_that_is_not_there_is_named(ann, granted):
    """With the exit code a shell would give."""
    ran = ann("exec", granted(), "--", "no-such-program")

    assert (ran.code, ran.err) == (127, "There is no program “no-such-program”.\n")


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
