"""Every rule of now, and what it makes of a request: why it was asked of these people, or would be refused."""

from datetime import datetime

from daypass.lifecycle.parties import Parties
from daypass.lifecycle.weighing import Matter, as_ask, matter
from daypass.model.errors import BadInput
from daypass.model.request import Request
from daypass.ports import Directory, Ledger
from daypass.rules.document import RuleBook
from daypass.rules.explain import RuleVerdict, explain


def explained(
    request: Request, *, rules: RuleBook, directory: Directory, ledger: Ledger, now: datetime
) -> list[RuleVerdict]:
    """
    Go through every rule in force, matched or not, as if the request were asked now.

    One whose time is over already is asked as of when it was filed. Raises NotAllowed for somebody who has left.
    """
    try:
        seen = _seen(request, rules, directory, ledger, now)
    except BadInput:
        seen = _seen(request, rules, directory, ledger, request.filed_at)
    return explain(rules, seen.question, seen.around)


def _seen(request: Request, rules: RuleBook, directory: Directory, ledger: Ledger, moment: datetime) -> Matter:
    ask = as_ask(request)
    return matter(ask, Parties.of(ask, directory), rules=rules, directory=directory, ledger=ledger, now=moment)
