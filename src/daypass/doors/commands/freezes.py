"""Ending everything in an extent at once, giving nothing in it, and giving again."""

import click

from daypass.doors.commands.params import id_of, reason


def about() -> list[click.Parameter]:
    """What it is about."""
    return [
        click.Option(["--person"], metavar="WHO", help="A person or a bot: U02ABCDEF, bot:deploy, @somebody in Slack."),
        click.Option(["--resource"], metavar="WHERE", help="A bucket, a prefix that ends in /, or one object."),
        click.Option(["--all", "everything"], is_flag=True, help="Everything there is."),
    ]


FREEZING = (
    click.Command(
        "panic",
        short_help="End everything of a person or a place at once.",
        help="""End everything of a person, of a place, or all there is, at once.

        Grants and their links, waiting requests, schedules, approvals in advance, delegations, logins and the tokens
        of bots end, as far as you may end them: all of it for the owners of the rules and for whoever it is about. It
        is frozen too, so that no rule gives it back, until two owners lift that. It needs neither Slack nor AWS.""",
        epilog='Example: panic --person U02ABCDEF --reason "laptop stolen"',
        params=[
            *about(),
            reason("Why. Whoever loses access reads it."),
            click.Option(["--no-freeze"], is_flag=True, help="End it, and let it be asked for again at once."),
        ],
    ),
    click.Command(
        "freeze",
        short_help="Give nothing to a person or a place.",
        help="""Give nothing to a person, for a place, or to anybody, until two owners of the rules lift it.

        Requests, approvals, approvals in advance, schedules, bots, credentials and logins stop. What there is stays
        until it ends, or until it is ended: see panic. Without an option, list the freezes that stand.""",
        epilog="Example: freeze --resource acme-reports/2026/",
        params=[*about(), reason("Why. The owners read it.")],
    ),
    click.Command(
        "lift",
        short_help="Lift a freeze, with a second owner.",
        help="Say, as an owner of the rules, that a freeze may be lifted. The second owner who says so lifts it.",
        epilog="Example: lift k3m9xw2p7qrs",
        params=[id_of("freeze")],
    ),
)
