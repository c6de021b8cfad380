"""
What P0's routing of requests does is said in examples/rules with our words, and every example beside it holds.

The same documents are played through the house itself in tests/flow/test_p0_features.py.
"""

from dataclasses import replace

import pytest

from daypass.rules.examples.run import run_cases
from daypass.rules.load.read import parse
from daypass.rules.rule.examples import Case
from daypass.rules.rule.rulebook import RuleBook
from tests.rules.test_gallery import FILES

BOOKS: dict[str, RuleBook] = {path.name[:2]: parse(path.read_bytes(), name=path.name) for path in FILES}
CASES = [(number, case) for number, book in BOOKS.items() for case in book.cases]
NUMBERS = ("09", "10", "11", "12", "13")


@pytest.mark.parametrize(("number", "case"), CASES, ids=[f"{number}: {case.name}" for number, case in CASES])
def test_an_example_beside_the_rules_holds(number: str, case: Case) -> None:
    """Each says the outcome, and where it matters the rule that decides and exactly who is asked."""
    (result,) = run_cases(replace(BOOKS[number], cases=(case,)))

    assert result.passed, "\n".join(result.sentences)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_rule_decides_in_one_of_the_examples_beside_it(number: str) -> None:
    """No rule stands there untried: without it, or with it paused, an example would not hold."""
    book = BOOKS[number]
    for rule in book.rules:
        paused = replace(book, rules=tuple(replace(one, paused=one is rule) for one in book.rules))

        assert not all(result.passed for result in run_cases(paused)), rule.id
