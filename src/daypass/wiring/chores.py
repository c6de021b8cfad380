"""Everything that a worker does every now and then, and how often."""

from datetime import timedelta
from functools import partial

from daypass.lifecycle.approval.escalation import hand_over
from daypass.lifecycle.approval.reconsider import reconsider
from daypass.lifecycle.approval.remind import remind
from daypass.lifecycle.break_glass.remind import remind_reviews
from daypass.lifecycle.cancel import lapse
from daypass.lifecycle.end.pending_extensions import close_orphans
from daypass.lifecycle.end.tickets import end_closed
from daypass.lifecycle.erase import Which, erase
from daypass.lifecycle.freezes.panic import go_on
from daypass.lifecycle.known_people import remember
from daypass.lifecycle.leavers.notice import settle
from daypass.lifecycle.leavers.poll import AskAfter
from daypass.lifecycle.preapprovals import close_over
from daypass.lifecycle.rule_changes.file_source import FileWatch
from daypass.lifecycle.rule_changes.versions import KeptRules
from daypass.lifecycle.schedules.windows import open_windows
from daypass.model.principal import DAYPASS
from daypass.ports.asker import unhurried
from daypass.reconcile.chores import Chore, report_stuck
from daypass.reconcile.drift import look_again, sweep, vanished
from daypass.reconcile.unknown_grants import Reports
from daypass.store.erase import SqlWords
from daypass.store.retention import SqlRetention
from daypass.wiring.build import Daypass
from daypass.wiring.listeners import keeping_count
from daypass.wiring.scrub import report_set_aside

_SECOND = timedelta(seconds=1)
_ERRANDS_STAY = timedelta(days=1)
"""Each is over after ten minutes; what it was for is in the journal."""


def chores(house: Daypass) -> list[Chore]:
    """What is done every now and then, and how often; the folding of the journal has a thread of its own."""
    ledger, now = house.services.ledger, house.clock
    logins, lapse_after = house.services.logins, house.settings.rules.lapse_after
    return [
        Chore(name="stuck", every=30 * _SECOND, run=partial(_stuck, house)),
        Chore(name="damaged", every=60 * _SECOND, run=partial(report_set_aside, house)),
        Chore(name="lapse", every=30 * _SECOND, run=lambda: lapse(ledger=ledger, after=lapse_after, now=now())),
        Chore(name="extensions", every=30 * _SECOND, run=lambda: close_orphans(ledger=ledger, now=now())),
        Chore(name="hand over", every=30 * _SECOND, run=lambda: hand_over(ledger=ledger, now=now())),
        Chore(name="reconsider", every=60 * _SECOND, run=partial(_reconsider, house)),
        Chore(name="panic", every=15 * _SECOND, run=lambda: go_on(ledger=ledger, logins=logins, now=now())),
        Chore(name="remember", every=60 * _SECOND, run=partial(_remember, house)),
        Chore(name="leavers", every=2 * _SECOND, run=partial(_settle_leavers, house)),
        *keeping_count(house),
        *_asking_after(house),
        Chore(name="remind", every=30 * _SECOND, run=partial(_remind, house)),
        *_rules_file(house),
        Chore(name="series", every=15 * _SECOND, run=partial(_open_windows, house)),
        *_tickets(house),
        Chore(name="permits", every=60 * _SECOND, run=lambda: close_over(ledger=ledger, now=now())),
        Chore(name="reviews", every=30 * _SECOND, run=lambda: remind_reviews(ledger=ledger, now=now())),
        Chore(name="late writes", every=15 * _SECOND, run=partial(_look_again, house)),
        Chore(name="sweep", every=house.settings.worker.sweep_every, run=partial(_sweep, house, Reports())),
        Chore(name="errands", every=timedelta(hours=1), run=lambda: ledger.drop_errands(before=now() - _ERRANDS_STAY)),
        Chore(name="statistics", every=timedelta(hours=1), run=house.database.renew_statistics),
        *_dropping(house),
        *_erasing(house),
    ]


def _stuck(house: Daypass) -> None:
    clock = house.clock
    held_up = "" if clock.agrees() else clock.sentence
    report_stuck(queue=house.queue, ledger=house.services.ledger, now=clock(), held_up=held_up)


def _rules_file(house: Daypass) -> list[Chore]:
    """Only where versions of the rules are kept."""
    rules = house.services.rules
    if not isinstance(rules, KeptRules):
        return []
    now, watch = house.clock, FileWatch(rules, house.services.ledger)
    return [Chore(name="rules file", every=15 * _SECOND, run=lambda: watch.look(now=now()))]


def _dropping(house: Daypass) -> list[Chore]:
    """Only where not everything is kept for good."""
    keep = timedelta(days=house.settings.store.keep_days)
    if not keep:
        return []
    retention, now = SqlRetention(house.database), house.clock
    return [Chore(name="drop", every=timedelta(hours=1), run=lambda: retention.drop_old(before=now() - keep))]


def _erasing(house: Daypass) -> list[Chore]:
    """Only where words are not kept for good."""
    keep = timedelta(days=house.settings.journal.keep_words_days)
    if not keep:
        return []
    return [Chore(name="erase", every=timedelta(days=1), run=partial(_erase, house, keep))]


def _erase(house: Daypass, keep: timedelta) -> None:
    services, now = house.services, house.clock()
    which = Which(person=None, before=now - keep, by=DAYPASS)
    words = SqlWords(house.database)
    erase(which, words=words, ledger=services.ledger, logins=services.logins, now=now)


def _open_windows(house: Daypass) -> None:
    services, now = house.services, house.clock
    open_windows(judge=services.judge, now=now())


def _reconsider(house: Daypass) -> None:
    services, now = house.services, house.clock
    with unhurried():
        reconsider(judge=services.judge, now=now())


def _remind(house: Daypass) -> None:
    services, in_channel = house.services, bool(house.settings.slack.channel)
    with unhurried():
        remind(ledger=services.ledger, directory=services.directory, in_channel=in_channel, now=house.clock())


def _remember(house: Daypass) -> None:
    services, now = house.services, house.clock
    with unhurried():
        remember(judge=services.judge, now=now())


def _settle_leavers(house: Daypass) -> None:
    settle(ledger=house.services.ledger, logins=house.services.logins, now=house.clock())


def _asking_after(house: Daypass) -> list[Chore]:
    """Only where the directory can say who has left."""
    if not house.settings.slack.bot_token:
        return []
    asking = AskAfter(leavers=house.leavers, ledger=house.services.ledger, logins=house.services.logins)
    return [Chore(name="ask after people", every=60 * _SECOND, run=partial(_ask_after, asking, house))]


def _ask_after(asking: AskAfter, house: Daypass) -> None:
    with unhurried():
        asking.round(now=house.clock())


def _tickets(house: Daypass) -> list[Chore]:
    """Only where there is a tracker: else no rule that wants a ticket lends anything."""
    if not house.settings.tickets.jira_url:
        return []
    judge, now = house.services.judge, house.clock
    return [Chore(name="tickets", every=60 * _SECOND, run=lambda: end_closed(judge=judge, now=now()))]


def _look_again(house: Daypass) -> None:
    look_again(queue=house.services.queue, provisioners=house.services.judge.deliveries, now=house.clock())


def _sweep(house: Daypass, reports: Reports) -> None:
    swept = sweep([house.sweep], ledger=house.services.ledger, clock=house.clock)
    reports.report(swept, ledger=house.services.ledger, now=house.clock())
    vanished(swept.seen, provisioners=house.services.judge.deliveries, ledger=house.services.ledger, clock=house.clock)
