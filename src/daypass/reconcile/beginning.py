"""
What begins later than a few minutes after its approval is judged again when it begins.

    judged again      what is done
    allowed           it is provisioned
    refused           it ends before it began, and both sides are told why
    not known         nothing; it is asked again until its window closes, and people are told that it waits

The approval was right when it was given. Since then somebody may have left, a rule or a group may have changed, or a
ticket may have been closed. An outage is not a refusal: what could not be found out is asked again.
"""

from datetime import datetime, timedelta

from daypass.model.errors import Refusal
from daypass.model.grant import Grant
from daypass.ports import Judge

AGAIN_AFTER = timedelta(minutes=5)
"""For so long an approval counts without being judged again."""


def refusal(grant: Grant, judge: Judge, now: datetime) -> str:
    """Say why a grant may not begin now; nothing when it may. Raises Unavailable while that is not known."""
    if now - grant.approved_at <= AGAIN_AFTER:
        return ""
    try:
        judge.may_begin(grant, now)
    except Refusal as refused:
        return refused.sentence
    return ""
