"""
Workload identity: exchange a token that a program has where it runs for a short-lived one of ours (RFC 8693).

    POST /v1/token   a form, as the standard has it; refusals have the one shape of this API
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request

from daypass.doors.api.caller import AtDesk, Now
from daypass.doors.api.robots import scopes
from daypass.doors.wire.robots import ExchangedOut, ExchangeToken
from daypass.lifecycle.robots.exchange import Proof, Workloads, exchange
from daypass.model.errors import NotYours

router = APIRouter(tags=["robots"])


class NoWorkloads:
    """A house in which no issuer speaks for a robot."""

    def trusts(self, issuer: str) -> bool:  # noqa: ARG002 - the port's
        """None is trusted."""
        return False

    def issuer(self, token: str) -> str:  # noqa: ARG002 - the port's
        """Nobody's token is read."""
        raise NotYours("No issuer speaks for robots here.")

    def prove(self, token: str, *, issuer: str, now: datetime) -> Proof:  # noqa: ARG002 - the port's
        """Nobody's token is proved."""
        raise NotYours("No issuer speaks for robots here.")


@router.post("/token")
def exchange_token(body: Annotated[ExchangeToken, Form()], request: Request, desk: AtDesk, now: Now) -> ExchangedOut:
    """Exchange the token of a workload; ours is good for a quarter of an hour."""
    workloads: Workloads = request.app.state.workloads
    given = exchange(
        body.subject_token,
        robot=body.client_id,
        scopes=scopes(body.scope.split()),
        workloads=workloads,
        ledger=desk.ledger,
        now=now,
    )
    return ExchangedOut(
        access_token=given.text,
        expires_in=int((given.expires_at - now).total_seconds()),
        scope=" ".join(sorted(given.scopes)),
        principal=given.robot.id,
    )
