"""
Put right what a worker wrote to AWS that was overtaken meanwhile: its commit or its fence found the claim gone.

    ending, ended               take it out, whoever else does so too
    active, the same lease      nothing: another worker saw it in AWS, and it is what the ledger says
    active, another lease       write the ledger's lease again, under a claim like any other
    approved                    another worker is about to write; look again when it has

Nothing here is access that the ledger does not give at that moment.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from daypass.model.errors import NotFound
from daypass.model.grant import Delivery, Grant, GrantState, Presence
from daypass.ports import Ledger, Provisioner, Queue
from daypass.ports.fence import Free, writing_under
from daypass.reconcile.claim import HeldClaim

log = structlog.get_logger()

_OVERTAKEN = Free("takes out what it put in itself, for a grant that is over")


@dataclass(frozen=True, kw_only=True)
class PutRight:
    """What a worker does about what it wrote without a claim."""

    ledger: Ledger
    queue: Queue
    provisioners: Mapping[Delivery, Provisioner]
    clock: Callable[[], datetime]
    hold: timedelta
    flight: timedelta

    def __call__(self, held: HeldClaim) -> bool:
        """Put it right; False when it must be looked at again."""
        try:
            grant = self.ledger.grant(held.grant.id)
        except NotFound:
            return True
        match grant.state:
            case GrantState.ENDING | GrantState.ENDED:
                self._take_out(grant, held)
            case GrantState.ACTIVE if grant.lease != held.grant.lease:
                return self._write_again(grant)
            case GrantState.APPROVED:
                return False
            case GrantState.ACTIVE:
                self._has_landed(held)
        return True

    def _take_out(self, grant: Grant, held: HeldClaim) -> None:
        with writing_under(_OVERTAKEN):
            self.provisioners[grant.delivery].revoke(grant, self.clock())
        self._has_landed(held)
        log.warning("took out what came too late", grant=grant.id)

    def _has_landed(self, held: HeldClaim) -> None:
        if held.landed:
            self.queue.landed([held.claim], now=self.clock())

    def _write_again(self, grant: Grant) -> bool:
        claim = self.queue.take(grant.id, now=self.clock(), hold=self.hold)
        if claim is None:
            return False
        held = HeldClaim(claim, queue=self.queue, clock=self.clock, hold=self.hold, flight=self.flight)
        provisioner, live = self.provisioners[grant.delivery], held.grant
        if live.usable(self.clock()):
            with held.looking():
                seen = provisioner.observe(live, self.clock())
            if seen is Presence.ABSENT:
                with held.putting_in():
                    provisioner.provision(live)
                log.warning("wrote the ledger's lease again", grant=grant.id)
        return self.queue.wait(claim, until=live.next_look() or self.clock(), landed=held.landed)
