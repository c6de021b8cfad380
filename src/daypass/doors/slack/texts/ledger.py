"""What the owners of the rules read in Slack when the database or the journal was changed outside Daypass."""

from collections.abc import Sequence

from daypass.doors.slack.blocks import escape


def altered(number: int, rows: Sequence[str], because: str) -> str:
    """Told when rows were found that are not as Daypass wrote them."""
    return (
        f"{_counted(number)} in Daypass's database {_was(number)} changed outside Daypass or cannot be read: "
        f"{_named(number, rows)}. The first one: {escape(because)}\n"
        "Daypass gives no access by a row that it cannot verify, and takes out of AWS what it had given. Everything "
        "else goes on, and access ends as always. Find out who can write to the database, then restore the rows from a "
        "backup. `daypass doctor` lists all of them."
    )


def restored(number: int, rows: Sequence[str]) -> str:
    """Told when they are again as Daypass wrote them."""
    return f"{_counted(number)} in Daypass's database {_was(number)} put right: {_named(number, rows)}."


def damaged(because: str, source: str) -> str:
    """Told when the journal was found not to be what was recorded."""
    return (
        f"*Daypass's journal is damaged*: {escape(because)} (Found on {escape(source)}.)\n"
        "Stopped until this is settled: new requests, approvals, handing out credentials, and putting access into AWS. "
        "Still working: every way to end access, and the dates in AWS.\n"
        "If the database was restored, or the file with the remembered head was lost, whoever runs Daypass calls "
        "`daypass journal accept`, which first shows what is missing. If not, find out who can write to the database, "
        "restore the journal from a backup, and start Daypass again."
    )


def mended(because: str, left: int) -> str:
    """Told when something that was wrong with the journal is not so any more."""
    if left:
        others = "One other thing is" if left == 1 else f"{left} other things are"
        goes_on = f"{others} still wrong with it, so nothing is granted yet."
    else:
        goes_on = "Nothing else is wrong with it: access is granted as before."
    return f"Settled, of Daypass's journal: {escape(because)}\n{goes_on}"


def unknown(number: int, what: Sequence[str]) -> str:
    """Told when AWS has what the ledger does not know."""
    things, grants = ("One thing", "its grant") if number == 1 else (f"{number} things", "their grants")
    return (
        f"{things} in AWS that this Daypass made: {_named(number, what)}. Its database does not know {grants}, so it "
        "is older than AWS: a backup was restored, or this is a copy of another Daypass.\n"
        "Daypass leaves this alone; AWS ends it at the dates inside. To remove it now, whoever runs Daypass calls "
        "`daypass operator sweep-unknown`, which lists it first."
    )


def _counted(number: int) -> str:
    return "One row" if number == 1 else f"{number} rows"


def _was(number: int) -> str:
    return "was" if number == 1 else "were"


def _named(number: int, rows: Sequence[str]) -> str:
    named = ", ".join(f"`{escape(row)}`" for row in rows)
    return named if number <= len(rows) else f"{named} and {number - len(rows)} more"


def file_ignored(version: str) -> str:
    """Tell that the rules file was edited for nothing."""
    return (
        f"The rules file was edited, and nothing changed: version {version} is in force, approved in Daypass. "
        "To propose the file, run `daypass rules apply FILE`; to bring it up to date, `daypass rules pull FILE`."
    )
