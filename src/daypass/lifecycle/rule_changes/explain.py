"""Every rule of now, and what it makes of a request: why it was asked of these people, or would be refused."""

from datetime import datetime

from daypass.lifecycle.judge import Judge, as_ask
from daypass.model.errors import BadInput
from daypass.model.request import Request
from daypass.rules.describe.explain import RuleVerdict, explain


def explained(request: Request, *, judge: Judge, now: datetime) -> list[RuleVerdict]:
    """
    Go through every rule in force, matched or not, as if the request were asked now.

    One whose time is over already is asked as of when it was filed. Raises NotAllowed for somebody who has left.
    """
    try:
        seen = judge.evaluate(as_ask(request), now)
    except BadInput:
        seen = judge.evaluate(as_ask(request), request.filed_at)
    return explain(seen.rules, seen.question, seen.around)
