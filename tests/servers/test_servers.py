"""Each server that the tests stand on really starts, and really enforces what we lean on it for."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import sqlalchemy
from botocore.exceptions import ClientError, EndpointConnectionError
from playwright.sync_api import Browser

from tests.servers.ceph import Ceph
from tests.servers.keys import Keys
from tests.servers.listeners import beyond_this_machine
from tests.servers.ministack import MiniStack
from tests.servers.pgbouncer import PgBouncer
from tests.servers.postgres import Postgres
from tests.servers.process import listening

Aws = MiniStack | Ceph
KEY = "report.txt"


def dated_policy(bucket: str, ends: datetime) -> str:
    """Return a policy that lets its holder read the bucket's objects until the date."""
    statement = {
        "Effect": "Allow",
        "Action": ["s3:GetObject"],
        "Resource": [f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"DateLessThan": {"aws:CurrentTime": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def may_read(keys: Keys, bucket: str) -> bool:
    """Tell whether the server lets these keys read the object; only a 403 counts as a denial."""
    try:
        keys.client("s3").get_object(Bucket=bucket, Key=KEY)
    except ClientError as refusal:
        if refusal.response["ResponseMetadata"]["HTTPStatusCode"] != 403:
            raise
        return False
    return True


@pytest.fixture
def bucket(aws: Aws) -> str:
    """Return a bucket of this test's own with one object in it."""
    name = f"acme-{uuid4().hex[:8]}"
    s3 = aws.root().client("s3")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key=KEY, Body=b"figures")
    return name


@pytest.fixture
def alice(aws: Aws) -> Keys:
    """Return the keys of a person who may do nothing yet."""
    return aws.create_user(f"alice-{uuid4().hex[:8]}")


def allow_until(aws: Aws, person: Keys, bucket: str, ends: datetime) -> None:
    """Put the dated policy on the person."""
    iam = aws.root().client("iam")
    iam.put_user_policy(UserName=person.user_name, PolicyName="dated", PolicyDocument=dated_policy(bucket, ends))


def test_a_person_without_a_policy_is_denied(alice: Keys, bucket: str) -> None:
    """A user who was given nothing may not read the object."""
    assert not may_read(alice, bucket)


def test_a_dated_policy_flips_at_its_date(aws: Aws, alice: Keys, bucket: str) -> None:
    """The server itself allows before the date and denies from the second after it."""
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
    allow_until(aws, alice, bucket, ends)
    with aws.clock.at(ends - timedelta(seconds=30)):
        before = may_read(alice, bucket)
    with aws.clock.at(ends + timedelta(seconds=1)):
        after = may_read(alice, bucket)

    assert (before, after) == (True, False)


def test_an_unmoved_clock_is_real_time(aws: Aws, alice: Keys, bucket: str) -> None:
    """A date a few seconds off is kept to the second, on the clock on the wall."""
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=4)
    allow_until(aws, alice, bucket, ends)
    asked = datetime.now(UTC)
    while may_read(alice, bucket):
        asked = datetime.now(UTC)
    answered = datetime.now(UTC)

    assert asked < ends + timedelta(seconds=1)  # nobody who asked a second after the date was let in
    assert answered >= ends


def test_a_year_passes_when_the_clock_is_moved(aws: Aws, alice: Keys, bucket: str) -> None:
    """A policy that ends in a year allows now, denies a year ahead, and allows again when the clock is put back."""
    allow_until(aws, alice, bucket, datetime.now(UTC) + timedelta(days=365))
    today = may_read(alice, bucket)
    with aws.clock.ahead(timedelta(days=366)):
        in_a_year = may_read(alice, bucket)

    assert (today, in_a_year, may_read(alice, bucket)) == (True, False, True)


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[MiniStack]:
    """Yield a MiniStack of this test's own, for tests that stop it."""
    server = MiniStack(tmp_path)
    server.start()
    yield server
    server.stop()


def test_a_stopped_aws_refuses_connections_and_comes_back(lonely: MiniStack) -> None:
    """Stopping makes the address dead; starting makes the same address live."""
    root = lonely.root()
    lonely.stop()
    with pytest.raises(EndpointConnectionError):
        root.client("sts").get_caller_identity()
    lonely.start()

    assert root.client("sts").get_caller_identity()["Account"] == lonely.account


def test_a_restarted_gateway_keeps_what_it_held(ceph: Ceph) -> None:
    """Ceph's objects live behind the gateway, so that stopping it is an outage and not a loss."""
    name = f"acme-{uuid4().hex[:8]}"
    ceph.root().client("s3").create_bucket(Bucket=name)
    ceph.stop()
    ceph.start()

    assert ceph.root().client("s3").head_bucket(Bucket=name)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_the_aws_command_reads_with_a_persons_keys(aws: Aws, aws_cli: Path, bucket: str) -> None:
    """The real command line speaks with either server."""
    command = [str(aws_cli), "s3", "cp", f"s3://{bucket}/{KEY}", "-"]
    done = subprocess.run(command, env=aws.root().environment(), capture_output=True, timeout=60, check=False)

    assert (done.stdout, done.returncode) == (b"figures", 0), done.stderr


def test_each_database_is_empty_and_works(database_url: str) -> None:
    """A test's database holds no tables of anyone else's and takes one."""
    engine = sqlalchemy.create_engine(database_url)
    found = sqlalchemy.inspect(engine).get_table_names()
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE grants (id TEXT)"))
    made = sqlalchemy.inspect(engine).get_table_names()
    engine.dispose()

    assert (found, made) == ([], ["grants"])


def test_postgres_survives_being_stopped(postgres: Postgres, postgres_url: str) -> None:
    """PostgreSQL keeps its databases over a stop, as an outage does."""
    postgres.stop()
    postgres.start()

    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_chromium_draws_a_page_and_clicks(chromium: Browser) -> None:
    """The browser runs a page's script, answers a click and has a font to draw with."""
    page = chromium.new_page()
    page.set_content("<button onclick=\"this.textContent='Approved'\">Approve</button>")
    page.get_by_role("button").click()
    width = page.get_by_role("button").evaluate("button => button.getBoundingClientRect().width")
    text = page.get_by_role("button").text_content()
    page.close()

    assert text == "Approved"
    assert width > 50


def test_a_server_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    """Nothing is left listening when a test process is killed."""
    program = (
        "import sys, time, pathlib; from tests.servers.ministack import MiniStack;"
        "server = MiniStack(pathlib.Path(sys.argv[1])); server.start();"
        "print(server.endpoint.rpartition(':')[2], flush=True); time.sleep(60)"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", program, tmp_path], cwd=root, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        port = int(child.stdout.readline())
        was_listening = listening(port)
        child.kill()
    time.sleep(0.5)

    assert (was_listening, listening(port)) == (True, False)


def test_nothing_that_is_started_listens_beyond_this_machine(
    ministack: MiniStack, ceph: Ceph, pgbouncer: PgBouncer, chromium: Browser
) -> None:
    """By the operating system's tables, and not by what a server was told; and these would show it."""
    assert beyond_this_machine() == set()

    with socket.create_server(("0.0.0.0", 0)) as open_to_all:  # noqa: S104 - for a moment, to see it found
        assert beyond_this_machine() == {f"0.0.0.0:{open_to_all.getsockname()[1]}"}
