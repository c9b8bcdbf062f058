"""A dictionary that forgets: of fixed size, the oldest entry goes first. For results that can be worked out again.

What breaks if wrong: memory grows with every patient. Until when an entry holds, who puts it in has to know.
"""

from __future__ import annotations

from collections.abc import Hashable
from itertools import islice
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class ShortMemory(Generic[K, V]):
    """At most `size` entries. May be used by several threads."""

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError("a memory holds at least one entry")
        self._size = size
        self._entries: dict[K, V] = {}
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        """The entry, or None where there is none (any more)."""
        return self._entries.get(key)

    def put(self, key: K, value: V) -> None:
        """Remember `value`, in place of what was there under `key`; the oldest entries make room."""
        with self._lock:
            self._entries.pop(key, None)
            for oldest in list(islice(self._entries, max(0, len(self._entries) - self._size + 1))):
                del self._entries[oldest]
            self._entries[key] = value

    def forget(self, key: K) -> None:
        """Drop one entry, where there is one."""
        with self._lock:
            self._entries.pop(key, None)

    def __len__(self) -> int:
        return len(self._entries)
