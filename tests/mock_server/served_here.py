"""A real server in a thread of this process: real sockets, and the test can reach into what it serves."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mock_server.runner import Surface, serve


@contextmanager
def served_here(*surfaces: Surface) -> Iterator[None]:
    """Serve until the block ends; it begins when all answer."""
    ready = threading.Event()
    ends: list[Callable[[], None]] = []

    def on_ready(end: Callable[[], None]) -> None:
        ends.append(end)
        ready.set()

    thread = threading.Thread(target=serve, args=(surfaces, on_ready))
    thread.start()
    while not ready.wait(0.05):
        assert thread.is_alive(), "it ended before it was ready"
    try:
        yield
    finally:
        ends[0]()
        thread.join()
