"""
Freeze a person, a place or everything, and lift it again.

To freeze takes one owner of the rules, or the person themselves, and needs the ledger alone. To lift gives something
back, so that it takes two different owners, as the rules and the directory have them now.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from daypass.lifecycle.end.permissions import Enders
from daypass.lifecycle.freezes.gate import freezes, freezes_now
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.parties import as_known
from daypass.lifecycle.retries import overtaken
from daypass.lifecycle.rule_changes.owners import must_own
from daypass.model.errors import BadInput, NotFound, NotYours
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.freeze import Extent, Freeze, Freezes
from daypass.model.grant import GrantId, new_grant_id
from daypass.model.principal import OPERATOR, PrincipalId
from daypass.ports import Ledger
from daypass.rules.load.read import RuleBook

_MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """That nothing is given within an extent any more: by whom, and why."""

    extent: Extent
    by: PrincipalId
    reason: str = ""
    ends: bool = False
    """Whether what there is ends too."""
    os_user: str = ""
    """Who it was on the machine, of the operator's."""


def freeze(extent: Extent, *, by: PrincipalId, reason: str, enders: Enders, now: datetime) -> Freeze:
    """Give nothing within an extent from now on. Raises NotYours; said again it is the freeze that stands."""
    must_be_theirs(extent, by, enders=enders)
    return set_freeze(Halt(extent=extent, by=by, reason=reason), ledger=enders.ledger, now=now)


def must_be_theirs(extent: Extent, by: PrincipalId, *, enders: Enders) -> None:
    """Raise NotYours for who may not freeze it."""
    if not may_freeze(extent, by, enders=enders):
        raise NotYours("Only the owners of the rules freeze what is not their own; ask one of them, or the operator.")


def may_freeze(extent: Extent, by: PrincipalId, *, enders: Enders) -> bool:
    """Whether this person may: an owner of the rules, by the ledger or by what can be asked, and anybody themselves."""
    return extent.person == by or enders.owns(by)


def set_freeze(halt: Halt, *, ledger: Ledger, now: datetime) -> Freeze:
    """Write a freeze down, for somebody who may. With `ends` a worker also ends what there is."""
    extent, ends = halt.extent, halt.ends

    def once() -> Freeze:
        row = freezes_now(ledger)
        known = next((one for one in row.standing if one.extent == extent), None)
        if known is not None and (known.ends or not ends) and known.lifting is None:
            return known
        if len(row.standing) >= _MOST:
            raise BadInput(f"{_MOST} freezes stand already; freeze everything instead, or lift some.")
        made = Freeze(
            id=known.id if known else new_grant_id(),
            extent=extent,
            by=halt.by,
            at=now,
            reason=halt.reason.strip(),
            ends=ends or (known is not None and known.ends),
            also=known.everybody if known is not None else (),
        )
        others = tuple(one for one in row.standing if one.extent != extent)
        told: dict[str, Detail] = {**_about(extent), "freeze": made.id, "reason": made.reason, "ends": made.ends}
        told |= {"os_user": halt.os_user} if halt.os_user else {}
        ledger.record(_moved(row, (*others, made), _event(EntryKind.FREEZE_SET, halt.by, told, now)))
        return made

    return overtaken(once)


def lift(freeze_id: GrantId, *, by: PrincipalId, judge: Judge, now: datetime) -> Freeze | None:
    """
    Say, as an owner of the rules, that a freeze may be lifted; None once a second, different owner has said so.

    Raises NotFound, and NotYours for who is no owner now, for the one who is frozen, and for the same person twice.
    """
    judge, ledger = judge.at_once(), judge.ledger

    def once() -> Freeze | None:
        row = freezes_now(ledger)
        found = find_freeze(freeze_id, ledger)
        owner = must_own(by, judge=judge)
        if found.extent.person in {owner.id, *owner.same_as}:
            raise NotYours("This freeze is about you; two other owners of the rules have to lift it.")
        first = found.lifting
        if first is not None and _still_owns(first, judge):
            if owner.is_also(as_known(first, judge.people)):
                raise NotYours("You have said so already; a second owner of the rules has to.")
            told: dict[str, Detail] = {**_about(found.extent), "freeze": found.id, "with": first}
            rest = tuple(one for one in row.standing if one.id != found.id)
            ledger.record(_moved(row, rest, _event(EntryKind.FREEZE_LIFTED, by, told, now)))
            return None
        waiting = replace(found, lifting=owner.id)
        told = {**_about(found.extent), "freeze": found.id}
        standing = tuple(waiting if one.id == found.id else one for one in row.standing)
        ledger.record(_moved(row, standing, _event(EntryKind.FREEZE_LIFT_AGREED, by, told, now)))
        return waiting

    return overtaken(once)


def lift_as_operator(freeze_id: GrantId, *, os_user: str, rules: RuleBook, ledger: Ledger, now: datetime) -> None:
    """Lift a freeze on the machine, where the rules name no owners who could. Raises NotFound, NotYours."""
    if rules.owners:
        raise NotYours("The rules name owners, and two of them lift a freeze: daypass lift, or /daypass lift in Slack.")

    def once() -> None:
        row = freezes_now(ledger)
        found = find_freeze(freeze_id, ledger)
        told: dict[str, Detail] = {**_about(found.extent), "freeze": found.id, "os_user": os_user}
        rest = tuple(one for one in row.standing if one.id != found.id)
        ledger.record(_moved(row, rest, _event(EntryKind.FREEZE_LIFTED, OPERATOR, told, now)))

    overtaken(once)


def find_freeze(freeze_id: GrantId, ledger: Ledger) -> Freeze:
    """Read a freeze that stands. Raises NotFound."""
    found = next((one for one in freezes(ledger) if one.id == freeze_id), None)
    if found is None:
        raise NotFound(f"No freeze {freeze_id} stands; `daypass freeze` lists those that do.")
    return found


def _about(extent: Extent) -> dict[str, Detail]:
    return {"about": str(extent), "what": extent.kind}


def _still_owns(one: PrincipalId, judge: Judge) -> bool:
    try:
        must_own(one, judge=judge)
    except NotYours:
        return False
    return True


def _event(kind: EntryKind, by: PrincipalId, told: dict[str, Detail], now: datetime) -> Event:
    return Event(kind=kind, at=now, actor=by, subject=GrantId(str(told["freeze"])), details=told)


def _moved(row: Freezes, standing: tuple[Freeze, ...], event: Event) -> Fact:
    return Fact(event=event, changes=(replace(row, standing=standing, at=event.at),))
