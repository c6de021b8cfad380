"""AWS credentials of one person under test, and the ways they are used: boto3, or the real `aws` command."""

from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import boto3
from botocore.config import Config

REGION = "us-east-1"
_making = Lock()
"""Using a client is thread-safe, making one is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """An access key and its secret at one server; with a token when they belong to a session."""

    endpoint: str
    access_key: str
    secret_key: str
    token: str | None = None
    arn: str | None = None
    user_name: str | None = None
    """What IAM's UserName parameter must say for this person; on Ceph the account stands before it."""

    def boto3(self) -> dict[str, Any]:
        """Return the keyword arguments that make a boto3 client or session speak with these keys."""
        return {
            "endpoint_url": self.endpoint,
            "region_name": REGION,
            "aws_access_key_id": self.access_key,
            "aws_secret_access_key": self.secret_key,
            "aws_session_token": self.token,
        }

    def client(self, service: str) -> Any:  # boto3 makes a client's methods at run time
        """Return a boto3 client for one service that tries once, signs with V4 and puts the bucket in the path."""
        config = Config(
            retries={"total_max_attempts": 1},
            signature_version="s3v4" if service == "s3" else "v4",
            s3={"addressing_style": "path"},
        )
        with _making:
            return _session().client(service, config=config, **self.boto3())

    def environment(self) -> dict[str, str]:
        """Return the environment variables that make the `aws` command, or any SDK, speak with these keys."""
        variables = {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        return variables | ({"AWS_SESSION_TOKEN": self.token} if self.token else {})


@cache
def _session() -> Any:
    """One for all, because a session's first client of a service takes 0.1 s and the others 6 ms."""
    return boto3.Session()
