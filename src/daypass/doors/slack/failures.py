"""A failure that is ours, as the log has it: what and where, never its words, which may hold a reason or a secret."""

import traceback
from pathlib import Path

import structlog

log = structlog.get_logger()


def log_failure(what: str, error: Exception, **facts: object) -> None:
    """Log the class of an error and the line that raised it, with the facts given."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    log.error(what, error=type(error).__name__, where=where, **facts)
