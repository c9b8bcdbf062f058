"""What a process looked up before and need not look up again: for one version of the control row, and only so much.

What breaks if wrong: a worker goes on answering from what another has changed, or memory grows with every patient.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

NO_VERSION = -1
"""No control row has it."""
MOST_KEPT = 4096
"""Things kept at most, so that a population of a million does not end up here."""


class Memory:
    """Things by key. Used on the ledger's thread only."""

    def __init__(self) -> None:
        self._version = NO_VERSION
        self.things: dict[Hashable, Any] = {}

    def belong_to(self, version: int) -> None:
        """Forget everything unless it is of this version."""
        if self._version != version or len(self.things) > MOST_KEPT:
            self.things.clear()
            self._version = version

    def forget(self) -> None:
        """Whatever comes next is looked up anew."""
        self.belong_to(NO_VERSION)
