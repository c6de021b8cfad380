"""The servers as pytest fixtures: started when a test first asks, one of each kind a test process, ended with it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.servers.browser import chromium_browser
from tests.servers.ceph import Ceph
from tests.servers.ministack import MiniStack
from tests.servers.pgbouncer import PgBouncer
from tests.servers.postgres import Postgres
from tests.servers.process import SERVERS, needed

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    """Yield a MiniStack that enforces IAM; it lives as long as this test process."""
    server = MiniStack(tmp_path_factory.mktemp("ministack"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def ceph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ceph]:
    """Yield a Ceph radosgw that enforces IAM for S3; it lives as long as this test process."""
    server = Ceph(tmp_path_factory.mktemp("ceph"))
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(params=["ministack", "ceph"])
def aws(request: pytest.FixtureRequest) -> MiniStack | Ceph:
    """Return each AWS in turn: a test that asks for this runs once on every one."""
    server: MiniStack | Ceph = request.getfixturevalue(request.param)
    return server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """Yield a PostgreSQL server; it lives as long as this test process."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """Yield the SQLAlchemy URL of an empty PostgreSQL database of this test's own."""
    url = postgres.fresh_database()
    yield url
    postgres.drop(url)


@pytest.fixture(scope="session")
def pgbouncer(postgres: Postgres) -> Iterator[PgBouncer]:
    """Yield a PgBouncer in transaction mode before it."""
    pooler = PgBouncer(postgres.url())
    try:
        pooler.start()
        yield pooler
    finally:
        pooler.close()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the SQLAlchemy URL of a SQLite file of this test's own, not made yet."""
    return f"sqlite:///{tmp_path / 'daypass.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Return the URL of an empty database of each kind in turn: a test that asks for this runs on both."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def aws_cli() -> Path:
    """Return the path of the real `aws` command."""
    return needed(SERVERS / "awscli/bin/aws")


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """
    Yield a headless Chromium under Playwright, for one module.

    Not for longer: while Playwright runs, this thread has an event loop, and no other test could start its own.
    """
    with chromium_browser() as browser:
        yield browser
