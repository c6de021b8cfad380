"""
How facts are logged: one JSON object a line for machines, or coloured lines for people, on standard error.

A log that cannot be written (its disk is full, the reader of its pipe is gone or does not read) costs its lines, which
are counted, and nothing else: no worker waits for it or ends by it.
"""

import logging
import os
import select
import sys
from contextlib import suppress
from typing import TextIO

import structlog
from prometheus_client import Counter
from structlog.typing import EventDict

from daypass.model.errors import Misconfigured
from daypass.model.secret import masked

DROPPED = Counter("daypass_log_lines_dropped", "Log lines that could not be written.")
_WAIT_S = 0.1
"""How long a line waits for a pipe that nobody reads; the lines after it do not wait before one was taken again."""
_AT_ONCE = select.PIPE_BUF
"""Bytes that a pipe takes without blocking once it says that it takes any."""


def _write(descriptor: int, data: bytes, wait_s: float) -> bool:
    """Write all of it; False when the descriptor fails, or a pipe is full and nobody reads it for so long."""
    try:
        while data:
            if not select.select([], [descriptor], [], wait_s)[1]:
                return False
            data = data[os.write(descriptor, data[:_AT_ONCE]) :]
    except OSError:
        return False
    return True


class Lines:
    """Text lines for `structlog` and `logging`, on something that may fail; never raises, never blocks for long."""

    def __init__(self, stream: TextIO) -> None:
        """Take standard error, or what stands in its place."""
        self._stream = stream
        self._descriptor: int | None = None
        self._fails = False
        with suppress(OSError, ValueError):  # a test's standard error has none
            self._descriptor = stream.fileno()

    def write(self, text: str) -> int:
        """Write a line without what looks like a secret, or count it as dropped."""
        self._fails = not self._takes(masked(text))
        if self._fails:
            DROPPED.inc()
        return len(text)

    def flush(self) -> None:
        """Nothing waits here."""

    def isatty(self) -> bool:
        """Whether a person reads it."""
        return self._stream.isatty()

    def _takes(self, text: str) -> bool:
        if self._descriptor is not None:
            return _write(self._descriptor, text.encode(errors="backslashreplace"), 0 if self._fails else _WAIT_S)
        try:
            self._stream.write(text)
        except (OSError, ValueError):
            return False
        return True


def configure(form: str) -> None:
    """Set up `json` or `console`. Raises Misconfigured for another word."""
    if form not in {"json", "console"}:
        raise Misconfigured(f"DAYPASS_SERVICE_LOG is “{form}”; write json or console.")
    # A plain traceback: a rich one prints the values of variables, and some of those are secrets.
    for_people = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    renderer = structlog.processors.JSONRenderer() if form == "json" else for_people
    lines = Lines(sys.stderr)
    logging.basicConfig(level=logging.WARNING, stream=lines, format="%(name)s: %(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if form == "json" else []),
            renderer,
        ],
        logger_factory=structlog.WriteLoggerFactory(lines),  # type: ignore[arg-type]  # it writes, and needs no more
        cache_logger_on_first_use=True,
    )


def silence() -> None:
    """Log nothing: for commands whose answer says it all, on the standard output, perhaps as JSON."""
    structlog.configure(processors=[_drop], cache_logger_on_first_use=False)


def _drop(_logger: object, _method: str, _event: EventDict) -> EventDict:
    raise structlog.DropEvent
