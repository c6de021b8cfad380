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
from dataclasses import dataclass
from datetime import datetime

from daypass.lifecycle.asked import Asked
from daypass.lifecycle.enders import approved, asked_then, includes, may_end
from daypass.model.errors import NotFound, NotInScope, Refusal
from daypass.model.grant import GrantId
from daypass.model.kept import GlassReview
from daypass.model.principal import Principal
from daypass.model.request import Request
from daypass.ports import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What is looked at to say who may see something, at one moment."""

    asked: Asked
    ledger: Ledger
    now: datetime

    def may_see(self, request: Request, viewer: Principal) -> bool:
        """Whether this person may see a request, its grant and its story."""
        involved = {request.requestor, request.principal} | approved(request)
        return viewer.id in involved or self.may_decide(request, viewer) or self._reviews(request, viewer)

    def may_decide(self, request: Request, viewer: Principal) -> bool:
        """Whether the rules of now name this person among those who decide. Never on their own request."""
        if viewer.id in {request.requestor, request.principal}:
            return False
        named = self.asked.deciders(request, self.now)
        if named is None:  # nobody can say it now
            return includes(asked_then(request), viewer.id, self.ledger)
        return named.include(viewer)

    def request(self, request_id: GrantId, viewer: Principal) -> Request:
        """Read a request that this person may see. Raises NotFound for every other."""
        try:
            request = self.ledger.request(request_id)
        except NotFound:
            raise unknown(request_id) from None
        if not self.may_see(request, viewer):
            raise unknown(request_id)
        return request

    def knows_of(self, request_id: GrantId, viewer: Principal) -> bool:
        """Whether this person may see or end it."""
        try:
            request = self.ledger.request(request_id)
        except NotFound:
            return False
        return self.may_see(request, viewer) or may_end(
            request, viewer.id, asked=self.asked, cabinet=self.ledger, now=self.now
        )

    def _reviews(self, request: Request, viewer: Principal) -> bool:
        if not request.urgent:
            return False
        try:
            return self.ledger.find(GlassReview, request.id).reviewers.include(viewer)
        except NotFound:
            return False


def unknown(request_id: GrantId) -> NotFound:
    """Say that there is no such request, in the one sentence for both kinds of absence."""
    return NotFound(f"There is no request {request_id} that you may see; `ls` shows yours.")


def concealed(error: Refusal, request_id: GrantId, viewer: Callable[[], Principal], sight: Sight) -> Refusal:
    """The refusal as its reader may read it: as it is, or that there is no such request."""
    if isinstance(error, NotInScope):  # about the token alone
        return error
    try:
        known = sight.knows_of(request_id, viewer())
    except Refusal:  # a token that is nobody's
        return error
    return error if known else unknown(request_id)
