"""A Daypass in Slack whose rules have owners and versions."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from daypass.store.rules_file import RulesFile
from daypass.store.rules_in_force import RulesInForce
from localslack import BlockingActor, BlockingSlack, View
from tests.doors.slack.conftest import Office, office

OWNED = """\
# Who may what at Acme.
version: 1
owners: {people: [U0ANN, U0BOB, U0CAROL]}

rules:
  # The reports.
  - id: reports
    about: The reports of all years.
    who: {people: [U0EVE]} # Eve
    may: [list, read]
    on: ["acme-reports/**"]
    when: {days: [mon, tue, wed, thu, fri], zone: Europe/Berlin}
    for: {default: 1h, max: 8h}
    approve: {anyone_of: {people: [U0BOB], slack_groups: [S0LEADS]}}

  - id: no-payroll
    deny: true
    who: anyone
    on: [acme-payroll]
    because: Payroll is handed out by the people team.
"""


@contextmanager
def ruled(slack: BlockingSlack, folder: Path, text: str = OWNED, **settings: str) -> Iterator[Office]:
    """Open Daypass with these rules in its file."""
    made = office(slack, folder, patience=None, **settings)
    file = folder / "rules.yaml"
    file.write_text(text, encoding="utf-8")
    made.services = replace(made.services, judge=replace(made.judge, rules=RulesInForce(made.ledger, RulesFile(file))))
    made.open()
    try:
        yield made
    finally:
        made.close()


def pressed(person: BlockingActor, view: View, values: Mapping[str, object] | None = None) -> View:
    """Press a form's button, and give the page that it becomes."""
    came = person.submit(view, values)
    assert came.errors == {}
    until = time.monotonic() + 10
    while time.monotonic() < until:
        shown = person.modal()
        if shown is not None and "takes longer" not in str(shown.blocks):
            return shown
        time.sleep(0.02)
    raise AssertionError("the form became nothing")
