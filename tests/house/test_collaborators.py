"""What belongs together is handed on together: one judge, and no list of parameters that only passes things through."""

import ast
from collections.abc import Iterator

from tests.house.sources import SOURCE, functions, modules

BEHIND_THE_JUDGE = {"RuleBook", "KeptRules", "Directory", "Facts", "Ledger", "Cabinet", "Provisioner"}

MANY_PARAMETERS = {
    "doors/api/requests.py",  # FastAPI hands in each part of a request by itself
    "doors/api/rules.py",  # the same
    "doors/cli/rules_sync.py",  # click hands in each option by itself
    "doors/cli/verify.py",  # the same
    "doors/mcp/tools.py",  # the agent's tool has one parameter for each word
    "doors/slack/blocks.py",  # the fields of a Slack block
    "sandbox/slack/server.py",  # the parts of a workspace
    "sandbox/slack/workspace.py",  # the same
}
"""Where a function may have more than five parameters, and why."""


def below(path: str) -> str:
    """A module's path as it is below the source."""
    return path.removeprefix("src/daypass/")


def collaborators(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Yield the types of a function's parameters that the judge has already."""
    for one in (*node.args.args, *node.args.kwonlyargs):
        if one.annotation is not None:
            yield from {each.id for each in ast.walk(one.annotation) if isinstance(each, ast.Name)} & BEHIND_THE_JUDGE


def test_no_verb_is_given_apart_what_the_judge_holds_together():
    """Whoever needs the rules, the people and the ledger is given the judge."""
    found = {
        f"{below(path)}: {node.name}"
        for path, text in modules(SOURCE).items()
        if below(path).startswith(("lifecycle/", "reconcile/"))
        for node in functions(text)
        if len(set(collaborators(node))) > 2
    }

    assert not found


def test_long_lists_of_parameters_are_where_somebody_else_writes_them():
    """A framework hands its parts in one by one; what is our own is grouped into a value with a name."""
    found = {below(path) for path, text in modules(SOURCE).items() if "PLR0913" in text}

    assert found <= MANY_PARAMETERS
