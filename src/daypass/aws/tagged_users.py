"""IAM users with their tags, for whoever keeps the tag that says whose a user is."""

from collections.abc import Iterator, Mapping

from daypass.aws.clients import Clients
from daypass.aws.refusals import asking


def tagged_users(clients: Clients) -> Iterator[tuple[str, str, Mapping[str, str]]]:
    """Go through every IAM user: ARN, unique id (AIDA...) and tags. Raises AwsForbids without the permission to."""
    pages = clients.iam.get_paginator("get_account_authorization_details").paginate(Filter=["User"])
    with asking("iam:GetAccountAuthorizationDetails"):
        for page in pages:
            for user in page["UserDetailList"]:
                tags = {tag["Key"]: tag["Value"] for tag in user.get("Tags", ())}
                yield user["Arn"], user["UserId"], tags
