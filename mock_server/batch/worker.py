"""The thread that works batches off. It begins when it is kicked, ends when nothing is left, and begins again.

Kick it when something was submitted, when somebody asks for a result that is not there, and when the server starts:
what a killed process left is then gone on with.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from mock_server.registry.interface import RegistryError

RETRY_S: Final = 0.5
"""After the store could not be used."""

_log = logging.getLogger(__name__)


class BatchWorker:
    """Calls `work` until it says 0. One thread at most; `work` may raise, which means: later again."""

    def __init__(self, work: Callable[[], int]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._wanted = False
        self._running = False
        self._told = ""
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def kick(self) -> None:
        """There may be something to do. Returns at once."""
        with self._lock:
            self._wanted = True
            if self._running or self._stopping.is_set():
                return
            self._running = True
            self._thread = threading.Thread(target=self._run, name="batch", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End after the items at hand; waits for that. Safe to call twice."""
        self._stopping.set()
        thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        while self._goes_on():
            try:
                while not self._stopping.is_set() and self._work():
                    pass
            except Exception as error:  # whatever it was, this thread is the only one that goes on with the others
                self._tell(error)
                self._stopping.wait(RETRY_S)
                with self._lock:
                    self._wanted = True

    def _tell(self, error: Exception) -> None:
        """Log what keeps the work waiting, once as long as it is the same; never with what, which may be a person's."""
        cause = error.__cause__ if isinstance(error, RegistryError) and error.__cause__ else error
        what = type(cause).__name__
        if what != self._told:
            self._told = what
            _log.warning("batch waits and tries again: %s", what)

    def _goes_on(self) -> bool:
        with self._lock:
            if self._wanted and not self._stopping.is_set():
                self._wanted = False
                return True
            self._running = False
            return False
