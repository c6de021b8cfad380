"""
Rules tried on many requests: what would become of them, and which would be decided otherwise under other rules.

One request at a time: what is kept is counts alone, as many as there are rules.
"""

from collections import Counter
from dataclasses import dataclass, field

from daypass.model.decision import Decision, Question
from daypass.model.length import words_for_length
from daypass.rules.decide.decision import decide
from daypass.rules.decide.outcome import deciding, differ_for, in_short, outcome
from daypass.rules.document.shape_example import Expected
from daypass.rules.examples.past import PastRequest
from daypass.rules.rule.rulebook import RuleBook

NOTHING = ""
"""Stands for the rule where none has anything to say, and what is asked is therefore refused."""

_SAID = {
    Expected.AT_ONCE: "allowed at once",
    Expected.ALLOWED: "waiting for somebody",
    Expected.DENIED: "denied",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One request that is decided otherwise: by other rules, or than it was at the time."""

    line: int
    question: Question
    was: str
    """The decision it is compared with, in half a sentence."""
    becomes: str

    @property
    def sentence(self) -> str:
        """Say what was asked, and both answers."""
        return f"{ask_in_words(self.question)}: was {self.was}; becomes {self.becomes}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """A book tried on one request after the other, beside what it would replace when that is given."""

    book: RuleBook
    against: RuleBook | None = None
    counts: Counter[tuple[Expected, str]] = field(default_factory=Counter)
    """How many came to what, by the rule that decides; `NOTHING` where nothing allows it."""
    before: Counter[tuple[Expected, str]] = field(default_factory=Counter)
    """The same under the other book."""

    def ask(self, asked: PastRequest) -> Difference | None:
        """
        Decide one request, count it, and tell how it differs.

        It is compared with what the other book says; without another book, with what the file says was decided.
        """
        decision = decide(self.book, asked.question, asked.around)
        _count(self.counts, decision)
        if self.against is not None:
            old = decide(self.against, asked.question, asked.around)
            _count(self.before, old)
            return (
                _difference(asked, in_short(old), decision)
                if differ_for(asked.question.length, old, decision)
                else None
            )
        if asked.decided is not None and asked.decided is not outcome(decision):
            return _difference(asked, _SAID[asked.decided], decision)
        return None

    @property
    def sentence(self) -> str:
        """How many came to what, in one sentence."""
        return tallied(self.counts)


def tallied(counts: Counter[tuple[Expected, str]]) -> str:
    """Say counts in one sentence."""
    one = Counter[Expected]()
    for (what, _), number in counts.items():
        one[what] += number
    nothing = counts[Expected.DENIED, NOTHING]
    requests = "1 request" if one.total() == 1 else f"{one.total():,} requests"
    return (
        f"{requests}: {one[Expected.AT_ONCE]:,} allowed at once, {one[Expected.ALLOWED]:,} waiting for somebody, "
        f"{one[Expected.DENIED] - nothing:,} denied by a rule, {nothing:,} that no rule allows."
    )


def ask_in_words(question: Question) -> str:
    """Say what is asked, by whom."""
    length = f" for {words_for_length(question.length)}" if question.length is not None else ""
    asker = f" (asked by {question.asker.id})" if question.asker else ""
    return f"{question.principal.id}{asker}, {question.entitlement}{length} as a {question.delivery}"


def _count(counts: Counter[tuple[Expected, str]], decision: Decision) -> None:
    first, *_ = (*deciding(decision), NOTHING)
    counts[outcome(decision), first] += 1


def _difference(asked: PastRequest, was: str, decision: Decision) -> Difference:
    return Difference(line=asked.line, question=asked.question, was=was, becomes=in_short(decision))
