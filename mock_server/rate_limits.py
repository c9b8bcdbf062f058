"""How many requests somebody may send: a token bucket each, for peers by address and for institutions by code.

Buckets are in memory, one set per worker process, and few: whoever was not heard of for longest is forgotten, which
only fills their bucket. What breaks if wrong: one sender keeps everybody else from the counter, or memory grows.
"""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from time import monotonic

from mock_server.errors import QualificationError, Refusal

MOST_KEPT = 4096
BURST_S = 2
"""A full bucket holds what may be sent in this many seconds."""


class RateLimit:
    """`rate` requests a second for each key, and twice as many at once. Any thread may ask."""

    def __init__(self, rate: float, clock: Callable[[], float] = monotonic) -> None:
        if rate <= 0:
            raise ValueError("a rate must be positive")
        self._rate = rate
        self._most = max(1.0, rate * BURST_S)
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str) -> None:
        """Count one request of `key`.

        Raises:
            QualificationError: RATE_LIMIT with the whole seconds to wait.
        """
        now = self._clock()
        with self._lock:
            left, at = self._buckets.pop(key, (self._most, now))
            left = min(self._most, left + (now - at) * self._rate)
            allowed = left >= 1
            self._buckets[key] = (left - 1 if allowed else left, now)
            if len(self._buckets) > MOST_KEPT:
                self._buckets.popitem(last=False)
        if not allowed:
            wait = math.ceil((1 - left) / self._rate)
            refusal = QualificationError(Refusal.RATE_LIMIT, seconds=str(wait))
            refusal.retry_after_s = wait
            raise refusal

    def __len__(self) -> int:
        return len(self._buckets)


def peer_key(address: str | None) -> str:
    """What counts as one peer: an IPv4 address, or the network of an IPv6 one, in which everybody has many (/64)."""
    try:
        literal = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(literal, ipaddress.IPv4Address):
        return str(literal)
    if literal.ipv4_mapped is not None:
        return str(literal.ipv4_mapped)
    return str(ipaddress.ip_network((literal, 64), strict=False))
