"""How one asks: for oneself, for somebody else, in advance, once more."""

import click

from daypass.doors.commands.params import Id, as_, asking, dry_run, extras, for_, id_of, reason, to, until, ways, what

ASKING = (
    click.Command(
        "request",
        short_help="Ask for access.",
        help="""Ask for access.

        LEVEL is list, read, write or delete, or several: read,write. WHERE is a bucket, a prefix that ends in /, or one
        object: acme-reports/2026/.""",
        epilog='Example: request s3 read acme-reports/2026/ --for 2h --reason "INC-42"',
        params=[
            *asking(),
            click.Option(
                ["--urgent"],
                is_flag=True,
                help="Break glass: at once and loudly, for those whom a rule names for it. It is reviewed afterwards.",
            ),
            *ways(),
        ],
    ),
    click.Command(
        "grant",
        short_help="Ask for access for somebody else.",
        help="Ask for access for a colleague or a robot. Neither of you decides on it.",
        epilog="Example: grant s3 read acme-reports/2026/ --to bot:deploy --for 2h",
        params=[
            to("Who would have it: @somebody in Slack, a member id such as U02ABCDEF, or bot:NAME."),
            *asking(),
            *ways(),
        ],
    ),
    click.Command(
        "allow",
        short_help="Approve in advance.",
        help="""Approve in advance what somebody may ask for within a window.

        It counts as your click when they ask, as long as the rules then let you decide.""",
        epilog="Example: allow s3 read acme-reports/ --to U02ABCDEF --for 2h --window 7d",
        params=[
            what(),
            to("Whom you allow it: @somebody in Slack, a member id such as U02ABCDEF, or bot:NAME."),
            click.Option(["--for", "for_"], metavar="LENGTH", help="How long each access may be at most: 90m, 2h."),
            click.Option(["--window"], metavar="LENGTH", help="Within which time they may ask: 7d."),
            click.Option(["--start"], metavar="TIME", help="When the window opens; now if not said."),
            as_("Only this way; a session if not said."),
            *extras(),
            reason("Why. They read it."),
        ],
    ),
    click.Command(
        "withdraw",
        short_help="Take back an approval in advance.",
        help="Take back an approval in advance. What it led to already stays.",
        epilog="Example: withdraw k3m9xw2p7qrs",
        params=[id_of("approval in advance")],
    ),
    click.Command(
        "again",
        short_help="Ask for the same once more.",
        help="Ask for the same once more: what you asked for last, or the request with this id.",
        epilog="Example: again k3m9xw2p7qrs --for 1h",
        params=[
            click.Argument(
                ["id"], metavar="[ID]", type=Id(), required=False, help="The request; your last if not said."
            ),
            for_(),
            until(),
            reason("Why, if it is another reason than then."),
            dry_run(),
        ],
    ),
    click.Command(
        "offers",
        short_help="Say what you could ask for.",
        help="Say what the rules would let you ask for, for how long, and who would decide.",
    ),
    click.Command(
        "away",
        short_help="Say that you are away, and who decides meanwhile.",
        help="Say that you are away. Until then you are not asked to decide; whom you name decides in your stead.",
        epilog="Example: away --until 2026-12-07 09:00 --to U02ABCDEF",
        params=[
            click.Option(["--until"], metavar="TIME", required=True, help="When you are back: 2026-12-07 09:00."),
            to("Who decides in your stead; nobody if not said."),
        ],
    ),
    click.Command("back", short_help="Say that you are back.", help="Say that you are back, and are asked again."),
)
