"""
Go back to the rules file: the way out when no owner is left, or the version in force cannot be read any more.

For whoever runs Daypass, who decided on the rules before any owner did. The journal tells it like every other change.
"""

from datetime import datetime

from daypass.lifecycle.ruling.judged import difference
from daypass.lifecycle.ruling.telling import event
from daypass.lifecycle.ruling.versions import KeptRules
from daypass.model.errors import BadInput, RulesUnreadable
from daypass.model.event import Detail, Kind
from daypass.model.fact import Fact
from daypass.model.principal import DAYPASS
from daypass.model.ruling import RulesVersion
from daypass.ports import Ledger


def back_to_file(*, rules: KeptRules, ledger: Ledger, now: datetime) -> RulesVersion:
    """
    Put the file in force, as the newest version; from then on it counts until a change is applied again.

    Raises BadInput when it is in force already, RulesUnreadable when the file has faults.
    """
    before = _before(rules, now)
    if before is not None and before.change is None:
        raise BadInput("The rules file is in force already.")
    version = rules.of_file(now)
    told: dict[str, Detail] = {
        "version": version.number,
        "author": DAYPASS,
        "digest": version.digest,
        "note": version.note,
        "diff": _difference(before, version),
    }
    ledger.record(Fact(event=event(Kind.RULES_CHANGED, None, DAYPASS, now, told), changes=(version,), told=False))
    return version


def _before(rules: KeptRules, now: datetime) -> RulesVersion | None:
    try:
        return rules.version(now)
    except RulesUnreadable:
        return None


def _difference(before: RulesVersion | None, version: RulesVersion) -> str | None:
    if before is None:
        return None
    return difference(before.text, version.text, names=(f"version {before.number}", f"version {version.number}"))
