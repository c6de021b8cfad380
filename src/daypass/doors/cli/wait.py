"""`--wait`: stay until a request is decided and its grant is active, and say what happens meanwhile."""

import sys
import time
from datetime import timedelta
from typing import Any

import click

from daypass.doors.cli import output
from daypass.doors.cli.context import Here
from daypass.doors.cli.failure import Failure
from daypass.doors.cli.printable import shown
from daypass.doors.refusals import DENIED, ERROR, TIMED_OUT

_SOON_S, _LATER_S, _GROWTH = 0.5, 5.0, 1.3
_SPINNER = "|/-\\"


def wait_until_active(here: Here, request_id: str, *, patience: timedelta, as_json: bool) -> None:
    """
    Look again and again, less often as time goes by.

    Raises Failure when it was denied (exit code 2), came to nothing (1) or takes longer than `patience` (4).
    """
    client, progress = here.client(), _Progress()
    until, pause = time.monotonic() + patience.total_seconds(), _SOON_S
    while True:
        found = client.get(f"/requests/{request_id}")
        progress.show(_state(found))
        if found["grant"] and found["grant"]["usable"]:
            progress.clear()
            click.echo(output.as_json(found) if as_json else output.active(found["grant"], here.zone()))
            return
        _give_up_if_over(found)
        if time.monotonic() + pause > until:
            raise Failure(f"{request_id} is still {_state(found)}; it goes on without you.", exit_code=TIMED_OUT)
        time.sleep(pause)
        pause = min(pause * _GROWTH, _LATER_S)


def _give_up_if_over(found: dict[str, Any]) -> None:
    request, grant = found["request"], found["grant"]
    approval = request["approval"] or {"by": "", "note": ""}
    if request["state"] == "denied":
        note = f": {output.folded(approval['note'])}" if approval["note"] else "."
        raise Failure(
            f"{request['id']} was denied by {found['names'].get(approval['by'], 'a colleague')}{note}", exit_code=DENIED
        )
    if request["state"] in {"cancelled", "lapsed"}:
        raise Failure(f"{request['id']} was {request['state']}.", exit_code=ERROR)
    if grant and grant["state"] in {"ending", "ended"}:
        raise Failure(f"{request['id']} has ended: {output.ending(grant)}.", exit_code=ERROR)


def _state(found: dict[str, Any]) -> str:
    grant = found["grant"]
    if grant is None:
        return "waiting for a decision" if found["request"]["state"] == "pending" else str(found["request"]["state"])
    return "approved, not active yet" if grant["state"] == "approved" else str(grant["state"])


class _Progress:
    """A line that moves on a terminal, a line a change elsewhere; always on stderr."""

    def __init__(self) -> None:
        self._turns, self._said = 0, ""
        self._moves = sys.stderr.isatty()

    def show(self, state: str) -> None:
        """Say the state."""
        if self._moves:
            _move(f"\r\x1b[K{_SPINNER[self._turns % len(_SPINNER)]} {shown(state)} ")
        elif state != self._said:
            click.echo(f"{state}", err=True)
        self._turns, self._said = self._turns + 1, state

    def clear(self) -> None:
        """Leave no trace on a terminal."""
        if self._moves:
            _move("\r\x1b[K")


def _move(text: str) -> None:
    """Write over a line of ours; as bytes, as no text may move the cursor (printable)."""
    click.echo(text.encode(), nl=False, err=True)
