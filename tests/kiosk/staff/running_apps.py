"""One running application for all tests of a module: starting one costs more than most of them do with it.

Owns when an application starts and ends. A test borrows it, puts its own screens on it and takes them off again; one
that failed, or that ended the application, leaves none behind for the next. Outside a module that said so
(`pytestmark = SHARED`) every borrower gets an application of its own. What breaks if it is wrong: a test sees what
another one left.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

import pytest
from textual.app import App
from textual.pilot import Pilot

SHARED = [
    pytest.mark.screens,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.usefixtures("apps_of_the_module"),
]
"""The marks of a module whose tests share their applications."""

Kind = TypeVar("Kind", bound=App[None])
Size = tuple[int, int]


class Running(Generic[Kind]):
    """An application in a task of its own, so that whoever starts it need not be who ends it."""

    def __init__(self, app: Kind) -> None:
        self.app = app
        self.pilot: Pilot[None] | None = None
        self._over = asyncio.Event()
        self._ready = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self, size: Size) -> None:
        """Until it can be driven, or until it ended at once."""
        self._task = asyncio.create_task(self._live(size))
        await self._ready.wait()
        if self.pilot is None:
            await self._task

    async def stop(self) -> None:
        """Raises what the application stopped with."""
        self._over.set()
        if self._task is not None:
            await self._task

    async def _live(self, size: Size) -> None:
        try:
            async with self.app.run_test(size=size) as self.pilot:
                self._ready.set()
                await self._over.wait()
        finally:
            self._ready.set()


_kept: dict[type[App[Any]], Running[Any]] | None = None


async def apps_of_the_module() -> AsyncIterator[None]:
    """Keep what is borrowed running until the module ends. A fixture: see the conftest."""
    global _kept
    _kept = {}
    try:
        yield
    finally:
        kept, _kept = _kept, None
        for running in kept.values():
            await running.stop()


@asynccontextmanager
async def borrowed(kind: type[Kind], size: Size) -> AsyncIterator[tuple[Kind, Pilot[None]]]:
    """An application that runs with nothing but its first screen, as large as `size`."""
    running = _kept.pop(kind, None) if _kept is not None else None
    if running is None:
        running = Running(kind())
        await running.start(size)
    app, pilot = running.app, running.pilot
    assert pilot is not None
    whole = False
    try:
        with app._context():
            if (app.size.width, app.size.height) != size:
                await pilot.resize_terminal(*size)
            yield app, pilot
            await _empty(app, pilot)
        whole = app._exception is None and app.is_running
    finally:
        if whole and _kept is not None:
            _kept[kind] = running
        else:
            await running.stop()


async def _empty(app: App[None], pilot: Pilot[None]) -> None:
    """Take every screen off but the first, and let what was under way come to its end."""
    if app._exception is not None or not app.is_running:
        return
    await pilot.pause(0)
    app.workers.cancel_all()
    while len(app.screen_stack) > 1:
        await app.pop_screen()
    await pilot.pause(0)
