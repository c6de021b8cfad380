"""
The environment of a program that `daypass exec` runs: the person's own, with AWS's part of it ours as a whole.

AWS's SDKs read dozens of variables that say who one is, where and against which endpoint; more come with each year, and
one that is left over mixes with the grant's credentials (a profile's region, another account's id, a test's endpoint).
So of what begins with AWS_ only what is known to say nothing of the kind is kept; proxies and the like are no AWS_.
"""

from collections.abc import Mapping
from typing import Any

ENDPOINT = "DAYPASS_AWS_ENDPOINT_URL"
"""Where AWS is for what `daypass exec` runs, if it is not AWS itself: a sandbox, a VPC endpoint."""
_KEPT = (
    "AWS_CA_BUNDLE",
    "AWS_CLI_AUTO_PROMPT",
    "AWS_CLI_FILE_ENCODING",
    "AWS_CLI_S3_MV_VALIDATE_SAME_S3_PATHS",
    "AWS_DATA_PATH",
    "AWS_DEFAULTS_MODE",
    "AWS_DEFAULT_OUTPUT",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_MAX_ATTEMPTS",
    "AWS_METADATA_SERVICE_NUM_ATTEMPTS",
    "AWS_METADATA_SERVICE_TIMEOUT",
    "AWS_PAGER",
    "AWS_REQUEST_CHECKSUM_CALCULATION",
    "AWS_RESPONSE_CHECKSUM_VALIDATION",
    "AWS_RETRY_MODE",
    "AWS_SDK_UA_APP_ID",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
)
"""Of the SDKs' settings (sdkref/latest/guide, "Settings reference") those that are no identity, region or endpoint."""
_REGION = ("AWS_REGION", "AWS_DEFAULT_REGION")
_OTHERS = frozenset({"BOTO_CONFIG"})
"""Files with somebody's keys that are not called AWS_."""


def of(credentials: Mapping[str, Any], own: Mapping[str, str]) -> dict[str, str]:
    """Put the grant's credentials and region into somebody's environment, in the place of all that is their own."""
    region = credentials.get("Region")
    regions = dict.fromkeys(_REGION, region) if region else {name: own[name] for name in _REGION if name in own}
    return {
        **{name: value for name, value in own.items() if _is_kept(name)},
        **regions,
        **_endpoint(own.get(ENDPOINT)),
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
        "AWS_CREDENTIAL_EXPIRATION": credentials["Expiration"],
    }


def _is_kept(name: str) -> bool:
    return name in _KEPT or not (name.startswith("AWS_") or name in _OTHERS)


def _endpoint(url: str | None) -> dict[str, str]:
    """Name the endpoint, or keep the SDK from one that a profile in ~/.aws/config names."""
    return {"AWS_ENDPOINT_URL": url} if url else {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
