"""What people and workers do every day, by name, in a house with whatever history: for what counts or times it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from daypass.aws.clock import AwsTime
from daypass.doors.api.requests import mine
from daypass.doors.wire.queries import WithEnded
from daypass.lifecycle.end.end import drop, revoke
from daypass.model.grant import Grant, GrantId
from daypass.model.principal import PrincipalId
from daypass.reconcile.chores import Chore
from daypass.rules.load.read import parse
from daypass.settings import JournalSettings, Settings, Store
from daypass.store.tiles import SqlTiles
from daypass.views.overview import overview
from daypass.wiring.build import build
from daypass.wiring.chores import chores
from daypass.wiring.clock import SharedClock
from tests.builder import Daypass
from tests.flow.conftest import Walk
from tests.keys import SIGNER
from tests.makers import ANN, BOB, EVE, RULES
from tests.years import write_years

OWNED = f"{RULES}owners: {{people: [U0BOB, U0EVE]}}\nlimits: {{live: 1000, pending: 1000}}\n"
IN_AWS = {"sweep"}
"""Chores that ask AWS for all there is."""

PROOFS = {"prove an entry", "prove growth"}
"""Take a statement or two more each time that the journal is twice as long."""

Actions = Mapping[str, Callable[[], object]]


def settled(url: str, over: int, *, lives: int = 8) -> Walk:
    """A house in which so many grants have ended, and some are live; Ann, Bob and the chores have been there before."""
    walk = Walk(url)
    walk.rules = parse(OWNED, name="rules.yaml")
    write_years(walk.database, over, until=walk.clock())
    while walk.book.fold():
        pass
    SqlTiles(walk.database).extend()
    for _ in range(lives):
        live(walk)
    walk.ask(once=False)
    return walk


def live(walk: Walk) -> Grant:
    """One more of Ann's grants, in AWS."""
    grant = walk.approve(walk.ask(once=False).id)
    walk.work()
    return walk.ledger.grant(grant.id)


def actions(walk: Walk, folder: Path) -> Actions:
    """What is done, by name; each may be done some times, and does its work."""
    usable = iter([one.id for one in walk.ledger.grants(principal=ANN) if one.usable(walk.clock())])
    people = walk.directory.people
    found: dict[str, Callable[[], object]] = {}
    for who in (ANN, BOB, EVE):
        found[f"home of {who}"] = partial(overview, who, judge=walk.services.judge, now=walk.clock())
        found[f"ls of {who}"] = partial(mine, people[who], walk.services, walk.clock(), WithEnded())
    found["request"] = lambda: walk.ask(once=False)
    found["request, approve and activate"] = lambda: live(walk)
    found["done"] = lambda: drop(next(usable), by=ANN, ledger=walk.ledger, now=walk.clock())
    found["revoke"] = lambda: _revoke(walk, next(usable), BOB)
    found["end in AWS"] = walk.work
    found["fold"] = walk.book.fold
    found["prove an entry"] = lambda: walk.book.inclusion(5)
    found["prove growth"] = lambda: walk.book.consistency(50)
    found["tell"] = lambda: walk.outbox.claim(now=walk.clock(), hold=walk.clock() - walk.clock(), limit=20)
    return found | {f"chore: {one.name}": one.run for one in _chores(walk, folder)}


def _revoke(walk: Walk, grant: GrantId, by: PrincipalId) -> Grant:
    return revoke(grant, by=by, reason="over", enders=walk.enders, now=walk.clock())


def _chores(walk: Daypass, folder: Path) -> list[Chore]:
    """The chores as the service has them, with the clock, the people and the AWS of the test."""
    settings = Settings(
        store=Store(url=walk.store_url), journal=JournalSettings(key_file=folder / "daypass-journal.key")
    )
    service = replace(build(settings, signer=SIGNER), services=walk.services, queue=walk.queue, book=walk.book)
    aws = AwsTime(service.clients, time.monotonic)
    clock = SharedClock(database=walk.clock, machine=walk.clock, monotonic=time.monotonic, aws=aws)
    return [one for one in chores(replace(service, clock=clock)) if one.name not in IN_AWS]
