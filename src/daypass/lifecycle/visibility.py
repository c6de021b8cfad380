"""
Who may see a request, its grant and its story: one answer, by the rules of now, for every door.

    who requested it, who has it, who approved or denied it, who reviews it, and who may decide on it now

For whom it waits is hand_over.waits_for, for every door too: it looks nobody up, and reconsider keeps it to the rules.
While nobody can say who may decide now, those who were asked when it was filed stand in for them: what could not be
found out hides nothing from whoever must be able to end it.

What somebody may not see is not there. So a refusal that is about a request becomes the sentence for an id that nobody
has (`concealed`), unless its reader may see or end it: it tells neither that the request exists nor who approved it.
"""

from collections.abc import Callable
from datetime import datetime

from daypass.lifecycle.judge import Judge
from daypass.model.errors import NotFound, NotInScope, Refusal
from daypass.model.grant import GrantId
from daypass.model.principal import Principal
from daypass.model.request import Request


def visible(request_id: GrantId, viewer: Principal, *, judge: Judge, now: datetime) -> Request:
    """Read a request that this person may see. Raises NotFound for every other."""
    try:
        request = judge.ledger.request(request_id)
    except NotFound:
        raise unknown(request_id) from None
    if not judge.may_see(request, viewer, now):
        raise unknown(request_id)
    return request


def unknown(request_id: GrantId) -> NotFound:
    """Say that there is no such request, in the one sentence for both kinds of absence."""
    return NotFound(f"There is no request {request_id} that you may see; `ls` shows yours.")


def concealed(
    error: Refusal, request_id: GrantId, viewer: Callable[[], Principal], *, judge: Judge, now: datetime
) -> Refusal:
    """The refusal as its reader may read it: as it is, or that there is no such request."""
    if isinstance(error, NotInScope):  # about the token alone
        return error
    try:
        known = _knows_of(request_id, viewer(), judge, now)
    except Refusal:  # a token that is nobody's
        return error
    return error if known else unknown(request_id)


def _knows_of(request_id: GrantId, viewer: Principal, judge: Judge, now: datetime) -> bool:
    """Whether this person may see or end it."""
    try:
        request = judge.ledger.request(request_id)
    except NotFound:
        return False
    return judge.may_see(request, viewer, now) or judge.enders.may_end(request, viewer.id, now)
