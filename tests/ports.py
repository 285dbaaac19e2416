"""Ports for the servers that tests start.

The system hands out ports from a range of its own (on Linux from 32768 on) to every
connection anybody opens. A server that starts a moment after its port was found free can
find it taken by one of those. So ports are sought below that range.
"""

import random
import socket
from contextlib import suppress

# Below what Linux (32768) and the registry of ports (49152) keep for connections.
BELOW_THOSE_OF_CONNECTIONS = range(20_000, 32_000)

# The same number for UDP, of which no server here makes use: until this process ends
# it tells other runs of the tests that the port is given.
_given: list[socket.socket] = []


def free_port() -> int:
    """Return a port of this machine that nobody listens on, each but once.

    :raise OSError: when none was found.
    """
    seek = random.SystemRandom()
    for _ in range(100):
        port = seek.choice(BELOW_THOSE_OF_CONNECTIONS)
        claim = socket.socket(type=socket.SOCK_DGRAM)
        with suppress(OSError), socket.socket() as probe:
            claim.bind(("127.0.0.1", port))
            probe.bind(("127.0.0.1", port))
            _given.append(claim)
            return port
        claim.close()
    raise OSError("No port of this machine is free.")
