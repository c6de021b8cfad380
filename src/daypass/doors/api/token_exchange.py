"""
Exchange one token for another (RFC 8693): a workload's for a short-lived one of ours, a person's for an agent's.

    POST /v1/token   a form, as the standard has it; refusals have the one shape of this API
"""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Form, Request

from daypass.doors.api.authentication import Now, WithServices
from daypass.doors.api.bots import scopes
from daypass.doors.api.router import api_router
from daypass.doors.wire.bots import ExchangedOut, ExchangeToken
from daypass.lifecycle.bots.exchange import Offered, Proof, Workloads, exchange
from daypass.lifecycle.bots.narrow import narrow
from daypass.model.errors import BadInput, NotYours
from daypass.model.login import LoginScope
from daypass.model.principal import PrincipalId

router = api_router("robots")


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
def exchange_token(
    body: Annotated[ExchangeToken, Form()], request: Request, services: WithServices, now: Now
) -> ExchangedOut:
    """Exchange a workload's token for one of a quarter of an hour, or a person's own for one that cannot decide."""
    wanted = scopes(body.scope.split())
    if body.scope and not wanted:
        raise BadInput("`scope` is blank. Name read, ask or use, or leave it out.", field="scope")
    if body.is_ours:
        narrowed = narrow(body.subject_token, scopes=wanted, logins=services.logins, ledger=services.ledger, now=now)
        return _handed(narrowed.text, narrowed.expires_at - now, narrowed.scopes, narrowed.principal)
    workloads: Workloads = request.app.state.workloads
    offered = Offered(token=body.subject_token, robot=body.client_id, scopes=wanted)
    given = exchange(offered, workloads=workloads, ledger=services.ledger, now=now)
    return _handed(given.text, given.expires_at - now, given.scopes, given.robot.id)


def _handed(token: str, lives: timedelta, lets: frozenset[LoginScope], principal: PrincipalId) -> ExchangedOut:
    return ExchangedOut(
        access_token=token,
        expires_in=int(lives.total_seconds()),
        scope=" ".join(sorted(lets)),
        principal=principal,
    )
