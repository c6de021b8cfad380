"""Past requests, as the rules would be asked about them: what `daypass rules simulate` tries other rules on."""

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from daypass.lifecycle.judge import Judge, as_ask
from daypass.model.errors import DaypassError
from daypass.model.request import Request
from daypass.rules.examples.shape import Expected
from daypass.rules.examples.write import retold


def past(*, judge: Judge, most: int) -> Iterator[bytes]:
    """
    Write the newest requests down, one JSON object a line.

    Each is asked as of when it was filed; who is in which group, and what else is so around it, is as of now. One of
    somebody who has left, or of whom the directory cannot tell now, is left out.
    """
    judge = judge.at_once()
    for request in islice(judge.ledger.each_request(), most):
        with suppress(DaypassError):
            seen = judge.evaluate(as_ask(request), request.filed_at)
            line = retold(seen.question, seen.around, decided=_decided(request))
            yield json.dumps(line, ensure_ascii=False).encode() + b"\n"


def _decided(request: Request) -> Expected:
    """What the rules said of it then: that somebody is asked, or nobody."""
    by_rule = request.approval is not None and not request.approval.by.startswith(("U", "W"))
    return Expected.AT_ONCE if by_rule else Expected.ALLOWED
