"""The troubles of the server in this process, for rehearsals and for the trainer's drawer.

Armed scenarios stand in the store of the data folder (docs/scenarios.md), so the server of a counter over the same
folder meets them, whoever put them there. What breaks if it is wrong: a trouble is announced and nothing happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from kiosk.rehearsal.script import Trouble

if TYPE_CHECKING:  # annotations only: heavy
    from mock_server.registry.ledger import Ledger


class ServerInProcess:
    """The scenarios in the store of one data folder. Opened when it is needed first; any thread may call."""

    def __init__(self, data_dir: Path, now: Callable[[], datetime]) -> None:
        self._data_dir = data_dir
        self._now = now
        self._lock = Lock()
        self._opened: Ledger | None = None

    def arm(self, trouble: Trouble) -> None:
        """Let a scenario begin. Raises ValueError where the server does not know it so: the text has no value."""
        self.order(trouble.scenario, dict(trouble.params), call=trouble.call, times=trouble.times)

    def order(
        self, scenario: str, params: Mapping[str, object] | None = None, *, call: str = "", times: int | None = None
    ) -> None:
        """As `arm`, by name. Raises ValueError."""
        from mock_server.errors import QualificationError
        from mock_server.scenarios.arming import Order, arm

        order = Order(scenario, params or {}, call=call, times=times)
        try:
            self._ledger().run_sync(lambda tx: arm(tx, order))
        except QualificationError as error:
            raise ValueError(error.refusal.value) from error

    def reset(self) -> None:
        """Every armed scenario ends."""
        from mock_server.scenarios.arming import disarm

        self._ledger().run_sync(disarm)

    def close(self) -> None:
        """Let go of the store. Safe to call twice."""
        with self._lock:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def _ledger(self) -> Ledger:
        from mock_server.composition import open_ledger

        with self._lock:
            if self._opened is None:
                self._opened = open_ledger(self._data_dir, self._now)
            return self._opened
