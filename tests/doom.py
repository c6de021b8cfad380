"""
A life that ends (SIGKILL, by its own hand) before a chosen statement of chosen modules.

The n-th statement is the n-th one that is executed for the first time. Each life is a fork of this process, so that it
costs milliseconds; whoever forks has no connection open.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn


class Executioner:
    """Counts the statements that are new, as sys.settrace shows them, and kills before one of them."""

    def __init__(self, statement: int, confess: Callable[[str], None], *, of: AbstractSet[str]) -> None:
        """Watch the statements of the files `of`."""
        self._statement = statement
        self._seen: set[str] = set()
        self._confess = confess
        self._of = of

    def __call__(self, frame: FrameType, _event: str, _argument: object) -> Any:
        """Watch a call only when it is of a module that is meant."""
        return self._watch if frame.f_code.co_filename in self._of else None

    def _watch(self, frame: FrameType, event: str, _argument: object) -> Any:
        if event == "line":
            here = f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
            self._seen.add(here)
            if len(self._seen) == self._statement:
                self._confess(here)
                os.kill(os.getpid(), signal.SIGKILL)
        return self._watch


def killed_before(statement: int, act: Callable[[], object], *, of: AbstractSet[str]) -> str | None:
    """Act in a process that dies before its n-th statement of the files `of`; None when it had no so many."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _live(act, Executioner(statement, lambda where: (os.write(writing, where.encode()), None)[1], of=of))
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as said:
        where = said.read()
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return where
    if status:
        raise SystemExit(f"a process that was to die ended with {status}")
    return None


def _live(act: Callable[[], object], executioner: Executioner) -> NoReturn:
    try:
        sys.settrace(executioner)
        act()
        sys.settrace(None)
    except BaseException:  # noqa: BLE001 - whatever it was: nothing of this process may go on in the child
        sys.settrace(None)
        traceback.print_exc()
        os._exit(1)
    os._exit(0)
