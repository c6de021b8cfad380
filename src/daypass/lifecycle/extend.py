"""Ask for more time: a new request that leaves the old access as it is until somebody decides."""

from contextlib import suppress
from datetime import datetime

from daypass.lifecycle.finish import has_ended, how_it_ended, on
from daypass.lifecycle.repeated import extension_asked
from daypass.lifecycle.submit import submit
from daypass.lifecycle.tries import tries
from daypass.model.errors import Conflict, NotYours, TooLate, Unavailable
from daypass.model.grant import Grant, GrantId, GrantState
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId
from daypass.model.request import Ask, Request
from daypass.ports import Directory, Ledger, Provisioner
from daypass.rules.document import RuleBook


def extend(  # noqa: PLR0913 - who asks for how much more and why, its four collaborators, and the moment
    grant_id: GrantId,
    *,
    by: PrincipalId,
    term: Term | None,
    reason: str,
    rules: RuleBook,
    directory: Directory,
    provisioner: Provisioner,
    ledger: Ledger,
    now: datetime,
    key: str = "",
) -> Request:
    """
    File a request for the same again, beside the grant that runs: without a term for as long as that was given.

    Each has an end of its own in AWS.

    Asked again with the same key, or without one word for word within two minutes, it is the same request. Raises
    NotYours for somebody else's grant, TooLate when it has ended, and what `submit` raises.
    """
    for _ in tries():
        ask = _ask(grant_id, by, term, reason, key, ledger, now)
        if not key and (asked := extension_asked(ledger.grant(grant_id), ask, ledger, now)) is not None:
            return asked
        with suppress(Conflict):  # somebody ends it, or asks for more too, at this very moment
            return submit(ask, rules=rules, directory=directory, provisioner=provisioner, ledger=ledger, now=now)
    raise Unavailable("Too many people are changing this grant at once; try again in a moment.")


def as_given(grant: Grant) -> Term | None:
    """For how long it was given: never what the rule gives when nobody says, which may be longer."""
    return None if grant.lease is None else Term(length=grant.lease.length)


def _ask(  # noqa: PLR0913, PLR0917 - as above
    grant_id: GrantId, by: PrincipalId, term: Term | None, reason: str, key: str, ledger: Ledger, now: datetime
) -> Ask:
    grant = ledger.grant(grant_id)
    before = ledger.request(grant_id)
    if by not in {grant.principal, before.requestor}:
        raise NotYours("This grant is somebody else's; only they can ask for more time.")
    if grant.state is not GrantState.ACTIVE or not grant.usable(now):
        ended = f" This one ended{on(grant)}. {how_it_ended(grant)}" if has_ended(grant, now) else ""
        raise TooLate(f"Only a grant that is active can be extended.{ended}")
    return Ask(
        requestor=by,
        beneficiary=grant.principal,
        entitlement=grant.entitlement,
        term=term or as_given(grant),
        delivery=grant.delivery,
        reason=reason or before.reason,
        extends=grant_id,
        key=key,
    )
