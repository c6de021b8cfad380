"""
Run the house until it is told to stop.

    the event loop    the API, the links, Slack's requests or its socket, the outbox into Slack
    thread `loop`     claims what is due and works on it with its hands
    thread `hook`     calls for break glass, where a hook is set
    thread `chores`   reports what is stuck, lets old requests lapse, sweeps
    thread `fold`     folds new entries into the journal's tree and signs them, within a second; looks for our own
    thread `scrub`    goes over the whole ledger, at the start and once a day
    thread `clock`    compares this machine's clock with the database's and AWS's

Each can be killed at any moment: what they know is in the database. SIGTERM and SIGINT end them in order; one that ends
by itself ends the process (wiring/watch).
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from ipaddress import ip_network

import structlog
from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest
from prometheus_client.metrics_core import Metric
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from daypass import settings as settings_page
from daypass.doors.address import Networks
from daypass.doors.api import app as api
from daypass.doors.hosts import Hosts
from daypass.doors.limits import BodyLimit
from daypass.doors.slack.door import SlackDoor
from daypass.doors.slack.inbound import may_be_slacks
from daypass.doors.slack.workspace import SlackSettings
from daypass.doors.web import app as web
from daypass.model.errors import DaypassError, Misconfigured
from daypass.reconcile.chores import Chore, run_chores
from daypass.settings import Settings
from daypass.store import database
from daypass.store.journal import SqlBook
from daypass.store.tiles import SqlTiles
from daypass.wiring.build import Daypass, build
from daypass.wiring.chores import chores
from daypass.wiring.connection_limits import AddressConnections, thinned_out
from daypass.wiring.health import Writes, faults
from daypass.wiring.journal import check_journal
from daypass.wiring.listener import listen, must_be_free, told_to_stop
from daypass.wiring.listeners import calling
from daypass.wiring.log import configure
from daypass.wiring.scrub import scrubbing, telling_of_damage
from daypass.wiring.watch import ThreadWatch
from daypass.workload_identity.issuers import Issuers

log = structlog.get_logger()

_SECOND = timedelta(seconds=1)


def serve() -> None:
    """Run the service, with a worker beside it unless the settings say otherwise. Raises Misconfigured."""
    settings = settings_page.load()
    must_be_set_up(settings)
    configure(settings.service.log)
    must_be_free(settings.service.host, settings.service.port)
    house = build(settings)
    house.database.migrate()
    check_journal(house.database, house.book, settings.journal.key_file)
    watch = ThreadWatch(time.monotonic)
    with _worker(house, watch, works=settings.service.work):
        asyncio.run(_doors(house, watch))
    house.database.close()


def must_be_set_up(settings: Settings) -> None:
    """
    Raise Misconfigured where not one setting is given: nobody could ask, and a key and a database would be left here.

    What is set in part does start: without Slack the API is open, as the log and `daypass doctor` say.
    """
    if settings == Settings():
        raise Misconfigured(
            "Nothing is set up: no setting of Daypass is in the environment, and DAYPASS_CONFIG names no file. Slack "
            "comes first: DAYPASS_SLACK_BOT_TOKEN, with DAYPASS_SLACK_SIGNING_SECRET or DAYPASS_SLACK_APP_TOKEN. "
            "docs/settings.md lists them all, `daypass doctor` says what is still missing, and `daypass demo` needs "
            "none."
        )


def work() -> None:
    """Run a worker alone. Raises Misconfigured."""
    settings = settings_page.load()
    must_be_set_up(settings)
    configure(settings.service.log)
    house = build(settings)
    house.database.check()
    check_journal(house.database, house.book, settings.journal.key_file)
    if settings.worker.metrics_port:
        must_be_free("127.0.0.1", settings.worker.metrics_port)
    with _worker(house, ThreadWatch(time.monotonic)):
        asyncio.run(_metrics(settings))
    house.database.close()


def migrate() -> None:
    """Bring the database to the tables of this version. Raises Misconfigured."""
    store = database.open(settings_page.load().store.url)
    store.migrate()
    store.close()


def application(house: Daypass, watch: ThreadWatch) -> FastAPI:
    """The web application without Slack: the API, the links, health and metrics."""
    proxies = _networks(house.settings.service.trusted_proxies)
    room = house.settings.service.connections_per_address
    workloads = Issuers(house.settings.robots.issuers, clock=time.monotonic)
    app = api.build(
        house.services,
        version=version("daypass"),
        visitors=api.Visitors(trusted_proxies=proxies, at_once=room),
        workloads=workloads,
        may_be_slacks=partial(may_be_slacks, clock=house.services.clock),
    )
    writes = Writes(house.database)
    registry = web.add(app, house.services, trusted_proxies=proxies, faults=lambda: faults(house, watch, writes))
    _add_our_own(registry)
    return app


def _fold_all(book: SqlBook) -> None:
    """Fold until nothing waits: after a burst the journal is signed as fast as it can be, not a batch a second."""
    while book.fold():
        pass


def _settle_attempts(house: Daypass, *, at_once: bool = False) -> None:
    """Write down what strangers tried and was only counted."""
    house.services.attempts.settle(ledger=house.services.ledger, now=house.clock(), at_once=at_once)


def _settle_last_attempts(house: Daypass) -> None:
    """The same as the process ends; a database that is away does not keep it from ending."""
    try:
        _settle_attempts(house, at_once=True)
    except DaypassError as error:
        log.warning("attempts.lost", because=error.report)


@contextmanager
def _worker(house: Daypass, watch: ThreadWatch, *, works: bool = True) -> Iterator[None]:
    """The loop and the chores in threads of their own while the block lasts; without work, clock and fold alone."""
    stop = threading.Event()
    house.loop.each_round = partial(watch.round, "loop")
    folding = [
        Chore(name="fold", every=_SECOND, run=partial(_fold_all, house.book)),
        Chore(name="own entries", every=10 * _SECOND, run=house.book.look_for_own),
        Chore(name="tiles", every=10 * _SECOND, run=SqlTiles(house.database).extend),
        telling_of_damage(house),
        Chore(name="attempts", every=10 * _SECOND, run=partial(_settle_attempts, house)),
    ]
    comparing = Chore(name="clock", every=_SECOND, run=house.clock.keep_comparing)

    def doing(name: str, some: Sequence[Chore], ready: Callable[[], bool]) -> threading.Thread:
        each_round = partial(watch.round, name)
        run = partial(run_chores, some, stop, time.monotonic, ready=ready, each_round=each_round)
        return watch.thread(name, run, stop)

    threads = [doing("clock", [comparing], lambda: True), doing("fold", folding, house.clock.may_work)]
    calls = calling(house) if works else []
    if works:
        threads += [
            watch.thread("loop", partial(house.loop.run, stop), stop),
            doing("chores", chores(house), house.clock.may_work),
            *([doing("hook", calls, house.clock.may_work)] if calls else []),
            doing("scrub", [scrubbing(house, stop, each_page=partial(watch.round, "scrub"))], house.clock.may_work),
        ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        _settle_last_attempts(house)


async def _doors(house: Daypass, watch: ThreadWatch) -> None:
    """Open every door and keep them open until a signal comes."""
    stop = told_to_stop()
    app = application(house, watch)
    async with _slack(house, app, watch):
        service = house.settings.service
        log.info("serving", address=house.settings.public_url)
        crowd = AddressConnections(most=service.connections_per_address, trusted=_networks(service.trusted_proxies))
        async with thinned_out(service.port, crowd):
            await listen(app, service.host, service.port, stop)


async def _metrics(settings: Settings) -> None:
    """Show what this process measures until a signal comes; with port 0 only wait for that."""
    stop = told_to_stop()
    if not settings.worker.metrics_port:
        await stop.wait()
        return
    await listen(measured(settings.public_url), "127.0.0.1", settings.worker.metrics_port, stop)


def measured(public_url: str) -> ASGIApp:
    """
    What this process measures, at any path, in the one format that every Prometheus reads.

    The library's own application reads what the caller would accept, and stumbles over what is none.
    """

    def metrics(_request: Request) -> Response:
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    app = Starlette(routes=[Route("/{any:path}", metrics)])
    return Hosts(BodyLimit(app, may_send_rules=lambda _: False), public_url=public_url)


@asynccontextmanager
async def _slack(house: Daypass, app: FastAPI, watch: ThreadWatch) -> AsyncIterator[None]:
    """Join Slack to the app, or by a socket, for as long as the block lasts."""
    settings = _slack_settings(house.settings)
    if settings is None:
        log.warning("no Slack is set, only the API is open: give DAYPASS_SLACK_BOT_TOKEN; see daypass doctor")
        yield
        return
    door = SlackDoor(house.services, settings, ticks=house.clock, watch=watch)
    app.router.routes.extend(door.routes())
    _watch_socket(door)
    await door.start()
    try:
        yield
    finally:
        await door.stop()


def _watch_socket(door: SlackDoor) -> None:
    """Show how deaf the socket is, and how often its watchdog replaced it."""
    age = Gauge("daypass_slack_envelope_age_seconds", "Since Slack last sent something by Socket Mode; -1 before.")
    age.set_function(lambda: door.envelope_age.total_seconds() if door.envelope_age else -1.0)
    rebuilt = Gauge("daypass_slack_socket_rebuilt", "How often the watchdog replaced the socket.")
    rebuilt.set_function(lambda: door.socket.rebuilt if door.socket else 0)


def _slack_settings(settings: Settings) -> SlackSettings | None:
    slack = settings.slack
    if not slack.bot_token:
        return None
    return SlackSettings(
        bot_token=slack.bot_token,
        signing_secret=slack.signing_secret,
        app_token=slack.app_token,
        api_url=slack.api_url,
        approvals_channel=slack.channel,
        most_cards=slack.most_cards,
        security=settings.glass.security,
    )


def _networks(addresses: tuple[str, ...]) -> Networks:
    try:
        return tuple(ip_network(address) for address in addresses)
    except ValueError as error:
        raise Misconfigured(f"DAYPASS_SERVICE_TRUSTED_PROXIES: {error}.") from None


def _add_our_own(registry: CollectorRegistry) -> None:
    """Show what the loop measures, and the process itself, beside what the web door measures."""

    class Ours:
        """A collector that hands on the process's default registry."""

        def collect(self) -> Iterator[Metric]:
            """Collect it."""
            yield from REGISTRY.collect()

    registry.register(Ours())
