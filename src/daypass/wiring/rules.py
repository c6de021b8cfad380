"""What whoever runs Daypass does with the rules, by the settings and the database alone: no AWS, no Slack is needed."""

from daypass import settings as settings_page
from daypass.lifecycle.rule_changes import back_to_file as verb
from daypass.store import database
from daypass.store.journal import SqlBook
from daypass.store.ledger import SqlLedger
from daypass.store.rules_file import RulesFile
from daypass.store.rules_in_force import RulesInForce
from daypass.wiring.build import now
from daypass.wiring.journal import check_journal, journal_head, journal_key


def back_to_file() -> int:
    """Let the rules file count again; returns the number of its version. Raises BadInput, RulesUnreadable."""
    settings = settings_page.load()
    store = database.open(settings.store.url, journal_key(settings, make=False))
    try:
        store.check()
        check_journal(store, SqlBook(store, journal_head(settings.journal)), settings.journal.key_file)
        ledger = SqlLedger(store)
        rules = RulesInForce(ledger, RulesFile(settings.rules.file))
        return verb.back_to_file(rules=rules, ledger=ledger, now=now()).number
    finally:
        store.close()
