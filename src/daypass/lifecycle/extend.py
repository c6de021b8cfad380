"""Ask for more time: a new request that leaves the old access as it is until somebody decides."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from daypass.lifecycle.end.end_early import has_ended, how_it_ended, on
from daypass.lifecycle.idempotency import extension_asked
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.retries import tries
from daypass.lifecycle.submit import submit
from daypass.model.errors import Conflict, NotYours, TooLate, Unavailable
from daypass.model.grant import Grant, GrantId, GrantState
from daypass.model.lease import Term
from daypass.model.principal import PrincipalId
from daypass.model.request import Ask, Request
from daypass.ports import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreTime:
    """How much longer somebody wants a grant, and why; no term is as long as it was given, no reason the old one."""

    grant_id: GrantId
    by: PrincipalId
    term: Term | None
    reason: str = ""
    key: str = ""


def extend(wanted: MoreTime, *, judge: Judge, now: datetime) -> Request:
    """
    File a request for the same again, beside the grant that runs: without a term for as long as that was given.

    Each has an end of its own in AWS.

    Asked again with the same key, or without one word for word within two minutes, it is the same request. Raises
    NotYours for somebody else's grant, TooLate when it has ended, and what `submit` raises.
    """
    ledger = judge.ledger
    for _ in tries():
        ask = _ask(wanted, ledger, now)
        if not wanted.key and (asked := extension_asked(ledger.grant(wanted.grant_id), ask, ledger, now)) is not None:
            return asked
        with suppress(Conflict):  # somebody ends it, or asks for more too, at this very moment
            return submit(ask, judge=judge, now=now)
    raise Unavailable("Too many people are changing this grant at once; try again in a moment.")


def as_given(grant: Grant) -> Term | None:
    """For how long it was given: never what the rule gives when nobody says, which may be longer."""
    return None if grant.lease is None else Term(length=grant.lease.length)


def _ask(wanted: MoreTime, ledger: Ledger, now: datetime) -> Ask:
    grant, before = ledger.grant(wanted.grant_id), ledger.request(wanted.grant_id)
    if wanted.by not in {grant.principal, before.requestor}:
        raise NotYours("This grant is somebody else's; only they can ask for more time.")
    if grant.state is not GrantState.ACTIVE or not grant.usable(now):
        ended = f" This one ended{on(grant)}. {how_it_ended(grant)}" if has_ended(grant, now) else ""
        raise TooLate(f"Only a grant that is active can be extended.{ended}")
    return Ask(
        requestor=wanted.by,
        beneficiary=grant.principal,
        wish=replace(
            before.ask.wish,
            term=wanted.term or as_given(grant),
            reason=wanted.reason or before.reason,
            note="",  # it was for those who decided then
            recurs=None,
        ),
        extends=grant.id,
        key=wanted.key,
    )
