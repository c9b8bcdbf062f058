"""Expectations held against the store: counted and filtered there, a piece of the exchanges in each job of the ledger.

Nobody who asks something else waits longer than for one piece, and no more than one piece is in memory, however much
was received. What fits and how it is complained of is `mock_server.received`. What breaks if wrong: a test of one
client stops the service for everybody.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool

from mock_server.admin import journal
from mock_server.admin.desk import ControlDesk
from mock_server.admin.journal import Filters
from mock_server.received import (
    MOST_SHOWN,
    Exchange,
    Times,
    Wanted,
    complain_of_order,
    complain_of_times,
    near_misses,
)

PIECE = 1_000
"""Ids looked at in one job of the ledger."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether an expectation holds, how many exchanges fit, and else what is wrong and the ids of what came near."""

    ok: bool
    found: int
    complaint: str = ""
    near_misses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The exchanges of one run (None: of all) that were there when it was made; complaints are in `lang`."""

    desk: ControlDesk
    run: str | None
    lang: str
    lowest: int
    highest: int

    @classmethod
    async def of(cls, desk: ControlDesk, run: str | None, lang: str) -> Evidence:
        """As it is now. Raises QualificationError STORE_UNAVAILABLE, as every method."""
        return cls(desk, run, lang, *await desk.read(journal.id_range))

    async def so_often(self, expected: Sequence[tuple[Wanted, Times]]) -> list[Finding]:
        """Whether each came as often as expected."""
        found = await self._counts([wanted for wanted, _ in expected])
        too_few = [wanted for (wanted, times), count in zip(expected, found, strict=True) if count < times.lowest]
        near = iter(await self._near(too_few))
        findings = []
        for (wanted, times), count in zip(expected, found, strict=True):
            if times.hold(count):
                findings.append(Finding(True, count))
                continue
            near_by = next(near) if count < times.lowest else ()
            shown = [] if count < times.lowest else await self._first(wanted)
            complaint = complain_of_times(wanted, times, count, shown, near_by, self.lang)
            findings.append(Finding(False, count, complaint, tuple(one["id"] for one in near_by)))
        return findings

    async def in_order(self, expected: Sequence[Wanted]) -> Finding:
        """Whether they came one after the other; others may have come between."""
        last = self.lowest - 1
        for number, wanted in enumerate(expected, 1):
            match = await self._first(wanted, 1, last)
            if not match:
                (near,) = await self._near([wanted])
                (came,) = await self._counts([Wanted()])
                complaint = complain_of_order(number, wanted, await self._first(Wanted()), came, self.lang)
                return Finding(False, number - 1, complaint, tuple(one["id"] for one in near))
            last = match[0]["id"]
        return Finding(True, len(expected))

    # ── going through the exchanges ──

    async def _counts(self, wanted: Sequence[Wanted]) -> list[int]:
        found = [0] * len(wanted)
        by_columns = [place for place, one in enumerate(wanted) if not one.reads_messages]
        if by_columns:
            filters = [self._filters(wanted[place]) for place in by_columns]
            for last, until in self._pieces():
                counted = await self.desk.read(partial(journal.counts, wanted=filters, last=last, until=until))
                for place, count in zip(by_columns, counted, strict=True):
                    found[place] += count
        for place, one in enumerate(wanted):
            if one.reads_messages:
                async for _ in self._matching(one):
                    found[place] += 1
        return found

    async def _matching(self, wanted: Wanted, last: int | None = None) -> AsyncGenerator[Exchange, None]:
        """Those that fit, with an id above `last`, oldest first."""
        parts = Wanted(request=wanted.request, answer=wanted.answer)
        for piece in self._pieces(last):
            found = await self._read(self._filters(wanted), piece, messages=wanted.reads_messages)
            fitting = await run_in_threadpool(_fitting, found, parts) if wanted.reads_messages else found
            for one in fitting:
                yield one

    async def _first(self, wanted: Wanted, most: int = MOST_SHOWN, last: int | None = None) -> list[Exchange]:
        """The first of those that fit, with an id above `last`."""
        found: list[Exchange] = []
        async with aclosing(self._matching(wanted, last)) as matching:
            async for one in matching:
                found.append(one)
                if len(found) == most:
                    break
        return found

    async def _near(self, wanted: Sequence[Wanted]) -> list[tuple[Exchange, ...]]:
        """For each what came nearest to it without being it."""
        best: list[tuple[Exchange, ...]] = [() for _ in wanted]
        if not wanted:
            return best
        messages = any(one.reads_messages for one in wanted)
        for piece in self._pieces():
            rows = await self._read(Filters(run=self.run), piece, messages=messages)
            best = await run_in_threadpool(_nearer, best, rows, wanted)
        return best

    async def _read(self, filters: Filters, piece: tuple[int, int], *, messages: bool) -> list[dict[str, Any]]:
        last, until = piece
        return await self.desk.read(lambda tx: journal.between(tx, filters, last, until, messages=messages))

    def _pieces(self, last: int | None = None) -> Iterator[tuple[int, int]]:
        """What is looked at in one job: above the first id, up to the second."""
        start = self.lowest - 1 if last is None else last
        for low in range(start, self.highest, PIECE):
            yield low, min(low + PIECE, self.highest)

    def _filters(self, wanted: Wanted) -> Filters:
        return Filters(
            run=self.run,
            institution=wanted.institution,
            call=wanted.call,
            persona=wanted.persona,
            outcome=wanted.outcome,
            via=wanted.via,
            scenario=wanted.scenario,
        )


def _fitting(rows: Sequence[dict[str, Any]], parts: Wanted) -> list[Exchange]:
    return [row for row in rows if not parts.differences(journal.taken_apart(row))]


def _nearer(
    best: Sequence[tuple[Exchange, ...]], rows: Sequence[dict[str, Any]], wanted: Sequence[Wanted]
) -> list[tuple[Exchange, ...]]:
    """The nearest among those that were nearest so far and these rows."""
    exchanges = [journal.taken_apart(row) for row in rows]
    return [near_misses([*before, *exchanges], one) for before, one in zip(best, wanted, strict=True)]
