"""A text that somebody proposes as the rules: whether it can be read, does what its own examples say, and can go on."""

from collections.abc import Sequence
from difflib import unified_diff

from daypass.lifecycle.rule_changes.owners import must_leave_two
from daypass.model.errors import BadInput, RulesUnreadable
from daypass.model.rule_change import RulesVersion
from daypass.ports import Directory
from daypass.rules.document.read import RuleBook, parse
from daypass.rules.examples.run import CaseResult, run_cases

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
