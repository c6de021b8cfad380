"""Break-glass codes as they are used: found, and spent once. Each try is in the journal; one sentence refuses all."""

from dataclasses import dataclass, replace
from datetime import datetime

from daypass.model import break_glass_code
from daypass.model.errors import Conflict, NotFound, NotYours
from daypass.model.event import Detail, Event, Kind, Login, Scope
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.kept import SealedCode, Standing
from daypass.model.principal import PrincipalId
from daypass.model.secret import Secret, digest, draw
from daypass.ports import Ledger

_REFUSED = "This code is not good; each works once, until its date. Take the next one of your sheet."
_NOBODY = PrincipalId("nobody")
"""The actor of a code that is nobody's."""


def counts(code: str, *, ledger: Ledger, now: datetime) -> bool:
    """Whether a code would open something now. Nothing is told of it: a good code is not kept waiting by bad ones."""
    _, why_not = _judged(code, ledger, now)
    return not why_not


def _judged(code: str, ledger: Ledger, now: datetime) -> tuple[SealedCode | None, str]:
    """The code that was sealed, if there is one, and why it does not count; empty when it does."""
    plain = break_glass_code.canonical(code)
    if plain is None:
        return None, "it is no code"
    try:
        sealed = ledger.find(SealedCode, digest(plain))
    except NotFound:
        return None, "there is no such code"
    if sealed.state is not Standing.OPEN:
        return sealed, "it was used" if sealed.used_for else "newer ones were sealed"
    return sealed, "it is over" if now >= sealed.ends else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Looks for codes and spends them; the journal knows of every try."""

    client: str
    ledger: Ledger
    now: datetime

    def find(self, code: str) -> SealedCode:
        """The code if it counts. Every other is refused in one sentence."""
        sealed, why_not = _judged(code, self.ledger, self.now)
        if sealed is None or why_not:
            raise self.refusal(why_not, sealed)
        return sealed

    def draw_login(self, whose: PrincipalId, *, scopes: frozenset[Scope], until: datetime) -> tuple[str, Login]:
        """Draw the token and the login that a code leads to; nothing is written before `spend`."""
        token = draw(Secret.LOGIN)
        login = Login(
            device_hash=digest(draw(Secret.DEVICE)),
            user_code="",
            client="a break-glass code",
            address=self.client,
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
        used = replace(sealed, state=Standing.CLOSED, used_for=request_id)
        issued: dict[str, Detail] = {
            "client": login.client,
            "login": login.device_hash,
            "scopes": tuple(sorted(login.scopes)),
        }
        told = Event(kind=Kind.LOGIN_ISSUED, at=self.now, actor=sealed.principal, details=issued)
        kind = Kind.CODE_SPENT if request_id is None else Kind.CODE_USED
        spent = self._event(kind, sealed, subject=request_id)
        try:
            self.ledger.record(
                Fact(event=spent, changes=(used,), told=False), Fact(event=told, changes=(login,), told=False)
            )
        except Conflict:
            raise self.refusal("it was used", sealed) from None

    def refusal(self, why: str, sealed: SealedCode | None = None) -> NotYours:
        """Tell the journal why, and make the one sentence that is said."""
        self.tell_refused(why, sealed)
        return NotYours(_REFUSED)

    def tell_refused(self, why: str, sealed: SealedCode | None = None) -> None:
        """Tell the journal alone."""
        self.ledger.record(Fact(event=self._event(Kind.CODE_REFUSED, sealed, because=why), told=False))

    def _event(self, kind: Kind, sealed: SealedCode | None, *, subject: GrantId | None = None, **more: Detail) -> Event:
        who = sealed.principal if sealed else _NOBODY
        named: dict[str, Detail] = {"code_hash": sealed.code_hash} if sealed else {}
        details: dict[str, Detail] = {"client": self.client[:200], **named, **more}
        return Event(kind=kind, at=self.now, actor=who, subject=subject, details=details)
