"""
A proposed text that decides in the shadow: beside the rules in force, for its differences to be seen before it counts.

It answers nobody. Where it would have answered differently, the journal keeps that under the change's id.
"""

from datetime import datetime
from functools import lru_cache

import structlog

from daypass.lifecycle.judge import Judge
from daypass.lifecycle.parties import Parties
from daypass.lifecycle.rule_changes.validate import PROPOSED, event
from daypass.model.decision import Decision
from daypass.model.errors import DaypassError
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.principal import DAYPASS
from daypass.model.request import Ask
from daypass.model.rule_change import ChangeState, RulesChange
from daypass.ports import Ledger, Records
from daypass.rules.decide.outcome import differ_for, in_short
from daypass.rules.load.read import RuleBook, parse

_MOST = 8
"""So many changes decide in the shadow at most, the newest: each of them costs every ask a decision more."""

log = structlog.get_logger(__name__)


def compare(request_id: GrantId, ask: Ask, *, judge: Judge, now: datetime) -> None:
    """
    Ask every text that decides in the shadow what it would say, and keep where that differs.

    To be called before anything of the decision is written, so that both look at the same house. Never raises: what
    only watches must not stand in anybody's way.
    """
    try:
        changes = in_shadow(judge.ledger, now)
        if not changes:
            return
        parties = Parties.of(ask, judge.people)
        length = ask.wish.term.lease(now).length if ask.wish.term else None
        old = judge.evaluate(ask, now, parties=parties).decide()
        for change in changes:
            new = judge.under(_parsed(change.text)).evaluate(ask, now, parties=parties).decide()
            if differ_for(length, old, new):
                judge.ledger.record(_differed(change, request_id, old, new, now))
    except DaypassError as error:
        log.warning("rules.shadow_failed", grant=request_id, why=error.sentence)


def in_shadow(records: Records, now: datetime) -> list[RulesChange]:
    """Read the changes that decide in the shadow now."""
    return records.running(RulesChange, state=ChangeState.PENDING, now=now)[:_MOST]


def differences(change_id: GrantId, ledger: Ledger) -> list[Event]:
    """Read where a change would have decided differently, oldest first."""
    return [one for one in ledger.story(change_id) if one.kind is EntryKind.RULES_DIFFERED]


@lru_cache(maxsize=_MOST)
def _parsed(text: str) -> RuleBook:
    return parse(text, name=PROPOSED)


def _differed(change: RulesChange, request_id: GrantId, old: Decision, new: Decision, now: datetime) -> Fact:
    told: dict[str, Detail] = {"request": request_id, "old": in_short(old), "new": in_short(new)}
    return Fact(event=event(EntryKind.RULES_DIFFERED, change.id, DAYPASS, now, told), told=False)
