"""What stands around the help of the commands; their own words are in doors/commands, as the command line says them."""

from daypass.doors.slack.texts.plurals import plural

TITLE = "What you can type"
MORE = "Each has its own help: `/daypass request --help`. Without any words, `/daypass request` opens a form."


def summary(number: int) -> str:
    """What is said to whoever hears one line of it only."""
    return plural(number, one="The one command of Daypass.", other="The {number} commands of Daypass.")


COMMANDS_ONLY = (
    "Daypass takes commands. Type `/daypass help` to list them, or `/daypass request` to open the request form."
)
"""The answer to a message that is nothing of ours."""


def command_meant(verb: str) -> str:
    """Answer a message that looks like a command without its slash."""
    return (
        f"Daypass takes commands, and nothing was done. Did you mean `/daypass {verb}`? `/daypass help` lists them all."
    )


def version(number: str) -> str:
    """Say which Daypass this is."""
    return f"Daypass {number}"
