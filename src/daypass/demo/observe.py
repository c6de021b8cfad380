"""
What AWS says at this second, asked of AWS itself: what it holds of Daypass's, and what a person's own keys may do.

Nothing here asks Daypass. The answers are those the real commands would get.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError

from daypass.demo.ministack import MiniStack, client
from daypass.demo.world import KeyPair

MARK = "daypass-"
_DENIED = frozenset({"AccessDenied", "403", "Forbidden", "AllAccessDisabled", "InvalidAccessKeyId", "ExpiredToken"})


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person may want to do."""

    action: str
    bucket: str
    key: str

    def __str__(self) -> str:
        return f"{self.action} {self.bucket}/{self.key}"


TRIES = (
    Action("list", "acme-reports", "2026/"),
    Action("read", "acme-reports", "2026/q1.csv"),
    Action("read", "acme-reports", "2025/q4.csv"),
    Action("write", "acme-reports", "2026/q1.csv"),
    Action("write", "acme-uploads", "inbox/new.csv"),
    Action("read", "acme-payroll", "2026/salaries.csv"),
)


def may(keys: KeyPair, endpoint: str, wish: Action) -> bool:
    """Whether AWS lets these keys do it now. Raises what is no denial: an outage never looks like a refusal."""
    return allowed(client("s3", endpoint, keys.access_key, keys.secret_key), wish)


def allowed(s3: Any, wish: Action) -> bool:
    """Try it with a client; see `may`."""
    try:
        match wish.action:
            case "list":
                s3.list_objects_v2(Bucket=wish.bucket, Prefix=wish.key, MaxKeys=1)
            case "read":
                s3.get_object(Bucket=wish.bucket, Key=wish.key)["Body"].read()
            case _:
                # Starting a multipart upload needs s3:PutObject and changes no object.
                upload = s3.create_multipart_upload(Bucket=wish.bucket, Key=wish.key)
                s3.abort_multipart_upload(Bucket=wish.bucket, Key=wish.key, UploadId=upload["UploadId"])
    except ClientError as error:
        if error.response["Error"]["Code"] in _DENIED:
            return False
        raise
    return True


def held(aws: MiniStack) -> list[dict[str, Any]]:
    """Everything in IAM that carries Daypass's mark, with its document."""
    iam = aws.root("iam")
    try:
        return list(_held(iam))
    except (BotoCoreError, ClientError):
        return []


def _held(iam: Any) -> Iterator[dict[str, Any]]:
    for user in iam.list_users()["Users"]:
        name = user["UserName"]
        for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
            if policy.startswith(MARK) and not user["Path"].startswith("/daypass/"):
                document = iam.get_user_policy(UserName=name, PolicyName=policy)["PolicyDocument"]
                yield {"where": f"inline policy of user {name}", "name": policy, "document": _plain(document)}
    for role in iam.list_roles()["Roles"]:
        for policy in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
            if policy.startswith(f"{MARK}deny-"):
                document = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=policy)["PolicyDocument"]
                yield {"where": f"deny on role {role['RoleName']}", "name": policy, "document": _plain(document)}
    for policy in iam.list_policies(Scope="Local")["Policies"]:
        if policy["PolicyName"].startswith(MARK) and policy["Path"] == "/daypass/":
            version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])
            document = version["PolicyVersion"]["Document"]
            yield {"where": "managed policy", "name": policy["PolicyName"], "document": _plain(document)}


def _plain(document: Any) -> Any:
    return json.loads(unquote(document)) if isinstance(document, str) else document
