"""
The delivery `session`: nothing stands in AWS; sessions of the broker role are opened when they are asked for.

                              AWS shows
    approved, leased          PRESENT when a trial session can be had
    active                    PRESENT unless somebody denied it by hand
    ended before its time     PRESENT until the deny of its sessions is in place
    ended, never handed out   ABSENT: nobody has a session of it; AWS need not be asked
    lease over                ABSENT: the date in every session policy ended it (law 1); AWS need not be asked
"""

from datetime import datetime

from daypass.aws.policy import for_people
from daypass.deliveries.broker import Broker
from daypass.deliveries.cutoff import Cutoff
from daypass.model.errors import AwsForbids, BadInput
from daypass.model.grant import Grant, GrantState, Presence
from daypass.model.length import words_for_length
from daypass.ports import DryRun, Paper

PROMISE = (
    "AWS itself refuses at the end, to the second. Ended early, nothing new is handed out from that moment, and "
    "sessions already open, the console included, are denied as soon as AWS has taken the deny in: "
    "seconds as a rule, but AWS promises no bound. A download under way runs to its end."
)


class SessionDelivery:
    """Answers to the Provisioner port."""

    promise = PROMISE

    def __init__(self, *, broker: Broker, cutoff: Cutoff) -> None:
        """Take who opens sessions and who ends them."""
        self._broker = broker
        self._cutoff = cutoff

    def rehearse(self, draft: Grant) -> DryRun:
        """Show the session policy. Raises BadInput when it would not fit, or there is no such bucket."""
        self._broker.check(draft.entitlement.resource)
        sessions = self._broker.sessions
        paper = Paper(
            place=f"session policy for role {sessions.role_name}", text=for_people(self._broker.policy(draft))
        )
        length = words_for_length(sessions.longest())
        return DryRun(papers=(paper,), notes=(f"One session lasts at most {length}; renew it while the grant lives.",))

    def provision(self, grant: Grant) -> None:
        """Prove that a session can be had. Raises BadInput when AWS cannot pack its policy."""
        self._broker.try_out(grant)

    def revoke(self, grant: Grant, now: datetime) -> Presence:
        """Deny the sessions that are open, unless the date has ended them already."""
        if not _may_have_sessions(grant, now):
            return Presence.ABSENT
        self._cutoff.deny(grant, now)
        return Presence.ABSENT

    def observe(self, grant: Grant, now: datetime) -> Presence:
        """Look whether a session of this grant could do anything."""
        if not _may_have_sessions(grant, now):
            return Presence.ABSENT
        return Presence.PRESENT if self._lets_in(grant, now) else Presence.ABSENT

    def _lets_in(self, grant: Grant, now: datetime) -> bool:
        match grant.state:
            case GrantState.APPROVED:
                return self._can_be_had(grant)
            case GrantState.ACTIVE:
                return not self._cutoff.is_singled_out(grant, now)
            case GrantState.ENDING | GrantState.ENDED:
                ended = grant.ending.at if grant.ending else now
                return not self._cutoff.is_denied(grant, ended, now)

    def _can_be_had(self, grant: Grant) -> bool:
        try:
            self._broker.try_out(grant)
        except (BadInput, AwsForbids):
            return False
        return True


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
