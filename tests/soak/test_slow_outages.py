"""Slower attacks by outage: a Slack that is down or answers oddly, a full disk, keys that are not where they were."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.checkout import RUNS_ON, Checkout
from tests.attacks.site import ALICE, BOB, Site, wait_for
from tests.servers.ministack import MiniStack
from tests.servers.process import start, stop

_FULL_DISK = 'exec "$@" >/dev/full 2>&1'
_PIPE = 'mkfifo "$0/pipe"; cat "$0/pipe" >"$0/read" & echo $! >"$0/reader.pid"; exec "$@" >"$0/pipe" 2>&1'


@pytest.mark.parametrize("log_to", [_FULL_DISK, _PIPE], ids=["a full disk", "a pipe that nobody reads"])
def test_f03_a_log_that_cannot_be_written_stops_nothing(make_site, log_to: str):
    """Every line of the log fails: what is approved still becomes active."""
    site: Site = make_site(log_to=log_to, must_start=False)
    assert site.health(), "the service does not start where its log cannot be written"
    for who in (ALICE, BOB):
        site.token(who)
    if log_to == _PIPE:
        os.kill(int((site.directory / "reader.pid").read_text()), signal.SIGKILL)
    for _ in range(2):
        grant = site.ask(ALICE, delivery="session", resource="acme-shared/2026/")
        site.approve(BOB, grant)
        started = time.monotonic()
        while site.state(ALICE, grant) != "active":
            assert time.monotonic() - started < 15, f"approved, and nothing moves; /healthz answers {site.health()}"
            time.sleep(0.2)


@pytest.fixture(scope="module")
def stopped(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Yield a company whose service has run and has ended; its database holds a history."""
    aws = MiniStack(tmp_path_factory.mktemp("aws"))
    aws.start()
    with Site(tmp_path_factory.mktemp("site"), checkout, aws=aws) as site:
        site.live(ALICE, delivery="session", resource="acme-tiny/2026/")
        site.export()
        site.end()
        yield site
    aws.stop()


def test_f08_a_key_that_is_a_dangling_link_is_refused_in_a_sentence(stopped: Site):
    """The key's file is a link to nowhere: the service says so and ends."""
    link = stopped.directory / "dangling.key"
    link.symlink_to(stopped.directory / "nowhere.key")
    ran = stopped.operator("serve", DAYPASS_JOURNAL_KEY_FILE=str(link))

    assert ran.code not in {0, RUNS_ON}
    assert "nobody foresaw" not in ran.said, f"a dangling link ends in endless recursion: {ran.said[-200:]}"


def test_f08_a_missing_key_beside_an_old_database_is_not_made_anew(stopped: Site):
    """The database has a journal and the key is gone: no new key is written in its place."""
    elsewhere = stopped.directory / "lost.key"
    stopped.operator("serve", DAYPASS_JOURNAL_KEY_FILE=str(elsewhere))

    assert not elsewhere.exists(), "a new key was written beside the old journal"


def test_f08_a_worker_with_another_key_does_not_run(stopped: Site, tmp_path: Path):
    """`daypass work` whose key did not sign this journal refuses to start."""
    other = stopped.environ(DAYPASS_JOURNAL_KEY_FILE=str(_another_key(stopped, tmp_path / "key")))
    ran = stopped.checkout.run("work", environ=other, within_s=20)

    assert ran.code not in {0, RUNS_ON}, "a worker runs on with a key that did not sign this journal"


def _another_key(site: Site, file: Path) -> Path:
    """Let the service make a key of its own beside a new database."""
    database = f"sqlite:///{file.parent / 'another.db'}"
    process = start(
        site.checkout.command("serve"),
        environment=site.environ(DAYPASS_STORE_URL=database, DAYPASS_JOURNAL_KEY_FILE=str(file)),
        log=file.parent / "log",
    )
    wait_for(file.exists, what="the other key")
    stop(process, patience=5)
    return file
