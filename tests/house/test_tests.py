"""The tests themselves: each says what it claims, and none is left out."""

import ast
import re

from tests.house.sources import TESTS, functions, modules, tree

# A missing server is a failure to be seen, and a known bug is an issue: neither hides in a green run.
LEFT_OUT = re.compile(r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)\b|unittest\.skip")


def test_every_test_says_its_claim_in_words():
    """Each test has a docstring that says again, as a sentence, what its name claims."""
    silent = [
        f"{path}: {node.name}"
        for path, text in modules(*TESTS).items()
        for node in functions(text)
        if node.name.startswith("test_") and not ast.get_docstring(node)
    ]

    assert silent == []


def test_no_test_is_skipped_or_expected_to_fail():
    """Every test that exists runs, and counts."""
    assert [path for path, text in modules(*TESTS).items() if LEFT_OUT.search(text)] == []


def test_no_two_tests_of_a_module_share_a_name():
    """A second test of the same name would silently replace the first."""
    doubled = []
    for path, text in modules(*TESTS).items():
        names = [node.name for node in tree(text).body if isinstance(node, ast.FunctionDef)]
        doubled += [f"{path}: {name}" for name in set(names) if names.count(name) > 1]

    assert doubled == []
