"""Exchanges as they come in, for a page that stays open: server-sent events until the reader goes away.

Looks into the store several times a second, because the exchanges of other worker processes come in there. What breaks
if wrong: the console misses a visit, or shows one twice.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from mock_server.admin import journal
from mock_server.admin.desk import ControlDesk
from mock_server.admin.journal import Filters
from mock_server.registry.transaction import Transaction

LOOK_S: Final = 0.25
"""How long between two looks."""
SILENCE_S: Final = 15
"""A sign of life after so long without news, so that nobody in between gives the connection up."""
OVERLAP: Final = 200
"""Of several workers one can commit an exchange after another's with a higher id: so many ids are looked at again."""
AT_ONCE: Final = 200


async def feed(desk: ControlDesk, wanted: Filters, begin: int | None) -> AsyncIterator[str]:
    """Events `exchange` behind the id `begin` (None: from now on), and `control` when scenarios or clock changed."""
    position = await desk.read(lambda tx: _Position.at(tx, wanted, begin))
    silent = 0.0
    yield ": madoguchi\n\n"
    while True:
        found, behind = await desk.read(lambda tx, now=position: now.look(tx, wanted))  # type: ignore[misc]
        changed, position = behind.version != position.version, behind
        if changed:
            yield "event: control\ndata: {}\n\n"
        for exchange in found:
            data = json.dumps(exchange, ensure_ascii=False)
            yield f"id: {exchange['id']}\nevent: exchange\ndata: {data}\n\n"
        silent = 0.0 if found or changed else silent + LOOK_S
        if silent >= SILENCE_S:
            silent = 0.0
            yield ": still here\n\n"
        if len(found) < AT_ONCE:
            await asyncio.sleep(LOOK_S)


@dataclass(frozen=True, slots=True)
class _Position:
    """How far a reader is: the highest id it saw, what it saw among those shortly before, and the control row."""

    last: int
    seen: frozenset[int]
    version: int

    @classmethod
    def at(cls, tx: Transaction, wanted: Filters, begin: int | None) -> _Position:
        """Behind the id `begin`; None: behind everything there is."""
        last = journal.last_id(tx) if begin is None else begin
        before = journal.after(tx, wanted, last - OVERLAP, OVERLAP)
        return cls(last, frozenset(one["id"] for one in before if one["id"] <= last), tx.control.version)

    def look(self, tx: Transaction, wanted: Filters) -> tuple[list[dict[str, Any]], _Position]:
        """What is new, and the position behind it."""
        found = journal.after(tx, wanted, self.last - OVERLAP, AT_ONCE, without=sorted(self.seen))
        ids = {one["id"] for one in found}
        last = max(ids | {self.last})
        seen = frozenset(one for one in self.seen | ids if one > last - OVERLAP)
        return found, _Position(last, seen, tx.control.version)
