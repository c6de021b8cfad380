"""Those who are told of what happens: which are set up, how far each is behind, and what becomes of lines of no one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from prometheus_client import Gauge

from daypass.lifecycle.break_glass.hook import call_hook
from daypass.model.listener import Listener
from daypass.reconcile.chores import Chore
from daypass.settings import Settings
from daypass.store.outbox import SqlOutbox
from daypass.wiring.break_glass_hook import glass_hook
from daypass.wiring.build import Daypass

_LINES = Gauge("daypass_outbox_lines", "What a listener is still to be told.", ["listener"])
_BEHIND = Gauge("daypass_outbox_behind_seconds", "Since the oldest of it happened; 0 when all is told.", ["listener"])
_KEPT = timedelta(days=1)
"""How long the lines of a listener that is not set up are kept: long enough for settings that were put right."""


def set_up(settings: Settings) -> frozenset[Listener]:
    """Who is told anything here."""
    slack = {Listener.SLACK} if settings.slack.bot_token else set()
    hook = {Listener.GLASS_HOOK} if settings.glass.hook_url else set()
    return frozenset(slack | hook)


def keeping_count(house: Daypass) -> list[Chore]:
    """Measure how far each listener is behind; forget what is for those that are not set up, else kept for good."""
    listening = set_up(house.settings)
    read, unread = _outboxes(house, listening), _outboxes(house, frozenset(Listener) - listening)
    return [
        Chore(name="behind", every=timedelta(seconds=30), run=lambda: measure(read, now=house.clock())),
        Chore(name="forget", every=timedelta(hours=1), run=lambda: _forget(unread, before=house.clock() - _KEPT)),
    ]


def calling(house: Daypass) -> list[Chore]:
    """Call where somebody is to be called for break glass, in a thread of its own: a call may take ten seconds."""
    hook = glass_hook(house.settings)
    if hook is None:
        return []
    outbox = SqlOutbox(house.database, Listener.GLASS_HOOK)
    call = partial(call_hook, hook, outbox=outbox, directory=house.services.directory, ledger=house.services.ledger)
    return [Chore(name="glass hook", every=timedelta(seconds=2), run=lambda: call(now=house.clock()))]


def measure(outboxes: Iterable[tuple[Listener, SqlOutbox]], *, now: datetime) -> None:
    """Show how far listeners are behind."""
    for listener, outbox in outboxes:
        backlog = outbox.backlog()
        _LINES.labels(listener).set(backlog.lines)
        _BEHIND.labels(listener).set(max(0.0, (now - backlog.since).total_seconds()) if backlog.since else 0.0)


def _forget(outboxes: Iterable[tuple[Listener, SqlOutbox]], *, before: datetime) -> None:
    for _, outbox in outboxes:
        outbox.forget(before=before)


def _outboxes(house: Daypass, some: Iterable[Listener]) -> list[tuple[Listener, SqlOutbox]]:
    return [(one, SqlOutbox(house.database, one)) for one in some]
