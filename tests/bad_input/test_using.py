"""Links, login codes and journals that are not, or no longer, what they were."""

import re

from daypass.journal.export import ENTRY_BEGINS
from tests.bad_input.firm import ALICE, BOB, Firm, run
from tests.bad_input.page import says

LINK = 'request s3 read acme-reports/2026/q1.csv --for 2h --as link --reason "INC-44"'


def test_a_link_says_why_it_opens_no_more(firm: Firm) -> None:
    """Before the end it opens the object; after it, the page says who ended it."""
    firm.types(ALICE, LINK)
    firm.person(BOB).click(firm.question("INC-44"), "review.approve")
    firm.told(ALICE, "*Live*")
    card = firm.person(ALICE).wait_for_message("You asked")
    path = re.search(r"/l/[\w-]+", firm.clicks(ALICE, card, "mine.link"))
    assert path is not None
    assert firm.gets(path.group())[0] == 200
    firm.person(ALICE).click(card, "mine.done")
    firm.told(ALICE, "*Ended*")
    status, page = firm.gets(path.group())

    says("a link after the end", f"browser, {status}", page)
    refused = firm.types(BOB, f"revoke {_id(card.visible_text)} --reason late")
    when = re.search(r"\d\d \w+ at \d\d:\d\d UTC", refused)
    assert when is not None
    says("using what has ended", "Slack", refused, {when.group(): "08 May at 12:00 UTC"})


def test_a_link_that_nobody_made_opens_nothing(firm: Firm) -> None:
    """Guessing tells nothing."""
    status, page = firm.gets("/l/guessed")

    says("a link that nobody made", f"browser, {status}", page)


def test_a_login_code_must_be_one_that_waits(firm: Firm) -> None:
    """A code mistyped, or one that has lapsed."""
    says("a login code that is wrong or has lapsed", "Slack", firm.types(ALICE, "login BCDF-GHJK"))


def test_a_journal_that_was_changed_names_the_entry(firm: Firm) -> None:
    """One name altered, one line removed: the file no longer is what was signed."""
    for number in range(6):  # more than are signed one by one
        firm.types(ALICE, LINK.replace("INC-44", f"INC-45{number}"))
    firm.wait_for_checkpoint("INC-455")
    lines = list(firm.export())
    entries = [n for n, line in enumerate(lines) if line.startswith(ENTRY_BEGINS)]
    hers = [b"U0ALICE" in lines[n] for n in entries]
    entry = next(n for n in range(len(entries)) if hers[n] and hers[n + 1])
    at = entries[entry]
    names = {f"Entry {entry} (line {at + 1})": "Entry 41 (line 44)", f"entry {entry + 1} ": "entry 42 "}
    changed = [*lines[:at], lines[at].replace(b'"U0ALICE"', b'"U0EVE"'), *lines[at + 1 :]]

    says("a journal entry that was changed", "command line", _verified(firm, changed), names)
    removed = [*lines[:at], *lines[entries[entry + 1] :]]
    says("a journal entry that was removed", "command line", _verified(firm, removed), names)


def _verified(firm: Firm, lines: list[bytes]) -> str:
    file = firm.directory / "journal.jsonl"
    file.write_bytes(b"".join(lines))
    ran = run("verify", str(file), "--key", firm.vkey, environ=firm.shell(ALICE))
    assert ran.code == 1
    return ran.said.replace(str(file), "journal.jsonl")


def _id(text: str) -> str:
    found = re.search(r"Id `(\w+)`", text)
    assert found is not None
    return found.group(1)
