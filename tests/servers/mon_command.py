"""
Sends one command to a Ceph monitor through librados, in a process of its own that has Ceph's libraries on its path.

    python mon_command.py ceph.conf '{"prefix": "osd new", "uuid": "..."}'

Debian's `ceph` command would do the same, but needs Debian's own Python and its modules.
"""

import ctypes
import os
import sys

_CONNECT_WITHIN = "30"  # seconds


def check(result: int, what: str) -> None:
    """End the program with a sentence when librados answers with an error number."""
    if result < 0:
        sys.exit(f"{what}: {os.strerror(-result)}")


def send(configuration: str, command: str) -> None:
    """Connect as the administrator, send the command, and end with its error if it has one."""
    rados = ctypes.CDLL("librados.so.2")
    cluster = ctypes.c_void_p()
    check(rados.rados_create(ctypes.byref(cluster), b"admin"), "rados_create")
    check(rados.rados_conf_read_file(cluster, configuration.encode()), configuration)
    for timeout in (b"rados_mon_op_timeout", b"client_mount_timeout"):
        check(rados.rados_conf_set(cluster, timeout, _CONNECT_WITHIN.encode()), timeout.decode())
    check(rados.rados_connect(cluster), "rados_connect")
    words = (ctypes.c_char_p * 1)(command.encode())
    unwanted = [ctypes.c_void_p(), ctypes.c_size_t(), ctypes.c_void_p(), ctypes.c_size_t()]
    answer = rados.rados_mon_command(cluster, words, 1, None, 0, *map(ctypes.byref, unwanted))
    check(answer, command)
    rados.rados_shutdown(cluster)


if __name__ == "__main__":
    send(sys.argv[1], sys.argv[2])
