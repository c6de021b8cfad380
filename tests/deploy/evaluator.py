"""
A small IAM evaluator of our own: whether AWS would do what is asked, by documents alone.

    denied     when any statement of any document denies
    allowed    when a statement of the identity's documents allows, and one of each limit (boundary, session policy) too

What it does not know is an error and never a guess: an operator, a policy variable, a statement without an action. A
key that is absent matches no operator but the negated ones (`StringNotEquals`), those that end in `IfExists`, and
`Null`, which asks for it (IAM/latest/UserGuide: reference_policies_evaluation-logic, ..._elements_condition_operators).
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ministack.core import iam_evaluator as ministack  # type: ignore[import-untyped] # it has no types

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One call, as AWS sees it before it decides."""

    action: str
    resource: str
    keys: Mapping[str, str] = field(default_factory=dict)


def allows(ask: Ask, documents: Sequence[Document], *limits: Document) -> bool:
    """Whether the documents of an identity, each within the limits, let it do this."""
    if any(_effects(ask, [one], "Deny") for one in (*documents, *limits)):
        return False
    return all(_effects(ask, layer, "Allow") for layer in (documents, *([one] for one in limits)))


def by_ministack(ask: Ask, documents: Sequence[Document], *limits: Document) -> bool:
    """The second opinion: what MiniStack, which others wrote, enforces with."""
    context = ministack.EvalContext(
        principal_arn="arn:aws:iam::123456789012:user/somebody",
        principal_type="User",
        principal_account="123456789012",
        action=ask.action,
        resource_arn=ask.resource,
        region="eu-central-1",
        service_context={key.lower(): value for key, value in ask.keys.items()},
    )
    layers = [documents, *([one] for one in limits)]
    read = [[ministack.parse_policy_document(dict(one)) for one in layer] for layer in layers]
    return bool(ministack.evaluate(context, *read).decision == "Allow")


def trusts(ask: Ask, principal: str, trust: Document) -> bool:
    """Whether a role's trust policy lets a principal of the same account, whose own documents allow it, come in."""
    named = [one for one in trust["Statement"] if principal in _listed(one["Principal"]["AWS"])]
    placed = [{**{key: one[key] for key in one if key != "Principal"}, "Resource": "*"} for one in named]
    return allows(ask, [{"Statement": placed}])


def _effects(ask: Ask, documents: Sequence[Document], effect: str) -> bool:
    return any(
        statement["Effect"] == effect and _is_about(statement, ask)
        for document in documents
        for statement in document["Statement"]
    )


def _is_about(statement: Mapping[str, Any], ask: Ask) -> bool:
    assert statement.keys() <= {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
    return (
        _among(ask.action.lower(), statement, "Action", str.lower)
        and _among(ask.resource, statement, "Resource", str)
        and all(
            _holds(comparing, ask.keys, key, _listed(wanted))
            for comparing, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _among(what: str, statement: Mapping[str, Any], element: str, written: Callable[[str], str]) -> bool:
    """Action without regard to case, Resource with; one of the two spellings is there, and not both."""
    assert (element in statement) != (f"Not{element}" in statement), statement
    if element in statement:
        return any(_like(what, written(one)) for one in _listed(statement[element]))
    return not any(_like(what, written(one)) for one in _listed(statement[f"Not{element}"]))


def _like(there: str, pattern: str) -> bool:
    assert "${" not in pattern, f"a variable in {pattern}"
    written = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(written, there, re.DOTALL) is not None


_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": operator.eq,
    "StringLike": _like,
    "ArnLike": _like,
}
"""ARNs are compared whole: no star of ours could reach over a colon and mean something else."""


def _holds(written: str, keys: Mapping[str, str], key: str, wanted: Sequence[str]) -> bool:
    there = next((value for name, value in keys.items() if name.lower() == key.lower()), None)
    if written == "Null":
        return (there is None) == (wanted == ["true"])
    plain = written.removesuffix("IfExists")
    positive = re.sub("^(String|Arn)Not", r"\1", plain)
    if there is None:
        return plain != written or positive != plain
    return any(_TESTS[positive](there, one) for one in wanted) == (positive == plain)


def _listed(one_or_many: str | Sequence[str]) -> list[str]:
    return [one_or_many] if isinstance(one_or_many, str) else list(one_or_many)
