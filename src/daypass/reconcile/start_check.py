"""
What begins later than a few minutes after its approval is judged again when it begins.

    judged again      what is done
    allowed           it is provisioned
    refused           it ends before it began, and both sides are told why
    not known         nothing; it is asked again until its window closes, and people are told that it waits

The approval was right when it was given. Since then somebody may have left, a rule or a group may have changed, or a
ticket may have been closed. Whether it is frozen, and whether one of its people is just being found to have left, is
asked of all that begins, however short a time ago it was approved. An outage is not a refusal: what could not be found
out is asked again.
"""

from datetime import datetime, timedelta

from daypass.model.freeze import Freezes
from daypass.model.grant import Grant
from daypass.ports import Clearance

AGAIN_AFTER = timedelta(minutes=5)
"""For so long an approval counts without being judged again."""


def must_begin_by(grant: Grant, clearance: Clearance, now: datetime) -> Freezes:
    """
    Say what must still stand when a grant begins. Raises a Refusal when it may not, Unavailable while that is unknown.

    What is frozen does not begin, and nothing of somebody who is leaving, however short a time ago it was approved.
    """
    freezes = clearance.must_not_be_frozen(grant)
    clearance.must_not_be_leaving(grant)
    if now - grant.approved_at > AGAIN_AFTER:
        clearance.may_begin(grant, now)
    return freezes
