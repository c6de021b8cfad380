"""What every command has within reach: the service, the person's login and time zone, and the operator's own doings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import click

from daypass.doors.cli.failure import Failure
from daypass.doors.cli.logins import SavedLogin, read_login, service_url
from daypass.doors.commands import COMMANDS

if TYPE_CHECKING:  # imported where it is needed, so that help comes at once
    from daypass.doors.cli.client import Client
    from daypass.doors.cli.output import Zone

_COMPLETION_PATIENCE_S = 2.0

_ALL = ("grants", "waiting", "requests", "series", "permits", "stuck")
_MEANT = {
    **dict.fromkeys(("done", "extend", "link", "console", "credentials", "exec"), ("grants",)),
    **dict.fromkeys(("approve", "deny"), ("waiting",)),
    "cancel": ("requests", "series"),
    "withdraw": ("permits",),
    "revoke": ("stuck",),
    "lift": (),
}
"""Which of the lists that `ls` shows a verb can be about; all of them for any other."""


class Operator(Protocol):
    """What an operator does on the machine, by the settings and the database alone. Each raises DaypassError."""

    def end(self, subject: str, reason: str) -> str:
        """End whatever has this id; returns what it was."""
        ...

    def panic(
        self, *, person: str | None, resource: str | None, everything: bool, reason: str, hold: bool
    ) -> dict[str, Any]:
        """End everything in an extent, and freeze it with `hold`; returns what the API would."""
        ...

    def freeze(self, *, person: str | None, resource: str | None, everything: bool, reason: str) -> dict[str, Any]:
        """Give nothing in an extent; returns what the API would."""
        ...

    def freezes(self) -> dict[str, Any]:
        """List the freezes that stand; returns what the API would."""
        ...

    def lift(self, freeze_id: str) -> None:
        """Lift a freeze where the rules name no owners."""
        ...

    def leavers(self) -> dict[str, Any]:
        """List who is said to have left and was not decided on; returns what the API would."""
        ...

    def decide_leavers(self, *, left: bool) -> dict[str, Any]:
        """Say that all of them have left, or that none has; returns what the API would."""
        ...

    def sweep_unknown(self, *, remove: bool) -> list[str]:
        """Name what stands in AWS of grants that the ledger does not know; with `remove`, what was removed of it."""
        ...

    def erase(self, *, person: str | None, older_than: str | None) -> dict[str, Any]:
        """Erase what people wrote; returns how many texts, how many rows, and how many keep theirs as yet."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorCommands:
    """What an operator runs; the entry hands it in, as a door does not reach out of the house."""

    serve: Callable[[], None]
    work: Callable[[], None]
    migrate: Callable[[], None]
    doctor: Callable[[], Sequence[tuple[bool, str]]]
    back_to_file: Callable[[], int]
    """Returns the number of the version that the rules file is."""
    operator: Operator
    accept_journal: Callable[[bool], str]
    """Told whether to accept it; says what the journal has and what is missing, or was accepted."""
    demo: Callable[[bool], int | None]
    """Told whether it is to play by itself; returns an exit code, None for 0."""
    mcp: Callable[[str, str, bool], None]
    """Told the service's address, a token, and whether an agent may be handed credentials."""


class Here:
    """This machine, and the service it speaks to."""

    def __init__(self, house: OperatorCommands) -> None:
        self.house = house

    @property
    def url(self) -> str:
        """Where the service is."""
        return service_url()

    @property
    def now(self) -> datetime:
        """This machine's clock, which decides nothing: the service has its own."""
        return datetime.now(UTC)

    def login(self) -> SavedLogin:
        """Find the person's login. Raises Failure when there is none that is still good."""
        login = read_login(self.url)
        if login is None or login.is_over(self.now):
            raise Failure(f"You are not logged in at {self.url}; run: daypass login", code="not_logged_in")
        return login

    def client(self, *, patience_s: float = 60) -> "Client":
        """Speak to the service as the person who is logged in."""
        from daypass.doors.cli.client import Client  # noqa: PLC0415 - see TYPE_CHECKING above

        return Client(self.url, self.login().token, patience_s=patience_s)

    def stranger(self) -> "Client":
        """Speak to the service as nobody."""
        from daypass.doors.cli.client import Client  # noqa: PLC0415 - see TYPE_CHECKING above

        return Client(self.url)

    def zone(self) -> "Zone":
        """Say times as the person lives."""
        from daypass.doors.cli.output import Zone  # noqa: PLC0415 - see TYPE_CHECKING above

        return Zone(self.login().tz)

    def known_ids(self, verb: str | None = None) -> list[tuple[str, str]]:
        """
        Every id of the person's own and of what waits for them, or those that a verb can be about. Never raises.

        For the shell to complete, and for whoever left the id out.
        """
        try:
            mine = self.client(patience_s=_COMPLETION_PATIENCE_S).get("/mine")
        except Failure:
            return []
        shown = [one for some in _MEANT.get(verb or "", _ALL) for one in mine[some]]
        return [(one["id"], f"{_stands(one)}: {'+'.join(one['levels'])} {one['resource']}") for one in shown]


def _stands(one: Mapping[str, object]) -> str:
    return str(one.get("state", "approved in advance"))


def json_option() -> click.Option:
    """Make the option that every command has which says something a program could want."""
    return click.Option(["--json", "as_json"], is_flag=True, help="For programs: JSON, every time in UTC.")


def adopt(verb: str, callback: Callable[..., object], *more: click.Parameter) -> click.Command:
    """Hang a callback, and options that only the command line has, on a command of the one grammar."""
    said = COMMANDS[verb]
    return click.Command(
        verb,
        params=[*said.params, *more],
        help=said.help,
        epilog=said.epilog and said.epilog.replace("Example: ", "Example: daypass "),
        short_help=said.short_help,
        context_settings=said.context_settings,
        callback=callback,
    )
