"""
Decide on a proposed change of the rules. Everything is asked again at the click, under the rules of that moment.

An approval writes the version after the one that the change was made from, by its number: of two at once one is
there first, and the other change is outdated. A click that changes nothing is refused, and the journal keeps it.
"""

from datetime import datetime

from daypass.lifecycle.end.permissions import Enders
from daypass.lifecycle.freezes.gate import must_not_be_frozen
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.rule_changes.owners import OWNERS, must_agree, must_still_own
from daypass.lifecycle.rule_changes.validate import Outdated, difference, event, judged, refusals_journalled
from daypass.lifecycle.rule_changes.versions import KeptRules, digest_of, kept, whence
from daypass.model.errors import Conflict, DaypassError, NotFound, NotYours, TooLate, Unavailable
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.principal import DAYPASS, PrincipalId
from daypass.model.request import Approval
from daypass.model.rule_change import ChangeState, RulesChange, RulesVersion
from daypass.model.text import Person, Text, rendered, text_of
from daypass.ports import Ledger, Records


def approve_change(change_id: GrantId, *, by: PrincipalId, note: str = "", judge: Judge, now: datetime) -> RulesVersion:
    """
    Put a change in force, as another owner than its author.

    Raises NotYours for who may not; TooLate when it was decided before, or made from a version that is not in force
    any more; BadInput when its text would not be taken now.
    """
    rules, ledger = kept(judge.rules), judge.ledger
    change = find_change(change_id, ledger)
    with refusals_journalled(change_id, by, "approve", ledger=ledger, now=now):
        _must_be_pending(change)
        # The version is read first: one that comes between the two reads then has the number that is written below.
        version, judge = rules.version(now), judge.at_once()
        freezes = must_not_be_frozen([by, change.author], None, ledger, reader=by)
        must_agree(by, change, judge=judge)
        must_still_own(change, judge=judge)
        if version.number != change.base:
            raise _outdated(change, version, by, ledger, now)
        judged(change.text, version=version, directory=judge.people)
        following = _following(version, change, now)
        approved = change.decided(ChangeState.APPLIED, Approval(by=by, at=now, rule=OWNERS, note=note.strip()))
        told = _told(version, following, change)
        try:
            changed = event(EntryKind.RULES_CHANGED, change_id, by, now, told)
            ledger.record(Fact(event=changed, changes=(following, approved), stands=(freezes,)))
        except Conflict:
            must_not_be_frozen([by, change.author], None, ledger, reader=by)
            raise _overtaken(change, rules, by, ledger, now) from None
    close_outdated(following, ledger=ledger, now=now)
    return following


def close_outdated(version: RulesVersion, *, ledger: Ledger, now: datetime) -> int:
    """Close every change that waits and was made from another version than the one in force; returns how many."""
    waiting = ledger.all(RulesChange, states=(ChangeState.PENDING,))
    facts = [_fact_outdated(one, version, DAYPASS, now) for one in waiting if one.base < version.number]
    return len(facts) - len(ledger.record_each(facts))


def deny_change(change_id: GrantId, *, by: PrincipalId, reason: str = "", enders: Enders, now: datetime) -> RulesChange:
    """Turn a change down, as another owner than its author; needs the ledger alone. Raises NotYours or TooLate."""
    ledger = enders.ledger
    change = find_change(change_id, ledger)
    with refusals_journalled(change_id, by, "deny", ledger=ledger, now=now):
        _must_be_pending(change)
        if by == change.author:
            raise NotYours("Nobody decides on their own change of the rules; you can withdraw it.")
        enders.must_own(by)
        approval = Approval(by=by, at=now, rule=OWNERS, note=reason.strip())
        denied = change.decided(ChangeState.DENIED, approval)
        _close(denied, event(EntryKind.RULES_DENIED, change.id, by, now, {"reason": reason.strip()}), ledger)
    return denied


def withdraw_change(change_id: GrantId, *, by: PrincipalId, ledger: Ledger, now: datetime) -> RulesChange:
    """Take one's own change back. Raises NotYours or TooLate."""
    change = find_change(change_id, ledger)
    with refusals_journalled(change_id, by, "withdraw", ledger=ledger, now=now):
        _must_be_pending(change)
        if by != change.author:
            raise NotYours("Only its author withdraws a change of the rules; another owner can deny it.")
        withdrawn = change.decided(ChangeState.WITHDRAWN)
        _close(withdrawn, event(EntryKind.RULES_WITHDRAWN, change.id, by, now, {}), ledger)
    return withdrawn


def find_change(change_id: GrantId, records: Records) -> RulesChange:
    """Read a change. Raises NotFound."""
    try:
        return records.find(RulesChange, change_id)
    except NotFound:
        raise NotFound(f"There is no change {change_id} of the rules.") from None


def what_became(change: RulesChange) -> Text:
    """Say in a sentence what became of a change."""
    who = Person(change.approval.by) if change.approval else "an owner"
    match change.state:
        case ChangeState.PENDING:
            return ("This change waits for another owner.",)
        case ChangeState.APPLIED:
            return text_of("This change was approved by ", who, f" already; it became version {change.base + 1}.")
        case ChangeState.DENIED:
            return text_of("This change was denied by ", who, " already.")
        case ChangeState.WITHDRAWN:
            return ("This change was withdrawn.",)
        case ChangeState.OUTDATED:
            return (
                (
                    f"This change is outdated: it was made from version {change.base}, and another came after that. "
                    "Pull the newest and make the change anew."
                ),
            )


def _must_be_pending(change: RulesChange) -> None:
    if change.state is not ChangeState.PENDING:
        raise _too_late(change)


def _too_late(change: RulesChange) -> TooLate:
    return TooLate(what_became(change))


def _outdated(change: RulesChange, version: RulesVersion, by: PrincipalId, ledger: Ledger, now: datetime) -> TooLate:
    """Close a change whose base is not in force any more, and say so to whoever clicked."""
    _record(_fact_outdated(change, version, by, now), change, ledger)
    return Outdated(_why_outdated(change, version))


def _why_outdated(change: RulesChange, version: RulesVersion) -> Text:
    became = what_became(change.decided(ChangeState.OUTDATED))
    return text_of(became, f" Version {version.number} is in force, ", whence(version), ".")


def _fact_outdated(change: RulesChange, version: RulesVersion, by: PrincipalId, now: datetime) -> Fact:
    outdated = change.decided(ChangeState.OUTDATED)
    sentence = rendered(_why_outdated(change, version))
    told: dict[str, Detail] = {"doing": "approve", "because": sentence, "state": ChangeState.OUTDATED.value}
    return Fact(event=event(EntryKind.RULES_REFUSED, change.id, by, now, told), changes=(outdated,))


def _overtaken(change: RulesChange, rules: KeptRules, by: PrincipalId, ledger: Ledger, now: datetime) -> DaypassError:
    """Somebody decided in this very moment, on this change or on another of the same version; or froze something."""
    after = find_change(change.id, ledger)
    if after.state is not ChangeState.PENDING:
        return _too_late(after)
    version = rules.version(now)
    if version.number == change.base:
        return Unavailable("Something was frozen or lifted at this very moment; approve the change again.")
    return _outdated(after, version, by, ledger, now)


def _close(change: RulesChange, why: Event, ledger: Ledger) -> None:
    _record(Fact(event=why, changes=(change,)), change, ledger)


def _record(fact: Fact, change: RulesChange, ledger: Ledger) -> None:
    try:
        ledger.record(fact)
    except Conflict:
        raise _too_late(find_change(change.id, ledger)) from None


def _following(version: RulesVersion, change: RulesChange, now: datetime) -> RulesVersion:
    return RulesVersion(
        number=version.number + 1,
        text=change.text,
        digest=digest_of(change.text),
        author=change.author,
        at=max(now, version.at),  # versions are in one order, by whichever replica's clock
        note=change.note,
        change=change.id,
    )


def _told(version: RulesVersion, following: RulesVersion, change: RulesChange) -> dict[str, Detail]:
    names = (f"version {version.number}", f"version {following.number}")
    return {
        "version": following.number,
        "author": change.author,
        "digest": following.digest,
        "note": change.note,
        "diff": difference(version.text, following.text, names=names),
    }
