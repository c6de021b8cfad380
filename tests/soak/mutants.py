"""
What a module would be with one thing wrong in it: a bound off by one, a guard that never refuses, an `and` for an `or`.

Each mutant is the whole module with one node of its syntax tree changed. What nobody could see is left as it is:
annotations, docstrings, and what is logged or counted.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SWAPPED: dict[type[ast.cmpop | ast.boolop | ast.operator], type[ast.cmpop | ast.boolop | ast.operator]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}
_GREAT = 100
"""A greater number is how much is kept or sent at most: one more is no fault."""
_UNSEEN = {"log", "_log", "LATENESS", "STEPS"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one thing wrong in it."""

    path: Path
    line: int
    wrong: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.wrong}"


def mutants(path: Path, source: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its lines."""
    found = []
    for place in range(len(_places(ast.parse(source)))):
        tree = ast.parse(source)
        node = _places(tree)[place]
        before = ast.unparse(node)
        wrong = _change(node)
        found.append(Mutant(path, node.lineno, f"{wrong} in: {before.splitlines()[0][:100]}", ast.unparse(tree)))
    return found


def _places(tree: ast.AST) -> list[ast.stmt | ast.expr]:
    return list(_seen(tree))


def _seen(node: ast.AST) -> Iterator[ast.stmt | ast.expr]:
    """The nodes that can be changed, without those that nobody sees."""
    if isinstance(node, ast.stmt | ast.expr) and _may_change(node):
        yield node
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "type_params", "decorator_list"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_unseen(child):
                yield from _seen(child)


def _is_unseen(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert | ast.Import | ast.ImportFrom | ast.JoinedStr):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    root = node.value if isinstance(node, ast.Expr) else None
    while isinstance(root, ast.Call | ast.Attribute):
        root = root.func if isinstance(root, ast.Call) else root.value
    return isinstance(root, ast.Name) and root.id in _UNSEEN


def _may_change(node: ast.stmt | ast.expr) -> bool:
    match node:
        case ast.Compare(ops=[one]) | ast.BoolOp(op=one) | ast.BinOp(op=one):
            return type(one) in _SWAPPED
        case ast.Constant(value=int() as value) if value > _GREAT:
            return False
        case ast.Constant(value=bool() | int()) | ast.UnaryOp(op=ast.Not()) | ast.If() | ast.Raise():
            return True
        case ast.Expr(value=ast.Call()):
            return True
        case _:
            return False


def _change(node: ast.stmt | ast.expr) -> str:  # noqa: PLR0911 - one line for each kind of mistake
    """Change a node where it is, and say how."""
    match node:
        case ast.Compare(ops=[one]):
            other = _SWAPPED[type(one)]
            node.ops = [other()]  # type: ignore[list-item]  # of the same family
            return f"{type(one).__name__} is {other.__name__}"
        case ast.BoolOp(op=one) | ast.BinOp(op=one):
            other = _SWAPPED[type(one)]
            node.op = other()  # type: ignore[assignment]  # of the same family
            return f"{type(one).__name__} is {other.__name__}"
        case ast.Constant(value=bool() as value):
            node.value = not value
            return f"{value} is {not value}"
        case ast.Constant(value=int() as value):
            node.value = value + 1
            return f"{value} is {value + 1}"
        case ast.UnaryOp(op=ast.Not()):
            node.op = ast.UAdd()
            node.operand = ast.Call(func=ast.Name("bool"), args=[node.operand], keywords=[])
            return "the `not` is gone"
        case ast.If():
            node.test = ast.Constant(value=False)
            return "it is never so"
        case ast.Raise():
            node.exc = node.cause = None
            node.__class__ = ast.Pass  # type: ignore[assignment]  # a statement in the place of a statement
            return "nothing is raised"
        case ast.Expr():
            node.value = ast.Constant(value=None)
            return "nothing is called"
        case _:
            raise TypeError(type(node))
