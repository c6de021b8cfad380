"""
The SDK's clients: one session, one client for each service and region, made under a lock and shared by all threads.

Making a first client takes 0.1 s and a further one 6 ms, calling one is thread-safe; so they are kept. Where AWS is
can be set by the SDK's own variables (AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, ...) or by `endpoint`.

Each attempt to send a write asks the fence that it is under (ports/fence), however the SDK came to make it; so no
delivery can forget to, and no attempt lasts longer than a claim allows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import boto3
import botocore.session
from botocore.client import BaseClient
from botocore.config import Config
from botocore.configprovider import ConfiguredEndpointProvider
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError

from daypass.model.errors import DaypassError
from daypass.ports.fence import CONNECT_S, READ_S, TRIES, ask_fence, read_under_fence, tell_fence

if TYPE_CHECKING:
    from types_boto3_iam import IAMClient
    from types_boto3_s3 import S3Client
    from types_boto3_sts import STSClient

_READS = ("Get", "List", "Head", "Describe", "Simulate", "AssumeRole")
"""How the names of calls begin that change nothing. Every other one is a write, and asks its fence."""
_NEVER_SENT = (ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError)
"""Failures after which AWS cannot have got the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsCredentials:
    """Credentials that a client signs with instead of those the SDK finds by itself."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


class Clients:
    """Every client there is. Safe to share between threads; importing or making it calls nobody."""

    def __init__(
        self,
        *,
        region: str | None = None,
        endpoint: str | None = None,
        keys: AwsCredentials | None = None,
        connections: int = 64,
        tries: int = TRIES,
    ) -> None:
        """
        Take what the SDK does not find out by itself.

        `connections` is how many calls one client may have in flight; make it the number of worker threads. `tries` is
        how often each is sent.
        """
        core = botocore.session.Session()
        if region:
            core.set_config_variable("region", region)
        self._core = core
        self._session = boto3.session.Session(botocore_session=core)
        self._endpoint = endpoint
        self._keys = keys
        self._connections = connections
        self._tries = tries
        self._made: dict[tuple[str, str | None], BaseClient] = {}
        self._lock = Lock()
        self._sending: Callable[[], None] = lambda: None
        self._answered: Callable[[Mapping[str, str]], None] = lambda _: None

    def listen(self, *, sending: Callable[[], None], answered: Callable[[Mapping[str, str]], None]) -> None:
        """Tell somebody of each attempt that is sent, and the headers of each answer."""
        self._sending, self._answered = sending, answered

    @property
    def region(self) -> str:
        """Where calls go when nothing else is said; `us-east-1` when the SDK knows none."""
        return self._session.region_name or "us-east-1"

    @property
    def iam(self) -> "IAMClient":
        """Speak to IAM, which has no regions."""
        client: IAMClient = self._kept("iam", None)
        return client

    @property
    def sts(self) -> "STSClient":
        """Speak to STS of our own region; the global endpoint's tokens are not valid everywhere."""
        client: STSClient = self._kept("sts", None)
        return client

    def s3(self, region: str | None = None) -> "S3Client":
        """Speak to S3 of a region as Daypass itself."""
        client: S3Client = self._kept("s3", region)
        return client

    def s3_as(self, keys: AwsCredentials, region: str) -> "S3Client":
        """Speak to, or sign for, S3 of a region as somebody else. Not kept: the keys are forgotten with the client."""
        client: S3Client = self._make("s3", region, keys)
        return client

    def partition(self, region: str) -> str:
        """`aws`, `aws-cn`, `aws-us-gov`, ...; `aws` for a region that the SDK has never heard of."""
        try:
            return str(self._core.get_partition_for_region(region))
        except botocore.exceptions.UnknownRegionError:
            return "aws"

    def _kept(self, service: str, region: str | None) -> Any:
        with self._lock:
            if (service, region) not in self._made:
                self._made[service, region] = self._make(service, region, self._keys)
            return self._made[service, region]

    def _make(self, service: str, region: str | None, keys: AwsCredentials | None) -> Any:
        client = self._session.client(  # type: ignore[call-overload] # the overloads want a literal for each service
            service,
            region_name=region or self.region,
            endpoint_url=self._endpoint,
            aws_access_key_id=keys and keys.access_key_id,
            aws_secret_access_key=keys and keys.secret_access_key,
            aws_session_token=keys and keys.session_token,
            config=self._config(service),
        )
        client.meta.events.register_last("before-send", self._before_send)
        client.meta.events.register("response-received", self._received)
        return client

    def _config(self, service: str) -> Config:
        """Options of one client. Without `s3v4` the SDK still signs S3 URLs with Signature V2 in old regions."""
        return Config(
            signature_version="s3v4" if service == "s3" else "v4",
            retries={"mode": "standard", "total_max_attempts": self._tries},
            max_pool_connections=self._connections,
            connect_timeout=CONNECT_S,
            read_timeout=READ_S,
            s3={"addressing_style": self._addressing(), "us_east_1_regional_endpoint": "regional"},
            user_agent_extra="daypass",
        )

    def _addressing(self) -> Literal["path", "virtual"]:
        """Buckets are host names at AWS, whose hosts are regional then, and stand in the path anywhere else."""
        return "path" if self._endpoint or self._endpoint_by_sdk() else "virtual"

    def _endpoint_by_sdk(self) -> str | None:
        if self._core.get_config_variable("ignore_configured_endpoint_urls"):
            return None
        configured = ConfiguredEndpointProvider(
            full_config=self._core.full_config, scoped_config=self._core.get_scoped_config(), client_name="s3"
        )
        found: str | None = configured.provide()
        return found

    def _before_send(self, event_name: str, **_: Any) -> None:
        """Ask whether the attempt may be sent: the last thing before it is."""
        call = _call(event_name)
        if _is_write(call):
            ask_fence(call)
        else:
            read_under_fence()
        self._sending()

    def _received(
        self, event_name: str, exception: Exception | None, response_dict: Mapping[str, Any] | None, **_: Any
    ) -> None:
        """Tell what became of an attempt. A refusal is an answer; a connection that broke is not."""
        call = _call(event_name)
        if _is_write(call) and not isinstance(exception, (DaypassError, AssertionError)):  # those are the fence's own
            tell_fence(call, settled=exception is None or isinstance(exception, _NEVER_SENT))
        if response_dict is not None:
            self._answered(response_dict["headers"])


def _call(event_name: str) -> str:
    """`iam:PutUserPolicy` out of `before-send.iam.PutUserPolicy`."""
    _, service, operation = event_name.split(".")
    return f"{service}:{operation}"


def _is_write(call: str) -> bool:
    return not call.partition(":")[2].startswith(_READS)
