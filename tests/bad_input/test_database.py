"""A database that is gone: nothing is done, nothing is lost, and everybody is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bad_input.firm import ALICE, REPORTS, Firm, run
from tests.bad_input.page import says
from tests.servers.postgres import Postgres
from tests.servers.process import free_port

STOPPED = "PostgreSQL is stopped"


@pytest.fixture
def firm_on_postgres(postgres: Postgres, tmp_path: Path) -> Iterator[Firm]:
    """Open a firm whose Daypass keeps its memory in PostgreSQL."""
    url = postgres.fresh_database()
    with Firm(tmp_path, settings={"DAYPASS_STORE_URL": url}) as firm:
        yield firm
    postgres.drop(url)


def test_a_database_that_stops_is_said_at_every_door(firm_on_postgres: Firm, postgres: Postgres) -> None:
    """Slack, command line, API, browser, doctor and log; afterwards what was asked before is still there."""
    firm = firm_on_postgres
    firm.logs_in(ALICE)
    firm.types(ALICE, REPORTS)
    names = firm.names | {postgres.url().split("@")[1].split("/")[0].split(":")[1]: "5432"}
    postgres.stop()
    try:
        says(STOPPED, "Slack", firm.types(ALICE, REPORTS))
        says(STOPPED, "command line", firm.runs(ALICE, "ls").err)
        status, answer = firm.posts("/v1/login/device", {"client": "laptop"})
        says(STOPPED, f"API, {status}", answer["detail"])
        status, page = firm.gets("/l/any-link")
        says(STOPPED, f"browser, {status}", page)
        says(STOPPED, "doctor", firm.finding(), names)
        says(STOPPED, "log", firm.logged("round failed"), names)
        started = run("serve", environ=firm.environ() | {"DAYPASS_SERVICE_PORT": str(free_port())})
        says(STOPPED, "start", started.err, names)
    finally:
        postgres.start()

    assert "INC-42" in firm.question("INC-42").visible_text
    assert "acme-reports/2026/" in firm.runs(ALICE, "ls").out
    assert "You asked for this" in firm.types(ALICE, REPORTS)


def test_a_folder_that_is_missing_is_asked_for(firm: Firm) -> None:
    """A disk that is not mounted, or a mistake in the path."""
    lost = firm.environ() | {"DAYPASS_STORE_URL": f"sqlite:///{firm.directory}/gone/daypass.db"}
    lost |= {"DAYPASS_SERVICE_PORT": str(free_port())}

    says("the SQLite file's folder is missing", "start", run("serve", environ=lost).err, firm.names)
    found = firm.doctor(DAYPASS_STORE_URL=lost["DAYPASS_STORE_URL"])
    says("the SQLite file's folder is missing", "doctor", found[0], firm.names)


def test_a_file_that_is_no_database_is_not_written_over(firm: Firm) -> None:
    """It is left as it was, for whoever knows what it is."""
    file = firm.directory / "other.db"
    file.write_bytes(b"this is no database" * 100)
    broken = firm.environ() | {"DAYPASS_STORE_URL": f"sqlite:///{file}", "DAYPASS_SERVICE_PORT": str(free_port())}

    says("the SQLite file is no database", "start", run("serve", environ=broken).err)
    assert file.read_bytes() == b"this is no database" * 100


def test_another_kind_of_database_is_refused(firm: Firm) -> None:
    """With what there is."""
    says("another kind of database", "doctor", firm.doctor(DAYPASS_STORE_URL="mysql://db.example.com/daypass")[0])
