"""The examples of a document put to its rules: which of them hold, and in sentences why the others do not."""

from collections.abc import Iterator
from dataclasses import dataclass

from daypass.model.decision import Decision, Denied
from daypass.rules.decide.decision import decide
from daypass.rules.decide.outcome import asked_first, deciding, outcome
from daypass.rules.document.shape_example import Expected
from daypass.rules.explain.explain import explain
from daypass.rules.rule.examples import Case
from daypass.rules.rule.rulebook import RuleBook

_SAID = {
    Expected.ALLOWED: "somebody is asked",
    Expected.AT_ONCE: "it is allowed at once",
    Expected.DENIED: "it is denied",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What became of one example."""

    case: Case
    decision: Decision
    sentences: tuple[str, ...]
    """Why it does not hold, and what each rule makes of the ask; empty when it does."""
    wrong: tuple[str, ...] = ()
    """Why it does not hold, without the reasons of each rule."""

    @property
    def passed(self) -> bool:
        """Whether the rules say what the example expects."""
        return not self.sentences


def run_cases(book: RuleBook) -> list[CaseResult]:
    """Try every example of the book, in the order of the document."""
    return [_tried(book, case) for case in book.cases]


def _tried(book: RuleBook, case: Case) -> CaseResult:
    decision = decide(book, case.question, case.around)
    wrong = tuple(_wrong(case, decision))
    if not wrong:
        return CaseResult(case=case, decision=decision, sentences=())
    why = f": {decision.sentence.removeprefix('Denied: ')}" if isinstance(decision, Denied) else "."
    told = [verdict.sentence for verdict in explain(book, case.question, case.around)]
    return CaseResult(case=case, decision=decision, sentences=(*_wrong(case, decision, why), *told), wrong=wrong)


def _wrong(case: Case, decision: Decision, why: str = ".") -> Iterator[str]:
    """Say everything in which the decision is not what the example expects, and `why` it is what it is."""
    found = outcome(decision)
    if found is not case.expect:
        yield f"It expects that {_SAID[case.expect]}, but {_SAID[found]}{why}"
    if case.rule is not None and case.rule not in deciding(decision):
        yield f"It expects rule {case.rule} to decide, but {_names(deciding(decision), 'no rule')} does."
    if case.approvers is not None and case.approvers != asked_first(decision):
        wanted, asked = _names(case.approvers, "nobody"), _names(asked_first(decision), "nobody")
        yield f"It expects {wanted} to be asked first, but {asked} would be."


def _names(ids: frozenset[str] | tuple[str, ...], nobody: str) -> str:
    return ", ".join(sorted(ids)) or nobody
