"""
What stands in an AWS before any Daypass comes: buckets, everybody's user and keys, the role of sessions.

And what is asked of it from outside: whether some keys read an object at this second.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.servers.keys import Keys
from tests.servers.ministack import ACCOUNT, MiniStack

BROKER = f"arn:aws:iam::{ACCOUNT}:role/daypass-broker"
REPORTS, KEY = "acme-reports", "2026/q1.csv"
_EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


@dataclass(frozen=True)
class Account:
    """What stands in an AWS before any Daypass comes: buckets, everybody's user, the role of sessions."""

    keys: dict[str, Keys]
    own: Keys


_accounts: dict[str, Account] = {}


def account(aws: MiniStack, people: Mapping[str, str]) -> Account:
    """Furnish an AWS, once: two installations in it find the same people."""
    if aws.endpoint not in _accounts:
        _furnish(aws)
        own = aws.create_user("daypass")
        iam = aws.root().client("iam")
        iam.put_user_policy(UserName="daypass", PolicyName="everything", PolicyDocument=_EVERYTHING)
        keys = {who: aws.create_user(f"{name.split()[0].lower()}-{who.lower()}") for who, name in people.items()}
        for who, one in keys.items():
            iam.tag_user(UserName=one.user_name, Tags=[{"Key": "daypass:slack-user-id", "Value": who}])
        _accounts[aws.endpoint] = Account(keys, own)
    return _accounts[aws.endpoint]


def _furnish(aws: MiniStack) -> None:
    iam, s3, role = aws.root().client("iam"), aws.root().client("s3"), BROKER.rpartition("/")[2]
    for bucket in (REPORTS, "acme-shared", "acme-tiny"):
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key=KEY, Body=b"figures")
    trusted = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
    actions = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trusted | {"Action": actions}]})
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=role, PolicyName="everything", PolicyDocument=_EVERYTHING)


def session_keys(aws: MiniStack, handed: Mapping[str, Any]) -> Keys:
    """Keys from what `/credentials` answered."""
    return Keys(
        endpoint=aws.endpoint,
        access_key=handed["AccessKeyId"],
        secret_key=handed["SecretAccessKey"],
        token=handed["SessionToken"],
    )


def reads(keys: Keys, bucket: str = REPORTS, key: str = KEY) -> bool:
    """Whether these keys read an object at this second; only a refusal counts as no."""
    try:
        _client(keys).get_object(Bucket=bucket, Key=key)
    except ClientError as refused:
        if refused.response["ResponseMetadata"]["HTTPStatusCode"] not in {400, 403}:
            raise
        return False
    return True


_clients: dict[Keys, Any] = {}


def _client(keys: Keys) -> Any:
    if keys not in _clients:
        _clients[keys] = keys.client("s3")
    return _clients[keys]
