"""
Go back to the rules file: the way out when no owner is left, or the version in force cannot be read any more.

For whoever runs Daypass, who decided on the rules before any owner did. The journal tells it like every other change.
"""

from datetime import datetime

from daypass.lifecycle.rule_changes.file_source import kept_from_file
from daypass.lifecycle.rule_changes.versions import KeptRules
from daypass.model.errors import BadInput, RulesUnreadable
from daypass.model.rule_change import RulesVersion
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
    ledger.record(kept_from_file(version, before, now))
    return version


def _before(rules: KeptRules, now: datetime) -> RulesVersion | None:
    try:
        return rules.version(now)
    except RulesUnreadable:
        return None
