"""
The delivery `session`: nothing stands in AWS; sessions of the broker role are opened when they are asked for.

                              AWS shows
    approved, leased          PRESENT when a trial session can be had
    active                    PRESENT unless somebody denied it by hand
    ended before its time     PRESENT until the deny of its sessions is in place; LAPSING where none may be written,
                              until the last of them is over: 15 minutes at most
    ended, never handed out   ABSENT: nobody has a session of it; AWS need not be asked
    lease over                ABSENT: the date in every session policy ended it (law 1); AWS need not be asked
"""

from datetime import datetime, timedelta

from daypass.aws.policy import for_people
from daypass.aws.role_sessions import SHORTEST
from daypass.deliveries.broker import Broker
from daypass.deliveries.cutoff import Cutoff
from daypass.model.errors import AwsForbids, BadInput, NotFound
from daypass.model.grant import Grant, GrantState, Presence
from daypass.model.length import words_for_length
from daypass.model.resource import Resource
from daypass.ports import DryRun, Paper
from daypass.resources.registry import kind_of

PROMISE = (
    "AWS itself refuses at the end, to the second. Ended early, nothing new is handed out from that moment, and "
    "sessions already open, the console included, are denied as soon as AWS has taken the deny in: "
    "seconds as a rule, but AWS promises no bound. A download under way runs to its end."
)

ASSUMED = (
    "AWS itself refuses at the end, to the second. Ended early, nothing new is handed out from that moment. Sessions "
    "already open, the console included, are denied within seconds as a rule where the role is tagged "
    "daypass:cut-off=allowed; otherwise access ends within 15 min."
)
WITHIN = "Ended early, it ends within 15 min: Daypass may not deny open sessions of this role."

_UNDER_WAY = timedelta(minutes=1)
"""What a session that was being opened at the end may be late by."""


class SessionDelivery:
    """Answers to the Provisioner port."""

    def __init__(self, *, broker: Broker, cutoff: Cutoff) -> None:
        """Take who opens sessions and who ends them."""
        self._broker = broker
        self._cutoff = cutoff

    def promise(self, resource: Resource) -> str:
        """What an end can promise: of sessions that are the resource's own, less."""
        return ASSUMED if kind_of(resource).assumed else PROMISE

    def rehearse(self, draft: Grant) -> DryRun:
        """Show the session policy. Raises BadInput when it would not fit, or there is no such resource."""
        resource = draft.entitlement.resource
        known = self._broker.kinds.of(resource)
        known.check(resource)
        sessions = self._broker.sessions_of(resource)
        paper = Paper(
            place=f"session policy for role {sessions.role_name}", text=for_people(self._broker.policy(draft))
        )
        length = words_for_length(sessions.longest())
        notes = [f"One session lasts at most {length}; renew it while the grant lives."]
        if not known.facts(resource).lets_cut_off:
            notes.append(WITHIN)
        return DryRun(papers=(paper,), notes=tuple(notes), guarded=known.guarded(resource))

    def provision(self, grant: Grant) -> None:
        """Prove that a session can be had. Raises BadInput when AWS cannot pack its policy."""
        self._broker.try_out(grant)

    def revoke(self, grant: Grant, now: datetime) -> Presence:
        """Deny the sessions that are open, unless the date has ended them already."""
        if not _may_have_sessions(grant, now):
            return Presence.ABSENT
        try:
            cutoff = self._cutoff_of(grant)
        except NotFound:  # the role that was assumed is gone, and its sessions with it
            return Presence.ABSENT
        try:
            if cutoff is not None and cutoff.deny(grant, now):
                return Presence.ABSENT
        except AwsForbids:  # whoever runs Daypass is told, for as long as it matters
            if not _is_assumed(grant) or _lapsing(grant, now) is Presence.LAPSING:
                raise
        return _lapsing(grant, now)

    def observe(self, grant: Grant, now: datetime) -> Presence:
        """Look whether a session of this grant could do anything."""
        if not _may_have_sessions(grant, now):
            return Presence.ABSENT
        if grant.state is GrantState.APPROVED:
            return _present(self._can_be_had(grant))
        try:
            cutoff = self._cutoff_of(grant)
        except NotFound:
            return Presence.ABSENT
        return self._seen(grant, cutoff, now)

    def _seen(self, grant: Grant, cutoff: Cutoff | None, now: datetime) -> Presence:
        """What is left of one that was in AWS."""
        if grant.state is GrantState.ACTIVE:
            return _present(cutoff is None or not cutoff.is_singled_out(grant, now))
        ended = grant.ending.at if grant.ending else now
        if cutoff is not None and cutoff.is_denied(grant, ended, now):
            return Presence.ABSENT
        return _lapsing(grant, now) if _is_assumed(grant) else Presence.PRESENT

    def _cutoff_of(self, grant: Grant) -> Cutoff | None:
        """Denies on the role that its sessions are of; None where Daypass may write none. Raises NotFound."""
        if not _is_assumed(grant):
            return self._cutoff
        resource = grant.entitlement.resource
        try:
            if not self._broker.kinds.facts(resource).lets_cut_off:
                return None
            return self._cutoff.on(self._broker.sessions_of(resource))
        except AwsForbids:  # Daypass was set up for it and is not any more
            return None

    def _can_be_had(self, grant: Grant) -> bool:
        try:
            self._broker.try_out(grant)
        except (BadInput, AwsForbids):
            return False
        return True


def _is_assumed(grant: Grant) -> bool:
    return kind_of(grant.entitlement.resource).assumed


def _present(there: bool) -> Presence:  # noqa: FBT001 - it is all that is asked
    return Presence.PRESENT if there else Presence.ABSENT


def _lapsing(grant: Grant, now: datetime) -> Presence:
    """Whether the last session that was handed out may still live, where nothing can end it but its own end."""
    ended = grant.ending.at if grant.ending else now
    return Presence.LAPSING if now < ended + SHORTEST + _UNDER_WAY else Presence.ABSENT


def _may_have_sessions(grant: Grant, now: datetime) -> bool:
    """
    Whether one may be open that still does something: none after the lease, nor if none was handed out.

    None before the lease either, as long as it was not put into AWS; once it was, a clock that says so is behind.
    """
    if grant.lease is None or now >= grant.lease.ends:
        return False
    if grant.state is GrantState.APPROVED:
        return now in grant.lease
    return grant.ending is None or grant.handed_out
