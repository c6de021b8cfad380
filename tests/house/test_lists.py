"""No list under a decision is cut: what decides, ends, reminds or escalates reads all there is."""

import ast
from collections.abc import Iterator

from tests.house.sources import SOURCE, functions, modules, tree

LEDGER = {"all", "requests", "grants", "each_request", "each_grant", "chain", "lapsed", "troubled"}

PARTS = {
    "store/damaged_rows.py": {"_each_row", "page"},  # some hundreds at a time until the end; a page with its true total
    "store/scrub.py": {"_pages"},  # some hundreds at a time until the end
    "store/queue.py": {"_ANY_DUE", "_DUE"},  # a claim: what is left is claimed next, longest overdue first
    "store/outbox.py": {"_HEADS", "_OLD"},  # a claim, the oldest line first; what is forgotten, until none is left
    "store/journal.py": {"_NEWEST_NOTE", "_NOTES", "_NEWEST"},  # pages of an export
    "store/journal_rows.py": {"_ANY", "_TREE", "_UNFOLDED", "_LAST_OF", "_ENTRY_OF"},  # a batch of the fold; one row
    "store/database.py": {"_ANY_ENTRY"},  # whether there is one
    "store/logins.py": {"_only"},  # two are enough to know that there is not exactly one
    "store/postings.py": {"_SUBJECTS"},  # the same
    "store/retention.py": {"_drop"},  # some at a time, until none is left
    "store/ledger.py": {"drop_errands"},  # some at a time, until none is left
}
"""Where the store may cut a query, and why nothing is missed by it."""

SAMPLES = {
    "lifecycle/rule_changes/past_requests.py",  # the newest so many past requests, by the number that was asked for
    "lifecycle/rule_changes/effects.py",  # what a change of the rules would do, which says what it left out
}
"""Who may look at the newest of something alone: nothing is given, ended or told by it."""


def below(path: str) -> str:
    """A module's path as it is below the source."""
    return path.removeprefix("src/daypass/")


def named(body: list[ast.stmt]) -> Iterator[tuple[str, ast.AST]]:
    """Yield each function, method and constant of a module with its name."""
    for node in body:
        match node:
            case ast.ClassDef():
                yield from named(node.body)
            case ast.FunctionDef():
                yield node.name, node
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield name, node
            case _:
                pass


def calls(node: ast.AST, names: set[str]) -> Iterator[ast.Call]:
    """Yield the calls of methods with these names."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in names:
            yield one


def test_the_store_cuts_no_query_but_claims_and_pages():
    """LIMIT stands where a claim comes again for what is left, and where people turn pages; nowhere else."""
    found = {
        f"{below(path)}: {name}"
        for path, text in modules(SOURCE / "store").items()
        for name, node in named(tree(text).body)
        if any(calls(node, {"limit", "fetch"})) or "nlargest" in ast.unparse(node)
        if name not in PARTS.get(below(path), set())
    }

    assert found == set()


def test_no_port_has_a_limit_that_a_caller_does_not_see():
    """A method of a port either gives everything, or its caller says how much; nobody is cut by a default."""
    found = [
        f"{below(path)}: {function.name}"
        for path, text in modules(SOURCE / "ports").items()
        for function in functions(text)
        for argument, default in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
        if argument.arg in {"limit", "most", "size"} and default is not None
    ]

    assert found == []


def test_nobody_takes_only_the_newest_of_what_the_ledger_gives():
    """Neither a slice nor islice around what the ledger gives, but for samples that say they are samples."""
    cut = []
    for path, text in modules(SOURCE).items():
        for node in ast.walk(tree(text)):
            sliced = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice)
            taken = isinstance(node, ast.Call) and ast.unparse(node.func) == "islice"
            if (sliced or taken) and any(True for _ in calls(node, LEDGER)) and below(path) not in SAMPLES:
                cut.append(f"{below(path)}:{getattr(node, 'lineno', 0)}")

    assert cut == []
