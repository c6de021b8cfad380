"""What must be known besides a question before the rules can answer it."""

from daypass.model.decision import Needs, Question
from daypass.rules.book import RuleBook


def needs(book: RuleBook, question: Question) -> Needs:  # noqa: ARG001 - no rule asks for anything yet
    """What the rules that could concern the question look at, so that nothing else is looked up."""
    return Needs()
