"""
The partitions of AWS, each with hosts of its own: commercial, China, GovCloud, the European Sovereign Cloud.

Nothing about them is written here: the SDK's own data says which suffix a partition has, and where people sign in.

    s3.eusc-de-east-1.amazonaws.eu                     `suffix`, as in kms:ViaService
    eusc-de-east-1.signin.amazonaws-eusc.eu            `sign_in`; the console stands beside it
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.endpoint_provider import EndpointProvider
from botocore.loaders import Loader, create_loader


@cache
def suffix(partition: str) -> str:
    """The DNS suffix of AWS's services in a partition. Raises ValueError for one that the SDK does not know."""
    for known in _partitions()["partitions"]:
        if known["id"] == partition:
            return str(known["outputs"]["dnsSuffix"])
    raise ValueError(f"AWS has no partition “{partition}”")


def sign_in(region: str) -> str:
    """The federation endpoint that changes credentials into a console session, for a region."""
    return f"https://{_sign_in_host(region)}/federation"


def console(region: str) -> str:
    """Where such a session lands."""
    return f"https://{_sign_in_host(region).replace('signin.', 'console.', 1)}"


@cache
def _sign_in_host(region: str) -> str:
    """The commercial partition has one for all its regions; every other one is asked where its region is."""
    rules = _loader().load_service_model("signin", "endpoint-rule-set-1")
    provider = EndpointProvider(rules, _partitions())
    url: str = provider.resolve_endpoint(Region=region, UseDualStack=False, UseFIPS=False).url
    host = url.removeprefix("https://")
    return host.removeprefix(f"{region}.") if host.endswith(".aws.amazon.com") else host


@cache
def _partitions() -> Mapping[str, Any]:
    read: Mapping[str, Any] = _loader().load_data("partitions")
    return read


@cache
def _loader() -> Loader:
    return create_loader()
