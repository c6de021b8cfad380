"""
What a monitoring system reads: how much waits, how much is stuck, and how the HTTP doors fare. Counts, never names.

    daypass_due_grants            grants that a worker should look at now
    daypass_stuck_grants          grants whose step is more than ten minutes late: alarm on this
    daypass_altered_rows          rows of the ledger that were changed outside Daypass: alarm on this
    daypass_journal_damaged       things that were found wrong with the journal: alarm on this
    daypass_journal_head_away     1 while the remembered head cannot be reached: nothing is signed then
    daypass_journal_entries       entries in the tree, while nothing is wrong with it
    daypass_http_seconds          histogram by route, method and status
"""

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import GaugeMetricFamily
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from daypass.doors.services import Services
from daypass.lifecycle.leavers.notice import held
from daypass.model.errors import Unavailable
from daypass.model.finding import Alteration
from daypass.model.record import Validity
from daypass.views.stuck import OVERDUE


class ServiceMetrics:
    """Asks the house when it is scraped, so that nothing has to be counted between."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Read the gauges."""
        try:
            now = self._services.clock()
        except Unavailable:  # this machine's clock is off, which the process's own metrics tell
            return
        stuck = self._services.queue.troubled(overdue_before=now - OVERDUE)
        yield GaugeMetricFamily(
            "daypass_due_grants", "Grants a worker should look at now", self._services.queue.depth(now=now)
        )
        yield GaugeMetricFamily("daypass_stuck_grants", "Grants whose step is over ten minutes late", len(stuck))
        waiting = held(self._services.ledger)
        yield GaugeMetricFamily(
            "daypass_leavers_held", "People said to have left whom an owner must confirm", len(waiting)
        )
        altered = self._services.ledger.all(Alteration, states=(Validity.OPEN,))
        yield GaugeMetricFamily("daypass_altered_rows", "Rows changed outside Daypass or unreadable", len(altered))
        damaged = len(self._services.book.faults())
        yield GaugeMetricFamily("daypass_journal_damaged", "Things found wrong with the journal", damaged)
        away = bool(self._services.book.unsigned())
        yield GaugeMetricFamily("daypass_journal_head_away", "Whether the remembered head cannot be reached", away)
        if damaged:
            return
        entries = self._services.book.checkpoint().size
        yield GaugeMetricFamily("daypass_journal_entries", "Entries in the journal's tree", entries)


class Timed:
    """Times every HTTP answer by its route's pattern; a path is never a label, as it may hold a link's token."""

    def __init__(self, app: ASGIApp, *, registry: CollectorRegistry) -> None:
        self._app = app
        self._seconds = Histogram(
            "daypass_http_seconds",
            "Time to the first byte of an answer",
            ["method", "route", "status"],
            registry=registry,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as ASGI asks."""
        began = time.perf_counter()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "none")
                labels = (_method(scope["method"]), route, str(message["status"]))
                self._seconds.labels(*labels).observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, timed if scope["type"] == "http" else send)


def _method(method: str) -> str:
    """Keep the label's values few: a client may call a method anything."""
    return method if method in {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"} else "other"
