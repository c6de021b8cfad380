"""
The documents that AWS is given: what is allowed, from which second, until which second.

Every Allow carries both dates, literally, as UTC seconds: that is law 1. Date operators take no policy variables
(IAM/latest/UserGuide/reference_policies_variables), so an end cannot live in a tag and each grant has its own document.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from daypass.model.errors import BadInput
from daypass.model.lease import AWS_TIME, Lease
from daypass.resources.kind import Statement

USER_INLINE = 2_048
"""Characters that all inline policies of one IAM user may have together."""
ROLE_INLINE = 10_240
"""Characters that all inline policies of one IAM role may have together."""
MANAGED = 6_144
"""Characters of one customer managed policy."""
SESSION = 2_048
"""Characters of a session policy; AWS counts the blanks in this one."""

# Quotas: IAM/latest/UserGuide/reference_iam-quotas; they cannot be raised.

_NOW = "aws:CurrentTime"
_LAST_CHARACTER = "\u00ff"  # iam:PutUserPolicy, parameter PolicyDocument: [\t\n\r\x20-\u00ff]+


def document(allowed: Iterable[Statement], lease: Lease) -> str:
    """
    Write the policy of a lease: canonical, without a blank too many.

    Raises BadInput (field `resource`) for a key with characters that IAM does not take in a policy.
    """
    text = _minified([_dated(statement, lease) for statement in allowed])
    strange = sorted({sign for sign in text if sign > _LAST_CHARACTER})
    if strange:
        raise BadInput(
            f"AWS takes no “{strange[0]}” in a policy (only Latin-1 characters); choose a wider prefix without it.",
            field="resource",
        )
    return text


def denial(names: str | Sequence[str], until: datetime) -> str:
    """
    Write the deny of sessions by their names, which harms nobody after `until`.

    The user id of a session is `<role's unique id>:<session name>`. The pattern names the colon: Ceph matches each part
    between colons by itself, so that `*-name` matches nothing there.
    """
    ids = f"*:{names}" if isinstance(names, str) else [f"*:{name}" for name in names]
    return _minified(
        [
            {
                "Effect": "Deny",
                "Action": "*",
                "Resource": "*",
                "Condition": {
                    "StringLike": {"aws:userid": ids},
                    "DateLessThan": {_NOW: _written(until)},
                },
            }
        ]
    )


def denial_of_older(issued_before: datetime, until: datetime) -> str:
    """Write the deny of every session of the role that was opened before a moment, as AWS's own revoke button does."""
    dates = {"aws:TokenIssueTime": _written(issued_before), _NOW: _written(until)}
    return _minified([{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"DateLessThan": dates}}])


def size(text: str) -> int:
    """Count as AWS counts against its quotas: every character but blanks."""
    return sum(not sign.isspace() for sign in text)


def for_people(text: str) -> str:
    """The same document, laid out to be read."""
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False)


def carries(found: Mapping[str, Any], lease: Lease) -> bool:
    """Whether every statement of a document found in AWS is an Allow with exactly these dates: what we wrote, then."""
    statements = _statements(found)
    return bool(statements) and all(
        statement.get("Effect") == "Allow" and _dates(statement) == (_written(lease.starts), _written(lease.ends))
        for statement in statements
    )


def ends(found: Mapping[str, Any]) -> datetime | None:
    """When a document found in AWS stops meaning anything; None when a statement has no end that we wrote."""
    dates = [_read(_dates(statement)[1]) for statement in _statements(found)]
    known = [date for date in dates if date is not None]
    return max(known) if known and len(known) == len(dates) else None


def denied(found: Mapping[str, Any]) -> frozenset[str]:
    """Read out of a `denial` found in AWS the names of the sessions; nothing out of another document."""
    texts = [one.get("Condition", {}).get("StringLike", {}).get("aws:userid", []) for one in _statements(found)]
    return frozenset(one.removeprefix("*:") for each in texts for one in ([each] if isinstance(each, str) else each))


def issued_before(found: Mapping[str, Any]) -> datetime | None:
    """Read the moment out of a `denial_of_older`; None from any other document."""
    for statement in _statements(found):
        text = statement.get("Condition", {}).get("DateLessThan", {}).get("aws:TokenIssueTime")
        if statement.get("Effect") == "Deny" and isinstance(text, str):
            return _read(text)
    return None


def _dated(statement: Statement, lease: Lease) -> dict[str, Any]:
    conditions: dict[str, Any] = {operator: dict(keys) for operator, keys in statement.conditions.items()}
    conditions["DateGreaterThanEquals"] = {_NOW: _written(lease.starts)}
    conditions["DateLessThan"] = {_NOW: _written(lease.ends)}
    written: dict[str, Any] = {"Sid": statement.sid} if statement.sid else {}
    return written | {
        "Effect": "Allow",
        "NotAction" if statement.all_but else "Action": _one_or_many(statement.actions),
        "Resource": _one_or_many(statement.resources),
        "Condition": conditions,
    }


def _one_or_many(words: tuple[str, ...]) -> str | list[str]:
    return words[0] if len(words) == 1 else list(words)


def _minified(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"), ensure_ascii=False)


def _statements(found: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    inside = found.get("Statement", [])
    return [inside] if isinstance(inside, Mapping) else list(inside)


def _dates(statement: Mapping[str, Any]) -> tuple[str, str]:
    conditions = statement.get("Condition", {})
    starts = conditions.get("DateGreaterThanEquals", {}).get(_NOW, "")
    return str(starts), str(conditions.get("DateLessThan", {}).get(_NOW, ""))


def _written(moment: datetime) -> str:
    return moment.strftime(AWS_TIME)


def _read(text: str) -> datetime | None:
    """Read a date as we write it; None of any other, which somebody else has written there."""
    try:
        return datetime.strptime(text, AWS_TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
