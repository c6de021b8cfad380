"""What the service costs the machine, as Linux counts it (proc(5)): processor, memory, files; whatever else runs."""

import os
from pathlib import Path

from tests.attacks.site import Site

_NOBODYS = "0"
"""The socket of a connection that no process holds any more."""
_PAGE, _TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


def memory(site: Site) -> int:
    """Bytes that the service has in memory."""
    return int(_proc(site, "statm").split()[1]) * _PAGE


def cpu_s(site: Site) -> float:
    """Seconds of a processor that the service has used so far."""
    after_name = _proc(site, "stat").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICKS


def open_files(site: Site) -> int:
    """How many files and connections the service holds open."""
    assert site.process is not None
    return sum(1 for _ in Path(f"/proc/{site.process.pid}/fd").iterdir())


def connections(site: Site, peers: set[int]) -> int:
    """How many connections the service holds that came from these ports of this machine."""
    rows = [line.split() for line in _proc(site, "net/tcp").splitlines()[1:]]
    ours = [row for row in rows if int(row[1].partition(":")[2], 16) == site.port and row[9] != _NOBODYS]
    return sum(int(row[2].partition(":")[2], 16) in peers for row in ours)


def _proc(site: Site, file: str) -> str:
    assert site.process is not None
    return Path(f"/proc/{site.process.pid}/{file}").read_text(encoding="utf-8", errors="replace")
