"""
Amazon Resource Names, made and read.

    arn:aws:s3:::acme-reports/2026/*        partition `aws`, service `s3`, no region, no account, then the resource

The partition is `aws` nearly everywhere, `aws-cn` in China, `aws-us-gov` in GovCloud, `aws-eusc` in
the European Sovereign Cloud; it is never assumed.
"""

_PARTS = 6


def partition_of(arn: str) -> str:
    """Read the partition. Raises ValueError for what is no ARN."""
    return _split(arn)[1]


def account_of(arn: str) -> str:
    """Read the twelve digits of the account; empty where the service has none in its ARNs."""
    return _split(arn)[4]


def name_of(arn: str) -> str:
    """Read the last word of the resource: a user's, role's or policy's name without its path."""
    return _split(arn)[5].rpartition("/")[2]


def managed_policy_arn(owner: str, path: str, name: str) -> str:
    """Name a customer managed policy in the account (and partition) of an ARN."""
    return f"arn:{partition_of(owner)}:iam::{account_of(owner)}:policy{path}{name}"


def _split(arn: str) -> list[str]:
    parts = arn.split(":", _PARTS - 1)
    if len(parts) != _PARTS or parts[0] != "arn":
        raise ValueError(f"“{arn}” is not an ARN")
    return parts
