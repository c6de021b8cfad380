"""What it means to name a service of AWS: by a type of its own, by the prefix of an action, by the module of a kind."""

import re

TYPE = re.compile(r"\b(?:S3[A-Z]\w+|Iam[A-Z]\w+|Sts[A-Z]\w+|Bucket\w*|RoleArn\w*)\b")
ACTION = re.compile(r"[\"'](?:s3|iam|sts|sso|kms|lambda|ec2|rds|dynamodb|secretsmanager|identitystore):[A-Z*]")
KIND = re.compile(r"^ *from daypass\.resources(?:\.(?!kind\b|registry\b)\w+)? import", re.MULTILINE)
MAY_NAME_SERVICES = ("resources", "aws", "deliveries/link", "cloudtrail", "evidence", "anchors", "demo")
"""Folders, and one module, whose subject is a service; see the architecture."""


def names_a_service(path: str, text: str) -> bool:
    """Whether a module, by its path below the source, names a service where none should be named."""
    return not path.startswith(MAY_NAME_SERVICES) and any(one.search(text) for one in (TYPE, ACTION, KIND))
