"""Where this process and all that it started listen, as the operating system has it (proc(5): /proc/net/tcp)."""

import os
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

_LISTENS = "0A"
_WORD = 4
"""Bytes; the kernel writes an address in words of its own order."""


def beyond_this_machine() -> set[str]:
    """Every address and port, of us or of what we started, that others can reach."""
    ours = {inode for pid in _family(os.getpid()) for inode in _sockets(pid)}
    return {f"{address}:{port}" for inode, address, port in _listening() if inode in ours and not address.is_loopback}


def _listening() -> Iterator[tuple[str, IPv4Address | IPv6Address, int]]:
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            local, state, inode = (line.split()[column] for column in (1, 3, 9))
            if state == _LISTENS:
                address, _, port = local.partition(":")
                raw = bytes.fromhex(address)
                words = [raw[at : at + _WORD][::-1] for at in range(0, len(raw), _WORD)]
                yield inode, ip_address(b"".join(words)), int(port, 16)


def _family(root: int) -> set[int]:
    """A process and all that it started, and these in turn."""
    parents = dict(_parents())
    found = {root}
    while fresh := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= fresh
    return found


def _parents() -> Iterator[tuple[int, int]]:
    """Each process, and who started it."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            after_name = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
            yield int(folder.name), int(after_name.split()[1])


def _sockets(pid: int) -> Iterator[str]:
    """The inodes of its sockets."""
    with suppress(FileNotFoundError, PermissionError, ProcessLookupError):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                kind, _, inode = str(file.readlink()).partition(":")
                if kind == "socket":
                    yield inode.strip("[]")
