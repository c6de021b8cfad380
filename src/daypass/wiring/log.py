"""How facts are logged: one JSON object a line for machines, or coloured lines for people, on standard error."""

import logging
import sys

import structlog

from daypass.model.errors import Misconfigured


def configure(form: str) -> None:
    """Set up `json` or `console`. Raises Misconfigured for another word."""
    if form not in {"json", "console"}:
        raise Misconfigured(f"DAYPASS_SERVICE_LOG is «{form}»; write json or console.")
    # A plain traceback: a rich one prints the values of variables, and some of those are secrets.
    for_people = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    renderer = structlog.processors.JSONRenderer() if form == "json" else for_people
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if form == "json" else []),
            renderer,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
