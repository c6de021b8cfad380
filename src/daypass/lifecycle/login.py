"""
Let a command line speak for somebody, after that person said so in Slack (RFC 8628, the device flow).

The command line holds the device code and later the token; the service keeps their SHA-256. The person compares the
short user code and clicks in Slack, where alone they are known. A token is short-lived, scoped and can be ended.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from daypass.lifecycle.freezes.gate import must_not_be_frozen
from daypass.lifecycle.retries import overtaken
from daypass.model.errors import Conflict, NotFound, NotInScope, NotYours, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.login import Login, LoginScope
from daypass.model.principal import PrincipalId
from daypass.model.secret import Secret, digest, draw
from daypass.ports import Ledger, Logins

CODE_LIVES = timedelta(minutes=10)
TOKEN_LIVES = timedelta(hours=12)
ENDING_LIVES = timedelta(minutes=15)
"""Of a session that only ends things."""
POLL_EVERY_S = 3

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""RFC 8628 section 6.1: no vowels, so that no word appears; 8 letters are 34 bits, and only the person can use them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceLogin:
    """What a command line is told when it begins to log in."""

    device_code: str = field(repr=False)
    user_code: str
    expires_at: datetime
    interval_s: int = POLL_EVERY_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token in the one moment it is seen."""

    text: str = field(repr=False)
    principal: PrincipalId
    expires_at: datetime


def begin(
    client: str, *, address: str = "", logins: Logins, now: datetime, scopes: Iterable[LoginScope] = LoginScope
) -> DeviceLogin:
    """Start a login of which nobody is sure yet."""
    device_code = draw(Secret.DEVICE)
    user_code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))
    login = Login(
        device_hash=digest(device_code),
        user_code=user_code,
        client=client,
        address=address,
        asked_at=now,
        expires_at=now + CODE_LIVES,
        scopes=frozenset(scopes),
    )
    logins.await_confirmation(login, now=now)
    return DeviceLogin(device_code=device_code, user_code=user_code, expires_at=login.expires_at)


def waiting(user_code: str, *, logins: Logins, now: datetime) -> Login:
    """Find the login a person was shown the code of, so that they see what they confirm. Raises NotFound."""
    try:
        login = logins.by_user_code(user_code.strip().upper(), now=now)
    except NotFound:
        raise _no_such_code() from None
    if login.revoked_at is not None:
        raise _no_such_code()
    return login


def confirm(user_code: str, *, by: PrincipalId, logins: Logins, ledger: Ledger, now: datetime) -> Login:
    """Make a waiting login one's own. Raises NotFound for a wrong or lapsed code, TooLate for one confirmed already."""

    def once() -> Login:
        login = _waiting_or_own(user_code, by, logins, now)
        if login.principal == by:
            raise TooLate(_confirmed_before(login))
        if login.principal is not None:
            raise TooLate("This code has been confirmed already.")
        stands = () if login.scopes == {LoginScope.END} else (must_not_be_frozen([by], None, ledger, reader=by),)
        confirmed = replace(login, principal=by)
        ledger.record(replace(_fact(EntryKind.LOGIN_CONFIRMED, confirmed, now), stands=stands))
        return confirmed

    return overtaken(once)


def reject(user_code: str, *, by: PrincipalId, logins: Logins, ledger: Ledger, now: datetime) -> Login:
    """
    End a login that waits and is not one's own: whoever began it never gets a token.

    Raises NotFound for a wrong or lapsed code, TooLate for a login that somebody else has confirmed.
    """

    def once() -> Login:
        login = _waiting_or_own(user_code, by, logins, now)
        if login.principal not in {None, by}:
            raise TooLate("Somebody else has confirmed this code.")
        if login.token_hash is not None or login.revoked_at is not None:
            raise TooLate(_confirmed_before(login))
        rejected = replace(login, revoked_at=now)
        ledger.record(_fact(EntryKind.LOGIN_REJECTED, rejected, now, by=by))
        return rejected

    return overtaken(once)


def _waiting_or_own(user_code: str, by: PrincipalId, logins: Logins, now: datetime) -> Login:
    """The login that waits, else what this person confirmed with the code before: a second click is told of it."""
    try:
        return waiting(user_code, logins=logins, now=now)
    except NotFound:
        own = (one for one in logins.of(by) if one.user_code == user_code.strip().upper())
        if (found := next(own, None)) is None:
            raise
        return found


def _confirmed_before(login: Login) -> str:
    if login.revoked_at is not None:
        return "You confirmed this code before, and that login has ended."
    return "You confirmed this code already: that command line is logged in as you. `daypass logout` there ends it."


def collect(device_code: str, *, logins: Logins, ledger: Ledger, now: datetime) -> Token | None:
    """
    Exchange a confirmed device code for its token, once; None while nobody has confirmed.

    Raises NotFound for an unknown code, TooLate when the code has lapsed or was used.
    """
    login = logins.by_device(digest(device_code))
    if login.token_hash is not None or login.revoked_at is not None:
        raise TooLate("This login was used already; run `daypass login` again.")
    if now >= login.expires_at:
        raise TooLate("The code has lapsed; run `daypass login` again.")
    if login.principal is None:
        return None
    text = draw(Secret.LOGIN)
    lives = ENDING_LIVES if login.scopes == {LoginScope.END} else TOKEN_LIVES
    issued = replace(login, token_hash=digest(text), expires_at=now + lives)
    try:
        ledger.record(_fact(EntryKind.LOGIN_ISSUED, issued, now))
    except Conflict:
        raise TooLate("This login was used already; run `daypass login` again.") from None
    return Token(text=text, principal=login.principal, expires_at=issued.expires_at)


def identify(token: str, *, logins: Logins, now: datetime, scope: LoginScope | None = None) -> PrincipalId:
    """Who a token speaks for. Raises NotYours when it is unknown, over, ended or not for this."""
    login = _issued(token, logins)
    if login.revoked_at is not None or now >= login.expires_at or login.principal is None:
        raise NotYours("Your login is over; run `daypass login`.")
    if scope is not None and scope not in login.scopes:
        raise NotInScope(f"This login may not {scope}; run `daypass login` for one that may.")
    return login.principal


def end(token: str, *, logins: Logins, ledger: Ledger, now: datetime) -> None:
    """End the login of a token; ending it twice is no error. Raises NotYours for an unknown token."""
    _end(_issued(token, logins), ledger, now)


def end_all(*, by: PrincipalId, actor: PrincipalId | None = None, logins: Logins, ledger: Ledger, now: datetime) -> int:
    """End every login of a person, whose doing it is unless there is another actor; returns how many were live."""
    live = [one for one in logins.of(by) if one.revoked_at is None and now < one.expires_at]
    for login in live:
        _end(login, ledger, now, actor)
    return len(live)


def _issued(token: str, logins: Logins) -> Login:
    try:
        return logins.by_token(digest(token))
    except NotFound:
        raise NotYours("You are not logged in; run `daypass login`.") from None


def _end(login: Login, ledger: Ledger, now: datetime, actor: PrincipalId | None = None) -> None:
    if login.revoked_at is None:
        ledger.record(_fact(EntryKind.LOGIN_REVOKED, replace(login, revoked_at=now), now, by=actor))


def _no_such_code() -> NotFound:
    return NotFound("No command line waits with this code. Codes live ten minutes: run `daypass login` again.")


def _fact(kind: EntryKind, login: Login, now: datetime, *, by: PrincipalId | None = None) -> Fact:
    actor = by or login.principal
    assert actor is not None  # noqa: S101 - nobody's logins are not journalled
    details: dict[str, Detail] = {
        "client": login.client,
        "address": login.address,
        "login": login.device_hash,
        "scopes": tuple(sorted(login.scopes)),
    }
    return Fact(event=Event(kind=kind, at=now, actor=actor, details=details), changes=(login,), told=False)
