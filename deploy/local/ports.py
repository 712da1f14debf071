"""Free ports on 127.0.0.1."""

import random
import socket

LOOPBACK = "127.0.0.1"

# Below the range from which the kernel hands out ports for outgoing connections: a port that was free when
# chosen is then not taken by somebody's outgoing connection before its server binds it.
_RANGE = range(15_000, 32_000)

_random = random.SystemRandom()


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
    """A random port on which nothing listens and which is not in ``taken``."""
    while True:
        port = _random.choice(_RANGE)
        if port not in taken and is_free(port):
            return port


def answers(port: int) -> bool:
    """Whether something accepts connections on this port of 127.0.0.1."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0
