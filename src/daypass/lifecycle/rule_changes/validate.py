"""A proposed text: whether it can be read, passes its own examples and can go on; and what the journal says of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from difflib import unified_diff

from daypass.lifecycle.rule_changes.owners import must_leave_two
from daypass.model.errors import BadInput, Conflict, Refusal, RulesUnreadable, TooLate
from daypass.model.event import Detail, EntryKind, Event
from daypass.model.fact import Fact
from daypass.model.grant import GrantId
from daypass.model.principal import PrincipalId
from daypass.model.rule_change import RulesVersion
from daypass.ports import Directory, Ledger
from daypass.rules.examples.run import CaseResult, run_cases
from daypass.rules.load.read import RuleBook, parse

PROPOSED = "proposed"
"""How faults call the text: `proposed:12: ...`."""

NEXT = "Change both in one proposal: daypass rules pull FILE, edit it, daypass rules apply FILE."
_SHOWN = 3

LONGEST_DIFF = 16_000
"""Characters of a difference that the journal keeps; the versions themselves are kept whole."""


def judged(text: str, *, version: RulesVersion, directory: Directory) -> RuleBook:
    """Read a text that is to follow a version. Raises BadInput with everything that is wrong with it."""
    if text == version.text:
        raise BadInput(f"This is version {version.number} word for word; nothing would change.", field="text")
    try:
        book = parse(text, name=PROPOSED)
    except RulesUnreadable as error:
        raise BadInput(error.sentence, field="text") from None
    if failed := [one for one in run_cases(book) if not one.passed]:
        raise BadInput(_failed(failed), field="text")
    must_leave_two(book, directory=directory)
    return book


def _failed(failed: Sequence[CaseResult]) -> str:
    """Say which examples would fail, where they stand and in what, and what to do; the first few of them."""
    lines = [f"The example “{one.case.name}” (line {one.case.line}) would fail. {one.wrong[0]}" for one in failed]
    more = f"So would {len(failed) - _SHOWN} more." if failed[_SHOWN:] else ""
    return "\n".join(filter(None, [*lines[:_SHOWN], more, NEXT]))


def difference(old: str, new: str, *, names: tuple[str, str], longest: int = LONGEST_DIFF) -> str:
    """Write what changes as a unified diff, cut off after so many characters."""
    lines = unified_diff(old.splitlines(), new.splitlines(), *names, lineterm="")
    whole = "\n".join(lines)
    if len(whole) <= longest:
        return whole
    kept = whole[:longest].rsplit("\n", 1)[0]
    lacking = whole.count("\n") - kept.count("\n")
    return f"{kept}\n… {lacking} more lines"


LONGEST_BECAUSE = 4_000
"""Characters of a refusal that the journal keeps; a text may have thousands of faults."""


class Outdated(TooLate):
    """The change was made from a version that is not in force any more; the journal was told with its new state."""


@contextmanager
def refusals_journalled(
    change: GrantId | None, by: PrincipalId, doing: str, *, ledger: Ledger, now: datetime
) -> Iterator[None]:
    """Keep in the journal that somebody tried what is refused."""
    try:
        yield
    except Outdated:
        raise
    except (Refusal, Conflict) as refusal:
        told: dict[str, Detail] = {"doing": doing, "because": refusal.sentence[:LONGEST_BECAUSE]}
        ledger.record(Fact(event=event(EntryKind.RULES_REFUSED, change, by, now, told), told=False))
        raise


def event(
    kind: EntryKind, change: GrantId | None, by: PrincipalId, now: datetime, details: Mapping[str, Detail]
) -> Event:
    """Say what happened to a change."""
    return Event(kind=kind, at=now, actor=by, subject=change, details=details)
