"""
PgBouncer in its transaction mode, before a PostgreSQL of the tests: each transaction may have another connection.

Like PostgreSQL it refuses to run as root, so a root user's tests run it as `nobody`, from a copy that it can reach.
"""

import os
import shutil
import tempfile
from pathlib import Path
from subprocess import Popen

from sqlalchemy import make_url

from tests.servers.postgres import NOBODY, as_nobody
from tests.servers.process import SERVERS, await_ready, free_port, listening, needed, start, stop

_UNPACKED = SERVERS / "pgbouncer"
CONNECTIONS = 4
"""To PostgreSQL, for however many clients: fewer than those, so that they share."""


class PgBouncer:
    """One PgBouncer process."""

    def __init__(self, postgres_url: str) -> None:
        """Choose a port; what it stands before is the server of this address."""
        self._directory = Path(tempfile.mkdtemp(prefix="daypass-pgbouncer-"))
        self._server = make_url(postgres_url)
        self._port = free_port()
        self._process: Popen[bytes] | None = None
        self.log = self._directory / "log"

    def start(self) -> None:
        """Start it, and return when it answers."""
        program = Path(shutil.copy2(needed(_UNPACKED / "usr/sbin/pgbouncer"), self._directory))
        libraries = shutil.copytree(_UNPACKED / "usr/lib", self._directory / "lib")
        settings = self._directory / "pgbouncer.ini"
        settings.write_text(self._settings(), encoding="utf-8")
        (self._directory / "users").write_text('"postgres" ""\n', encoding="utf-8")
        if os.geteuid() == 0:
            os.chown(self._directory, NOBODY, NOBODY)
        places = ":".join(str(folder) for folder in Path(libraries).iterdir() if folder.is_dir())
        environment = {"LD_LIBRARY_PATH": places}
        self._process = start([*as_nobody(), str(program), str(settings)], environment=environment, log=self.log)
        await_ready(self._process, lambda: listening(self._port), self.log)

    def close(self) -> None:
        """End it, and remove what it wrote."""
        if self._process is not None:
            stop(self._process)
            self._process = None
        shutil.rmtree(self._directory)

    def url(self, database_url: str) -> str:
        """Return the address of a database as it is reached through here."""
        through = make_url(database_url).set(port=self._port)
        return through.render_as_string(hide_password=False)

    def _settings(self) -> str:
        lines = [
            "[databases]",
            f"* = host={self._server.host} port={self._server.port}",
            "[pgbouncer]",
            "listen_addr = 127.0.0.1",
            f"listen_port = {self._port}",
            "unix_socket_dir =",
            "auth_type = trust",
            f"auth_file = {self._directory / 'users'}",
            "pool_mode = transaction",
            f"default_pool_size = {CONNECTIONS}",
            "max_client_conn = 500",
        ]
        return "\n".join([*lines, ""])
