"""
Freeze a person, a place or everything, and lift it again.

To freeze takes one owner of the rules, or the person themselves, and needs the ledger alone. To lift gives something
back, so that it takes two different owners, as the rules and the directory have them now.
"""

from dataclasses import replace
from datetime import datetime

from daypass.lifecycle.asked import Asked
from daypass.lifecycle.enders import owns
from daypass.lifecycle.frozen import freezes, freezes_now
from daypass.lifecycle.parties import as_known
from daypass.lifecycle.ruling.owners import must_own
from daypass.lifecycle.tries import overtaken
from daypass.model.errors import BadInput, NotFound, NotYours
from daypass.model.event import Detail, Event, Kind
from daypass.model.fact import Fact
from daypass.model.freeze import Extent, Freeze, Freezes
from daypass.model.grant import GrantId, new_grant_id
from daypass.model.principal import OPERATOR, PrincipalId
from daypass.ports import Directory, Ledger
from daypass.rules.document import RuleBook

_MOST = 1000


def freeze(  # noqa: PLR0913 - what by whom and why, what else can be asked, the ledger, and the moment
    extent: Extent, *, by: PrincipalId, reason: str, asked: Asked, ledger: Ledger, now: datetime
) -> Freeze:
    """Give nothing within an extent from now on. Raises NotYours; said again it is the freeze that stands."""
    must_be_theirs(extent, by, asked=asked, ledger=ledger)
    return set_freeze(extent, by=by, reason=reason, ends=False, ledger=ledger, now=now)


def must_be_theirs(extent: Extent, by: PrincipalId, *, asked: Asked, ledger: Ledger) -> None:
    """Raise NotYours for who may not freeze it."""
    if not may_freeze(extent, by, asked=asked, ledger=ledger):
        raise NotYours("Only the owners of the rules freeze what is not their own; ask one of them, or the operator.")


def may_freeze(extent: Extent, by: PrincipalId, *, asked: Asked, ledger: Ledger) -> bool:
    """Whether this person may: an owner of the rules, by the ledger or by what can be asked, and anybody themselves."""
    return extent.person == by or owns(by, asked=asked, cabinet=ledger)


def set_freeze(  # noqa: PLR0913 - the parts of a freeze, the ledger, and the moment
    extent: Extent, *, by: PrincipalId, reason: str, ends: bool, ledger: Ledger, now: datetime, os_user: str = ""
) -> Freeze:
    """Write a freeze down, for somebody who may. With `ends` a worker also ends what there is."""

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
            by=by,
            at=now,
            reason=reason.strip(),
            ends=ends or (known is not None and known.ends),
            also=known.everybody if known is not None else (),
        )
        others = tuple(one for one in row.standing if one.extent != extent)
        told: dict[str, Detail] = {**_about(extent), "freeze": made.id, "reason": made.reason, "ends": made.ends}
        told |= {"os_user": os_user} if os_user else {}
        _write(row, (*others, made), Kind.FREEZE_SET, by, told, ledger, now)
        return made

    return overtaken(once)


def lift(  # noqa: PLR0913 - which by whom, its three collaborators, and the moment
    freeze_id: GrantId, *, by: PrincipalId, rules: RuleBook, directory: Directory, ledger: Ledger, now: datetime
) -> Freeze | None:
    """
    Say, as an owner of the rules, that a freeze may be lifted; None once a second, different owner has said so.

    Raises NotFound, and NotYours for who is no owner now, for the one who is frozen, and for the same person twice.
    """

    def once() -> Freeze | None:
        row = freezes_now(ledger)
        found = find_freeze(freeze_id, ledger)
        owner = must_own(by, rules=rules, directory=directory)
        if found.extent.person in {owner.id, *owner.same_as}:
            raise NotYours("This freeze is about you; two other owners of the rules have to lift it.")
        first = found.lifting
        if first is not None and _still_owns(first, rules, directory):
            if owner.is_also(as_known(first, directory)):
                raise NotYours("You have said so already; a second owner of the rules has to.")
            told: dict[str, Detail] = {**_about(found.extent), "freeze": found.id, "with": first}
            rest = tuple(one for one in row.standing if one.id != found.id)
            _write(row, rest, Kind.FREEZE_LIFTED, by, told, ledger, now)
            return None
        waiting = replace(found, lifting=owner.id)
        told = {**_about(found.extent), "freeze": found.id}
        standing = tuple(waiting if one.id == found.id else one for one in row.standing)
        _write(row, standing, Kind.FREEZE_LIFT_AGREED, by, told, ledger, now)
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
        _write(row, rest, Kind.FREEZE_LIFTED, OPERATOR, told, ledger, now)

    overtaken(once)


def find_freeze(freeze_id: GrantId, ledger: Ledger) -> Freeze:
    """Read a freeze that stands. Raises NotFound."""
    found = next((one for one in freezes(ledger) if one.id == freeze_id), None)
    if found is None:
        raise NotFound(f"No freeze {freeze_id} stands; `daypass freeze` lists those that do.")
    return found


def _about(extent: Extent) -> dict[str, Detail]:
    return {"about": str(extent), "what": extent.kind}


def _still_owns(one: PrincipalId, rules: RuleBook, directory: Directory) -> bool:
    try:
        must_own(one, rules=rules, directory=directory)
    except NotYours:
        return False
    return True


def _write(  # noqa: PLR0913, PLR0917 - the row, what it holds then, and what the journal says
    row: Freezes,
    standing: tuple[Freeze, ...],
    kind: Kind,
    by: PrincipalId,
    told: dict[str, Detail],
    ledger: Ledger,
    now: datetime,
) -> None:
    event = Event(kind=kind, at=now, actor=by, subject=GrantId(str(told["freeze"])), details=told)
    ledger.record(Fact(event=event, changes=(replace(row, standing=standing, at=now),)))
