"""`completion`: the lines that teach a shell to complete commands, levels and ids."""

import click
from click.shell_completion import get_completion_class

from daypass.doors.cli.failure import Failure

VARIABLE = "_DAYPASS_COMPLETE"


@click.command(
    "completion",
    help='Print what teaches your shell to complete. For bash: eval "$(daypass completion bash)"',
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, *, shell: str) -> None:
    """Print the shell's own script."""
    kind = get_completion_class(shell)
    if kind is None:
        raise Failure(f"There is no completion for {shell}.")
    click.echo(kind(ctx.find_root().command, {}, "daypass", VARIABLE).source())
