"""
Ceph's radosgw: an S3, IAM and STS that enforces policies and their dates by a code base that is neither AWS's nor ours.

One monitor, one object store in memory and one gateway, unpacked from Debian's packages and run from there. Traps
that this page knows: authentication between the daemons must be on, or the gateway hangs; without `tcp_nodelay` every
call takes 45 ms; a user owns the buckets it makes, so tests look with another user. Only the gateway judges policies,
so only its clock moves; the daemons behind it would throw each other's keys away.
"""

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import Popen

from tests.servers.clock import Clock
from tests.servers.keys import Keys
from tests.servers.process import (
    SERVERS,
    ServerFailedError,
    await_ready,
    free_port,
    kill,
    listening,
    needed,
    start,
    stop,
)

ACCOUNT = "123456789012"
_REAL_TIME: Mapping[str, str] = {}
_MON_COMMAND = Path(__file__).with_name("mon_command.py")


class Ceph:
    """One radosgw with its own one-node cluster; stopped and started again it still holds what it held."""

    account = ACCOUNT

    def __init__(self, directory: Path) -> None:
        """Choose ports and keep everything in this directory."""
        self._directory = directory
        self._port = free_port()
        self._mon_port = free_port()
        self._daemons: list[Popen[bytes]] = []
        self._gateway: Popen[bytes] | None = None
        self._root: Keys | None = None
        self._installed = SERVERS / "ceph"
        self.endpoint = f"http://127.0.0.1:{self._port}"
        self.log = directory / "rgw.log"
        self.clock = Clock(directory / "clock")

    def start(self) -> None:
        """Start what does not run and return when the gateway answers."""
        if not self._daemons:
            self._start_cluster()
        if self._gateway is None:
            self._gateway = self._spawn("radosgw", "-f", "-n", "client.rgw", clock=self.clock.environment)
            await_ready(self._gateway, lambda: listening(self._port), self.log)

    def stop(self) -> None:
        """
        End the gateway; the cluster behind it, and all it holds, stays until `close`.

        It is asked, not killed: the cluster waits 30 seconds for a gateway that vanished before it lets another write.
        """
        if self._gateway is not None:
            stop(self._gateway, patience=30)
            self._gateway = None

    def close(self) -> None:
        """End everything; nothing that this server held remains."""
        for daemon in (self._gateway, *reversed(self._daemons)):
            if daemon is not None:
                kill(daemon)
        self._gateway = None
        self._daemons.clear()
        shutil.rmtree(self._directory, ignore_errors=True)

    def root(self) -> Keys:
        """Return the credential of an administrator who may manage users, roles and policies and use every bucket."""
        if self._root is None:
            caps = "roles=*;user-policy=*;users=*;oidc-provider=*"
            self._root = self.create_user("daypass-admin", admin_caps=caps, admin=True)
        return self._root

    def create_user(self, name: str, *, admin_caps: str | None = None, admin: bool = False) -> Keys:
        """Make a user in the account and return its keys; `admin_caps` as in `roles=*;user-policy=*`."""
        words = ["user", "create", f"--tenant={ACCOUNT}", f"--uid={name}", f"--display-name={name}"]
        if admin_caps:
            words.append(f"--caps={admin_caps}")
        if admin:
            words.append("--admin")
        made = json.loads(self._run("radosgw-admin", *words))["keys"][0]
        return Keys(
            endpoint=self.endpoint,
            access_key=made["access_key"],
            secret_key=made["secret_key"],
            arn=f"arn:aws:iam::{ACCOUNT}:user/{name}",
            user_name=f"{ACCOUNT}${name}",
        )

    def _start_cluster(self) -> None:
        self._write_configuration()
        self._make_keyring()
        self._run(
            "monmaptool", "--create", "--clobber", "--fsid", self._fsid, "--addv", "a", self._mon_addresses(), "monmap"
        )
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", "monmap", "--keyring", "keyring")
        self._daemons.append(self._spawn("ceph-mon", "-f", "-i", "a"))
        identity = str(uuid.uuid4())
        self._mon_command({"prefix": "osd new", "uuid": identity})
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", identity)
        self._daemons.append(self._spawn("ceph-osd", "-f", "-i", "0"))

    def _write_configuration(self) -> None:
        self._fsid = str(uuid.uuid4())
        for name in ("mon/a", "osd/0", "log", "run"):
            (self._directory / name).mkdir(parents=True)
        template = Path(__file__).with_name("ceph.conf").read_text()
        values = {
            "FSID": self._fsid,
            "DIRECTORY": str(self._directory),
            "LIBRARIES": str(self._libraries()),
            "PORT": str(self._port),
            "MON_PORT": str(self._mon_port),
        }
        for name, value in values.items():
            template = template.replace(f"@{name}@", value)
        (self._directory / "ceph.conf").write_text(template)

    def _make_keyring(self) -> None:
        everything = ("--cap", "mon", "allow *", "--cap", "osd", "allow *")
        self._run("ceph-authtool", "--create-keyring", "keyring", "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
        for name in ("client.admin", "client.rgw", "osd.0"):
            self._run("ceph-authtool", "keyring", "--gen-key", "-n", name, *everything)

    def _mon_addresses(self) -> str:
        return f"[v2:127.0.0.1:{self._mon_port}/0]"

    def _mon_command(self, command: dict[str, str]) -> None:
        self._execute([sys.executable, _MON_COMMAND, "ceph.conf", json.dumps(command)])

    def _spawn(self, program: str, *words: str, clock: Mapping[str, str] = _REAL_TIME) -> Popen[bytes]:
        return start([self._program(program), *words], environment={**self._environment(), **clock}, log=self.log)

    def _run(self, program: str, *words: str) -> str:
        return self._execute([self._program(program), *words])

    def _execute(self, command: Sequence[str | Path]) -> str:
        done = subprocess.run(
            command,
            env=self._environment(),
            cwd=self._directory,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        if done.returncode != 0:
            message = f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}"
            raise ServerFailedError(message)
        return done.stdout

    def _program(self, name: str) -> Path:
        return needed(self._installed / "usr/bin" / name)

    def _libraries(self) -> Path:
        return next(needed(self._installed).glob("usr/lib/*-linux-gnu"))

    def _environment(self) -> dict[str, str]:
        libraries = self._libraries()
        return {
            "PATH": os.environ["PATH"],
            "LD_LIBRARY_PATH": f"{libraries}:{libraries / 'ceph'}:{self._installed / 'lib' / libraries.name}",
            "CEPH_CONF": str(self._directory / "ceph.conf"),
            "HOME": str(self._directory),
        }
