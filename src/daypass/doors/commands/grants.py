"""What one does with requests and grants once they are there."""

import click

from daypass.doors.commands.params import for_, id_of, reason, until

HAVING = (
    click.Command(
        "approve",
        short_help="Approve a request.",
        help="Approve a request that waits for you, for as long as it asks or for as long as you say.",
        epilog="Example: approve k3m9xw2p7qrs --for 1h",
        params=[id_of("request"), for_("How long, instead of what was asked: 5m, 1h, 8h.")],
    ),
    click.Command(
        "deny",
        short_help="Deny a request, with the reason.",
        help="Deny a request that waits for you.",
        epilog='Example: deny k3m9xw2p7qrs --reason "use the dashboard"',
        params=[id_of("request"), reason("Why not. The requestor reads it.")],
    ),
    click.Command(
        "review",
        short_help="Review what was done with emergency access.",
        help="Show what was done with emergency access, and close the review. Without an id, list what waits for you.",
        params=[click.Argument(["id"], metavar="[ID]", required=False, help="The id, as the alarm shows it.")],
    ),
    click.Command(
        "ls",
        short_help="List your grants and requests, and what waits for you.",
        help="List your grants and requests, and what waits for you.",
    ),
    click.Command(
        "show",
        short_help="Show one request with its whole story.",
        help="Show one request or grant with its whole story.",
        epilog="Example: show k3m9xw2p7qrs",
        params=[id_of("request or grant")],
    ),
    click.Command(
        "done",
        short_help="End your own access now.",
        help="End your own access now, before its time.",
        epilog="Example: done k3m9xw2p7qrs",
        params=[id_of("grant")],
    ),
    click.Command(
        "extend",
        short_help="Ask to keep access for longer.",
        help="""Ask to keep access for longer. What you have stays as it is until that is decided.

        The new time counts from its approval, and has to end later than what you have.""",
        epilog="Example: extend k3m9xw2p7qrs --for 2h",
        params=[id_of("grant"), for_(), until(), reason("Why. The approvers read it.")],
    ),
    click.Command(
        "cancel",
        short_help="Take back a request that waits.",
        help="Take back your own request while it waits.",
        epilog="Example: cancel k3m9xw2p7qrs",
        params=[id_of("request")],
    ),
    click.Command(
        "revoke",
        short_help="End somebody's access now.",
        help="End access now that you may decide on.",
        epilog='Example: revoke k3m9xw2p7qrs --reason "laptop stolen"',
        params=[id_of("grant"), reason("Why. The person reads it.", required=True)],
    ),
    click.Command(
        "link",
        short_help="Make a link that opens one object.",
        help="Make a link that opens one object for as long as the grant lives. Whoever has the link can open it.",
        epilog="Example: link k3m9xw2p7qrs 2026/q1.csv",
        params=[
            id_of("grant"),
            click.Argument(
                ["key"], metavar="[KEY]", required=False, help="The object; not needed when the grant is for one."
            ),
        ],
    ),
    click.Command(
        "console",
        short_help="Open the AWS console.",
        help="Make a sign-in link to the AWS console, good for 15 minutes.",
        epilog="Example: console k3m9xw2p7qrs",
        params=[id_of("grant")],
    ),
    click.Command(
        "credentials",
        short_help="Print AWS credentials.",
        help="Print AWS credentials of a live grant, in the form that credential_process reads.",
        params=[id_of("grant")],
    ),
    click.Command(
        "exec",
        short_help="Run a program with the access of a grant.",
        help="Run a program with the access of a grant: exec ID -- aws s3 ls s3://acme-reports/2026/",
        params=[
            id_of("grant"),
            click.Argument(["program"], nargs=-1, required=True, metavar="-- PROGRAM [ARGUMENT]..."),
        ],
        context_settings={"allow_interspersed_args": False},
    ),
    click.Command(
        "rules",
        short_help="Read the rules; owners change them.",
        help="""Read the rules in force, one of them, or the changes that wait for their owners.

        Owners edit, pause and add rules with the buttons; another owner approves each change.""",
        epilog="Example: rules reports-read",
        params=[
            click.Argument(["rule"], metavar="[RULE|changes]", required=False, help="The name of a rule, or “changes”.")
        ],
    ),
    click.Command(
        "login",
        short_help="Let a command line speak for you.",
        help="Let the command line that shows CODE speak for you. Only confirm a code that your own screen shows.",
        epilog="Example: login BCDF-GHJK",
        params=[click.Argument(["code"], metavar="CODE", required=True)],
    ),
    click.Command(
        "help",
        short_help="Say what a command does.",
        help="Say what a command does.",
        params=[click.Argument(["verb"], metavar="[COMMAND]", required=False)],
    ),
)
