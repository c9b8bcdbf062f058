"""What a full disk refused is tried again now and then, until the disk takes it.

What breaks if it is wrong: somebody makes room, and what was kept in memory is never written.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Retry:
    """Calls `flush` some seconds after `later`, on a thread of its own; a `flush` that fails says `later` again."""

    def __init__(self, flush: Callable[[], object], seconds: float | None) -> None:
        """`seconds` None: never by itself."""
        self._flush = flush
        self._seconds = seconds
        self._timer: threading.Timer | None = None
        self._stopped = False

    def later(self) -> None:
        """Once more in a while; nothing where that is on its way already."""
        timer = self._timer
        waits = timer is not None and timer.is_alive() and timer is not threading.current_thread()
        if self._seconds is None or self._stopped or waits:
            return
        self._timer = threading.Timer(self._seconds, self._flush)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """Never again."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
