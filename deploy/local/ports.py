"""Free ports on 127.0.0.1."""

import fcntl
import os
import random
import socket
import tempfile
from functools import cache
from pathlib import Path

LOOPBACK = "127.0.0.1"

# Below the range from which the kernel hands out ports for outgoing connections: a port that was free when
# chosen is then not taken by somebody's outgoing connection before its server binds it.
_RANGE = range(15_000, 32_000)

_random = random.SystemRandom()
_chosen: set[int] = set()


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of 127.0.0.1 right now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port(taken: frozenset[int] = frozenset()) -> int:
    """A random port on which nothing listens and which is not in ``taken``.

    While this process lives no other that asks here gets it too: its server binds it only seconds later.
    """
    while True:
        port = _random.choice(_RANGE)
        if port not in taken and is_free(port) and _claim(port):
            return port


@cache
def _register() -> int:
    """A file of which every byte stands for a port."""
    path = Path(tempfile.gettempdir()) / f"samenspel-ports-{os.getuid()}"
    return os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)


def _claim(port: int) -> bool:
    if port in _chosen:  # a lock keeps out other processes only
        return False
    try:
        fcntl.lockf(_register(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    _chosen.add(port)
    return True


def answers(port: int) -> bool:
    """Whether something accepts connections on this port of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0
