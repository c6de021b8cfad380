"""Those who are said to have left, too many at once: an owner of the rules confirms or dismisses it."""

from functools import partial

from daypass.doors.api.authentication import Decider, Now, Reader, WithServices
from daypass.doors.api.router import api_router
from daypass.doors.api.visibility import known_names
from daypass.doors.wire.leavers import LeaversOut
from daypass.lifecycle.leavers import notice
from daypass.lifecycle.rule_changes.owners import must_own

router = api_router("leavers")


@router.get("/leavers")
def ls(caller: Reader, services: WithServices) -> LeaversOut:
    """List who is said to have left and has not been decided on; for owners of the rules."""
    must_own(caller.id, judge=services.judge, refused="Only the owners of the rules see this.")
    return LeaversOut.of(notice.held(services.ledger), partial(known_names, services=services))


@router.post("/leavers/confirm")
def confirm(caller: Decider, services: WithServices, now: Now) -> LeaversOut:
    """Confirm that they have left: all that they have ends within seconds."""
    decided = notice.confirm(by=caller.id, judge=services.judge, now=now)
    return LeaversOut.of(decided, partial(known_names, services=services))


@router.post("/leavers/dismiss")
def dismiss(caller: Decider, services: WithServices, now: Now) -> LeaversOut:
    """Say that they have not left: nothing of theirs ends."""
    decided = notice.dismiss(by=caller.id, judge=services.judge, now=now)
    return LeaversOut.of(decided, partial(known_names, services=services))
