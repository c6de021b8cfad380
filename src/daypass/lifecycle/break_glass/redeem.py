"""
Break-glass codes as they are used: found, and spent once. One sentence refuses all that do not count.

Whoever gives a code that does not count has proven nothing: such a try is nobody's in the journal, and is counted
(see attempts). Of a text that cannot be a code nothing is written.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from daypass.lifecycle.attempts import Attempt, Stranger
from daypass.model import break_glass_code
from daypass.model.break_glass import SealedCode
from daypass.model.errors import Conflict, NotFound, NotYours
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.login import Login, LoginScope
from daypass.model.principal import NOBODY, PrincipalId
from daypass.model.record import Validity
from daypass.model.secret import Secret, digest, draw
from daypass.ports import Ledger

_REFUSED = "This code is not good; each works once, until its date. Take the next one of your sheet."
_NO_CODE = "it is no code"


def counts(code: str, *, ledger: Ledger, now: datetime) -> bool:
    """Whether a code would open something now. Nothing is told of it: a good code is not kept waiting by bad ones."""
    _, why_not = _judged(code, ledger, now)
    return not why_not


def _judged(code: str, ledger: Ledger, now: datetime) -> tuple[SealedCode | None, str]:
    """The code that was sealed, if there is one, and why it does not count; empty when it does."""
    plain = break_glass_code.canonical(code)
    if plain is None:
        return None, _NO_CODE
    try:
        sealed = ledger.find(SealedCode, digest(plain))
    except NotFound:
        return None, "there is no such code"
    if sealed.state is not Validity.OPEN:
        return sealed, "it was used" if sealed.used_for else "newer ones were sealed"
    return sealed, "it is over" if now >= sealed.ends else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Looks for codes and spends them, and tells the journal."""

    stranger: Stranger
    ledger: Ledger
    now: datetime

    def find(self, code: str) -> SealedCode:
        """The code if it counts. Every other is refused in one sentence."""
        sealed, why_not = _judged(code, self.ledger, self.now)
        if sealed is None or why_not:
            self._tell(why_not, sealed, by=NOBODY)
            raise NotYours(_REFUSED)
        return sealed

    def draw_login(self, whose: PrincipalId, *, scopes: frozenset[LoginScope], until: datetime) -> tuple[str, Login]:
        """Draw the token and the login that a code leads to; nothing is written before `spend`."""
        token = draw(Secret.LOGIN)
        login = Login(
            device_hash=digest(draw(Secret.DEVICE)),
            user_code="",
            client="a break-glass code",
            address=self._client,
            asked_at=self.now,
            expires_at=until,
            scopes=scopes,
            principal=whose,
            token_hash=digest(token),
        )
        return token, login

    def spend(self, sealed: SealedCode, login: Login, request_id: GrantId | None) -> None:
        """
        Close the code and issue the login in one commit; without a request it led to a session that only ends things.

        Raises NotYours for whoever comes second.
        """
        used = replace(sealed, state=Validity.CLOSED, used_for=request_id)
        issued: dict[str, Detail] = {
            "client": login.client,
            "login": login.device_hash,
            "scopes": tuple(sorted(login.scopes)),
        }
        told = Event(kind=EntryKind.LOGIN_ISSUED, at=self.now, actor=sealed.principal, details=issued)
        kind = EntryKind.CODE_SPENT if request_id is None else EntryKind.CODE_USED
        named: dict[str, Detail] = {"client": self._client, "code_hash": sealed.code_hash}
        spent = Event(kind=kind, at=self.now, actor=sealed.principal, subject=request_id, details=named)
        try:
            self.ledger.record(
                Fact(event=spent, changes=(used,), told=False), Fact(event=told, changes=(login,), told=False)
            )
        except Conflict:
            raise self.refusal("it was used", sealed) from None

    def refusal(self, why: str, sealed: SealedCode) -> NotYours:
        """Tell the journal why a code that was found gives nothing, and make the one sentence that is said."""
        self.tell_refused(why, sealed)
        return NotYours(_REFUSED)

    def tell_refused(self, why: str, sealed: SealedCode) -> None:
        """Tell the journal alone of a code that was found."""
        self._tell(why, sealed, by=sealed.principal)

    @property
    def _client(self) -> str:
        return f"at {self.stranger.address}"[:200]

    def _tell(self, why: str, sealed: SealedCode | None, *, by: PrincipalId) -> None:
        if why == _NO_CODE:
            return
        claimed: dict[str, Detail] = {"claimed": sealed.principal} if sealed and by == NOBODY else {}
        named: dict[str, Detail] = {"code_hash": sealed.code_hash} if sealed else {}
        details: dict[str, Detail] = {"client": self._client, **named, **claimed, "because": why}

        def make(more: Mapping[str, Detail]) -> Fact:
            event = Event(kind=EntryKind.CODE_REFUSED, at=self.now, actor=by, details={**details, **more})
            return Fact(event=event, told=False)

        name = f"{EntryKind.CODE_REFUSED} {sealed.code_hash if sealed else ''}"
        self.stranger.tell(Attempt(name=name, make=make), ledger=self.ledger, now=self.now)
