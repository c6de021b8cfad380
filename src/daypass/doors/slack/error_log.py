"""
A failure, as the log has it: what, where, and the sentence when the error is one of ours.

The words of anybody else's error are left out, as they may hold a reason or a secret.
"""

import traceback
from pathlib import Path

import structlog

from daypass.model.errors import DaypassError

log = structlog.get_logger()


def log_failure(what: str, error: Exception, **facts: object) -> None:
    """Log an error, with the facts given: its sentence, or its class and the line that raised it."""
    if isinstance(error, DaypassError):
        log.error(what, error=error.report, **facts)
        return
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    log.error(what, error=type(error).__name__, where=where, **facts)
