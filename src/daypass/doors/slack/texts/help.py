"""What stands around the help of the commands; their own words are in doors/commands, as the command line says them."""

from daypass.doors.slack.texts.plurals import plural

TITLE = "What you can type"
MORE = "Each has its own help: `/daypass request --help`. Without any words, `/daypass request` opens a form."


def summary(number: int) -> str:
    """What is said to whoever hears one line of it only."""
    return plural(number, one="The one command of Daypass.", other="The {number} commands of Daypass.")
