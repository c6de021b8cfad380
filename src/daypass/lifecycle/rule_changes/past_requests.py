"""Past requests under the rules: what simulate tries other rules on, and what each rule makes of one of them."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice

from daypass.lifecycle.judge import Judge
from daypass.model.errors import BadInput, DaypassError
from daypass.model.request import Request
from daypass.rules.document.example_text import retold
from daypass.rules.document.shape_example import Expected
from daypass.rules.explain.explain import RuleVerdict, explain


def past(*, judge: Judge, most: int) -> Iterator[bytes]:
    """
    Write the newest requests down, one JSON object a line.

    Each is asked as of when it was filed; who is in which group, and what else is so around it, is as of now. One of
    somebody who has left, or of whom the directory cannot tell now, is left out.
    """
    judge = judge.at_once()
    for request in islice(judge.ledger.each_request(), most):
        with suppress(DaypassError):
            seen = judge.evaluate(request.ask, request.filed_at)
            line = retold(seen.question, seen.around, decided=_decided(request))
            yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _decided(request: Request) -> Expected:
    """What the rules said of it then: that somebody is asked, or nobody."""
    by_rule = request.approval is not None and not request.approval.by.startswith(("U", "W"))
    return Expected.AT_ONCE if by_rule else Expected.ALLOWED


def explained(request: Request, *, judge: Judge, now: datetime) -> list[RuleVerdict]:
    """
    Go through every rule in force, matched or not, as if the request were asked now.

    One whose time is over already is asked as of when it was filed. Raises NotAllowed for somebody who has left.
    """
    try:
        seen = judge.evaluate(request.ask, now)
    except BadInput:
        seen = judge.evaluate(request.ask, request.filed_at)
    return explain(seen.rules, seen.question, seen.around)
