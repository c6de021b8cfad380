"""Propose other rules. Nothing changes by it: another owner must agree."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from daypass.lifecycle.freezes.gate import must_not_be_frozen
from daypass.lifecycle.judge import Judge
from daypass.lifecycle.rule_changes.file_source import before_of, kept_from_file
from daypass.lifecycle.rule_changes.owners import must_own
from daypass.lifecycle.rule_changes.validate import event, judged, refusals_journalled
from daypass.lifecycle.rule_changes.versions import digest_of, kept, whence
from daypass.model.errors import BadInput, Conflict, NotFound
from daypass.model.event import Detail, EntryKind
from daypass.model.fact import Fact
from daypass.model.freeze import Freezes
from daypass.model.grant import GrantId, grant_id_for, new_grant_id
from daypass.model.length import words_for_length
from daypass.model.principal import PrincipalId
from daypass.model.request import LONGEST_REASON
from daypass.model.rule_change import RulesChange, RulesVersion
from daypass.model.text import text_of
from daypass.ports import Ledger
from daypass.rules.load.read import RuleBook

LONGEST_SHADOW = timedelta(days=92)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDraft:
    """A change that could be filed: what it is, what it follows, and what its text says."""

    change: RulesChange
    version: RulesVersion
    """The one in force."""
    present: RuleBook
    proposed: RuleBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Other rules, as somebody would have them."""

    text: str
    base: int
    """The number of the version that it was made from."""
    note: str = ""
    shadow: timedelta | None = None
    """For how long it decides beside the one in force, where nothing comes of it."""
    key: str = ""
    """Proposed again with it, it is the same change."""


def propose(proposal: Proposal, *, by: PrincipalId, judge: Judge, now: datetime) -> RulesChange:
    """
    File a whole new text in place of version `base`; for a `shadow` it decides beside the one in force.

    Proposed again with the same `key`, by whichever process, it is the same change. Raises NotYours for who is no
    owner, Conflict when another version came meanwhile, BadInput with every fault.
    """
    key, ledger = proposal.key, judge.ledger
    anew = partial(draft, proposal, by=by, judge=judge, now=now)
    change_id = grant_id_for(f"{by} {key}") if key else new_grant_id()
    with refusals_journalled(None, by, "propose", ledger=ledger, now=now):
        if (known := _found(change_id, ledger)) is not None:
            return known
        freezes = must_not_be_frozen([by], None, ledger, reader=by)
        made = anew(change_id=change_id)
        try:
            ledger.record(*_filed(made, freezes, ledger, now))
        except Conflict:  # somebody else kept the file's text in this very moment, or filed this one
            if (known := _found(change_id, ledger)) is not None:
                return known
            freezes = must_not_be_frozen([by], None, ledger, reader=by)
            made = anew(change_id=change_id)
            ledger.record(*_filed(made, freezes, ledger, now))
    return made.change


def draft(
    proposal: Proposal, *, by: PrincipalId, judge: Judge, now: datetime, change_id: GrantId | None = None
) -> ChangeDraft:
    """Make the change that `propose` would file, and file nothing. Raises what `propose` raises."""
    rules = kept(judge.rules)
    version, present = rules.version(now), rules()
    must_own(by, judge=judge.under(present))
    must_be_base(proposal.base, version)
    change = RulesChange(
        id=change_id or new_grant_id(),
        author=by,
        base=proposal.base,
        text=proposal.text,
        note=_note(proposal.note),
        filed_at=now,
        shadow_until=None if proposal.shadow is None else now + _shadow(proposal.shadow),
    )
    proposed = judged(proposal.text, version=version, directory=judge.people)
    return ChangeDraft(change=change, version=version, present=present, proposed=proposed)


def must_be_base(base: int, version: RulesVersion) -> None:
    """Check that a text was made from the version in force. Raises Conflict, or BadInput for one that never was."""
    if base == version.number:
        return
    if not 0 < base < version.number:
        raise BadInput(f"There is no version {base} of the rules; version {version.number} is in force.", field="base")
    raise Conflict(
        text_of(
            f"Version {version.number} came meanwhile, ",
            whence(version),
            "; pull it and make your change anew from that.",
        )
    )


def _found(change_id: GrantId, ledger: Ledger) -> RulesChange | None:
    try:
        return ledger.find(RulesChange, change_id)
    except NotFound:
        return None


def _filed(made: ChangeDraft, freezes: Freezes, ledger: Ledger, now: datetime) -> tuple[Fact, ...]:
    change, version = made.change, made.version
    told: dict[str, Detail] = {
        "base": change.base,
        "digest": digest_of(change.text),
        "note": change.note,
        "shadow_until": change.shadow_until.isoformat() if change.shadow_until else None,
    }
    first = () if version.revision else (kept_from_file(version, before_of(version, ledger), now),)
    proposed = event(EntryKind.RULES_PROPOSED, change.id, change.author, now, told)
    return *first, Fact(event=proposed, changes=(change,), stands=(freezes,))


def _note(note: str) -> str:
    plain = note.strip()
    if len(plain) > LONGEST_REASON:
        raise BadInput(f"The note has {len(plain)} characters; {LONGEST_REASON} is the most.", field="note")
    return plain


def _shadow(length: timedelta) -> timedelta:
    if not timedelta(0) < length <= LONGEST_SHADOW:
        most = words_for_length(LONGEST_SHADOW)
        raise BadInput(f"A change decides in the shadow for {most} at most.", field="shadow_for")
    return length
