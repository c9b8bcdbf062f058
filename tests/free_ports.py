"""Ports for a server that comes later, or never: nobody else gets one of them by chance meanwhile."""

from __future__ import annotations

import random
import socket
from typing import Final

_RANGE: Final = range(20_000, 32_000)
"""Below those that the system hands out for port 0, as it does to every other test's server and client."""


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    chosen = random.SystemRandom()
    while True:
        port = chosen.choice(_RANGE)
        with socket.socket() as free:
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
