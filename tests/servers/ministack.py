"""
MiniStack with IAM enforcement: the embedded AWS of the demo, here under a clock that tests may move.

It enforces dates, conditions and session policies on the wire and is ready in half a second. Its root is any
access key of twelve digits, so every person under test gets an IAM user of their own.
"""

import sys
import urllib.error
import urllib.request
from pathlib import Path
from subprocess import Popen

from tests.servers.clock import Clock
from tests.servers.keys import Keys
from tests.servers.process import await_ready, free_port, kill, needed, start, stop

ACCOUNT = "123456789012"


class MiniStack:
    """One MiniStack process that can be stopped and started again on the same port; what it held is then gone."""

    account = ACCOUNT

    def __init__(self, directory: Path) -> None:
        """Choose a port and keep the log, the clock and the objects in this directory."""
        self._directory = directory
        self._port = free_port()
        self._process: Popen[bytes] | None = None
        self.endpoint = f"http://127.0.0.1:{self._port}"
        self.log = directory / "ministack.log"
        self.clock = Clock(directory / "clock")

    def start(self) -> None:
        """Start the server and return when it answers."""
        command = [needed(Path(sys.executable).with_name("ministack"))]
        self._process = start(command, environment=self._environment(), log=self.log)
        await_ready(self._process, self._healthy, self.log)

    def stop(self) -> None:
        """End the server; its address then refuses connections, as AWS does when the network is down."""
        if self._process is not None:
            stop(self._process)
            self._process = None

    def kill(self) -> None:
        """End the server as a power cut would."""
        if self._process is not None:
            kill(self._process)
            self._process = None

    def root(self, account: str = ACCOUNT) -> Keys:
        """Return the credential of an account's root, who may do everything."""
        return Keys(endpoint=self.endpoint, access_key=account, secret_key="root")

    def create_user(self, name: str) -> Keys:
        """Make an IAM user with no permissions and return its keys."""
        iam = self.root().client("iam")
        arn = iam.create_user(UserName=name)["User"]["Arn"]
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return Keys(
            endpoint=self.endpoint,
            access_key=made["AccessKeyId"],
            secret_key=made["SecretAccessKey"],
            arn=arn,
            user_name=name,
        )

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint}/_ministack/health", timeout=2) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def _environment(self) -> dict[str, str]:
        return self.clock.environment | {
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",  # or it listens on every address, on port 8883
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._port),
            "DOCKER_HOST": "unix:///nonexistent",
            "HOME": str(self._directory),
            "TMPDIR": str(self._directory),
            "S3_DATA_DIR": str(self._directory / "s3"),
        }
