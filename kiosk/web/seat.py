"""One counter, one reader, one page: who sits at it, and how somebody else takes over.

Knows nobody's browser and no process: a sitter can be asked to leave and says when it is gone. What breaks if it is
wrong: two counters on one reader and one journal, or a page that waits for somebody who left long ago.
"""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

GRACE_S: Final = 1.0
"""So long the one who sits there is given to turn out to have gone: a closed tab is heard of a moment later."""


class Sitter(Protocol):
    """A page with its counter, as far as the seat needs to know."""

    @property
    def tab(self) -> str:
        """Which tab of which browser it is; the same after a reload."""

    async def is_leaving(self, patience_s: float) -> bool:
        """Whether its browser has gone, at the latest when the patience ends, so that it only has to tidy up."""

    async def leave(self) -> None:
        """Ask it to make room for another page; returns at once."""


class Seat:
    """The one seat. Whoever gets it calls `free` when its counter has ended."""

    def __init__(self) -> None:
        self._sitter: Sitter | None = None
        self._freed = asyncio.Event()
        self._order = asyncio.Lock()

    @property
    def sitter(self) -> Sitter | None:
        """Who sits there, if anybody does."""
        return self._sitter

    async def take(self, sitter: Sitter, *, over: bool) -> bool:
        """Sit down; False where somebody else sits there and is not to be sent away.

        With `over` they are asked to leave, and so is the same tab before its reload, which may be heard of later.
        Either way their counter has ended before another one begins, so that reader, card and journal are free.
        """
        async with self._order:
            if self._sitter is not None:
                if over or self._sitter.tab == sitter.tab:
                    await self._sitter.leave()
                elif not await self._sitter.is_leaving(GRACE_S):
                    return False
                await self._freed.wait()
            self._sitter = sitter
            self._freed.clear()
            return True

    def free(self, sitter: Sitter) -> None:
        """Get up; for somebody who does not sit there this does nothing."""
        if self._sitter is sitter:
            self._sitter = None
            self._freed.set()

    async def clear(self) -> None:
        """Wait until nobody sits there."""
        while self._sitter is not None:
            await self._freed.wait()
