"""
A worker that is killed (SIGKILL, by itself) before a chosen statement of its step; run as a program.

It reads from standard input where the world is, then one number a line, and answers each with a line of JSON: the
statement before which a worker died, or null when a worker ran through. The n-th statement is the n-th one that is
executed for the first time; before statement 0 nobody dies. Each worker is a fork of this process, which has taken such
a step itself and closed its connections again: so a life costs milliseconds, and not the second that Python needs to
import an SDK.
"""

import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from daypass.aws import inline_policies, managed_policies, role_sessions
from daypass.aws.clients import AwsCredentials as AwsKeys
from daypass.aws.clients import Clients
from daypass.aws.own_permissions import Setup
from daypass.deliveries import broker, cutoff, policy, session
from daypass.reconcile import apply
from daypass.reconcile.loop import Loop
from daypass.store import database
from daypass.store.ledger import SqlLedger
from daypass.store.queue import SqlQueue
from tests.deliveries.world import hands_of
from tests.doom import killed_before
from tests.keys import SIGNER
from tests.servers.keys import REGION

_STATEMENTS_OF = {
    str(module.__file__)
    for module in (apply, policy, session, broker, cutoff, inline_policies, managed_policies, role_sessions)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where the world is."""

    endpoint: str
    access_key: str
    secret_key: str
    principal_arn: str
    broker_arn: str
    store_url: str
    ahead_s: float = 0.0
    """How far the workers' clock runs ahead: a lease that is over for them."""


def main() -> None:
    """Serve until standard input ends."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    worker, close = _worker(Where(**json.loads(sys.stdin.readline())))
    for line in sys.stdin:
        died = _killed_before(worker, int(line)) if int(line) else _warm_up(worker, close)
        print(json.dumps(died), flush=True)  # noqa: T201 - it is how this program answers


def _worker(where: Where) -> tuple[Loop, Callable[[], None]]:
    """Make a worker, and what closes its connections."""
    keys = AwsKeys(access_key_id=where.access_key, secret_access_key=where.secret_key)
    clients = Clients(region=REGION, endpoint=where.endpoint, keys=keys)
    store = database.open(where.store_url, SIGNER)
    setup = Setup(principal_arn=where.principal_arn, broker_arn=where.broker_arn)
    worker = Loop(
        ledger=SqlLedger(store),
        queue=SqlQueue(store),
        provisioners=hands_of(clients, setup).deliveries,
        clock=lambda: datetime.now(UTC) + timedelta(seconds=where.ahead_s),
        hold=timedelta(),  # the claim of the dead lapses at once, and not after half a minute,
        flight=timedelta(),  # and nothing that it sent is waited for: the server here has answered before it died
    )

    def close() -> None:
        store.close()
        for client in (clients.iam, clients.sts, clients.s3(), clients.s3(REGION)):
            client.close()

    return worker, close


def _warm_up(worker: Loop, close: Callable[[], None]) -> str | None:
    worker.run_until_idle(rounds=1)
    close()
    return None


def _killed_before(worker: Loop, statement: int) -> str | None:
    return killed_before(statement, lambda: worker.run_until_idle(rounds=1), of=_STATEMENTS_OF)


if __name__ == "__main__":
    main()
