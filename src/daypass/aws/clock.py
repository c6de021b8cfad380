"""
How far this machine's clock is from AWS's.

AWS refuses signatures that are more than 15 minutes off, and a lease is written by our clock and judged by AWS's: two
seconds of difference move its start and its end by two seconds.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError

from daypass.aws.clients import Clients
from daypass.aws.refusals import asking
from daypass.model.errors import Unavailable

TOLERATED = timedelta(seconds=5)
"""More than this, and doctor complains."""


def skew(*, clients: Clients, clock: Callable[[], datetime]) -> timedelta:
    """
    How far our clock runs ahead of AWS's, to about a second; negative when it is behind.

    Reads the Date header of any answer of STS, a refusal included, because a clock that is far off gets nothing else.
    Raises Unavailable.
    """
    before = clock()
    headers = _headers(clients)
    after = clock()
    told = headers.get("date")
    if not told:
        raise Unavailable("AWS's answer has no Date header, so its clock cannot be compared with ours.")
    return (before + (after - before) / 2) - parsedate_to_datetime(told) - timedelta(seconds=0.5)


def _headers(clients: Clients) -> Mapping[str, Any]:
    with asking("sts:GetCallerIdentity"):
        try:
            return clients.sts.get_caller_identity()["ResponseMetadata"]["HTTPHeaders"]
        except ClientError as refused:
            return refused.response["ResponseMetadata"]["HTTPHeaders"]
