"""
Starting, awaiting and stopping one server process.

Every server is stopped by the pid that was started here. The kernel also kills it when the test process dies
(`setpriv --pdeathsig`), so that an interrupted run leaves nothing listening.
"""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVERS = ROOT / ".servers"
_READY_WITHIN = 60.0  # seconds; a server that is slower than this on two busy cores is broken
_POLL = 0.02


class ServerFailedError(RuntimeError):
    """A server that a test needs is missing, died, or did not become ready; an error, never a skip."""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def needed(path: Path) -> Path:
    """Return the path of something that set-up provides, or say which command provides it."""
    if not path.exists():
        message = f"{path.relative_to(ROOT)} is missing; `make setup` fetches it"
        raise ServerFailedError(message)
    return path


def start(command: Sequence[str | Path], *, environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start a server with exactly this environment and the caller's PATH; its output goes to the log."""
    with log.open("ab") as output:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *command],
            env={"PATH": os.environ["PATH"], **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=log.parent,
        )


def await_ready(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    """Return when the server answers; raise with the end of its log when it dies or takes too long."""
    deadline = time.monotonic() + _READY_WITHIN
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            fate = "did not answer" if process.poll() is None else f"ended with {process.returncode}"
            stop(process)
            message = f"{process.args!r} {fate}:\n{log.read_text(errors='replace')[-2000:]}"
            raise ServerFailedError(message)
        time.sleep(_POLL)


def listening(port: int) -> bool:
    """Tell whether something accepts connections on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def stop(process: subprocess.Popen[bytes], *, patience: float = 2.0) -> None:
    """End the process: ask, wait that many seconds, then insist."""
    process.terminate()
    try:
        process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the process as a power cut would (SIGKILL)."""
    process.kill()
    process.wait()
