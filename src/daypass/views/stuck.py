"""Grants that AWS does not take or give back, and who sees them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from daypass.model.grant import Grant, GrantId
from daypass.model.principal import Principal
from daypass.model.request import Request
from daypass.ports import Ledger, Queue

OVERDUE = timedelta(minutes=10)
"""What should have moved so long ago is called stuck."""


def troubles(queue: Queue, now: datetime) -> dict[GrantId, str]:
    """Read which grants have not moved for so long that people are told, each with what was said last."""
    return {trouble.grant.id: trouble.error for trouble in queue.troubled(overdue_before=now - OVERDUE)}


def stuck_of_others(stuck: Mapping[GrantId, str], viewer: Principal, *, ledger: Ledger) -> list[Grant]:
    """Other people's stuck grants that this person was asked to decide on; it asks nobody who else may by now."""
    asked = {one.id: one for one in ledger.requests(ids=stuck)}
    theirs = {one for one, request in asked.items() if request.principal != viewer.id and _was_asked(request, viewer)}
    return ledger.grants(ids=theirs)


def _was_asked(request: Request, viewer: Principal) -> bool:
    return viewer.id != request.requestor and request.approvers.include(viewer)
