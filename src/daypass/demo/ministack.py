"""
The embedded AWS: MiniStack, with IAM enforced, on 127.0.0.1 alone.

Its root is any access key of twelve digits, so everybody in the demo gets an IAM user of their own.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from daypass.demo.process import Process, free_port
from daypass.model.errors import Misconfigured

ACCOUNT = "123456789012"
REGION = "us-east-1"


class MiniStack:
    """One embedded AWS; what it holds goes with it."""

    def __init__(self, directory: Path, *, environ: Mapping[str, str] | None = None) -> None:
        """
        Start it with its files in a directory, and with more environment, such as another clock's.

        Raises Misconfigured when it is not installed.
        """
        program = Path(sys.executable).with_name("ministack")
        if not program.exists():
            raise Misconfigured("MiniStack is not installed; it comes with the extra `demo` of Daypass.")
        port = free_port()
        self.endpoint = f"http://127.0.0.1:{port}"
        everything = {
            "PATH": os.environ.get("PATH", ""),
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",  # or it listens on every address, on port 8883
            "MINISTACK_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "DOCKER_HOST": "unix:///nonexistent",
            "HOME": str(directory),
            "TMPDIR": str(directory),
            "S3_DATA_DIR": str(directory / "s3"),
            **(environ or {}),
        }
        self._process = Process("MiniStack", [str(program)], environ=everything, log=directory / "ministack.log")
        self._process.await_answer(f"{self.endpoint}/_ministack/health")

    def end(self) -> None:
        """End it."""
        self._process.end()

    def root(self, service: str) -> Any:
        """A client that may do everything."""
        return client(service, self.endpoint, ACCOUNT, "root")


def client(service: str, endpoint: str, key: str, secret: str, token: str | None = None) -> Any:
    """A client with one set of keys that tries once, signs with V4 and puts the bucket in the path."""
    config = Config(
        retries={"total_max_attempts": 1},
        signature_version="s3v4" if service == "s3" else "v4",
        s3={"addressing_style": "path"},
        connect_timeout=2,
        read_timeout=5,
    )
    make: Any = boto3.client  # the demo stands outside the service, so aws/clients is not for it
    return make(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=config,
    )
