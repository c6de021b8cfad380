"""The command line's entry: it hands the rooms an operator runs to the door that people type at."""

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

# Everything is imported where it is used: `daypass --help` and `daypass credentials` are over before a database
# toolkit or a web server would have been imported.


def main() -> None:
    """Run `daypass` and exit with its code."""
    if sys.argv[1:2] == ["credentials"] and _print_kept():
        return
    from daypass.doors.cli.context import OperatorCommands  # noqa: PLC0415 - see above
    from daypass.doors.cli.main import run  # noqa: PLC0415 - see above

    house = OperatorCommands(
        serve=_serve,
        work=_work,
        migrate=_migrate,
        doctor=_doctor,
        back_to_file=_back_to_file,
        operator=_Operator(),
        accept_journal=_accept_journal,
        demo=_demo,
        mcp=_mcp,
    )
    sys.exit(run(sys.argv[1:], house))


def _print_kept() -> bool:
    """Answer an AWS SDK, which waits, from what is kept; False when it takes more than that."""
    from daypass.doors.cli.credential_cache import try_quickly  # noqa: PLC0415 - see above

    kept = try_quickly(sys.argv[2:])
    if kept is not None:
        try:
            print(kept, flush=True)  # noqa: T201 - to print it is what was asked
        except BrokenPipeError:  # whoever asked has gone; the exit must not try to flush once more, nor say so
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return kept is not None


def _serve() -> None:
    _check_settings()
    with _importing():
        from daypass.wiring import run  # noqa: PLC0415 - what a command imports, its user waits for

    run.serve()


def _work() -> None:
    _check_settings()
    with _importing():
        from daypass.wiring import run  # noqa: PLC0415 - what a command imports, its user waits for

    run.work()


@contextmanager
def _importing() -> Iterator[None]:
    """Collect no garbage meanwhile: of modules there is none, and to look for it takes a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _check_settings() -> None:
    """Let a mistake in the settings be told before all the rest is imported, which takes seconds."""
    from daypass import settings  # noqa: PLC0415 - see above

    settings.load()


def _migrate() -> None:
    from daypass.wiring import run  # noqa: PLC0415 - what a command imports, its user waits for

    run.migrate()


def _doctor() -> Sequence[tuple[bool, str]]:
    with _importing():
        from daypass.wiring.doctor import doctor  # noqa: PLC0415 - see above

    return doctor()


def _back_to_file() -> int:
    from daypass.wiring.rules import back_to_file  # noqa: PLC0415 - see above

    return back_to_file()


class _Operator:
    """What an operator does on the machine."""

    def end(self, subject: str, reason: str) -> str:
        """End whatever has this id."""
        from daypass.wiring import operator  # noqa: PLC0415 - see above

        return operator.end(subject, reason)

    def panic(
        self, *, person: str | None, resource: str | None, everything: bool, reason: str, hold: bool
    ) -> dict[str, Any]:
        """End everything in an extent."""
        from daypass.wiring import operator  # noqa: PLC0415 - see above

        return operator.panic(person=person, resource=resource, everything=everything, reason=reason, hold=hold)

    def freeze(self, *, person: str | None, resource: str | None, everything: bool, reason: str) -> dict[str, Any]:
        """Give nothing in an extent."""
        from daypass.wiring import operator  # noqa: PLC0415 - see above

        return operator.freeze(person=person, resource=resource, everything=everything, reason=reason)

    def freezes(self) -> dict[str, Any]:
        """List the freezes that stand."""
        from daypass.wiring import operator  # noqa: PLC0415 - see above

        return operator.freezes()

    def lift(self, freeze_id: str) -> None:
        """Lift a freeze."""
        from daypass.wiring import operator  # noqa: PLC0415 - see above

        operator.lift(freeze_id)

    def leavers(self) -> dict[str, Any]:
        """List who is said to have left."""
        from daypass.wiring import operator  # noqa: PLC0415 - see above

        return operator.leavers()

    def decide_leavers(self, *, left: bool) -> dict[str, Any]:
        """Say whether they have left."""
        from daypass.wiring import operator  # noqa: PLC0415 - see above

        return operator.decide_leavers(left=left)

    def sweep_unknown(self, *, remove: bool) -> list[str]:
        """Name or remove what the ledger does not know."""
        from daypass.wiring import operator  # noqa: PLC0415 - see above

        return operator.sweep_unknown(remove=remove)

    def erase(self, *, person: str | None, older_than: str | None) -> dict[str, Any]:
        """Erase what people wrote."""
        from daypass.wiring import operator  # noqa: PLC0415 - see above

        return operator.erase(person=person, older_than=older_than)


def _accept_journal(accept: bool) -> str:  # noqa: FBT001 - the one thing that is said
    from daypass.wiring.accept import accept_journal  # noqa: PLC0415 - see above

    return accept_journal(accept=accept)


def _demo(play: bool) -> int | None:  # noqa: FBT001 - the one thing a demo is told
    sys.stdout.write("demo: reading the program\n")  # seconds on a slow machine, and more the first time
    sys.stdout.flush()
    from daypass.model.errors import Misconfigured  # noqa: PLC0415 - see above

    try:
        from daypass.demo import command  # noqa: PLC0415 - see above, and it is an extra
    except ModuleNotFoundError as error:
        raise Misconfigured(
            f"The demo is not installed: {error.name} is missing. In a checkout of Daypass, run `make demo`, or "
            "`pip install ./packages/localslack '.[demo]'`."
        ) from None
    return command.run(play=play)


def _mcp(url: str, token: str, credentials: bool) -> None:  # noqa: FBT001 - the one thing an agent is let
    from daypass.model.errors import Misconfigured  # noqa: PLC0415 - see above

    try:
        from daypass.doors.mcp import tools  # noqa: PLC0415 - see above, and it is an extra
    except ModuleNotFoundError as error:
        raise Misconfigured(f"This takes the extra `mcp` of Daypass: {error.name} is not installed.") from None
    tools.serve(url, token, credentials=credentials)


if __name__ == "__main__":
    main()
