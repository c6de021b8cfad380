"""
Who a token speaks for.

    dpb_...    a robot's own                    the robot is looked up, and its hash compared
    dpw_...    exchanged for a workload's       a login of the robot, which must still stand
    dpa_...    an agent's, for a person         a login that hangs on the person's
    the rest   a person's login
"""

from datetime import datetime

from daypass.lifecycle import login
from daypass.lifecycle.bots import tokens
from daypass.lifecycle.bots.narrow import FOR_PEOPLE, identify_agent
from daypass.lifecycle.freezes.gate import must_not_be_frozen
from daypass.model.bot import Bot
from daypass.model.errors import NotFound, NotInScope, NotYours
from daypass.model.login import LoginScope
from daypass.model.principal import ROBOT, PrincipalId
from daypass.model.record import Validity
from daypass.model.secret import digest
from daypass.ports import Ledger, Logins
from daypass.ports.asker import is_asking

_FROZEN_TOO = frozenset({None, LoginScope.READ, LoginScope.END})
"""What a frozen person, or a frozen bot, still does."""


def identify(
    token: str, *, logins: Logins, ledger: Ledger, now: datetime, scope: LoginScope | None = None
) -> PrincipalId:
    """
    Say who a token speaks for. Raises NotYours when it is unknown, over, ended or not for this.

    A robot is looked up at every call, so that one that was removed is refused at once. Raises NotAllowed while who it
    is is frozen, but for looking and ending.
    """
    speaker = identify_frozen_too(token, logins=logins, ledger=ledger, now=now, scope=scope)
    if scope not in _FROZEN_TOO:
        must_not_be_frozen([speaker], None, ledger, reader=speaker)
    return speaker


def identify_frozen_too(
    token: str, *, logins: Logins, ledger: Ledger, now: datetime, scope: LoginScope | None = None
) -> PrincipalId:
    """Say who a token speaks for, frozen or not: for an address that only ends things or lifts. Raises NotYours."""
    speaker = _identify(token, logins=logins, ledger=ledger, now=now, scope=scope)
    is_asking(speaker)
    return speaker


def _identify(token: str, *, logins: Logins, ledger: Ledger, now: datetime, scope: LoginScope | None) -> PrincipalId:
    if token.startswith(tokens.PREFIX):
        return _by_own_token(token, ledger, now, scope)
    if token.startswith(tokens.WORKLOAD_PREFIX):
        return _by_exchanged(token, logins, ledger, now, scope)
    if token.startswith(tokens.AGENT_PREFIX):
        return identify_agent(token, logins=logins, now=now, scope=scope)
    speaker = login.identify(token, logins=logins, now=now, scope=scope)
    if speaker.startswith(ROBOT):  # a robot has no login that a person could have confirmed
        raise _unknown()
    return speaker


def _by_own_token(token: str, ledger: Ledger, now: datetime, scope: LoginScope | None) -> PrincipalId:
    named = tokens.whose(token)
    if named is None:
        raise _unknown()
    robot = _standing(named, ledger)
    if not tokens.fits(token, robot.token_hash):
        raise _unknown()
    if robot.token_ends is None or now >= robot.token_ends:
        raise NotYours(f"The token of {robot.id} is over; an owner of the rules can rotate it.")
    _must_be_let(robot, scope)
    return robot.id


def _by_exchanged(token: str, logins: Logins, ledger: Ledger, now: datetime, scope: LoginScope | None) -> PrincipalId:
    try:
        speaker = login.identify(token, logins=logins, now=now)
    except NotYours:
        raise NotYours("This token is over; exchange one of the workload's own for another.") from None
    _must_be_let(_standing(speaker, ledger), scope)
    if scope is not None and scope not in logins.by_token(digest(token)).scopes:
        raise NotInScope(f"This token was asked for without {scope}.")
    return speaker


def _standing(robot_id: PrincipalId, ledger: Ledger) -> Bot:
    try:
        robot = ledger.find(Bot, robot_id)
    except NotFound:
        raise _unknown() from None
    if robot.state is not Validity.OPEN:
        raise _unknown()
    return robot


def _must_be_let(robot: Bot, scope: LoginScope | None) -> None:
    """Whatever is written of it, a robot never decides."""
    if scope in FOR_PEOPLE:
        raise NotInScope("A robot asks and never decides; a person has to.")
    if scope is not None and scope not in robot.scopes:
        raise NotInScope(f"{robot.id} may not {scope}.")


def _unknown() -> NotYours:
    return NotYours("This is not the token of a robot here; it may have been rotated, or the robot removed.")
