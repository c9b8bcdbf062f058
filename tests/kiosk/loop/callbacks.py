"""How long each callback of an event loop computes: CPU time of its thread, by the callback's name.

Shared by the test of the loop and by `bench keys`, so that both speak of the same thing.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """All calls of one kind of callback. Times are milliseconds of CPU."""

    name: str
    calls: int
    median_ms: float
    longest_ms: float


def time_callbacks(thread: int, seconds: Mapping[str, list[float]]) -> Callable[[], None]:
    """Note the CPU time of every callback of the loop on `thread` in `seconds`; what it gives ends that.

    `seconds` has a list for every name (a defaultdict).
    """
    kept = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        begun = time.thread_time()
        try:
            kept(handle)
        finally:
            if threading.get_ident() == thread:
                seconds[_named(handle)].append(time.thread_time() - begun)

    vars_of: Any = asyncio.Handle
    vars_of._run = timed
    return lambda: setattr(vars_of, "_run", kept)


def _named(handle: asyncio.Handle) -> str:
    """What the callback is: the coroutine of a task, or the function."""
    callback: Any = getattr(handle, "_callback", None)
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        return str(getattr(task.get_coro(), "__qualname__", "task"))
    return str(getattr(callback, "__qualname__", type(callback).__name__))


def kinds(seconds: Mapping[str, Sequence[float]]) -> list[Kind]:
    """Every kind of callback, the most CPU time in one call first."""

    def all_of_them() -> Iterator[Kind]:
        for name, times in seconds.items():
            if times:
                yield Kind(name, len(times), sorted(times)[len(times) // 2] * 1000, max(times) * 1000)

    return sorted(all_of_them(), key=lambda kind: kind.longest_ms, reverse=True)


def table(seconds: Mapping[str, Sequence[float]]) -> str:
    """One line for each kind of callback."""
    lines = [f"{'longest ms':>10} {'median ms':>10} {'calls':>7}  callback"]
    lines += [f"{kind.longest_ms:10.2f} {kind.median_ms:10.3f} {kind.calls:7}  {kind.name}" for kind in kinds(seconds)]
    return "\n".join(lines) + "\n"
