"""
Who may see what.

    a request, its grant and its story   the one who asked, and those who may decide on it now
    the journal's export, any entry      those who may decide on anything
    checkpoint, key, proofs              everybody who is logged in: they are hashes and signatures

What somebody may not see is not there: they are told `not found`, as for an id that nobody drew.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from daypass.doors.desk import Desk
from daypass.lifecycle.enders import asked_then, includes
from daypass.model.errors import DaypassError, NotFound, NotYours
from daypass.model.grant import GrantId
from daypass.model.principal import Principal, PrincipalId, SlackGroupId
from daypass.model.request import Request
from daypass.rules.rule import AllowRule

_MOST_LOOKED_UP = 40


def visible(request_id: GrantId, viewer: Principal, desk: Desk, now: datetime) -> Request:
    """Read a request that this person may see. Raises NotFound for every other."""
    try:
        request = desk.ledger.request(request_id)
    except NotFound:
        raise unknown(request_id) from None
    if viewer.id not in {request.requestor, request.principal} and not may_decide(request, viewer, desk, now):
        raise unknown(request_id)
    return request


def unknown(request_id: GrantId) -> NotFound:
    """Say that there is no such request, in the one sentence for both kinds of absence."""
    return NotFound(f"There is no request {request_id} that you may see; `ls` shows yours.")


def may_decide(request: Request, viewer: Principal, desk: Desk, now: datetime) -> bool:
    """Whether the rules of now name this person among those who decide. Never on their own request."""
    if viewer.id in {request.requestor, request.principal}:
        return False
    named = desk.asked.deciders(request, now)
    if named is None:  # nobody can say it now: those who were asked at the time
        return includes(asked_then(request), viewer.id, desk.ledger)
    return named.include(viewer)


def may_audit(viewer: Principal, desk: Desk) -> bool:
    """Whether this person may read the whole journal."""
    rules = desk.rules().rules
    return any(rule.approvers.include(viewer) for rule in rules if isinstance(rule, AllowRule))


def must_audit(viewer: Principal, desk: Desk) -> None:
    """Raise NotYours for somebody who may not read the whole journal."""
    if not may_audit(viewer, desk):
        raise NotYours(
            "The whole journal is for those who may decide on something; `daypass show` has your own part of it."
        )


def names(principals: Iterable[PrincipalId], desk: Desk, *, groups: Iterable[SlackGroupId] = ()) -> dict[str, str]:
    """
    Read the names of people, and of Slack `groups`; a group that the directory cannot tell of is left out.

    Whose name was read within a day is not looked up for it again, and of a long list only some are: a list must not
    use up what Slack allows. The others go by their ids.
    """
    people = sorted({one for one in principals if one.startswith(("U", "W"))})
    known = {one: desk.directory.last_known(one) for one in people}
    unknown = [one for one in people if known[one] is None][:_MOST_LOOKED_UP]
    found: dict[str, str] = {one: person.name if person else one for one, person in known.items()}
    found |= {one: _as_known(one, desk).name for one in unknown}
    for group in sorted(set(groups)):
        with suppress(DaypassError):
            found[group] = desk.directory.group_name(group)
    return found


def _as_known(principal_id: PrincipalId, desk: Desk) -> Principal:
    """The person, or their id alone: who has left, or cannot be asked for now, does not hide what they did."""
    return desk.asked.person(principal_id) or Principal(id=principal_id, name=principal_id, active=False)
