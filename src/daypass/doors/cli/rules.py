"""`rules`: check, try and read rules, on a file or as they are in force. Only the command that is run is imported."""

from importlib import import_module

import click

_COMMANDS = {
    "lint": ("rules_file:lint", "Point out what is wrong in a document, or hardly meant."),
    "test": ("rules_file:test", "Try the examples that a document keeps."),
    "simulate": ("rules_file:simulate", "Try rules on a file of requests, beside other rules or alone."),
    "explain": ("rules_file:explain", "Say what every rule makes of one request, and which decides."),
    "show": ("rules_file:show", "Say each rule in words."),
    "pull": ("rules_sync:pull", "Write the rules in force to a file."),
    "plan": ("rules_sync:plan", "Say what the rules in a file would change, and for whom."),
    "apply": ("rules_sync:apply", "Propose the rules in a file."),
    "changes": ("rules_changes:changes", "List the changes that wait, or show one."),
    "approve": ("rules_changes:approve", "Put somebody else's change in force."),
    "deny": ("rules_changes:deny", "Turn somebody else's change down."),
    "withdraw": ("rules_changes:withdraw", "Take your own change back."),
    "differences": ("rules_changes:differences", "List what a watched change would have decided otherwise."),
    "past": ("rules_changes:past", "Write past requests, for simulate."),
    "history": ("rules_sync:history", "List the versions there were, or print one."),
    "back-to-file": ("rules_to_file:back_to_file", "For whoever runs Daypass: let the rules file count again."),
}
"""Where each command is, and what the help of the group says of it."""


class RulesGroup(click.Group):
    """A group whose help needs none of its commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own shape
        """Name every command."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's own shape
        """Import one command."""
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name][0].split(":")
        found = getattr(import_module(f"daypass.doors.cli.{module}"), name)
        assert isinstance(found, click.Command)  # noqa: S101 - the table above says so
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's own shape
        """Write what each command does."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, said) for name, (_, said) in _COMMANDS.items()])


rules = RulesGroup("rules", help="Check, try and read the rules.")
